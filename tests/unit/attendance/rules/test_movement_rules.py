"""New, cleared and long-standing: each arm of each rule, on both sides of each day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rules.absence import Counts
from attendance.rules.movement import Movement, Stretch, is_cleared, is_long_standing, is_new
from attendance.states import MOVEMENTS, CloseReason, FlagKind

SINCE, ON = date(2026, 1, 12), date(2026, 2, 6)
DAY = timedelta(days=1)
NO_LONGER, LEFT = CloseReason.NO_LONGER_MET, CloseReason.LEFT
ENDS = (date(2025, 10, 24), date(2025, 12, 19))
SEPTEMBER = date(2025, 9, 30)
PERSISTENT, SEVERE = FlagKind.PERSISTENT_ABSENCE, FlagKind.SEVERE_ABSENCE


def test_every_movement_has_a_name_a_line_and_a_way():
    assert {each.value for each in Movement} == set(MOVEMENTS)
    assert Movement.NEW_SEVERE.line is SEVERE
    assert Movement.LONG_PERSISTENT.line is PERSISTENT
    assert {each.way for each in Movement} == {"new", "cleared", "long"}


@pytest.mark.parametrize(
    ("stretch", "found"),
    [
        (Stretch(SINCE + DAY), True),
        (Stretch(SINCE), False),
        (Stretch(ON), True),
        (Stretch(ON + DAY), False),
        (Stretch(SINCE + DAY, ON, NO_LONGER), False),
        (Stretch(SINCE + DAY, ON + DAY, NO_LONGER), True),
    ],
)
def test_new_stands_today_and_began_after_the_day(stretch, found):
    assert is_new([stretch], since=SINCE, on=ON) is found


@pytest.mark.parametrize(
    ("stretches", "found"),
    [
        ([Stretch(SEPTEMBER, SINCE + DAY, NO_LONGER)], True),
        ([Stretch(SEPTEMBER, SINCE, NO_LONGER)], False),
        ([Stretch(SEPTEMBER, ON, NO_LONGER)], True),
        ([Stretch(SEPTEMBER, ON + DAY, NO_LONGER)], False),
        ([Stretch(SEPTEMBER, ON, LEFT)], False),
        ([Stretch(SEPTEMBER, ON, CloseReason.YEAR_ENDED)], False),
        ([Stretch(SEPTEMBER)], False),
        ([Stretch(SEPTEMBER, SINCE + DAY, NO_LONGER), Stretch(ON)], False),
        ([], False),
    ],
)
def test_cleared_closed_after_the_day_and_stands_no_more(stretches, found):
    assert is_cleared(stretches, since=SINCE, on=ON) is found


TENTH = Counts(180, 10, 10)


def long_standing(stretches, last_year=TENTH, line=PERSISTENT, ends=ENDS):
    return is_long_standing(
        line, stretches, half_term_ends=ends, last_year=last_year, on=ON, minimum=20
    )


@pytest.mark.parametrize(
    ("stretches", "found"),
    [
        ([Stretch(SEPTEMBER)], True),
        ([Stretch(ENDS[0])], True),
        ([Stretch(ENDS[0] + DAY)], False),
        ([Stretch(SEPTEMBER, ENDS[1], NO_LONGER), Stretch(ENDS[1])], True),
        ([Stretch(SEPTEMBER, ENDS[1], NO_LONGER), Stretch(ENDS[1] + DAY)], False),
        ([Stretch(SEPTEMBER, ON, NO_LONGER)], False),
    ],
)
def test_long_standing_holds_today_and_at_each_half_terms_end(stretches, found):
    assert long_standing(stretches) is found


@pytest.mark.parametrize(
    ("last_year", "line", "found"),
    [
        (Counts(180, 20, 0), PERSISTENT, True),
        (Counts(181, 19, 0), PERSISTENT, False),
        (Counts(100, 50, 50), SEVERE, True),
        (Counts(101, 50, 49), SEVERE, False),
        (Counts(10, 10, 0), PERSISTENT, True),
        (Counts(9, 10, 0), PERSISTENT, False),
        (Counts(), PERSISTENT, False),
    ],
)
def test_long_standing_was_over_the_line_in_all_of_last_year(last_year, line, found):
    assert long_standing([Stretch(SEPTEMBER)], last_year, line) is found


def test_before_the_first_half_term_has_ended_last_year_and_today_say_it():
    assert long_standing([Stretch(ON)], ends=())


days = st.integers(0, 60).map(lambda number: SEPTEMBER + timedelta(days=3 * number))
stretches = st.lists(
    st.tuples(days, st.none() | st.integers(1, 60)).map(
        lambda pair: Stretch(
            pair[0],
            None if pair[1] is None else pair[0] + timedelta(days=pair[1]),
            None if pair[1] is None else NO_LONGER,
        )
    ),
    max_size=4,
)


@given(stretches, days)
def test_nobody_is_new_and_cleared_at_once(found, since):
    assert not (is_new(found, since=since, on=ON) and is_cleared(found, since=since, on=ON))


@given(stretches, days, days)
def test_an_earlier_day_never_finds_fewer(found, one, other):
    earlier, later = sorted([one, other])
    for rule in (is_new, is_cleared):
        assert rule(found, since=earlier, on=ON) >= rule(found, since=later, on=ON)
