"""Readings of records that are worth a look. Pure: readings in, patterns out.

A pattern is a question, never a finding: most have an ordinary reason. Our rule (from DP-06, which
has every reading of a named pupil logged): thresholds are settings.

Worked examples, at 60 records within an hour and hours from 7 to 19:
- 60 different records from 2:00pm to 2:59pm are worth a look; 59 are not, nor is one record 60
  times, nor are 60 records of which the last came at 3:00pm.
- Tuesday 6:59am and 7:00pm are outside hours, 7:00am and 6:59pm are not; all of Saturday is.
- A reader called Hughes and a child called Hughes share a surname; Hughes and Hughes-Lee do not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

AN_HOUR: Final = timedelta(hours=1)
SATURDAY: Final = 6


@dataclass(frozen=True)
class Reading:
    """One opening of one child's record. `at` is local time; `surname` the child's."""

    at: datetime
    record: str
    surname: str = ""


@dataclass(frozen=True)
class Busy:
    """The hour in which most records were opened: when it began and how many there were."""

    since: datetime
    records: int


@dataclass(frozen=True)
class Hours:
    """The working day: from this hour on, to before that one, Monday to Friday."""

    first: int
    last: int


def busiest_hour(readings: Sequence[Reading]) -> Busy | None:
    """The hour with most different records, the earliest of several. `readings` by time."""
    best: Busy | None = None
    inside: Counter[str] = Counter()
    start = 0
    for reading in readings:
        inside[reading.record] += 1
        while reading.at - readings[start].at >= AN_HOUR:
            gone = readings[start].record
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            start += 1
        if best is None or len(inside) > best.records:
            best = Busy(readings[start].at, len(inside))
    return best


def is_outside(at: datetime, hours: Hours) -> bool:
    """Whether a moment is at a weekend, or before or after the working day."""
    return at.isoweekday() >= SATURDAY or not hours.first <= at.hour < hours.last


def outside_hours(readings: Sequence[Reading], hours: Hours) -> int:
    """How many readings were outside hours."""
    return sum(is_outside(reading.at, hours) for reading in readings)


def with_own_surname(readings: Sequence[Reading], surname: str) -> int:
    """How many different records were of a child with the reader's surname; both are folded."""
    if not surname:
        return 0
    return len({reading.record for reading in readings if reading.surname == surname})
