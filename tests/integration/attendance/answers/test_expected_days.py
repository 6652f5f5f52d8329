"""School days as they are expected: terms, weekdays and bank holidays."""

from datetime import date

import pytest

from attendance.read_models.calendar import ExpectedDays
from tests.factories.schools import make_terms


@pytest.fixture
def days(db) -> ExpectedDays:
    make_terms()
    return ExpectedDays()


@pytest.mark.parametrize(
    ("number", "on"), [(1, date(2026, 2, 23)), (5, date(2026, 2, 27)), (6, date(2026, 3, 2))]
)
def test_days_after_the_last_friday_start_after_the_holiday(days, number, on):
    assert days.after(date(2026, 2, 13), number) == on


def test_days_after_the_last_known_term_are_weekdays(days):
    assert days.after(date(2026, 7, 21), 2) == date(2026, 7, 23)


@pytest.mark.parametrize(
    ("number", "since"), [(1, date(2026, 2, 23)), (2, date(2026, 2, 22)), (3, date(2026, 2, 12))]
)
def test_days_before_leave_the_holiday_out(days, number, since):
    assert days.before(date(2026, 2, 24), number) == since


def test_days_between_count_the_last_and_not_the_first(days):
    assert days.between(date(2026, 2, 12), date(2026, 2, 24)) == 3


def test_good_friday_is_no_school_day_and_the_saturday_school_meets_on_saturdays(db):
    days = ExpectedDays()
    assert not days.is_school_day(date(2026, 4, 3))
    assert days.is_school_day(date(2026, 3, 7), "123456")
    assert not days.is_school_day(date(2026, 3, 7))


def test_last_school_day_before_the_first_of_the_half_term(days):
    assert days.last_before(date(2026, 2, 23)) == date(2026, 2, 13)
    assert days.last_before(date(2023, 1, 3)) is None
