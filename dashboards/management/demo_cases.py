"""The cases of the demo: some at every stage, led by both officers, each a walk of its own.

Children are taken from those whose flags stand, in the order of their UPNs, so that the same
borough has the same cases. The children of the journeys keep their own stories (`_KEPT_FREE`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from accounts.models import User
from attendance.borough.fixtures import upn_of
from attendance.models import Flag
from attendance.states import FlagKind
from cases.choices import Agency, HoldKind, Outcome
from cases.models import Case
from cases.services.closing import close_case, pause_case, reopen_case
from cases.services.holds import place_hold
from cases.services.partners import answer_referral, end_referral, send_referral, start_referral
from cases.services.plan_parts import reach_step
from cases.services.stages import ask_override, decide_override
from cases.states import CaseStatus, Direction, Stage, Track
from dashboards.management.demo_themes import THEMES, Theme
from dashboards.management.demo_walk import Walk
from schools.models import Enrolment, Pupil

#: Children whose journeys begin without a case, or who are nobody's concern.
_KEPT_FREE = (
    "exactly_20_of_200", "exactly_20_of_201", "exactly_10_of_200", "always_there",
    "penalty_across_holiday", "moved", "null_surname",
)  # fmt: skip
AT_SCHOOL = "at school"
SOMETHING_OVERDUE = 6  # one case in so many
#: The children of the early help worker, and what makes school hard for each.
EARLY_HELP_CHILDREN = {
    "stopped": "ebsa",
    "late_after_register": "sleep",
    "sibling_secondary": "caring",
}


@dataclass(frozen=True)
class Team:
    """Who works on the demo's cases."""

    east: User
    west: User
    manager: User
    early_help: User
    school: User


@dataclass(frozen=True)
class Story:
    """How one kind of case goes: `weeks` ago it began; `of` names a fixture child, or AT_SCHOOL for
    one whom the school leads, else it is the next child in line; `tell` walks it. `barrier`: what
    makes school hard, where the child's registers say something of it; else the themes in turn."""

    weeks: int
    track: Track
    tell: Callable[[Walk, Team], None]
    of: str = ""
    barrier: str = ""


def make_cases(team: Team, *, today: date) -> int:
    """Walk every story that has a child; how many cases there are then."""
    if Case.objects.exists():
        return Case.objects.count()
    since = today - timedelta(weeks=max(story.weeks for story in _stories()))
    lines = {"": _in_line(team, since), AT_SCHOOL: _line(team.school, _named(), since)}
    for place, story in enumerate(_stories()):
        line = lines.get(story.of)
        found = _next_free(line) if line is not None else _fixture(story.of, team.east)
        if found is None:
            continue
        pupil, lead = found
        walk = Walk(
            pupil,
            _theme(story, place),
            lead=lead,
            manager=team.manager,
            on=today - timedelta(weeks=story.weeks),
            today=today,
        )
        walk.open(story.track, flags=_flags(pupil, walk.on), waits=story.tell is _waits)
        story.tell(walk, team)
        _come_up_to_date(walk, place)
    return Case.objects.count()


def _theme(story: Story, place: int) -> Theme:
    named = (theme for theme in THEMES if theme.barrier == story.barrier)
    return next(named, THEMES[place % len(THEMES)])


# Whose.


def _fixture(key: str, lead: User) -> tuple[Pupil, User] | None:
    pupil = Pupil.objects.filter(upn=upn_of(key)).first()
    return (pupil, lead) if pupil is not None else None


def _next_free(line: Iterator[tuple[Pupil, User]]) -> tuple[Pupil, User] | None:
    """The next child in line who has no case; one on two rolls stands in both lines."""
    return next((one for one in line if not Case.objects.filter(pupil=one[0]).exists()), None)


def _named() -> set[str]:
    """The children who are not in line: their stories are their own."""
    told = [story.of for story in _stories() if story.of not in ("", AT_SCHOOL)]
    return {upn_of(key) for key in (*_KEPT_FREE, *told)}


def _in_line(team: Team, since: date) -> Iterator[tuple[Pupil, User]]:
    """Children whose absence is severe or persistent, in turn from either patch."""
    at_school = set(_school_of(team.school).values_list("pupil__upn", flat=True))
    lines = [_line(lead, _named() | at_school, since) for lead in (team.east, team.west)]
    for pair in zip(*lines, strict=False):
        yield from pair


def _school_of(lead: User) -> QuerySet[Enrolment]:
    return Enrolment.objects.visible_to(lead)


def _line(lead: User, named: set[str], since: date) -> Iterator[tuple[Pupil, User]]:
    """Children on the same roll all the while."""
    kinds, told = (FlagKind.SEVERE_ABSENCE, FlagKind.PERSISTENT_ABSENCE), set(named)
    for kind in kinds:
        flagged = Flag.objects.visible_to(lead).open().filter(kind=kind, enrolment__status__in="CM")
        here = Enrolment.objects.filter(starts_on__lte=since, ends_on=None)
        rolls = (
            here.filter(pk__in=flagged.values("enrolment"))
            .exclude(pupil__upn__in=named)
            .select_related("pupil")
            .order_by("pupil__upn")
        )
        found = list(rolls)
        for roll in (*found[::3], *found[1::3], *found[2::3]):  # not all of one school
            if roll.pupil.upn not in told:
                told.add(roll.pupil.upn)
                yield roll.pupil, lead


def _flags(pupil: Pupil, on: date) -> list[Flag]:
    """The flags that a case opened that day could rest on."""
    return list(
        Flag.objects.open().filter(enrolment__pupil=pupil, opened_on__lte=on).order_by("pk")
    )


# What happens.


def _waits(walk: Walk, team: Team) -> None:
    """In the queue: nobody leads it yet."""


def _monitored(walk: Walk, team: Team) -> None:
    walk.go(2)
    walk.try_to_ring()


def _half_heard(walk: Walk, team: Team) -> None:
    """A parent was spoken to; the child was not, and nothing is named."""
    walk.move(Stage.LISTEN, "We would like to hear from the family first.")
    walk.go(3)
    walk.talk_with_parent()


def _heard(walk: Walk, team: Team) -> None:
    walk.understand()


def _asks_to_pass(walk: Walk, team: Team) -> None:
    _half_heard(walk, team)
    ask_override(
        case=walk.case,
        to_stage=Stage.FACILITATE,
        reason="The child is in hospital and cannot be met until April. Help cannot wait.",
        by=walk.lead,
        on=walk.on,
        at=walk.at,
    )


def _passed(walk: Walk, team: Team) -> None:
    _asks_to_pass(walk, team)
    walk.go(1)
    override = walk.case.overrides.get()
    decide_override(
        override=override,
        is_agreed=True,
        reason="Help first. The talk follows as soon as the ward allows it.",
        by=team.manager,
        on=walk.on,
        at=walk.at,
    )


def _helped(walk: Walk, team: Team) -> None:
    walk.understand()
    walk.go(2)
    walk.help()


def _reviewed(walk: Walk, team: Team) -> None:
    _helped(walk, team)
    walk.go(15)
    walk.review()
    walk.keep(worker_direction=Direction.BETTER, worker_direction_why="More mornings each week.")


def _drafted(walk: Walk, team: Team) -> None:
    """A plan that is not agreed yet."""
    walk.understand()
    walk.go(2)
    walk.move(Stage.FACILITATE, "The family said what would help.")
    walk.write_plan()


def _with_early_help(walk: Walk, team: Team) -> None:
    _helped(walk, team)
    walk.go(2)
    walk.bring_in(team.early_help, Agency.EARLY_HELP)
    referral = send_referral(
        case=walk.case, to_agency=Agency.EARLY_HELP, service="Family support",
        reason=walk.theme.concern, by=walk.lead, on=walk.on, at=walk.at,
    )  # fmt: skip
    walk.go(3)
    answer_referral(referral=referral, is_accepted=True, by=walk.lead, on=walk.on, at=walk.at)
    start_referral(referral=referral, by=walk.lead, on=walk.on, at=walk.at)
    walk.promise_of(
        team.early_help, Agency.EARLY_HELP, "Visit the family at home",
        walk.days.after(walk.today, 2),
    )  # fmt: skip
    step = walk.plan.small_steps.order_by("place")[0]
    reach_step(
        step=step, reached_on=walk.on, note="It took one try.", by=walk.lead, on=walk.on, at=walk.at
    )


def _waits_for_a_service(walk: Walk, team: Team) -> None:
    _helped(walk, team)
    walk.bring_in_consent(Agency.MENTAL_HEALTH)
    referral = send_referral(
        case=walk.case, to_agency=Agency.MENTAL_HEALTH, service="Mental health support team",
        reason=walk.theme.concern, by=walk.lead, on=walk.on, at=walk.at,
    )  # fmt: skip
    walk.go(5)
    answer_referral(referral=referral, is_accepted=True, by=walk.lead, on=walk.on, at=walk.at)


def _was_declined(walk: Walk, team: Team) -> None:
    _helped(walk, team)
    walk.bring_in_consent(Agency.HEALTH)
    for service in ("School nurse", "Sleep clinic"):
        referral = send_referral(
            case=walk.case, to_agency=Agency.HEALTH, service=service,
            reason=walk.theme.concern, by=walk.lead, on=walk.on, at=walk.at,
        )  # fmt: skip
        walk.go(6)
        answer_referral(
            referral=referral, is_accepted=False,
            decline_reason="Not the right service for this. Try again with a letter from the GP.",
            by=walk.lead, on=walk.on, at=walk.at,
        )  # fmt: skip


def _outcome_to_tell(walk: Walk, team: Team) -> None:
    _helped(walk, team)
    walk.bring_in_consent(Agency.VOLUNTARY)
    referral = send_referral(
        case=walk.case, to_agency=Agency.VOLUNTARY, service="Mentor, an hour a week",
        reason=walk.theme.concern, by=walk.lead, on=walk.on, at=walk.at,
    )  # fmt: skip
    walk.go(2)
    answer_referral(referral=referral, is_accepted=True, by=walk.lead, on=walk.on, at=walk.at)
    start_referral(referral=referral, by=walk.lead, on=walk.on, at=walk.at)
    walk.go(15)
    end_referral(
        referral=referral, outcome="Six hours together. More confident in groups.",
        by=walk.lead, on=walk.on, at=walk.at,
    )  # fmt: skip


def _on_hold(walk: Walk, team: Team) -> None:
    _heard(walk, team)
    walk.go(1)
    place_hold(
        pupil=walk.pupil, kind=HoldKind.BEREAVEMENT,
        reason="A grandparent died. The family asks for time.",
        review_on=walk.days.after(walk.on, 20), by=walk.lead, on=walk.on, at=walk.at,
    )  # fmt: skip


def _paused(walk: Walk, team: Team) -> None:
    _helped(walk, team)
    walk.go(3)
    walk.case.refresh_from_db()
    pause_case(
        case=walk.case, until_on=walk.days.after(walk.on, 30),
        reason="A planned operation, then rest.", by=walk.lead, on=walk.on, at=walk.at,
    )  # fmt: skip


def _formalised(walk: Walk, team: Team) -> None:
    _reviewed(walk, team)
    walk.go(5)
    walk.formalise()
    walk.keep(worker_direction=Direction.SAME, worker_direction_why="Some good weeks, some hard.")


def _enforced(walk: Walk, team: Team) -> None:
    _formalised(walk, team)
    walk.come_to_today()
    walk.enforce()


def _closed(walk: Walk, team: Team) -> None:
    _reviewed(walk, team)
    walk.go(5)
    close_case(
        case=walk.case, outcome=Outcome.ATTENDING, what_helped=walk.theme.helped,
        by=walk.lead, on=walk.on, at=walk.at,
    )  # fmt: skip


def _come_up_to_date(walk: Walk, place: int) -> None:
    """These last days: most cases are in hand, every sixth has something overdue."""
    walk.case.refresh_from_db()
    if walk.case.status != CaseStatus.OPEN or walk.case.lead is None:
        return
    walk.come_to(walk.days.before(walk.today, place % 9 + 1))
    if place % SOMETHING_OVERDUE == SOMETHING_OVERDUE - 1:
        return
    yesterday = walk.today - timedelta(days=1)
    walk.keep_promises()
    walk.look_again(walk.days.after(walk.today, 1 + place % 15))
    walk.promise_next(walk.days.after(yesterday, 1 + place % 7))


def _bounced_back(walk: Walk, team: Team) -> None:
    _closed(walk, team)
    walk.go(20)
    reopen_case(
        case=walk.case, reason="Mornings are hard again since the half-term holiday.",
        by=walk.lead, on=walk.on, at=walk.at,
    )  # fmt: skip


def _stories() -> list[Story]:
    """Every story with its begin and track; fixtures first, so that their children are theirs."""
    only, one, many = Track.ATTENDANCE_ONLY, Track.SPECIFIC_ISSUE, Track.COMPLEX
    named = [
        *[
            Story(12, many, _with_early_help, key, barrier)
            for key, barrier in EARLY_HELP_CHILDREN.items()
        ],
        Story(5, one, _half_heard, "declining", "bullying"),
        Story(9, one, _drafted, "sibling_primary"),
        Story(14, one, _closed, "improving"),
        Story(12, many, _on_hold, "exactly_100_of_200"),
        Story(17, one, _formalised, "unauthorised_run", "poverty"),
        Story(13, one, _waits_for_a_service, "illness_spells", "dental"),
        Story(8, one, _helped, AT_SCHOOL),
        Story(4, one, _half_heard, AT_SCHOOL),
    ]
    rest = [
        *[Story(1, only, _waits) for _ in range(3)],
        *[Story(2, only, _monitored) for _ in range(5)],
        *[Story(4, one, _half_heard) for _ in range(4)],
        *[Story(5, one, _heard) for _ in range(4)],
        Story(4, many, _asks_to_pass),
        Story(6, many, _passed),
        *[Story(8, one, _drafted) for _ in range(2)],
        *[Story(9, one, _helped) for _ in range(4)],
        *[Story(14, one, _reviewed) for _ in range(4)],
        Story(13, many, _waits_for_a_service),
        Story(14, many, _was_declined),
        Story(15, many, _outcome_to_tell),
        Story(10, one, _paused),
        *[Story(18, one, _formalised) for _ in range(2)],
        *[Story(23, one, _enforced) for _ in range(2)],
        *[Story(16, one, _closed) for _ in range(3)],
        Story(19, one, _bounced_back),
    ]
    return named + rest
