"""School days that are left in the academic year of a day, as schools are expected to meet."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta

from attendance.read_models.calendar import ExpectedDays
from schools.rules.calendar import academic_year, academic_year_end


class DaysLeft:
    """The days after `as_of`, asked once for a page; none where the terms ahead are not known."""

    def __init__(self, as_of: date, expected: ExpectedDays | None = None) -> None:
        self.as_of = as_of
        self._expected = expected or ExpectedDays()
        self._known: dict[str, tuple[date, ...]] = {}

    def of(self, meeting_days: str, ends_on: date | None = None) -> tuple[date, ...]:
        """Days on which a school with these meeting days (ISO weekdays) is to meet, in order.

        `ends_on`: the last day of the enrolment, if one is known.
        """
        if meeting_days not in self._known:
            last = academic_year_end(academic_year(self.as_of))
            ahead = (
                self.as_of + timedelta(days=place)
                for place in range(1, (last - self.as_of).days + 1)
            )
            self._known[meeting_days] = tuple(
                day for day in ahead if self._expected.is_school_day(day, meeting_days)
            )
        days = self._known[meeting_days]
        return days if ends_on is None else days[: bisect_right(days, ends_on)]
