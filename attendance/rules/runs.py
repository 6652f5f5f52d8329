"""Days in a row on which everything possible was missed without leave. Pure.

A school tells the authority of a child absent for ten continuous school days on codes that count as
unauthorised (G, N, O, U). Units: days on which the child had at least one possible session.
Source: RET-09 (SI 2024/208 reg 13), RET-10 (days with nothing possible neither count nor break).
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Final

from attendance.rules.absence import count
from attendance.rules.marks import Mark, Register

THRESHOLD_DAYS: Final = 10  # RET-09


@dataclass(frozen=True)
class Run:
    """The run that ends on the last day with something possible (0 if that day does not count); the
    longest ever; the day a run first reached ten."""

    now: int
    maximum: int
    first: date | None


def days_with_something_possible(marks: Register) -> list[tuple[date, bool]]:
    """Each such day in order, and whether all its possible sessions were unauthorised."""
    marks_on: dict[date, list[Mark]] = defaultdict(list)
    for mark in marks:
        marks_on[mark.date].append(mark)
    counted = ((day, count(marks_on[day])) for day in sorted(marks_on))
    return [
        (day, counts.unauthorised == counts.possible) for day, counts in counted if counts.possible
    ]


def unauthorised_run(marks: Register) -> Run:
    """How an enrolment stands to the ten continuous days, over every mark given."""
    length, maximum, first = 0, 0, None
    for day, is_all_unauthorised in days_with_something_possible(marks):
        length = length + 1 if is_all_unauthorised else 0
        maximum = max(maximum, length)
        if first is None and length >= THRESHOLD_DAYS:
            first = day
    return Run(now=length, maximum=maximum, first=first)


def current_run_days(marks: Register) -> list[date]:
    """The days behind `Run.now`, in order: what a page lists to prove it."""
    days: list[date] = []
    for day, is_all_unauthorised in days_with_something_possible(marks):
        days = [*days, day] if is_all_unauthorised else []
    return days


def meets_threshold(days: int) -> bool:
    """Whether the run is ten days or longer (RET-09)."""
    return days >= THRESHOLD_DAYS
