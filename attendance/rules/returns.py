"""What a school owes: the sickness return, and a reason for every N. Pure.

Units: sessions and school days. Sources: RET-11, RET-12 (15 school days of illness in the school
year; only code I counts; 15 days taken as 30 sessions is our assumption), REG-08, REG-09 (SI
2024/208 reg 10(7) to (9): an N is amended within five school days; the day of the session is day
0).
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from typing import Final

from attendance.codes import ILLNESS, UNEXPLAINED
from attendance.rules.marks import Mark, Register, SchoolCalendar
from schools.rules.calendar import academic_year

SICKNESS_RETURN_SESSIONS: Final = 30  # 15 school days (RET-11, RET-12)
REASON_DUE_SCHOOL_DAYS: Final = 5  # REG-08


@dataclass(frozen=True)
class Illness:
    """Sessions and days coded I in the academic year; the day of the thirtieth session."""

    sessions: int
    days: int
    first: date | None


@dataclass(frozen=True)
class UnresolvedN:
    """Sessions still coded N after the five school days; the day of the earliest."""

    overdue: int
    oldest: date | None


def illness_sessions(marks: Register, on: date) -> list[Mark]:
    """The sessions coded I in the academic year of `on`, up to `on`, in order."""
    year = academic_year(on)
    return sorted(
        mark
        for mark in marks
        if mark.code == ILLNESS and mark.date <= on and academic_year(mark.date) == year
    )


def illness(marks: Register, on: date) -> Illness:
    """How an enrolment stands to the sickness return in the academic year of `on`."""
    ill = illness_sessions(marks, on)
    reached = len(ill) >= SICKNESS_RETURN_SESSIONS
    return Illness(
        sessions=len(ill),
        days=len({mark.date for mark in ill}),
        first=ill[SICKNESS_RETURN_SESSIONS - 1].date if reached else None,
    )


def needs_sickness_return(sessions: int) -> bool:
    """Whether 30 sessions or more were missed through illness (RET-11, RET-12)."""
    return sessions >= SICKNESS_RETURN_SESSIONS


def overdue_sessions(marks: Register, calendar: SchoolCalendar, on: date) -> list[Mark]:
    """The sessions still coded N with more than five of the school's days after them, in order."""
    days = calendar.up_to(on).days
    return sorted(
        mark
        for mark in marks
        if mark.code == UNEXPLAINED
        and mark.date <= on
        and len(days) - bisect_right(days, mark.date) > REASON_DUE_SCHOOL_DAYS
    )


def unresolved_n(marks: Register, calendar: SchoolCalendar, on: date) -> UnresolvedN:
    """How many reasons are overdue as of `on`, and the oldest; every year counts."""
    overdue = overdue_sessions(marks, calendar, on)
    return UnresolvedN(overdue=len(overdue), oldest=overdue[0].date if overdue else None)
