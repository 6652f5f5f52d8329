"""Which way attendance goes, for some cases at once: sums of the registers, judged by the rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from attendance.codes import CODE_OF_SYMBOL, NO_MARK, NO_MARK_RECORDED
from attendance.models import RegisterWeek, SchoolWeek
from attendance.read_models.calendar import ExpectedDays
from attendance.rules.absence import Counts
from attendance.selectors import figures_date, marks_due_until
from cases.models import Case
from cases.rules.direction import (
    COMPARED_WEEKS,
    direction_of,
    marks_have_stopped,
    why_not_known,
)
from cases.states import Direction
from schools.choices import MAIN_ENROLMENT_STATUSES

#: Twelve school weeks never take longer than this: the summer and two half-terms lie in between.
_FARTHEST_WEEKS: Final = 30
_SLOTS_A_DAY: Final = 2


@dataclass(frozen=True)
class ComputedDirection:
    """The direction by the marks: what was missed in the last six school weeks and in the six
    before, in sessions. `why`: why it is not known, else empty; `has_stopped`: the marks have."""

    direction: Direction
    now: Counts
    before: Counts
    why: str = ""
    has_stopped: bool = False


@dataclass(frozen=True)
class _Week:
    monday: date
    possible: int
    attended: int
    marks: str


def computed_direction(case: Case, *, on: date) -> ComputedDirection:
    """Of one case, as `computed_directions`."""
    return computed_directions([case], on=on)[case.pk]


def computed_directions(cases: Iterable[Case], *, on: date) -> dict[int, ComputedDirection]:
    """Of some cases, by their id, as of the figures' date: four queries however many.

    The weeks are those in which the case's school met; the marks are those of the child's main
    registrations, at the school before too.
    """
    cases = list(cases)
    stands = figures_date() or on
    mondays = _school_weeks({case.school_id for case in cases}, stands)
    weeks = _register_weeks({case.pupil_id for case in cases}, stands)
    days, until = ExpectedDays(), marks_due_until(stands)
    found = {}
    for case in cases:
        last = _last_mark_on(weeks[case.pupil_id], stands)
        behind = days.between(last, until, case.school.meeting_days) if last else 0
        has_stopped = last is None or marks_have_stopped(behind)
        found[case.pk] = _judged(weeks[case.pupil_id], mondays[case.school_id], last, has_stopped)
    return found


def _school_weeks(urns: Iterable[int], stands: date) -> Mapping[int, Sequence[date]]:
    """The Mondays of the latest twelve school weeks of each school, latest first."""
    rows = SchoolWeek.objects.filter(
        school__in=urns,
        week_start__lte=stands,
        week_start__gt=stands - timedelta(weeks=_FARTHEST_WEEKS),
    )
    mondays: dict[int, list[date]] = defaultdict(list)
    for urn, monday in rows.order_by("-week_start").values_list("school_id", "week_start"):
        if len(mondays[urn]) < 2 * COMPARED_WEEKS:
            mondays[urn].append(monday)
    return mondays


def _register_weeks(pupil_ids: Iterable[int], stands: date) -> Mapping[int, list[_Week]]:
    rows = RegisterWeek.objects.filter(
        enrolment__pupil__in=pupil_ids,
        enrolment__status__in=MAIN_ENROLMENT_STATUSES,
        enrolment__awaiting_confirmation=False,
        week_start__lte=stands,
        week_start__gt=stands - timedelta(weeks=_FARTHEST_WEEKS),
    )
    weeks: dict[int, list[_Week]] = defaultdict(list)
    for pupil_id, *facts in rows.values_list(
        "enrolment__pupil_id", "week_start", "possible", "attended", "marks"
    ):
        weeks[pupil_id].append(_Week(*facts))
    return weeks


def _last_mark_on(weeks: Iterable[_Week], stands: date) -> date | None:
    """The last day, up to the figures' date, with a mark but '-'."""
    for week in sorted(weeks, key=lambda one: one.monday, reverse=True):
        for slot in reversed(range(len(week.marks))):
            day = week.monday + timedelta(days=slot // _SLOTS_A_DAY)
            symbol = week.marks[slot]
            if day <= stands and symbol != NO_MARK and _says_something(symbol):
                return day
    return None


def _says_something(symbol: str) -> bool:
    return CODE_OF_SYMBOL[symbol] != NO_MARK_RECORDED


def _judged(
    weeks: Sequence[_Week], mondays: Sequence[date], last: date | None, has_stopped: bool
) -> ComputedDirection:
    now = _sum(weeks, mondays[:COMPARED_WEEKS])
    before = _sum(weeks, mondays[COMPARED_WEEKS:])
    direction = Direction.NOT_KNOWN if has_stopped else direction_of(now, before)
    why = ""
    if direction is Direction.NOT_KNOWN:
        why = why_not_known(now, before, last_mark_on=last, has_stopped=has_stopped)
    return ComputedDirection(direction, now, before, why, has_stopped)


def _sum(weeks: Iterable[_Week], mondays: Sequence[date]) -> Counts:
    chosen = [week for week in weeks if week.monday in set(mondays)]
    attended = sum(week.attended for week in chosen)
    absent = sum(week.possible - week.attended for week in chosen)
    return Counts(attended=attended, authorised=absent)
