"""Academic years, weeks, half-terms and ages: both sides of every line."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.rules import calendar
from schools.rules.calendar import HalfTerm, TermDates, last_weekday

any_day = st.dates(date(2000, 1, 1), date(2050, 12, 31))


@pytest.mark.parametrize(
    ("on", "year"),
    [
        (date(2025, 7, 31), 2024),
        (date(2025, 8, 1), 2025),
        (date(2025, 12, 31), 2025),
        (date(2026, 1, 1), 2025),
    ],
)
def test_academic_year_turns_on_1_august(on, year):
    assert calendar.academic_year(on) == year


@given(any_day)
def test_academic_year_contains_its_days(on):
    year = calendar.academic_year(on)
    assert calendar.academic_year_start(year) <= on <= calendar.academic_year_end(year)


def test_academic_years_leave_no_gap():
    day_after = calendar.academic_year_end(2025) + timedelta(days=1)
    assert day_after == calendar.academic_year_start(2026)


@pytest.mark.parametrize(
    ("year", "label"), [(2025, "2025/26"), (1999, "1999/00"), (2008, "2008/09")]
)
def test_academic_year_label(year, label):
    assert calendar.academic_year_label(year) == label


@pytest.mark.parametrize(
    ("on", "monday"),
    [
        (date(2025, 9, 1), date(2025, 9, 1)),
        (date(2025, 9, 7), date(2025, 9, 1)),
        (date(2025, 9, 8), date(2025, 9, 8)),
        (date(2026, 1, 1), date(2025, 12, 29)),
    ],
)
def test_week_starts_on_its_monday(on, monday):
    assert calendar.week_start(on) == monday


@given(any_day)
def test_week_start_is_a_monday_within_seven_days(on):
    monday = calendar.week_start(on)
    assert monday.weekday() == 0
    assert timedelta(0) <= on - monday < timedelta(days=7)


@pytest.mark.parametrize(
    ("monday", "is_cut"),
    [
        (date(2025, 7, 28), True),  # 1 August is its Friday
        (date(2025, 8, 4), False),
        (date(2025, 7, 21), False),
        (date(2022, 8, 1), False),  # 1 August is its Monday: the week lies in one year
        (date(2021, 7, 26), True),  # 1 August is its Sunday
    ],
)
def test_is_cut_week(monday, is_cut):
    assert calendar.is_cut_week(monday) is is_cut


@pytest.mark.parametrize(("half", "term"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (6, 3)])
def test_term_of_half_term(half, term):
    assert calendar.term_of_half_term(half) == term


@pytest.mark.parametrize("half", [0, 7])
def test_term_of_half_term_outside_one_to_six_is_refused(half):
    with pytest.raises(ValueError, match="numbered 1 to 6"):
        calendar.term_of_half_term(half)


@pytest.mark.parametrize(("half", "label"), [(1, "Autumn 1"), (4, "Spring 2"), (6, "Summer 2")])
def test_half_term_label(half, label):
    assert calendar.half_term_label(half) == label


@pytest.mark.parametrize(
    ("born", "year", "age"),
    [
        (date(2014, 8, 31), 2025, 11),
        (date(2014, 9, 1), 2025, 10),
        (date(2012, 2, 29), 2025, 13),
    ],
)
def test_age_on_31_august(born, year, age):
    assert calendar.age_on_31_august(born, year) == age


def test_age_of_a_child_born_on_29_february_turns_on_1_march():
    assert calendar.age_on(date(2012, 2, 29), date(2025, 2, 28)) == 12
    assert calendar.age_on(date(2012, 2, 29), date(2025, 3, 1)) == 13


AUTUMN = [
    (2025, 1, date(2025, 9, 1), date(2025, 10, 24)),
    (2025, 2, date(2025, 11, 3), date(2025, 12, 19)),
]


@pytest.mark.parametrize(
    ("day", "half"),
    [
        (date(2025, 8, 31), None),
        (date(2025, 9, 1), 1),
        (date(2025, 10, 24), 1),
        (date(2025, 10, 25), None),
        (date(2025, 11, 3), 2),
    ],
)
def test_term_dates_include_first_and_last_day(day, half):
    found = TermDates.of(reversed(AUTUMN)).on(day)
    assert (found.half_term if found else None) == half


def test_half_term_knows_its_term():
    assert HalfTerm(date(2026, 1, 5), date(2026, 2, 13), 2025, 3).term == 2


@pytest.mark.parametrize(
    ("half_term", "says"),
    [
        (HalfTerm(date(2025, 9, 1), date(2025, 10, 24), 2025, 1), None),
        (HalfTerm(date(2025, 9, 1), date(2025, 9, 1), 2025, 6), None),
        (HalfTerm(date(2025, 9, 1), date(2025, 10, 24), 2025, 0), "numbered 1 to 6"),
        (HalfTerm(date(2025, 9, 1), date(2025, 10, 24), 2025, 7), "numbered 1 to 6"),
        (HalfTerm(date(2025, 9, 2), date(2025, 9, 1), 2025, 1), "ends before it starts"),
        (HalfTerm(date(2025, 9, 1), date(2025, 10, 24), 2024, 1), "outside 2024/25"),
        (HalfTerm(date(2026, 6, 1), date(2026, 8, 1), 2025, 6), "outside 2025/26"),
        (HalfTerm(date(2025, 7, 31), date(2025, 8, 5), 2025, 1), "outside 2025/26"),
    ],
)
def test_half_term_problem(half_term, says):
    problem = calendar.half_term_problem(half_term)
    assert problem is None if says is None else says in problem


@pytest.mark.parametrize(
    ("on", "shown"),
    [
        (date(2025, 11, 7), date(2025, 11, 7)),  # a Friday
        (date(2025, 11, 8), date(2025, 11, 7)),
        (date(2025, 11, 9), date(2025, 11, 7)),
        (date(2025, 11, 10), date(2025, 11, 10)),
    ],
)
def test_last_weekday_steps_over_a_weekend(on, shown):
    assert last_weekday(on) == shown
