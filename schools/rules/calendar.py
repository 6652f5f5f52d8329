"""Which academic year, term, half-term and week a day belongs to. Pure.

Source: domain calendar notes (DfE pupil absence statistics methodology): for attendance the
academic year runs 1 August to 31 July; a child's age is taken at 31 August; a week starts on
Monday.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

YEAR_STARTS_MONTH: Final = 8  # 1 August, for sessions
CENSUS_AGE_MONTH_DAY: Final = (8, 31)  # age is taken on 31 August
HALF_TERMS_IN_A_YEAR: Final = 6
TERMS_IN_A_YEAR: Final = 3
FRIDAY: Final = 5  # ISO weekday
TERM_NAMES: Final = {1: "Autumn", 2: "Spring", 3: "Summer"}
#: No register is older, and every date asked about needs an academic year that can be written.
EARLIEST_DAY: Final = date(1900, 1, 1)


def academic_year(on: date) -> int:
    """The first calendar year of the academic year: 2025 from 1 August 2025 to 31 July 2026."""
    return on.year if on.month >= YEAR_STARTS_MONTH else on.year - 1


def academic_year_start(year: int) -> date:
    """The first day, 1 August."""
    return date(year, YEAR_STARTS_MONTH, 1)


def academic_year_end(year: int) -> date:
    """The last day, 31 July of the calendar year after."""
    return date(year + 1, YEAR_STARTS_MONTH, 1) - timedelta(days=1)


def academic_year_label(year: int) -> str:
    """2025 is '2025/26'."""
    return f"{year}/{(year + 1) % 100:02d}"


def week_start(on: date) -> date:
    """The Monday of that day's ISO week."""
    return on - timedelta(days=on.weekday())


def last_weekday(on: date) -> date:
    """The day itself, or the Friday before a weekend: how far marks come, in words."""
    return on - timedelta(days=max(on.isoweekday() - FRIDAY, 0))


def is_cut_week(monday: date) -> bool:
    """Whether 1 August falls after the Monday, so that the week lies in two academic years."""
    return academic_year(monday) != academic_year(monday + timedelta(days=6))


def term_of_half_term(half_term: int) -> int:
    """Half-terms 1, 2 are term 1; 3, 4 term 2; 5, 6 term 3. Raises ValueError for any other."""
    if not 1 <= half_term <= HALF_TERMS_IN_A_YEAR:
        raise ValueError(f"There is no half-term {half_term}: they are numbered 1 to 6.")
    return (half_term + 1) // 2


def half_term_label(half_term: int) -> str:
    """3 is 'Spring 1'."""
    return f"{TERM_NAMES[term_of_half_term(half_term)]} {2 - half_term % 2}"


def age_on(date_of_birth: date, on: date) -> int:
    """Whole years. A child born on 29 February turns a year older on 1 March of a common year."""
    had_birthday = (on.month, on.day) >= (date_of_birth.month, date_of_birth.day)
    return on.year - date_of_birth.year - (0 if had_birthday else 1)


def age_on_31_august(date_of_birth: date, year: int) -> int:
    """Age at 31 August at the start of that academic year, the age that statistics use."""
    return age_on(date_of_birth, date(year, *CENSUS_AGE_MONTH_DAY))


@dataclass(frozen=True, order=True)
class HalfTerm:
    """One half-term of the bundle's terms.csv; first and last day included."""

    start: date
    end: date
    academic_year: int
    half_term: int

    @property
    def term(self) -> int:
        return term_of_half_term(self.half_term)

    def contains(self, on: date) -> bool:
        return self.start <= on <= self.end


def half_term_problem(half_term: HalfTerm) -> str | None:
    """Why these dates cannot be a half-term, in words for whoever sent them; None if they can."""
    if not 1 <= half_term.half_term <= HALF_TERMS_IN_A_YEAR:
        return "Half-terms are numbered 1 to 6."
    if half_term.end < half_term.start:
        return "The half-term ends before it starts."
    if {academic_year(half_term.start), academic_year(half_term.end)} != {half_term.academic_year}:
        label = academic_year_label(half_term.academic_year)
        return f"The dates lie outside {label}, which runs from 1 August to 31 July."
    return None


@dataclass(frozen=True)
class TermDates:
    """The half-terms that serve all schools. Days between them belong to no half-term."""

    half_terms: tuple[HalfTerm, ...]

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, date, date]]) -> "TermDates":
        """From (academic year, half-term, first day, last day)."""
        return cls(tuple(sorted(HalfTerm(start, end, year, n) for year, n, start, end in rows)))

    def on(self, day: date) -> HalfTerm | None:
        """The half-term that day lies in; the earliest if two overlap; None between half-terms."""
        return next((half for half in self.half_terms if half.contains(day)), None)
