"""What came from a school on a day, and whether its registers are still coming.

Not a statutory rule: how we say that figures rest on less than they should.
Registers are taken twice a day for every child on roll: REG-01 (regulation 10(1) of 2024).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from attendance.states import FeedState
from schools.rules.calendar import FRIDAY

#: A session has come when nine in ten of those on roll have a mark: a child or two whose mark is
#: still to follow does not make a register missing.
FULL_PER_CENT: Final = 90
#: From so many school days behind, a feed has stopped, and pages warn of it.
STOPPED_FROM: Final = 3


class DayState(StrEnum):
    """What came for a day on which the school was expected to meet."""

    FULL = "full"
    PART = "part"
    NONE = "none"
    CLOSED = "closed"


def day_state(day: date, *, on_roll: int, morning: int, afternoon: int, closed: int) -> DayState:
    """What came of a day: children on roll, marks of each session, marks that say `#` (closed).

    Closed when nothing but closure came. Full when each session came whole; a session that nobody
    was marked in is missing, unless the school was closed for it. At a weekend a school may meet
    for one session only.
    """
    if not morning and not afternoon:
        return DayState.CLOSED if closed else DayState.NONE
    may_lack_one = closed > 0 or day.isoweekday() > FRIDAY
    counted = [marks for marks in (morning, afternoon) if marks or not may_lack_one]
    return DayState.FULL if all(_has_come(n, on_roll) for n in counted) else DayState.PART


def _has_come(marks: int, on_roll: int) -> bool:
    return marks * 100 >= on_roll * FULL_PER_CENT


def feed_state(last_mark_on: date | None, school_days_behind: int) -> FeedState:
    """How a feed stands: school days expected since its last mark, which is not counted."""
    if last_mark_on is None:
        return FeedState.NEVER_SENT
    if school_days_behind >= STOPPED_FROM:
        return FeedState.STOPPED
    return FeedState.BEHIND if school_days_behind else FeedState.UP_TO_DATE
