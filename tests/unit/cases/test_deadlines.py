"""By when a promise may fall due."""

from datetime import date

import pytest

from cases.rules.deadlines import due_problem, in_school_days

TODAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("due_on", "problem"),
    [
        (date(2026, 3, 2), "The day it is due must be today or later."),
        (date(2026, 3, 3), ""),
        (date(2027, 3, 3), ""),
        (date(2027, 3, 4), "Choose a day within a year."),
    ],
)
def test_a_promise_is_for_today_or_later_and_within_a_year(due_on, problem):
    assert due_problem(due_on, TODAY) == problem


def test_one_school_day_is_the_next_one():
    assert in_school_days(1) == "Next school day"
    assert in_school_days(3) == "In 3 school days"
