"""The sickness return and the reasons owed: RET-11, RET-12, REG-08, REG-09."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rules import returns
from attendance.rules.marks import Mark, calendar_of_days
from attendance.rules.returns import Illness, UnresolvedN, illness, unresolved_n
from tests.factories.registers import MONDAY, PRESENT_WEEK, days_of, pages, registers, weekdays

ILL = "I" * 10
LATER = date(2026, 7, 31)


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [
        ([PRESENT_WEEK], Illness(0, 0, None)),
        (["I/I/"], Illness(2, 2, None)),
        ([ILL, ILL, "IIIIIIIII/"], Illness(29, 15, None)),
        ([ILL, ILL, ILL], Illness(30, 15, date(2025, 9, 19))),
        ([ILL, ILL, ILL, "I/"], Illness(31, 16, date(2025, 9, 19))),
        (["M" * 10, ILL], Illness(10, 5, None)),  # M is not illness (RET-12)
    ],
)
def test_illness_on_both_sides_of_thirty_sessions(weeks, expected):
    assert illness(pages(MONDAY, *weeks), LATER) == expected


@pytest.mark.parametrize(("sessions", "needed"), [(29, False), (30, True)])
def test_needs_sickness_return(sessions, needed):
    assert returns.needs_sickness_return(sessions) is needed


def test_illness_starts_again_on_1_august():
    marks = (Mark(date(2025, 7, 31), 0, "I"), Mark(date(2025, 8, 1), 0, "I"))
    assert illness(marks, date(2025, 7, 31)).sessions == 1
    assert illness(marks, date(2025, 8, 1)).sessions == 1
    assert illness(marks, LATER).sessions == 1
    assert illness(marks, date(2026, 8, 1)).sessions == 0


def test_illness_after_the_as_of_date_does_not_exist():
    assert illness(pages(MONDAY, ILL), date(2025, 9, 2)).sessions == 4


@given(registers())
def test_illness_days_are_at_least_half_the_sessions(school):
    ill = illness(school.marks, school.last_day)
    assert ill.days <= ill.sessions <= 2 * ill.days
    assert (ill.first is not None) == (ill.sessions >= 30)
    assert illness(tuple(reversed(school.marks)), school.last_day) == ill


@pytest.mark.parametrize(
    ("school_days_after", "expected"),
    [(0, 0), (4, 0), (5, 0), (6, 1), (20, 1)],
)
def test_a_reason_is_owed_after_more_than_five_school_days(school_days_after, expected):
    days = weekdays(MONDAY, 5)[: school_days_after + 1]
    owed = unresolved_n((Mark(MONDAY, 0, "N"),), calendar_of_days(days), LATER)
    assert owed == UnresolvedN(expected, MONDAY if expected else None)


def test_holidays_do_not_count_to_the_five_days():
    friday = date(2025, 10, 24)
    after = [date(2025, 11, 3) + timedelta(days=n) for n in range(5)]
    marks = (Mark(friday, 1, "N"),)
    assert unresolved_n(marks, calendar_of_days([friday, *after]), LATER).overdue == 0
    monday = date(2025, 11, 10)
    assert unresolved_n(marks, calendar_of_days([friday, *after, monday]), LATER).overdue == 1


def test_as_of_an_earlier_day_fewer_school_days_have_passed():
    marks = pages(MONDAY, "N/", PRESENT_WEEK)
    calendar = calendar_of_days(weekdays(MONDAY, 2))
    assert unresolved_n(marks, calendar, date(2025, 9, 8)).overdue == 0
    assert unresolved_n(marks, calendar, date(2025, 9, 9)).overdue == 1


def test_every_overdue_session_counts_and_the_oldest_is_named():
    marks = pages(MONDAY, "/\\NN/NO\\/\\", PRESENT_WEEK, PRESENT_WEEK, "N")
    assert unresolved_n(marks, days_of(marks), LATER) == UnresolvedN(3, date(2025, 9, 2))


def test_an_n_of_an_earlier_year_is_still_owed():
    marks = (Mark(date(2025, 6, 2), 0, "N"),)
    assert unresolved_n(marks, calendar_of_days(weekdays(MONDAY, 2)), LATER).overdue == 1


def test_other_unauthorised_codes_owe_no_reason():
    marks = pages(MONDAY, "OGUO", PRESENT_WEEK, PRESENT_WEEK)
    assert unresolved_n(marks, days_of(marks), LATER) == UnresolvedN(0, None)


@given(registers(), st.integers(0, 60))
def test_nothing_owed_is_forgotten_as_time_passes(school, days_back):
    calendar = calendar_of_days(school.days)
    on = school.last_day - timedelta(days=days_back)
    before = unresolved_n(school.marks, calendar, on)
    after = unresolved_n(school.marks, calendar, school.last_day)
    assert before.overdue <= after.overdue <= sum(m.code == "N" for m in school.marks)
    if before.oldest is not None:
        assert after.oldest == before.oldest
