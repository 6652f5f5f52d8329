"""Ten sessions in ten school weeks: PN-01 to PN-06, both sides of every line."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rules import penalty_window
from attendance.rules.marks import Mark, SchoolCalendar, calendar_of_days
from attendance.rules.penalty_window import RollingTen, rolling_ten
from schools.rules.calendar import week_start
from tests.factories.registers import (
    EMPTY_WEEK,
    MONDAY,
    PRESENT_WEEK,
    days_of,
    pages,
    registers,
    weekdays,
)

LATER = date(2027, 7, 31)


def _of(marks, days=None, on=LATER):
    return rolling_ten(marks, days_of(marks) if days is None else calendar_of_days(days), on)


@pytest.mark.parametrize(
    ("sessions", "expected"),
    [
        (9, RollingTen(now=9, maximum=9, first=None)),
        (10, RollingTen(now=10, maximum=10, first=date(2025, 9, 5))),
        (11, RollingTen(now=11, maximum=11, first=date(2025, 9, 5))),
    ],
)
def test_threshold_is_ten_sessions(sessions, expected):
    assert _of(pages(MONDAY, "O" * sessions)[:sessions]) == expected


@pytest.mark.parametrize(("sessions", "met"), [(9, False), (10, True)])
def test_meets_threshold(sessions, met):
    assert penalty_window.meets_threshold(sessions) is met


def test_all_four_codes_count_in_any_mix_and_no_other():
    assert _of(pages(MONDAY, "GNOU/\\GNOU", "IMCREc/LDX")).now == 8


def test_scattered_over_ten_school_weeks_all_count():
    weeks = ["O" + PRESENT_WEEK[1:]] * 10
    assert _of(pages(MONDAY, *weeks)) == RollingTen(10, 10, MONDAY + timedelta(weeks=9))


def test_the_eleventh_school_week_pushes_out_the_first():
    weeks = ["O" + PRESENT_WEEK[1:]] * 9 + [PRESENT_WEEK, "O" + PRESENT_WEEK[1:]]
    assert _of(pages(MONDAY, *weeks)) == RollingTen(now=9, maximum=9, first=None)


def test_weeks_the_school_did_not_meet_are_skipped():
    holiday = [EMPTY_WEEK] * 3
    weeks = ["O" + PRESENT_WEEK[1:]] * 5 + holiday + ["O" + PRESENT_WEEK[1:]] * 5
    assert _of(pages(MONDAY, *weeks)).first == MONDAY + timedelta(weeks=12)


def test_a_week_of_planned_closure_only_is_no_school_week():
    weeks = ["O" + PRESENT_WEEK[1:]] * 5 + ["#" * 10] * 6 + ["O" + PRESENT_WEEK[1:]] * 5
    assert _of(pages(MONDAY, *weeks)).now == 10


def test_a_week_the_school_met_without_this_child_counts_as_a_school_week():
    weeks = ["O" + PRESENT_WEEK[1:]] * 5 + [EMPTY_WEEK] + ["O" + PRESENT_WEEK[1:]] * 5
    marks = pages(MONDAY, *weeks)
    assert _of(marks).now == 10
    assert _of(marks, days=weekdays(MONDAY, 11)).now == 9


def test_the_window_crosses_the_academic_year():
    summer = pages(date(2025, 7, 14), "OOOOO/////")
    autumn = pages(MONDAY, "OOOOO/////")
    assert _of((*summer, *autumn)) == RollingTen(10, 10, date(2025, 9, 3))


def test_sessions_before_19_august_2024_never_count():
    before = tuple(Mark(date(2024, 8, 12) + timedelta(days=n), 0, "O") for n in range(7))
    after = tuple(Mark(date(2024, 8, 19) + timedelta(days=n), 0, "O") for n in range(3))
    assert _of((*before, *after)) == RollingTen(now=3, maximum=3, first=None)


def test_now_is_about_the_latest_school_week_even_without_marks_of_the_child():
    marks = pages(MONDAY, "O" * 10)
    nine_more = weekdays(MONDAY, 10)
    ten_more = weekdays(MONDAY, 11)
    assert _of(marks, days=nine_more).now == 10
    assert _of(marks, days=ten_more) == RollingTen(now=0, maximum=10, first=date(2025, 9, 5))


def test_as_of_an_earlier_day_later_marks_and_weeks_do_not_exist():
    marks = pages(MONDAY, "O" * 10, *[PRESENT_WEEK] * 12)
    assert _of(marks, on=date(2025, 9, 4)) == RollingTen(now=8, maximum=8, first=None)
    assert _of(marks, on=MONDAY - timedelta(days=1)) == RollingTen(0, 0, None)


def test_an_amended_n_falls_away():
    assert _of(pages(MONDAY, "ON" * 5)).now == 10
    assert _of(pages(MONDAY, "OI" * 5)).now == 5


def test_window_now_lists_the_sessions_it_counts():
    marks = pages(MONDAY, "O/", *[PRESENT_WEEK] * 9, "//U/")
    listed = penalty_window.window_now(marks, days_of(marks), LATER)
    assert listed == [Mark(date(2025, 11, 11), 0, "U")]


def test_window_starts_on_the_tenth_school_week_back_or_the_first_there_is():
    calendar = calendar_of_days(weekdays(MONDAY, 12))
    assert penalty_window.window_starts_on(calendar, calendar.weeks[11]) == calendar.weeks[2]
    assert penalty_window.window_starts_on(calendar, calendar.weeks[9]) == MONDAY
    assert penalty_window.window_starts_on(calendar, calendar.weeks[3]) == MONDAY
    assert penalty_window.window_starts_on(SchoolCalendar((), ()), MONDAY) == MONDAY


def _by_week_numbers(school, on):
    """The same by another way: number the school weeks, then count week by week."""
    weeks = sorted({week_start(day) for day in school.days if day <= on})
    number = {week: place for place, week in enumerate(weeks)}
    counted = [
        (number[week_start(mark.date)], mark)
        for mark in school.marks
        if mark.date <= on and mark.date >= date(2024, 8, 19) and mark.code in "GNOU"
    ]
    sums = [
        (sum(1 for v, other in counted if n - 9 <= v <= n and other <= mark), mark.date)
        for n, mark in counted
    ]
    latest = len(weeks) - 1
    return RollingTen(
        now=sum(1 for n, _ in counted if n >= latest - 9),
        maximum=max((total for total, _ in sums), default=0),
        first=next((day for total, day in sums if total >= 10), None),
    )


@given(registers(), st.integers(-10, 120))
def test_rolling_ten_equals_counting_by_week_numbers(school, days_back):
    on = school.last_day - timedelta(days=days_back)
    found = rolling_ten(school.marks, calendar_of_days(school.days), on)
    assert found == _by_week_numbers(school, on)
    assert 0 <= found.now <= found.maximum
    assert (found.first is not None) == (found.maximum >= 10)


@given(registers(), st.randoms(use_true_random=False))
def test_rolling_ten_does_not_depend_on_order(school, random):
    shuffled = list(school.marks)
    random.shuffle(shuffled)
    calendar = calendar_of_days(school.days)
    expected = rolling_ten(school.marks, calendar, school.last_day)
    assert rolling_ten(tuple(shuffled), calendar, school.last_day) == expected


@given(registers())
def test_one_more_unauthorised_session_never_lowers_the_count(school):
    calendar = calendar_of_days(school.days)
    harsher = tuple(
        Mark(mark.date, mark.session, "O") if mark.code == "I" else mark for mark in school.marks
    )
    before = rolling_ten(school.marks, calendar, school.last_day)
    after = rolling_ten(harsher, calendar, school.last_day)
    assert after.now >= before.now
    assert after.maximum >= before.maximum
