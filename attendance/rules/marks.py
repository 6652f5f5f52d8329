"""The facts rules start from: a child's marks at one school, and the days that school met. Pure.

Source of the session rule: STAT-01 (a session is half a day) and the exports' definition of a
school session: at least one mark for it whose code is not #, - or Z.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from attendance.codes import Code, meaning
from schools.rules.calendar import week_start

MORNING: Final = 0
AFTERNOON: Final = 1


@dataclass(frozen=True, order=True)
class Mark:
    """One mark: the day, the session (0 morning, 1 afternoon) and the code in force on that day."""

    date: date
    session: int
    code: str

    @property
    def meaning(self) -> Code:
        """How it counts. Raises CodeNotInForceError for a code not in force on its day."""
        return meaning(self.code, self.date)


# Marks of one enrolment, inside its first and last day, up to the as-of date, in order of time.
Register: TypeAlias = tuple[Mark, ...]


def register(marks: Iterable[Mark], *, start: date, end: date | None, on: date) -> Register:
    """The marks that count for an enrolment as of `on`: those inside its dates (both included)."""
    last = on if end is None else min(on, end)
    return tuple(sorted(mark for mark in marks if start <= mark.date <= last))


@dataclass(frozen=True)
class SchoolCalendar:
    """When one school met: Mondays of its school weeks, and its days, in order."""

    weeks: tuple[date, ...]
    days: tuple[date, ...]

    def up_to(self, on: date) -> "SchoolCalendar":
        """What was known of the calendar as of an earlier day."""
        days = tuple(day for day in self.days if day <= on)
        return calendar_of_days(days)


def calendar_of_days(days: Iterable[date]) -> SchoolCalendar:
    """The calendar of a school that met on these days."""
    met = tuple(sorted(set(days)))
    return SchoolCalendar(weeks=tuple(sorted({week_start(day) for day in met})), days=met)


def school_calendar(marks: Iterable[Mark], *, on: date) -> SchoolCalendar:
    """The calendar that all marks of a school show, up to `on`.

    Pass every child's counted marks at the school, leavers included.
    """
    return calendar_of_days(
        mark.date for mark in marks if mark.date <= on and mark.meaning.makes_a_session
    )
