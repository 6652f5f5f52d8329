"""Which days the invented schools meet: term dates, bank holidays, INSET days and snow."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final

from attendance.borough.schools import DemoSchool
from attendance.borough.tables import read_table
from attendance_portal.shared.errors import Invalid
from schools.rules.calendar import HalfTerm, academic_year, academic_year_label

_WEDNESDAY: Final = 3
_SNOW_WEEK: Final = 3  # the third Wednesday of January
# INSET days sit at the edges of half-terms, as (half-term, first day or last day).
_INSET_EDGES: Final = ((1, True), (2, True), (3, True), (3, False), (5, True), (6, False))
_WARDS_THAT_SNOW_CLOSES: Final = frozenset(
    {"E05012443", "E05012444", "E05012446", "E05012447", "E05012455"}  # the moor edge
)


class Sitting(Enum):
    """What a school does on a day it might have met."""

    OPEN = "open"
    INSET = "inset"  # planned closure
    SNOW = "snow"  # was due to meet


@dataclass(frozen=True)
class Window:
    """The stretch of time the registers cover. `days` are all days in term, weekends too."""

    years: tuple[int, ...]
    until: date
    half_terms: tuple[HalfTerm, ...]
    days: tuple[date, ...]

    @property
    def this_year(self) -> int:
        return self.years[-1]

    @property
    def first_day(self) -> date:
        return self.half_terms[0].start

    def half_term(self, year: int, number: int) -> HalfTerm:
        wanted = (year, number)
        return next(h for h in all_half_terms() if (h.academic_year, h.half_term) == wanted)


def all_half_terms() -> tuple[HalfTerm, ...]:
    """Typical English term dates, earlier years shifted; not Redcar and Cleveland's own."""
    return tuple(
        HalfTerm(
            date.fromisoformat(row["start"]),
            date.fromisoformat(row["end"]),
            int(row["academic_year"]),
            int(row["half_term"]),
        )
        for row in read_table("terms")
    )


def first_day_of_year(year: int) -> date:
    """The first day of autumn term; 2 September for years before the table begins."""
    starts = {half.academic_year: half.start for half in reversed(all_half_terms())}
    return starts.get(year, date(year, 9, 2))


def make_window(*, years: int, until: date) -> Window:
    """The academic years that end with the one of `until`. Raises Invalid outside the table."""
    last = academic_year(until)
    wanted = tuple(range(last - years + 1, last + 1))
    known = {half.academic_year for half in all_half_terms()}
    missing = [year for year in wanted if year not in known]
    if missing or not wanted:
        raise Invalid(
            f"There are term dates from {academic_year_label(min(known))} to "
            f"{academic_year_label(max(known))} only. Choose --until and --years within them."
        )
    half_terms = tuple(half for half in all_half_terms() if half.academic_year in wanted)
    days = tuple(_days_in_term(half_terms, until))
    if not days:
        raise Invalid("No school day lies before --until in these years. Choose a later --until.")
    return Window(wanted, until, half_terms, days)


def _days_in_term(half_terms: tuple[HalfTerm, ...], until: date) -> Iterator[date]:
    closed = {date.fromisoformat(row["date"]) for row in read_table("bank_holidays")}
    for half in half_terms:
        length = (min(half.end, until) - half.start).days + 1
        for offset in range(length):
            day = half.start + timedelta(days=offset)
            if day not in closed:
                yield day


def sittings(school: DemoSchool, window: Window) -> list[tuple[date, Sitting]]:
    """The school's days up to the end of its feed, in order, each open, INSET or lost to snow."""
    inset = {day for year in window.years for day in _inset_days(school, window, year)}
    snow = {_snow_day(year) for year in window.years} if _is_snowed_in(school) else set()
    days = []
    for day in window.days:
        if str(day.isoweekday()) in school.meeting_days:
            kind = Sitting.INSET if day in inset else Sitting.SNOW if day in snow else Sitting.OPEN
            days.append((day, kind))
    behind = school.days_behind
    open_days = [day for day, kind in days if kind is Sitting.OPEN]
    if behind and len(open_days) > behind:
        last = open_days[-behind - 1]
        days = [(day, kind) for day, kind in days if day <= last]
    return days


def _inset_days(school: DemoSchool, window: Window, year: int) -> Iterator[date]:
    chosen = {0, 1 + (school.number + year) % 5, 1 + (school.number * 2 + 3) % 5}
    for edge in sorted(chosen):
        number, is_first = _INSET_EDGES[edge]
        half = window.half_term(year, number)
        yield half.start if is_first else half.end


def _snow_day(year: int) -> date:
    first = date(year + 1, 1, 1)
    to_wednesday = (_WEDNESDAY - first.isoweekday()) % 7
    return first + timedelta(days=to_wednesday + 7 * (_SNOW_WEEK - 1))


def _is_snowed_in(school: DemoSchool) -> bool:
    return school.ward_code in _WARDS_THAT_SNOW_CLOSES or school.number % 9 == 8
