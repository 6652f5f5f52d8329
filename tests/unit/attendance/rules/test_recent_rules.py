"""Not in the register for five school days: both sides of every line."""

from datetime import date

import pytest

from attendance.rules import recent
from attendance.rules.marks import Mark, calendar_of_days
from tests.factories.registers import MONDAY, pages, weekdays

FRIDAY = date(2025, 9, 12)  # the tenth school day
TEN_DAYS = calendar_of_days(weekdays(MONDAY, 2))
SILENT_WEEK = " " * 10


def _silent(*weeks, start=MONDAY, end=None, on=FRIDAY, calendar=TEN_DAYS):
    return recent.has_no_recent_marks(pages(MONDAY, *weeks), calendar, start, end, on)


@pytest.mark.parametrize(
    ("second_week", "silent"),
    [
        (SILENT_WEEK, True),
        ("----------", True),  # '-' says nothing
        ("/         ", False),
        ("         \\", False),
        ("#         ", False),  # any other mark says something, possible or not
        ("         D", False),
        ("----O-----", False),
    ],
)
def test_any_mark_but_a_gap_on_the_last_five_days_ends_the_silence(second_week, silent):
    assert _silent("/\\/\\/\\/\\/\\", second_week) is silent


def test_a_mark_six_school_days_ago_does_not_count():
    assert _silent("        /\\")
    assert not _silent("        /\\", on=date(2025, 9, 11))


@pytest.mark.parametrize(
    ("start", "silent"),
    [(date(2025, 9, 7), True), (date(2025, 9, 8), True), (date(2025, 9, 9), False)],
)
def test_all_five_days_must_lie_in_the_enrolment(start, silent):
    assert _silent(start=start) is silent


@pytest.mark.parametrize(("days", "silent"), [(4, False), (5, True)])
def test_a_school_that_met_on_fewer_than_five_days_says_nothing(days, silent):
    calendar = calendar_of_days(weekdays(MONDAY, 1)[:days])
    assert _silent(calendar=calendar) is silent


@pytest.mark.parametrize(
    ("end", "silent"), [(None, True), (FRIDAY, True), (date(2025, 9, 11), False)]
)
def test_a_leaver_is_not_missed(end, silent):
    assert _silent(end=end) is silent


def test_only_days_the_school_met_count():
    assert not _silent(
        "        /\\",
        on=date(2025, 9, 30),
        calendar=calendar_of_days([*weekdays(MONDAY, 1), *weekdays(MONDAY, 2)[5:9]]),
    )


@pytest.mark.parametrize(
    ("start", "end", "on_roll"),
    [
        (FRIDAY, None, True),
        (FRIDAY, FRIDAY, True),
        (date(2025, 9, 13), None, False),
        (MONDAY, date(2025, 9, 11), False),
    ],
)
def test_is_on_roll_includes_first_and_last_day(start, end, on_roll):
    assert recent.is_on_roll(start=start, end=end, on=FRIDAY) is on_roll


def test_last_mark_on_skips_gaps_and_later_marks():
    marks = (Mark(MONDAY, 0, "#"), Mark(date(2025, 9, 2), 0, "-"), Mark(FRIDAY, 0, "/"))
    assert recent.last_mark_on(marks, FRIDAY) == FRIDAY
    assert recent.last_mark_on(marks, date(2025, 9, 11)) == MONDAY
    assert recent.last_mark_on(marks[1:2], FRIDAY) is None


def test_marks_of_holidays_are_no_word_of_a_child():
    closed = "##########"
    holiday = {"on": date(2025, 9, 19), "calendar": TEN_DAYS}
    assert _silent("/\\/\\/\\/\\/\\", SILENT_WEEK, closed, **holiday)
    assert not _silent("/\\/\\/\\/\\/\\", "/         ", closed, **holiday)
    marks = pages(MONDAY, "/         ", SILENT_WEEK, closed)
    assert recent.last_heard_on(marks, TEN_DAYS, date(2025, 9, 19)) == MONDAY
