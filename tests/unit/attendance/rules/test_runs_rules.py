"""Ten days in a row: RET-09 and RET-10, both sides of every line."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rules import runs
from attendance.rules.marks import Mark
from attendance.rules.runs import Run, unauthorised_run
from tests.factories.registers import EMPTY_WEEK, MONDAY, PRESENT_WEEK, pages, registers

GONE = "O" * 10


@pytest.mark.parametrize(
    ("weeks", "run"),
    [
        ([], Run(0, 0, None)),
        ([PRESENT_WEEK], Run(0, 0, None)),
        ([GONE, "OOOOOOOO"], Run(9, 9, None)),
        ([GONE, GONE], Run(10, 10, date(2025, 9, 12))),
        ([GONE, GONE, "OO"], Run(11, 11, date(2025, 9, 12))),
        ([GONE, GONE, "/O"], Run(0, 10, date(2025, 9, 12))),
        ([GONE, GONE, "OO/\\OO"], Run(1, 11, date(2025, 9, 12))),
    ],
)
def test_run_on_both_sides_of_ten_days(weeks, run):
    assert unauthorised_run(pages(MONDAY, *weeks)) == run


@pytest.mark.parametrize(("days", "met"), [(9, False), (10, True)])
def test_meets_threshold(days, met):
    assert runs.meets_threshold(days) is met


@pytest.mark.parametrize(
    ("day", "now"),
    [
        ("OO", 11),
        ("GN", 11),
        ("U ", 11),  # the only possible session of the day
        ("O#", 11),
        ("OI", 0),  # one authorised session breaks
        ("/O", 0),  # one attended session breaks
        ("##", 10),  # nothing possible: neither counts nor breaks
        ("--", 10),
        ("DD", 10),
        ("1X", 10),
        ("  ", 10),
        ("ID", 0),
    ],
)
def test_what_a_day_does_to_a_run_of_ten(day, now):
    assert unauthorised_run(pages(MONDAY, GONE, GONE, day)).now == now


def test_a_run_crosses_holidays():
    assert unauthorised_run(pages(MONDAY, GONE, EMPTY_WEEK, EMPTY_WEEK, GONE)).now == 10


def test_first_is_the_first_time_even_if_a_longer_run_follows():
    run = unauthorised_run(pages(MONDAY, GONE, GONE, PRESENT_WEEK, GONE, GONE, GONE))
    assert run == Run(now=15, maximum=15, first=date(2025, 9, 12))


def test_current_run_days_lists_the_days_it_counts():
    days = runs.current_run_days(pages(MONDAY, "OO/\\OODDOO"))
    assert days == [date(2025, 9, 3), date(2025, 9, 5)]


@given(registers())
def test_run_is_bounded_and_first_goes_with_the_longest(school):
    run = unauthorised_run(school.marks)
    assert 0 <= run.now <= run.maximum <= len({mark.date for mark in school.marks})
    assert (run.first is not None) == (run.maximum >= 10)
    assert len(runs.current_run_days(school.marks)) == run.now


@given(registers(), st.randoms(use_true_random=False))
def test_run_does_not_depend_on_order_nor_on_sessions_that_are_not_possible(school, random):
    marks = [mark for mark in school.marks if mark.meaning.is_possible]
    random.shuffle(marks)
    assert unauthorised_run(tuple(marks)) == unauthorised_run(school.marks)


@given(registers())
def test_run_grows_by_one_with_one_more_day(school):
    run = unauthorised_run(school.marks)
    tomorrow = school.last_day + timedelta(days=1)
    longer = unauthorised_run((*school.marks, Mark(tomorrow, 0, "O")))
    assert longer.now == run.now + 1
    assert longer.maximum == max(run.maximum, longer.now)
