"""What would close a flag, worked out on whole numbers from the very sessions it counts. Pure.

Units: sessions, school weeks. Sources: PN-01, PN-03 (ten sessions in ten school weeks; weeks in
which the school does not meet are skipped), STAT-08 and STAT-28 (the lines at 10% and 5%).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from attendance.rules.marks import Mark, SchoolCalendar
from attendance.rules.penalty_window import THRESHOLD_SESSIONS, WINDOW_SCHOOL_WEEKS, meets_threshold
from schools.rules.calendar import week_start


@dataclass(frozen=True)
class WindowMovesOn:
    """After so many more school weeks have begun, so many of the sessions no longer count."""

    school_weeks: int
    sessions: int


def window_moves_on(sessions: Sequence[Mark], calendar: SchoolCalendar) -> WindowMovesOn:
    """When the rolling ten falls under its line by itself, if no session is added.

    `sessions`: those in the window that ends with the calendar's last week. Nothing to wait for
    (0, 0) when they are under the line already.
    """
    weeks = calendar.weeks
    for more in range(WINDOW_SCHOOL_WEEKS + 1):
        first = max(len(weeks) + more - WINDOW_SCHOOL_WEEKS, 0)
        gone = set(weeks[:first])
        left = sum(week_start(mark.date) not in gone for mark in sessions)
        if not meets_threshold(left):
            return WindowMovesOn(more, len(sessions) - left)
    raise ValueError(f"{THRESHOLD_SESSIONS} sessions lie outside the weeks the school met.")


def sessions_to_reach(absent: int, possible: int, one_in: int) -> int:
    """How many sessions missed, with none attended, bring the share to one in `one_in` or more."""
    missing = possible - absent * one_in
    return max(-(-missing // (one_in - 1)), 0)


def moves_on_in_words(moves: WindowMovesOn) -> str:
    """'If none is added, it closes when 3 more school weeks have begun: 4 sessions ...'"""
    weeks = (
        "1 more school week has begun"
        if moves.school_weeks == 1
        else f"{moves.school_weeks} more school weeks have begun"
    )
    gone = (
        "1 session then no longer counts"
        if moves.sessions == 1
        else f"{moves.sessions} sessions then no longer count"
    )
    return f"If none is added, it closes when {weeks}: {gone}."


def also_closes_at(absent: int, possible: int, one_in: int) -> str:
    """For a band with an upper line: what carries the share over it."""
    number = sessions_to_reach(absent, possible, one_in)
    sessions = "1 session" if number == 1 else f"{number:,} sessions"
    return f"It also closes at {100 // one_in}%: {sessions} missed, with none attended, reach it."
