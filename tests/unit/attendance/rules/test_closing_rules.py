"""What would close a flag, in sessions and school weeks."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rules.absence import AT_RISK_ONE_IN, PERSISTENT_ONE_IN, is_persistent
from attendance.rules.closing import (
    WindowMovesOn,
    also_closes_at,
    moves_on_in_words,
    sessions_to_reach,
    window_moves_on,
)
from attendance.rules.marks import Mark, calendar_of_days
from attendance.rules.penalty_window import meets_threshold, rolling_ten, window_now

MONDAY = date(2025, 9, 1)


def school_weeks(number, *, skipped=()):
    """The calendar of a school that met on Mondays to Fridays, some weeks of holiday left out."""
    weeks = [MONDAY + timedelta(weeks=place) for place in range(number) if place not in skipped]
    return calendar_of_days(monday + timedelta(days=day) for monday in weeks for day in range(5))


def unauthorised(*places):
    """One O on the Monday morning of each of these weeks, counted from the first."""
    return tuple(Mark(MONDAY + timedelta(weeks=place), 0, "O") for place in places)


def test_ten_sessions_a_week_apart_close_one_school_week_later():
    moves = window_moves_on(unauthorised(*range(10)), school_weeks(10))

    assert moves == WindowMovesOn(1, 1)
    assert moves_on_in_words(moves) == (
        "If none is added, it closes when 1 more school week has begun: "
        "1 session then no longer counts."
    )


def test_weeks_not_yet_ten_have_to_fill_up_first():
    marks = tuple(
        Mark(MONDAY + timedelta(days=day), session, "O") for day in range(5) for session in (0, 1)
    )

    moves = window_moves_on(marks, school_weeks(3))

    assert moves == WindowMovesOn(8, 10)
    assert moves_on_in_words(moves) == (
        "If none is added, it closes when 8 more school weeks have begun: "
        "10 sessions then no longer count."
    )


def test_a_holiday_is_no_school_week():
    calendar = school_weeks(11, skipped=(4,))
    marks = unauthorised(*(place for place in range(11) if place != 4))

    assert window_moves_on(marks, calendar) == WindowMovesOn(1, 1)


@pytest.mark.parametrize(("number", "weeks"), [(9, 0), (10, 1), (11, 1)])
def test_both_sides_of_the_line(number, weeks):
    marks = unauthorised(*range(9)) + tuple(
        Mark(MONDAY + timedelta(days=1), session, "O") for session in range(number - 9)
    )

    assert window_moves_on(marks, school_weeks(10)).school_weeks == weeks


@given(st.lists(st.integers(0, 139), unique=True, max_size=80), st.integers(1, 14))
def test_after_these_school_weeks_the_rule_itself_says_no_and_not_before(places, weeks):
    calendar = school_weeks(weeks)
    marks = tuple(
        Mark(MONDAY + timedelta(weeks=place // 10, days=place % 10 // 2), place % 2, "O")
        for place in sorted(places)
        if place // 10 < weeks
    )
    today = calendar.days[-1]
    moves = window_moves_on(window_now(marks, calendar, today), calendar)

    def stands_after(more):
        later = school_weeks(weeks + more)
        return meets_threshold(rolling_ten(marks, later, later.days[-1]).now)

    assert not stands_after(moves.school_weeks)
    assert all(stands_after(more) for more in range(moves.school_weeks))


@pytest.mark.parametrize(
    ("absent", "possible", "number"), [(9, 100, 2), (10, 100, 0), (99, 1000, 2), (0, 9, 1)]
)
def test_sessions_to_reach_ten_percent(absent, possible, number):
    assert sessions_to_reach(absent, possible, PERSISTENT_ONE_IN) == number


@given(st.integers(0, 400), st.integers(0, 400))
def test_one_session_fewer_does_not_reach_it(absent, attended):
    possible = absent + attended
    number = sessions_to_reach(absent, possible, PERSISTENT_ONE_IN)

    if possible + number:
        assert is_persistent(absent + number, possible + number)
    if number:
        assert not is_persistent(absent + number - 1, possible + number - 1)


def test_at_risk_also_closes_over_the_upper_line():
    assert also_closes_at(9, 100, PERSISTENT_ONE_IN) == (
        "It also closes at 10%: 2 sessions missed, with none attended, reach it."
    )
    assert also_closes_at(0, 9, AT_RISK_ONE_IN).endswith(
        "5%: 1 session missed, with none attended, reach it."
    )
