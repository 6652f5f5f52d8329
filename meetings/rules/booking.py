"""When a meeting can be, and what a booking warns of. Pure; times are London's.

A meeting has both sides at the table (SUP-13), so it lies on a day on which the school meets. The
hours, and the days by which things are due, are our proposal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

EARLIEST: Final = time(7, 30)
LATEST: Final = time(18, 0)  # a meeting starts no later
#: The school has the agenda so many school days before (SUP-14; pages, P20).
AGENDA_SCHOOL_DAYS: Final = 5
#: An offer that waits for so many school days is asked about again.
OFFER_SCHOOL_DAYS: Final = 5
NO_DECISION_MAKER: Final = (
    "Nobody who can decide for the school is asked to come. "
    "Ask its senior attendance champion too, if you can."
)


@dataclass(frozen=True)
class Day:
    """What the calendar says of the day of a time: the year and term (1 to 3) it lies in, if any,
    and whether the school meets."""

    academic_year: int | None
    term: int | None
    is_school_day: bool


def time_problem(starts_at: datetime, *, now: datetime, day: Day) -> str:
    """Why a meeting cannot start then; empty if it can. Both times are London's."""
    if starts_at <= now:
        return "Choose a time that is still to come."
    if day.term is None:
        return "This day lies in no term. Choose a day in term time."
    if not day.is_school_day:
        return "The school does not meet on this day. Choose a school day."
    if not EARLIEST <= starts_at.time() <= LATEST:
        return "Choose a time from 7:30am to 6:00pm."
    return ""


def overlap(start: datetime, minutes: int, other: datetime, other_minutes: int) -> bool:
    """Whether two meetings share a minute; one may begin as the other ends."""
    return start < other + timedelta(minutes=other_minutes) and other < start + timedelta(
        minutes=minutes
    )


def warnings_of(decides: Iterable[bool]) -> tuple[str, ...]:
    """What to think about before the mails go out. `decides`: for each person of the school who is
    asked, whether they can decide (SUP-13)."""
    return () if any(decides) else (NO_DECISION_MAKER,)
