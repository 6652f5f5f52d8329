"""The school days around a date, as schools are expected to meet: terms, weekdays, bank holidays.

What a school really did is in its marks; this is for days still to come and for waiting times.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from attendance.selectors import is_expected_school_day
from schools.models import Term

_FARTHEST: Final = 120  # days looked at: longer than any holiday
_WEEKDAYS: Final = "12345"


class ExpectedDays:
    """Expected school days, asked once for a page."""

    @cached_property
    def _terms(self) -> tuple[tuple[date, date], ...]:
        return tuple(Term.objects.values_list("starts_on", "ends_on"))

    def is_school_day(self, day: date, meeting_days: str = _WEEKDAYS) -> bool:
        """Whether schools that meet on these ISO weekdays should meet on this day."""
        return is_expected_school_day(day, meeting_days, self._terms)

    def after(self, day: date, number: int, meeting_days: str = _WEEKDAYS) -> date:
        """The day on which so many school days have come after `day`: in 1, the next one.

        Where no terms are known that far ahead, weekdays count.
        """
        found = 0
        for later in self._days(day, 1):
            found += self.is_school_day(later, meeting_days)
            if found == number:
                return later
        return self._weekdays_after(day, number)

    def before(self, day: date, number: int, meeting_days: str = _WEEKDAYS) -> date:
        """The latest day since which so many school days have come, `day` included."""
        found = 0
        for earlier in self._days(day + timedelta(days=1), -1):
            found += self.is_school_day(earlier, meeting_days)
            if found == number:
                return earlier - timedelta(days=1)
        return day - timedelta(days=_FARTHEST)

    def between(self, after: date, until: date, meeting_days: str = _WEEKDAYS) -> int:
        """How many school days after one day, up to another."""
        days = (after + timedelta(days=place) for place in range(1, (until - after).days + 1))
        return sum(self.is_school_day(day, meeting_days) for day in days)

    def last_before(self, day: date, meeting_days: str = _WEEKDAYS) -> date | None:
        """The last school day before `day`; None where none is known."""
        earlier = self._days(day, -1)
        return next((one for one in earlier if self.is_school_day(one, meeting_days)), None)

    @staticmethod
    def _days(start: date, step: int) -> Iterator[date]:
        return (start + timedelta(days=step * place) for place in range(1, _FARTHEST + 1))

    def _weekdays_after(self, day: date, number: int) -> date:
        weekdays = (later for later in self._days(day, 1) if later.isoweekday() <= len(_WEEKDAYS))
        return next(later for place, later in enumerate(weekdays, start=1) if place == number)
