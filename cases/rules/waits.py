"""How long help takes: waiting for a service, from a first flag to first help, and coming back.

Pure. Days are calendar days unless a name says school days. Sources: SUP-04 (a slow service);
mission map section 3 ("journey of referrals, refusals, waits"; time to help). The numbers are our
proposal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import median
from typing import Final

#: A child who waits this many school weeks needs something meanwhile (SUP-04; the number: cohort
#: "Waiting for a service", pages P20). A school week is five school days.
LONG_WAIT_SCHOOL_WEEKS: Final = 6
SCHOOL_DAYS_A_WEEK: Final = 5
#: A child who is back within twelve weeks of a closing bounced back (issue, point 1).
BOUNCE_BACK_DAYS: Final = 12 * 7


@dataclass(frozen=True)
class ReferralDays:
    """The days of one referral: none that has not come. `declined_on`: the day of a no."""

    sent_on: date
    declined_on: date | None = None
    accepted_on: date | None = None
    started_on: date | None = None
    ended_on: date | None = None
    told_on: date | None = None

    @property
    def waited_until(self) -> date | None:
        """The day on which the wait was over: help began, was declined, or the referral ended."""
        days = (self.started_on, self.declined_on, self.ended_on)
        return min((day for day in days if day is not None), default=None)

    @property
    def is_waiting(self) -> bool:
        """Whether the child still waits for this service."""
        return self.waited_until is None


def waited_days(days: ReferralDays, on: date) -> int:
    """How many days the child waited for this service, up to `on`."""
    until = days.waited_until or on
    return max(0, (min(until, on) - days.sent_on).days)


def total_wait(referrals: Iterable[ReferralDays], on: date) -> int:
    """The days on which the child waited for at least one service: two at once count once."""
    spans = sorted((one.sent_on, min(one.waited_until or on, on)) for one in referrals)
    total, reached = 0, date.min
    for first, last in spans:
        begins = max(first, reached)
        total += max(0, (last - begins).days)
        reached = max(reached, last)
    return total


def asks_for_meanwhile(days: ReferralDays, school_days: int) -> bool:
    """Whether something else should help meanwhile: the child has waited six school weeks or more.

    `school_days`: those since the day it was sent. SUP-04.
    """
    return days.is_waiting and school_days >= LONG_WAIT_SCHOOL_WEEKS * SCHOOL_DAYS_A_WEEK


class Help(StrEnum):
    """How help stands to a child's first flag of the year."""

    CAME = "came"
    BEFORE = "before"
    NOT_YET = "not_yet"


@dataclass(frozen=True)
class TimeToHelp:
    """From the first flag to the first help: `days` only where help came after the flag."""

    flagged_on: date
    state: Help
    days: int | None = None


def time_to_help(flagged_on: date, helped_on: Iterable[date]) -> TimeToHelp:
    """Help is an offer taken up, a service that began, or a plan that was agreed.

    Help on the day of the flag took 0 days. A child who was helped before the flag did not wait.
    """
    first = min(helped_on, default=None)
    if first is None:
        return TimeToHelp(flagged_on, Help.NOT_YET)
    if first < flagged_on:
        return TimeToHelp(flagged_on, Help.BEFORE)
    return TimeToHelp(flagged_on, Help.CAME, (first - flagged_on).days)


def middle(numbers: Sequence[int]) -> float | None:
    """The median; None of nothing."""
    return float(median(numbers)) if numbers else None


def bounced_back(closed_on: date, again_on: date) -> bool:
    """Whether a case that opened on `again_on` came within twelve weeks of a closing: the 84th day
    counts, the 85th does not."""
    return closed_on <= again_on <= closed_on + timedelta(days=BOUNCE_BACK_DAYS)
