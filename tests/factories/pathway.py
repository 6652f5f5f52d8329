"""A case at a stage, with the history that leads there: made by walking the services, a day each.

Nothing is written into a row by hand but the day of the school's last mark, which the nightly run
works out. Terms must be made first (`make_terms`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from accounts.models import User
from attendance.models import SchoolYear
from attendance.read_models.calendar import ExpectedDays
from cases.models import Case, StageChange, SupportPlan
from cases.rules.recorded_facts import RECORDED_FACTS
from cases.services.actions import add_action
from cases.services.barriers import name_barrier
from cases.services.cases import open_case
from cases.services.contacts import log_contact
from cases.services.partners import answer_offer, make_offer
from cases.services.plan_parts import add_goal
from cases.services.plans import agree_plan, review_plan, save_part, start_plan
from cases.services.recorded_facts import record_fact
from cases.services.stages import move_stage
from cases.states import Fact, Origin, Stage
from schools.models import Pupil, School
from schools.rules.calendar import academic_year
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import MembershipFactory

TODAY = date(2026, 3, 3)
#: How many days before the end of the walk a case is opened that gets so far.
_LENGTH = {Stage.MONITOR: 0, Stage.LISTEN: 2, Stage.FACILITATE: 7, Stage.FORMALISE: 30}
_TO_ENFORCE = 70
_WHY = {
    Stage.LISTEN: "Somebody should ask what makes the mornings hard.",
    Stage.FACILITATE: "We know what makes it hard, and help is there.",
    Stage.FORMALISE: "The help goes on, in a written agreement.",
    Stage.ENFORCE: "Everything else was tried.",
}


@dataclass
class Walk:
    """A case on its way: whose it is, and the day it is on."""

    case: Case
    lead: User
    manager: User
    on: date

    @property
    def who(self) -> dict[str, Any]:
        """What every service is told."""
        return {"by": self.lead, "on": self.on, "at": self.at}

    @property
    def at(self) -> datetime:
        """Noon of the day."""
        return datetime.combine(self.on, time(12), tzinfo=UTC)

    def wait(self, days: int) -> None:
        """Go on by so many days; work is done on school days."""
        self.on = school_day(self.on + timedelta(days=days))

    def talk(self, reached: str = "both", **facts: Any) -> None:
        """A call in which somebody was reached."""
        log_contact(
            pupils=[self.case.pupil],
            kind="call",
            reached=reached,
            said="We talked about the mornings.",
            happened_at=self.at,
            **facts,
            **self.who,
        )

    def name_barrier(self) -> None:
        """The child says that the bus is the hard part."""
        name_barrier(case=self.case, kind="transport", named_by="child", **self.who)

    def offer(self, answer: str = "accepted") -> None:
        """A mentor, offered and answered on one day; no answer where `answer` is empty."""
        offer = make_offer(
            case=self.case,
            what="An hour a week with a mentor",
            agency="school",
            offered_on=self.on,
            **self.who,
        )
        if answer:
            answer_offer(offer=offer, answer=answer, answered_on=self.on, **self.who)

    def agree_plan(self) -> SupportPlan:
        """A plan with everything that agreeing asks for, agreed."""
        plan = start_plan(case=self.case, **self.who)
        add_goal(
            plan=plan,
            text="Ride the bus with a friend",
            measure="Mornings on the bus",
            baseline="None",
            target="Three a week",
            target_on=self.on + timedelta(days=90),
            **self.who,
        )
        add_action(
            text="Ask about the bus pass",
            due_on=self.later(5),
            origin=Origin.PLAN,
            origin_label="Support plan",
            agency="attendance",
            owner=self.lead,
            plan=plan,
            on_family_copy=True,
            **self.who,
        )
        plan.refresh_from_db()
        changes = {
            "child_view": "I like art. The bus is too full.",
            "family_view": "Mornings are hard.",
            "next_review_on": self.later(15),
        }
        plan = save_part(plan=plan, version=plan.version, changes=changes, **self.who)
        parties = [("The child", "family"), (str(self.lead), "attendance")]
        agree_plan(plan=plan, version=plan.version, parties=parties, **self.who)
        return plan

    def review_plan(self) -> None:
        """A look at what the plan did."""
        plan = SupportPlan.objects.get(case=self.case, state="agreed")
        review_plan(
            plan=plan, what_helped="The bus pass.", next_review_on=self.later(15), **self.who
        )

    def record(self, fact: Fact) -> None:
        """Write down what a gate asks for; a manager's word by the manager."""
        known = RECORDED_FACTS[fact.value]
        who = {**self.who, "by": self.manager} if known.by_manager else self.who
        record_fact(
            case=self.case,
            fact=fact.value,
            way=next(iter(known.ways)),
            answers={one.name: "Thought about with the family." for one in known.questions},
            **who,
        )

    def move(self, to: Stage) -> StageChange:
        """To a stage, as the lead."""
        self.case.refresh_from_db()
        change = move_stage(case=self.case, to_stage=to, reason=_WHY[to], **self.who)
        self.case.refresh_from_db()
        return change

    def later(self, school_days: int) -> date:
        """The day on which so many school days have come."""
        return ExpectedDays().after(self.on, school_days)

    # What is done at each stage before the next one.

    def listen(self) -> None:
        """From Monitor."""
        self.wait(2)
        self.move(Stage.LISTEN)

    def facilitate(self) -> None:
        """Hear the child and a parent, name what makes it hard."""
        self.talk()
        self.wait(3)
        self.name_barrier()
        self.wait(2)
        self.move(Stage.FACILITATE)

    def formalise(self) -> None:
        """Agree a plan, offer help, look at what it did, explain what may follow."""
        self.offer()
        self.agree_plan()
        self.wait(21)
        self.review_plan()
        self.talk("parent", consequences_explained=True)
        self.wait(2)
        self.move(Stage.FORMALISE)

    def enforce(self) -> None:
        """Six school weeks of support, and everything that is thought about before a notice."""
        self.record(Fact.CONTRACT_OFFERED)
        self.record(Fact.SUPERVISION_ORDER_CONSIDERED)
        self.wait(40)
        self.record(Fact.FORMAL_NOTES_WRITTEN)
        self.record(Fact.MANAGER_AGREED)
        keep_marks(self.case.school, self.on)
        self.move(Stage.ENFORCE)


def school_day(day: date) -> date:
    """That day, or the last school day before it."""
    days = ExpectedDays()
    return day if days.is_school_day(day) else days.last_before(day) or day


def keep_marks(school: School, on: date) -> None:
    """The school's marks reach to this day, as the nightly run would say."""
    SchoolYear.objects.update_or_create(
        school=school, academic_year=academic_year(on), defaults={"last_mark_on": on}
    )


def walk_to(
    stage: int,
    *,
    pupil: Pupil | None = None,
    school: School | None = None,
    lead: User | None = None,
    manager: User | None = None,
    until: date = TODAY,
    **opening: Any,
) -> Walk:
    """A case that came to this stage by the services, about on the day `until`, and the way on.

    `opening`: facts for `open_case` (track, aim, flags ...). Expect is no stage of a case's own.
    """
    if pupil is None:
        pupil = EnrolmentFactory(**({"school": school} if school else {})).pupil
    on = school_day(until - timedelta(days=_LENGTH.get(Stage(stage), _TO_ENFORCE)))
    lead = lead or MembershipFactory().user
    manager = manager or MembershipFactory(role="team_manager").user
    facts = {"opened_from": "school", "concern": "Mornings are hard.", "track": "specific_issue"}
    case = open_case(
        pupil=pupil,
        lead=lead,
        by=lead,
        on=on,
        at=datetime.combine(on, time(12), tzinfo=UTC),
        **{**facts, **opening},
    )
    walk = Walk(case=case, lead=lead, manager=manager, on=on)
    steps = (walk.listen, walk.facilitate, walk.formalise, walk.enforce)
    for step in steps[: max(stage - Stage.MONITOR, 0)]:
        step()
    return walk


def case_at(stage: int, **facts: Any) -> Case:
    """The case of `walk_to`."""
    return walk_to(stage, **facts).case
