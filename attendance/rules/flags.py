"""Which flags hold for an enrolment on a day, on what figures, and since when. Pure.

The rules themselves are in `absence`, `penalty_window`, `runs`, `returns` and `recent`; this module
only asks them, all of the same facts. A leaver, and a child who has not started, holds none.
Source: the flag kinds of the interfaces; each kind's rule numbers are in `attendance.states`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeAlias

from attendance.rules import absence
from attendance.rules.absence import Counts
from attendance.rules.marks import Register, SchoolCalendar
from attendance.rules.penalty_window import meets_threshold as meets_penalty_threshold
from attendance.rules.penalty_window import rolling_ten
from attendance.rules.recent import (
    RECENT_SCHOOL_DAYS,
    has_no_recent_marks,
    is_on_roll,
    last_heard_on,
)
from attendance.rules.returns import illness, needs_sickness_return, unresolved_n
from attendance.rules.runs import meets_threshold as meets_run_threshold
from attendance.rules.runs import unauthorised_run
from attendance.states import FLAGS, CloseReason, FlagKind
from schools.rules.calendar import academic_year, academic_year_start

# The figures a flag rests on, by the names in `FlagState.evidence`; stored, so dates are ISO text.
Evidence: TypeAlias = Mapping[str, int | str | None]


@dataclass(frozen=True)
class Facts:
    """All that the flags of one enrolment depend on, as of `on`."""

    marks: Register
    calendar: SchoolCalendar
    enrolment_start: date
    enrolment_end: date | None
    on: date
    minimum_possible: int = absence.MINIMUM_POSSIBLE

    def as_of(self, on: date) -> "Facts":
        """The same enrolment by today's marks, on an earlier day."""
        return replace(
            self,
            marks=tuple(mark for mark in self.marks if mark.date <= on),
            calendar=self.calendar.up_to(on),
            on=on,
        )

    @property
    def is_on_roll(self) -> bool:
        return is_on_roll(start=self.enrolment_start, end=self.enrolment_end, on=self.on)


def year_to_date(facts: Facts) -> Counts:
    """The sessions of the academic year of `on`, up to `on`."""
    year = academic_year(facts.on)
    return absence.count(
        mark for mark in facts.marks if mark.date <= facts.on and academic_year(mark.date) == year
    )


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _year_to_date_flag(facts: Facts, holds: Callable[[int, int], bool]) -> Evidence | None:
    counts = year_to_date(facts)
    if absence.is_too_early_to_say(counts.possible, facts.minimum_possible):
        return None
    if not holds(counts.absent, counts.possible):
        return None
    return {
        "possible": counts.possible,
        "absent": counts.absent,
        "authorised": counts.authorised,
        "unauthorised": counts.unauthorised,
    }


def _severe_absence(facts: Facts) -> Evidence | None:
    return _year_to_date_flag(facts, absence.is_severe)


def _persistent_absence(facts: Facts) -> Evidence | None:
    return _year_to_date_flag(facts, absence.is_persistent)


def _at_risk(facts: Facts) -> Evidence | None:
    return _year_to_date_flag(facts, absence.is_at_risk)


def _penalty_notice_threshold(facts: Facts) -> Evidence | None:
    rolling = rolling_ten(facts.marks, facts.calendar, facts.on)
    if not meets_penalty_threshold(rolling.now):
        return None
    return {
        "rolling_now": rolling.now,
        "rolling_max": rolling.maximum,
        "rolling_first": _text(rolling.first),
    }


def _unauthorised_run(facts: Facts) -> Evidence | None:
    run = unauthorised_run(facts.marks)
    if not meets_run_threshold(run.now):
        return None
    return {"run_now": run.now, "run_max": run.maximum, "run_first": _text(run.first)}


def _sickness_return(facts: Facts) -> Evidence | None:
    ill = illness(facts.marks, facts.on)
    if not needs_sickness_return(ill.sessions):
        return None
    return {
        "illness_sessions": ill.sessions,
        "illness_days": ill.days,
        "illness_first": _text(ill.first),
    }


def _unresolved_n(facts: Facts) -> Evidence | None:
    owed = unresolved_n(facts.marks, facts.calendar, facts.on)
    if owed.overdue == 0:
        return None
    return {"n_overdue": owed.overdue, "n_oldest": _text(owed.oldest)}


def _no_recent_marks(facts: Facts) -> Evidence | None:
    if not has_no_recent_marks(
        facts.marks, facts.calendar, facts.enrolment_start, facts.enrolment_end, facts.on
    ):
        return None
    last = last_heard_on(facts.marks, facts.calendar, facts.on)
    return {"school_days": RECENT_SCHOOL_DAYS, "last_mark_on": _text(last)}


_RULES: Final[Mapping[FlagKind, Callable[[Facts], Evidence | None]]] = {
    FlagKind.SEVERE_ABSENCE: _severe_absence,
    FlagKind.PERSISTENT_ABSENCE: _persistent_absence,
    FlagKind.AT_RISK: _at_risk,
    FlagKind.PENALTY_NOTICE_THRESHOLD: _penalty_notice_threshold,
    FlagKind.UNAUTHORISED_RUN: _unauthorised_run,
    FlagKind.SICKNESS_RETURN: _sickness_return,
    FlagKind.UNRESOLVED_N: _unresolved_n,
    FlagKind.NO_RECENT_MARKS: _no_recent_marks,
}


def evidence(kind: FlagKind, facts: Facts) -> Evidence | None:
    """The figures this flag rests on, if it holds; None if it does not."""
    return _RULES[kind](facts) if facts.is_on_roll else None


def standing(facts: Facts) -> dict[FlagKind, Evidence]:
    """Every flag that holds as of `facts.on`, in the order pages show them.

    A severely absent child is persistently absent too (STAT-09) and holds both.
    """
    found = ((kind, evidence(kind, facts)) for kind in FLAGS)
    return {kind: figures for kind, figures in found if figures is not None}


def _days_on_which_something_can_change(facts: Facts) -> list[date]:
    """Days with a mark, days the school met, each 1 August, first and last day; latest first.

    Between two of these nothing that a rule reads changes, so to ask on these days is to ask on
    all.
    """
    first = min(facts.enrolment_start, facts.on)
    years = range(academic_year(first), academic_year(facts.on) + 1)
    days = {first, facts.on, *(academic_year_start(year) for year in years)}
    days.update(mark.date for mark in facts.marks)
    days.update(facts.calendar.days)
    return sorted((day for day in days if first <= day <= facts.on), reverse=True)


def met_on(kind: FlagKind, facts: Facts) -> date | None:
    """The day from which the flag has held without a break up to `on`, by the marks known now.

    That is: ask on each calendar day, as the run of that day would have with today's marks, and
    take the first day of the unbroken stretch that ends at `on`. A kind whose counts start again
    each year is broken by 1 August. None if the flag does not hold on `on`.
    """
    since = None
    for day in _days_on_which_something_can_change(facts):
        if outlived_its_year(kind, opened_on=day, on=facts.on):
            break
        if evidence(kind, facts.as_of(day)) is None:
            break
        since = day
    return since


def outlived_its_year(kind: FlagKind, *, opened_on: date, on: date) -> bool:
    """Whether a flag that starts afresh each year is still open from an earlier one.

    Such a flag closes even if its condition holds again: 1 August broke it, so it is a new flag.
    """
    return FLAGS[kind].resets_each_year and academic_year(opened_on) < academic_year(on)


def close_reason(
    kind: FlagKind, *, opened_on: date, enrolment_end: date | None, on: date
) -> CloseReason:
    """Why an open flag that no longer holds closes in the run as of `on`."""
    if enrolment_end is not None and enrolment_end < on:
        return CloseReason.LEFT
    if outlived_its_year(kind, opened_on=opened_on, on=on):
        return CloseReason.YEAR_ENDED
    return CloseReason.NO_LONGER_MET
