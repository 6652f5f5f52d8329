"""What is still ahead: both sides of the line, and what never turns round as a year goes on."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rules.absence import is_persistent
from attendance.rules.projection import can_still_miss, leaves_on, sessions_back
from attendance.rules.projection_words import still_may_miss, under_again

MONDAY = date(2026, 3, 2)


def school_days(number):
    return tuple(MONDAY + timedelta(days=place + 2 * (place // 5)) for place in range(number))


@pytest.mark.parametrize(
    ("absent", "possible", "left", "most"),
    [
        (8, 100, 90, 10),
        (8, 100, 91, 11),
        (8, 100, 0, 0),
        (18, 100, 90, 0),
        (19, 100, 90, None),
        (0, 0, 0, None),
        (0, 0, 1, 0),
        (0, 10, 0, 0),
        (1, 10, 0, None),
        (0, 380, 10, 10),
        (100, 100, 200, None),
    ],
)
def test_the_most_that_may_be_missed_with_the_year_under_ten_percent(absent, possible, left, most):
    assert can_still_miss(absent, possible, left) == most


@pytest.mark.parametrize(
    ("absent", "possible", "sessions"),
    [(9, 100, 0), (10, 100, 1), (11, 100, 11), (11, 110, 1), (11, 111, 0), (0, 0, 0), (5, 5, 46)],
)
def test_sessions_at_school_until_under_the_line(absent, possible, sessions):
    assert sessions_back(absent, possible) == sessions


@pytest.mark.parametrize(
    ("absent", "possible", "days", "on"),
    [
        (10, 100, 5, MONDAY),
        (11, 100, 6, date(2026, 3, 9)),
        (11, 100, 5, None),
        (9, 100, 5, None),
        (10, 100, 0, None),
    ],
)
def test_the_first_day_under_the_line_if_at_school_every_day(absent, possible, days, on):
    assert leaves_on(absent, possible, school_days(days)) == on


@pytest.mark.parametrize(("absent", "possible", "left"), [(2, 1, 0), (-1, 5, 0), (1, 5, -1)])
def test_what_is_no_share_is_refused(absent, possible, left):
    with pytest.raises(ValueError, match=r"share|left"):
        can_still_miss(absent, possible, left)


shares = st.integers(0, 400).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))
some_left = st.integers(0, 390)


@given(shares, some_left)
def test_one_session_more_crosses_the_line_and_none_less_does(share, left):
    absent, possible = share
    most = can_still_miss(absent, possible, left)
    total = possible + left

    if most is None:
        assert total == 0 or is_persistent(absent, total)
    else:
        assert 0 <= most <= left
        assert not is_persistent(absent + most, total)
        assert most == left or is_persistent(absent + most + 1, total)


def nought(most):
    return -1 if most is None else most


@given(shares, some_left)
def test_more_days_left_never_leave_less_to_miss(share, left):
    now, later = can_still_miss(*share, left), can_still_miss(*share, left + 1)

    assert nought(later) >= nought(now)


@given(shares, some_left)
def test_a_session_missed_leaves_one_less_or_fewer_and_one_attended_as_many(share, left):
    absent, possible = share
    before = nought(can_still_miss(absent, possible, left + 1))

    assert nought(can_still_miss(absent + 1, possible + 1, left)) <= before
    attended = nought(can_still_miss(absent, possible + 1, left))
    assert attended in (before, min(before, left))


@given(shares, st.integers(0, 200))
def test_the_day_is_the_first_on_which_less_than_a_tenth_is_missed(share, days):
    absent, possible = share
    ahead = school_days(days)
    on = leaves_on(absent, possible, ahead)

    under = [
        day
        for place, day in enumerate(ahead, start=1)
        if is_persistent(absent, possible) and not is_persistent(absent, possible + 2 * place)
    ]
    assert on == (under[0] if under else None)


def test_the_facts_in_words():
    ahead = school_days(45)

    assert still_may_miss(8, 100, ahead) == (
        "Can miss 10 more of 90 sessions left this year before persistent absence"
    )
    assert still_may_miss(19, 100, ahead) == (
        "10% or more of this year are missed, whatever comes in the 90 sessions left this year"
    )
    assert still_may_miss(5, 300, school_days(5)) == (
        "Under 10% this year, whatever comes in the 10 sessions left this year"
    )
    assert still_may_miss(8, 100, ()) == "No school days are left this year"
    assert under_again(9, 100, ahead) == ""
    assert under_again(11, 100, ahead) == "Under 10% from Mon 9 Mar 2026 if at school every day"
    assert under_again(60, 100, ahead) == "Not under 10% this year, even if at school every day"
