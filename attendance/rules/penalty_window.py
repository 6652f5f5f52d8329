"""Ten sessions of unauthorised absence in ten school weeks: the national threshold. Pure.

When it is met the school must *consider* a penalty notice; nothing is automatic. Units: sessions.
Source: PN-01 to PN-06 (National Framework for Penalty Notices, in force from 19 August 2024).
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from attendance.rules.marks import Mark, Register, SchoolCalendar
from schools.rules.calendar import week_start

FRAMEWORK_STARTS_ON: Final = date(2024, 8, 19)  # older absence never counts (PN-05); a Monday
THRESHOLD_SESSIONS: Final = 10  # PN-01
WINDOW_SCHOOL_WEEKS: Final = 10  # PN-01, PN-03: weeks the school met; the others are skipped


@dataclass(frozen=True)
class RollingTen:
    """Sessions in the latest window; the most ever in one; the day a tenth first fell in one."""

    now: int
    maximum: int
    first: date | None


def counts_to_threshold(mark: Mark) -> bool:
    """Whether a mark counts: G, N, O or U on or after 19 August 2024 (PN-02, PN-05)."""
    return mark.date >= FRAMEWORK_STARTS_ON and mark.meaning.counts_for_penalty_notice


def window_starts_on(calendar: SchoolCalendar, week: date) -> date:
    """The Monday of the first of the ten school weeks that end with this week."""
    past = bisect_right(calendar.weeks, week)
    first = max(past - WINDOW_SCHOOL_WEEKS, 0)
    return calendar.weeks[first] if calendar.weeks else week


def sessions_in_window(
    sessions: Sequence[Mark], calendar: SchoolCalendar, last_week: date
) -> list[Mark]:
    """Those of the counted sessions that fall in the ten school weeks ending with `last_week`."""
    starts = window_starts_on(calendar, last_week)
    return [mark for mark in sessions if starts <= week_start(mark.date) <= last_week]


def window_now(marks: Register, calendar: SchoolCalendar, on: date) -> list[Mark]:
    """The sessions behind `RollingTen.now`, in order: what a page lists to prove it."""
    known = calendar.up_to(on)
    if not known.weeks:
        return []
    counted = [mark for mark in marks if mark.date <= on and counts_to_threshold(mark)]
    return sessions_in_window(counted, known, known.weeks[-1])


def rolling_ten(marks: Register, calendar: SchoolCalendar, on: date) -> RollingTen:
    """How an enrolment stands to the threshold as of `on`.

    Each session is counted together with those before it in the ten school weeks that end with its
    own week. Every counted session's week is a school week, since its own mark makes the session.
    """
    known = calendar.up_to(on)
    counted = sorted(mark for mark in marks if mark.date <= on and counts_to_threshold(mark))
    maximum, first = 0, None
    for place, mark in enumerate(counted, start=1):
        in_window = len(sessions_in_window(counted[:place], known, week_start(mark.date)))
        maximum = max(maximum, in_window)
        if first is None and in_window >= THRESHOLD_SESSIONS:
            first = mark.date
    return RollingTen(now=len(window_now(marks, known, on)), maximum=maximum, first=first)


def meets_threshold(sessions: int) -> bool:
    """Whether ten sessions or more fall in the window (PN-01)."""
    return sessions >= THRESHOLD_SESSIONS
