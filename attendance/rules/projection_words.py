"""The two facts of what is still ahead, as sentences for staff. Pure; never for families."""

from __future__ import annotations

from datetime import date

from attendance.rules.absence import is_persistent
from attendance.rules.projection import SESSIONS_A_DAY, can_still_miss, leaves_on
from attendance_portal.shared import wording


def still_may_miss(absent: int, possible: int, days: tuple[date, ...]) -> str:
    """'Can miss 7 more of 240 sessions left this year before persistent absence'."""
    left = SESSIONS_A_DAY * len(days)
    more = can_still_miss(absent, possible, left)
    if not left:
        return "No school days are left this year"
    of = f"{left:,} sessions left this year"
    if more is None:
        return f"10% or more of this year are missed, whatever comes in the {of}"
    if more == left:
        return f"Under 10% this year, whatever comes in the {of}"
    return f"Can miss {more:,} more of {of} before persistent absence"


def under_again(absent: int, possible: int, days: tuple[date, ...]) -> str:
    """'Under 10% from Thu 26 Mar 2026 if at school every day'; empty if under 10% now."""
    if not is_persistent(absent, possible):
        return ""
    on = leaves_on(absent, possible, days)
    if on is None:
        return "Not under 10% this year, even if at school every day"
    return f"Under 10% from {wording.day_of_week(on)} if at school every day"
