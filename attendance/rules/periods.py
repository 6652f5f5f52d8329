"""A register cut into academic years, terms, half-terms and weeks. Pure.

Source: the exports' definition, figure 4 (ISO weeks named by their Monday; a week that 1 August
cuts has a row in each year; a mark between half-terms counts in the year and the week only).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from attendance.rules.absence import Counts, count
from attendance.rules.marks import Mark
from schools.rules.calendar import TermDates, academic_year, week_start


class PeriodKind(StrEnum):
    """The four ways of cutting time."""

    YEAR = "year"
    TERM = "term"
    HALF_TERM = "half_term"
    WEEK = "week"


@dataclass(frozen=True, order=True)
class Period:
    """One stretch of time. `key`: the year '2025', '1' to '3', '1' to '6', or a week's Monday."""

    academic_year: int
    kind: PeriodKind
    key: str


@dataclass(frozen=True)
class PeriodRow:
    """The sessions of one enrolment in one period."""

    academic_year: int
    kind: PeriodKind
    key: str
    counts: Counts


def periods_of(mark: Mark, terms: TermDates) -> Iterator[Period]:
    """The two to four periods a mark counts in."""
    year = academic_year(mark.date)
    yield Period(year, PeriodKind.YEAR, str(year))
    yield Period(year, PeriodKind.WEEK, week_start(mark.date).isoformat())
    half = terms.on(mark.date)
    if half is not None:
        yield Period(half.academic_year, PeriodKind.TERM, str(half.term))
        yield Period(half.academic_year, PeriodKind.HALF_TERM, str(half.half_term))


def periods(marks: Iterable[Mark], terms: TermDates) -> list[PeriodRow]:
    """One row per period with at least one possible session, by year, kind and key."""
    marks_in: dict[Period, list[Mark]] = defaultdict(list)
    for mark in marks:
        for period in periods_of(mark, terms):
            marks_in[period].append(mark)
    counted = ((period, count(marks_in[period])) for period in sorted(marks_in))
    return [
        PeriodRow(period.academic_year, period.kind, period.key, counts)
        for period, counts in counted
        if counts.possible > 0
    ]
