"""What counts as a change, and what chance explains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rules.chance import moved_beyond_chance, moved_in_pairs


@st.composite
def shares(draw):
    whole = draw(st.integers(0, 100_000))
    return draw(st.integers(0, whole)), whole


def test_the_worked_example_is_about_the_same():
    assert not moved_beyond_chance((810, 10_000), (940, 10_000))


def test_the_worked_example_with_ten_times_the_sessions_is_a_change():
    assert moved_beyond_chance((8_100, 100_000), (9_400, 100_000))


def test_both_sides_of_the_line_at_95_percent():
    # Pooled 0.5 of 100 draws each: one standard error 0.0707, the line 0.1386.
    assert not moved_beyond_chance((44, 100), (57, 100), units_a_draw=1)
    assert moved_beyond_chance((43, 100), (57, 100), units_a_draw=1)


def test_a_share_of_nothing_has_not_moved():
    assert not moved_beyond_chance((0, 0), (50, 100))
    assert not moved_beyond_chance((50, 100), (0, 0))


@given(shares(), shares())
def test_a_fall_is_a_change_exactly_when_the_rise_is(before, after):
    assert moved_beyond_chance(before, after) == moved_beyond_chance(after, before)


@given(shares())
def test_the_same_share_has_not_moved(share):
    assert not moved_beyond_chance(share, share)


@pytest.mark.parametrize(
    ("less", "more", "moved"),
    [
        (9, 1, True),
        (8, 2, False),
        (6, 0, True),
        (5, 0, False),
        (0, 6, True),
        (0, 0, False),
        (50, 50, False),
    ],
)
def test_pairs_move_beyond_chance_by_the_sign_test(less, more, moved):
    assert moved_in_pairs(less, more) == moved


@pytest.mark.parametrize(("less", "more"), [(-1, 5), (5, -1)])
def test_counts_of_pairs_are_not_below_nought(less, more):
    with pytest.raises(ValueError, match="below 0"):
        moved_in_pairs(less, more)


@given(st.integers(0, 60), st.integers(0, 60))
def test_pairs_move_the_same_either_way(less, more):
    assert moved_in_pairs(less, more) == moved_in_pairs(more, less)
