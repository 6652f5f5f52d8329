"""The same time in another year: weeks numbered inside their half-term. Pure.

Years are compared half-term by half-term, since holidays move: week 3 of Spring 1 stands beside
week 3 of Spring 1, whatever its date (portal's own rule; the department's weekly series, which
counts calendar weeks, is placed by the same rule).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from schools.rules.calendar import HalfTerm, academic_year, academic_year_start, week_start

_DAYS_IN_A_WEEK: Final = 7
_FRIDAY: Final = 4


@dataclass(frozen=True, order=True)
class WeekPlace:
    """A week's half-term (1 to 6) and its number in it, from 1."""

    half_term: int
    week: int


def of_year(half_terms: Iterable[HalfTerm], year: int) -> list[HalfTerm]:
    """The half-terms of one academic year, in order of time."""
    return sorted(half for half in half_terms if half.academic_year == year)


def place_of_week(monday: date, half_terms: Sequence[HalfTerm]) -> WeekPlace:
    """Where a week stands in its academic year.

    A week between half-terms goes on counting from the half-term before it; one before the first
    counts down from it (0, -1). With no half-terms every week is of half-term 1, from 1 August.
    """
    half = _half_term_of_week(monday, of_year(half_terms, academic_year(monday)))
    first, number = (
        (academic_year_start(academic_year(monday)), 1)
        if half is None
        else (half.start, half.half_term)
    )
    return WeekPlace(number, (monday - week_start(first)).days // _DAYS_IN_A_WEEK + 1)


def _half_term_of_week(monday: date, halves: Sequence[HalfTerm]) -> HalfTerm | None:
    begun = [half for half in halves if week_start(half.start) <= monday]
    if not begun:
        return halves[0] if halves else None
    if len(begun) > 1 and begun[-2].end >= monday:  # a week that two half-terms share
        return begun[-2]
    return begun[-1]


def weeks_in_term(half_terms: Sequence[HalfTerm], year: int, until: date) -> list[date]:
    """The Mondays of the weeks that a half-term of the year touches, begun by `until`."""
    mondays: set[date] = set()
    for half in of_year(half_terms, year):
        monday = week_start(half.start)
        while monday <= min(half.end, until):
            mondays.add(monday)
            monday += timedelta(days=_DAYS_IN_A_WEEK)
    return sorted(mondays)


def is_finished_week(monday: date, half_terms: Sequence[HalfTerm], as_of: date) -> bool:
    """Whether the week's Friday, or the half-term that ends in the week, lies by `as_of`."""
    friday = monday + timedelta(days=_FRIDAY)
    ends = [half.end for half in half_terms if monday <= half.end <= friday]
    starts_again = any(monday <= half.start <= friday and half.end > friday for half in half_terms)
    return as_of >= (max(ends) if ends and not starts_again else friday)


def same_time_before(on: date, half_terms: Sequence[HalfTerm]) -> date | None:
    """The day that stands in last year where `on` stands in its own; None where nothing does.

    The same weekday of the same week of the same half-term, and the half-term's last day where it
    was shorter. Between half-terms: the last day of the half-term before. None before the first
    half-term, and where last year's half-term is not known.
    """
    halves = of_year(half_terms, academic_year(on))
    begun = [half for half in halves if half.start <= on]
    if not begun:
        return None
    before = of_year(half_terms, academic_year(on) - 1)
    then = next((half for half in before if half.half_term == begun[-1].half_term), None)
    if then is None:
        return None
    if on >= begun[-1].end:
        return then.end
    days = (on - week_start(begun[-1].start)).days
    return min(max(week_start(then.start) + timedelta(days=days), then.start), then.end)
