"""One case of the demo on its way through the graduated response, by the services pages use.

A walk begins so many weeks ago and goes step by step on school days; nothing is written that the
services would refuse, so what the demo shows could have been typed by people.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from accounts.models import User
from attendance.models import Flag
from attendance.read_models.calendar import ExpectedDays
from cases.choices import Agency, Basis, ContactKind, OpenedFrom, Reached
from cases.models import Case, Contact, SupportPlan
from cases.services.actions import add_action, complete_action
from cases.services.barriers import name_barrier
from cases.services.cases import open_case, update_case
from cases.services.consents import record_consent
from cases.services.contacts import log_contact
from cases.services.partners import answer_offer, make_offer
from cases.services.plan_parts import add_adjustment, add_goal, add_small_step
from cases.services.plans import agree_plan, review_plan, save_part, start_plan
from cases.services.recorded_facts import record_fact
from cases.services.stages import move_stage
from cases.services.workers import add_worker
from cases.states import Fact, Origin, Stage
from dashboards.management.demo_themes import Theme
from schools.models import Pupil

HOUR = time(10, 20, tzinfo=UTC)
RING = "01632 960 144"  # a number of the range kept for fiction


class Walk:
    """One child's case: `on` is the school day that the walk has come to."""

    def __init__(
        self, pupil: Pupil, theme: Theme, *, lead: User, manager: User, on: date, today: date
    ) -> None:
        self.pupil, self.theme, self.today = pupil, theme, today
        self.lead, self.manager = lead, manager
        self.days = ExpectedDays()
        self.on = self.days.after(on - timedelta(days=1), 1)
        self.case: Case
        self.plan: SupportPlan

    @property
    def at(self) -> datetime:
        """The morning of that day."""
        return datetime.combine(self.on, HOUR)

    def go(self, school_days: int) -> None:
        """So many school days on, never past today."""
        self.on = min(self.days.after(self.on, school_days), self.today)

    def come_to(self, day: date) -> None:
        """On to a day, or the school day after it; never back, never past today."""
        self.on = min(max(self.on, self.days.after(day - timedelta(days=1), 1)), self.today)

    def come_to_today(self) -> None:
        """What stands on fresh marks is done today."""
        self.on = self.today

    # The steps.

    def open(self, track: str, *, flags: Sequence[Flag] = (), waits: bool = False) -> None:
        """From flags, or from the school's concern; `waits`: in the team's queue."""
        self.case = open_case(
            pupil=self.pupil,
            opened_from=OpenedFrom.FLAG if flags else OpenedFrom.SCHOOL,
            flags=flags,
            concern="" if flags else self.theme.concern,
            track=track,
            aim="" if waits else self.theme.aim,
            lead=None if waits else self.lead,
            by=self.lead,
            on=self.on,
            at=self.at,
        )

    def talk_with_parent(self, *, explains: bool = False) -> Contact:
        """A call in which a parent says how it is; `explains`: and hears what may follow."""
        said = "We went through what may follow, and what we can still offer together."
        return self._contact(
            ContactKind.CALL,
            Reached.PARENT,
            said if explains else "We talked about the mornings and what has been tried.",
            family_words="" if explains else self.theme.family_says,
            consequences_explained=explains,
        )

    def talk_with_child(self) -> Contact:
        """A visit in which the child says what it is like."""
        said = "Met at home. We drew what a school day looks like."
        return self._contact(
            ContactKind.VISIT, Reached.BOTH, said, child_words=self.theme.child_says
        )

    def try_to_ring(self) -> Contact:
        """Nobody was there."""
        return self._contact(ContactKind.CALL, Reached.NO_ANSWER, "")

    def understand(self) -> None:
        """The child and a parent were heard, and a barrier is named."""
        self.move(Stage.LISTEN, "We would like to hear from the family first.")
        self.go(3)
        self.talk_with_parent()
        self.go(4)
        self.talk_with_child()
        name_barrier(
            case=self.case,
            kind=self.theme.barrier,
            named_by="child",
            note="",
            by=self.lead,
            on=self.on,
            at=self.at,
        )

    def help(self) -> None:
        """Support is offered and taken up, and a plan is agreed."""
        self.move(Stage.FACILITATE, "The family said what would help.")
        offer = make_offer(
            case=self.case,
            what=self.theme.offer,
            agency=Agency.SCHOOL,
            offered_on=self.on,
            offered_to="Both parents",
            by=self.lead,
            on=self.on,
            at=self.at,
        )
        self.write_plan()
        self.go(3)
        answer_offer(
            offer=offer,
            answer="accepted",
            answered_on=self.on,
            by=self.lead,
            on=self.on,
            at=self.at,
        )
        self.agree()

    def write_plan(self) -> None:
        """Everything but the agreement."""
        by, on, at, theme = self.lead, self.on, self.at, self.theme
        self.plan = start_plan(case=self.case, by=by, on=on, at=at)
        changes = {
            "child_view": theme.child_says,
            "family_view": theme.family_says,
            "strengths": theme.strengths,
            "child_will_try": theme.child_tries,
            "ring_name": str(self.lead),
            "ring_phone": RING,
            "next_review_on": self.days.after(on, 20),
        }
        self.plan = save_part(
            plan=self.plan, version=self.plan.version, changes=changes, by=by, on=on, at=at
        )
        add_goal(
            plan=self.plan,
            text=theme.goal,
            measure=theme.measure,
            baseline="Hardly ever",
            target="Most weeks",
            target_on=self.days.after(on, 40),
            chosen_by_child=True,
            by=by,
            on=on,
            at=at,
        )
        add_small_step(plan=self.plan, kind=theme.step, by=by, on=on, at=at)
        add_adjustment(plan=self.plan, kind=theme.adjustment, who="Form tutor", by=by, on=on, at=at)
        self._promise(theme.team_does, Agency.ATTENDANCE, owner=self.lead, days=6)
        self._promise(theme.school_does, Agency.SCHOOL, owner_name="Form tutor", days=4)
        self._promise(theme.family_does, Agency.FAMILY, owner_name="Mum", days=8)

    def agree(self) -> None:
        """With the family and the school."""
        self.plan.refresh_from_db()
        parties = [("Mum", Agency.FAMILY), ("Form tutor", Agency.SCHOOL)]
        agree_plan(
            plan=self.plan,
            version=self.plan.version,
            parties=[(name, agency.value) for name, agency in parties],
            by=self.lead,
            on=self.on,
            at=self.at,
        )

    def review(self) -> None:
        """The plan is looked at again, and the first promises are kept."""
        self.plan.refresh_from_db()
        for action in self.plan.actions.filter(state="open").order_by("pk")[:2]:
            complete_action(
                action=action, outcome="Done as agreed.", by=self.lead, on=self.on, at=self.at
            )
        review_plan(
            plan=self.plan,
            what_helped=self.theme.helped,
            what_changes="We go on as agreed.",
            next_review_on=self.days.after(self.on, 25),
            by=self.lead,
            on=self.on,
            at=self.at,
        )

    def keep_promises(self) -> None:
        """What was promised and is due by now is done, and the family was rung."""
        self.talk_with_parent()
        for action in self.case.actions.filter(state="open", due_on__lt=self.today).order_by("pk"):
            complete_action(
                action=action, outcome="Done, and the family knows.",
                by=self.lead, on=self.on, at=self.at,
            )  # fmt: skip

    def look_again(self, review_on: date) -> None:
        """The plan, where one is agreed, or else the case has its next review on a day to come."""
        plan = self.case.plans.filter(state="agreed").first()
        if plan is None:
            self.keep(next_review_on=review_on)
            return
        review_plan(
            plan=plan, what_helped=self.theme.helped, next_review_on=review_on,
            by=self.lead, on=self.on, at=self.at,
        )  # fmt: skip

    def promise_next(self, due_on: date) -> None:
        """What is promised next: by the lead, and where a plan stands by school and family too."""
        self._promise_on(due_on, "Ring the family to hear how the week went", Agency.ATTENDANCE,
                         owner=self.lead)  # fmt: skip
        if self.case.plans.filter(state="agreed").exists():
            later = self.days.after(due_on, 3)
            self._promise_on(later, self.theme.school_does, Agency.SCHOOL, owner_name="Form tutor")
            self._promise_on(later, self.theme.family_does, Agency.FAMILY, owner_name="Mum")

    def promise_of(self, worker: User, agency: Agency, text: str, due_on: date) -> None:
        """Somebody else's promise."""
        self._promise_on(due_on, text, agency, owner=worker)

    def formalise(self) -> None:
        """What may follow was explained, and the case goes on with support in writing."""
        self.talk_with_parent(explains=True)
        self.go(2)
        self.move(Stage.FORMALISE, "Help goes on. The family asked for it in writing.")

    def enforce(self) -> None:
        """The last step, with everything before it on record and a manager's agreement."""
        ways = (
            (Fact.CONTRACT_OFFERED, "not_taken_up", {"text": "Offered on a visit. Not taken up."}),
            (
                Fact.SUPERVISION_ORDER_CONSIDERED,
                "not_asked_for",
                {"text": "Not asked for: the family works with us."},
            ),
            (
                Fact.FORMAL_NOTES_WRITTEN,
                "written",
                {
                    "support": "Offered three times, tried twice.",
                    "change": "It may bring both parents to the table.",
                    "equality": "No need not yet met is known to us.",
                    "proportion": "The family can meet the cost. Support stays open.",
                },
            ),
        )
        for fact, way, answers in ways:
            self._write_down(fact, way, answers, self.lead)
        self.go(3)
        agreed = {"text": "Everything before was tried, and support stays open."}
        self._write_down(Fact.MANAGER_AGREED, "agreed", agreed, self.manager)
        self.move(Stage.ENFORCE, "The last step. The offers of help stay open.")

    def bring_in_consent(self, agency: Agency) -> None:
        """The family agrees that an agency is told."""
        record_consent(
            pupil=self.pupil,
            agency=agency,
            basis=Basis.CONSENT,
            purpose="Help for the whole family",
            given_by="Mum",
            by=self.lead,
            on=self.on,
            at=self.at,
        )

    def bring_in(self, worker: User, agency: Agency) -> None:
        """Another agency's worker joins, with the family's agreement."""
        self.bring_in_consent(agency)
        add_worker(
            case=self.case,
            user=worker,
            agency=agency,
            part="worker",
            by=self.lead,
            on=self.on,
            at=self.at,
        )

    def keep(self, **changes: object) -> None:
        """Something of the case itself is brought up to date."""
        self.case.refresh_from_db()
        self.case = update_case(
            case=self.case,
            version=self.case.version,
            changes=changes,
            by=self.lead,
            on=self.on,
            at=self.at,
        )

    def move(self, to: Stage, reason: str) -> None:
        """One step, as far as its gates let it."""
        self.case.refresh_from_db()
        move_stage(case=self.case, to_stage=to, reason=reason, by=self.lead, on=self.on, at=self.at)
        self.case.refresh_from_db()

    # Parts of steps.

    def _contact(self, kind: str, reached: str, said: str, **more: object) -> Contact:
        return log_contact(
            pupils=[self.pupil],
            kind=kind,
            reached=reached,
            said=said,
            happened_at=self.at,
            by=self.lead,
            on=self.on,
            at=self.at,
            **more,  # type: ignore[arg-type]
        )[0]

    def _promise(
        self, text: str, agency: Agency, *, days: int, owner: User | None = None,
        owner_name: str = "",
    ) -> None:  # fmt: skip
        due_on = self.days.after(self.on, days)
        self._promise_on(due_on, text, agency, owner=owner, owner_name=owner_name)

    def _promise_on(
        self, due_on: date, text: str, agency: Agency, *, owner: User | None = None,
        owner_name: str = "",
    ) -> None:  # fmt: skip
        """Of the plan where one stands, and then on the family's copy; else of the case."""
        plan = self.case.plans.exclude(state="ended").first()
        add_action(
            text=text,
            due_on=due_on,
            origin=Origin.PLAN if plan else Origin.CASE,
            origin_label=f"Plan of {self.case.reference}" if plan else self.case.reference,
            agency=agency,
            owner=owner,
            owner_name=owner_name,
            pupil=self.pupil,
            case=self.case,
            plan=plan,
            on_family_copy=plan is not None,
            by=self.lead,
            on=self.on,
            at=self.at,
        )

    def _write_down(self, fact: Fact, way: str, answers: dict[str, str], by: User) -> None:
        record_fact(
            case=self.case, fact=fact, way=way, answers=answers, by=by, on=self.on, at=self.at
        )
