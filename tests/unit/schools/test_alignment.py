"""Weeks numbered inside half-terms, and the same time last year."""

from datetime import date, timedelta

import pytest

from schools.rules.alignment import (
    WeekPlace,
    is_finished_week,
    place_of_week,
    same_time_before,
    weeks_in_term,
)
from tests.factories.registers import TERMS

HALVES = TERMS.half_terms


@pytest.mark.parametrize(
    ("monday", "place"),
    [
        (date(2025, 9, 1), WeekPlace(1, 1)),
        (date(2025, 10, 20), WeekPlace(1, 8)),
        (date(2025, 10, 27), WeekPlace(1, 9)),  # the holiday goes on counting
        (date(2025, 11, 3), WeekPlace(2, 1)),
        (date(2025, 8, 25), WeekPlace(1, 0)),  # before the first
        (date(2024, 6, 3), WeekPlace(6, 1)),
        (date(2025, 4, 21), WeekPlace(5, 1)),
    ],
)
def test_week_stands_in_the_half_term_it_touches_or_the_one_before(monday, place):
    assert place_of_week(monday, HALVES) == place


def test_week_without_half_terms_counts_from_1_august():
    assert place_of_week(date(2025, 8, 4), ()) == WeekPlace(1, 2)


def test_weeks_in_term_leave_holidays_out_and_end_with_the_day_asked():
    weeks = weeks_in_term(HALVES, 2025, date(2025, 11, 3))
    assert weeks[0] == date(2025, 9, 1)
    assert weeks[-2:] == [date(2025, 10, 20), date(2025, 11, 3)]
    assert weeks_in_term(HALVES, 2025, date(2025, 11, 2))[-1] == date(2025, 10, 20)


@pytest.mark.parametrize(
    ("monday", "as_of", "finished"),
    [
        (date(2025, 9, 8), date(2025, 9, 11), False),
        (date(2025, 9, 8), date(2025, 9, 12), True),
        (date(2025, 7, 21), date(2025, 7, 21), True),  # the year ends on that Monday
        (date(2025, 7, 21), date(2025, 7, 20), False),
    ],
)
def test_week_is_finished_on_its_friday_or_when_the_half_term_ends(monday, as_of, finished):
    assert is_finished_week(monday, HALVES, as_of) is finished


@pytest.mark.parametrize(
    ("on", "then"),
    [
        (date(2025, 9, 18), date(2024, 9, 19)),  # Thursday of week 3
        (date(2025, 11, 5), date(2024, 11, 6)),
        (date(2025, 10, 24), date(2024, 10, 25)),  # the last day beside the last day
        (date(2025, 10, 29), date(2024, 10, 25)),  # in the holiday: the half-term before, whole
        (date(2026, 1, 5), date(2025, 1, 6)),
        (date(2026, 2, 25), date(2025, 2, 14)),  # after the last half-term known
        (date(2024, 10, 1), None),  # last year's first half-term is not known
        (date(2025, 8, 20), None),  # the year has not begun
    ],
)
def test_same_time_before_is_the_same_weekday_of_the_same_week_of_the_half_term(on, then):
    assert same_time_before(on, HALVES) == then


def test_same_time_before_stays_inside_a_shorter_half_term():
    halves = [half for half in HALVES if half.academic_year != 2024 or half.half_term != 1] + [
        type(HALVES[0])(date(2024, 9, 4), date(2024, 9, 20), 2024, 1)
    ]
    assert same_time_before(date(2025, 10, 1), halves) == date(2024, 9, 20)
    assert same_time_before(date(2025, 9, 1), halves) == date(2024, 9, 4)
    assert same_time_before(date(2025, 9, 1) + timedelta(days=10), halves) == date(2024, 9, 12)
