"""The smallest number of pupils that holds most of the absence."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rules import concentration
from attendance.rules.concentration import Holding

PLANTED = {20: 48, 4: 60, 0: 292}
HISTOGRAMS = st.dictionaries(st.integers(0, 200), st.integers(0, 40), min_size=1).filter(
    lambda histogram: sum(histogram.values())
)
SHARES = st.fractions(Fraction(1, 100), 1)


def one_by_one(histogram):
    """Each pupil's sessions, from most to least: what the rule avoids making."""
    return sorted((m for m, n in histogram.items() for _ in range(n)), reverse=True)


def test_planted_twelve_percent_of_pupils_hold_eighty_percent():
    found = concentration.smallest_holding(PLANTED)

    assert found == Holding(48, 960, 20, 48)
    assert concentration.pupils_in(PLANTED) == 400
    assert Fraction(found.pupils, 400) == Fraction(12, 100)
    assert Fraction(found.sessions, concentration.sessions_in(PLANTED)) == concentration.MOST


@pytest.mark.parametrize(
    ("histogram", "pupils", "at_or_above"),
    [
        ({8: 1, 1: 2}, 1, 1),  # exactly 80% of 10
        ({8: 1, 3: 1}, 2, 2),  # 8 of 11 is under it
        ({1: 10}, 8, 10),  # all the same: the rest are ties
        ({1: 11}, 9, 11),  # 8.8 pupils: the next whole one
        ({5: 1, 0: 99}, 1, 1),
    ],
)
def test_smallest_number_that_holds_eighty_percent(histogram, pupils, at_or_above):
    found = concentration.smallest_holding(histogram)

    assert (found.pupils, found.at_or_above) == (pupils, at_or_above)
    assert found.ties == at_or_above - pupils


def test_where_nothing_was_missed_nobody_holds_it():
    assert concentration.smallest_holding({0: 30}) is None
    assert concentration.smallest_holding({}) is None


@pytest.mark.parametrize(
    ("percent", "pupils", "sessions"),
    [(1, 4, 80), (5, 20, 400), (10, 40, 800), (12, 48, 960), (20, 80, 1088), (50, 200, 1200)],
)
def test_table_of_the_planted_pupils(percent, pupils, sessions):
    found = concentration.most_absent_percent(PLANTED, percent)

    assert (found.pupils, found.sessions) == (pupils, sessions)


def test_a_part_of_a_pupil_is_a_whole_one():
    assert concentration.most_absent_percent({3: 410}, 1).pupils == 5


def test_curve_of_the_planted_pupils():
    assert concentration.curve(PLANTED) == [(0, 0), (48, 960), (108, 1200), (400, 1200)]
    assert concentration.curve({4: 0, 1: 2}) == [(0, 0), (2, 2)]


@pytest.mark.parametrize("number", [0, 401])
def test_number_of_no_such_pupils_is_an_error(number):
    with pytest.raises(ValueError, match="not a number of these pupils"):
        concentration.most_absent(PLANTED, number)


@pytest.mark.parametrize("percent", [0, 101])
def test_percentage_out_of_range_is_an_error(percent):
    with pytest.raises(ValueError, match="not a part of these pupils"):
        concentration.most_absent_percent(PLANTED, percent)


@pytest.mark.parametrize("share", [Fraction(0), Fraction(101, 100)])
def test_share_out_of_range_is_an_error(share):
    with pytest.raises(ValueError, match="not a share"):
        concentration.smallest_holding(PLANTED, share)


@pytest.mark.parametrize("histogram", [{-1: 3}, {1: -3}])
@pytest.mark.parametrize(
    "rule",
    [
        concentration.curve,
        concentration.smallest_holding,
        lambda histogram: concentration.most_absent(histogram, 1),
    ],
)
def test_counts_below_nought_are_an_error(rule, histogram):
    with pytest.raises(ValueError, match="below 0"):
        rule(histogram)


@given(HISTOGRAMS, SHARES)
def test_smallest_holding_holds_the_share_and_one_fewer_does_not(histogram, share):
    found = concentration.smallest_holding(histogram, share)
    missed = one_by_one(histogram)

    if not sum(missed):
        assert found is None
        return
    assert found.sessions == sum(missed[: found.pupils]) >= share * sum(missed)
    assert sum(missed[: found.pupils - 1]) < share * sum(missed)


@given(HISTOGRAMS, st.data())
def test_most_absent_are_the_first_of_all_in_order(histogram, data):
    missed = one_by_one(histogram)
    number = data.draw(st.integers(1, len(missed)))

    found = concentration.most_absent(histogram, number)

    assert found.sessions == sum(missed[:number])
    assert found.least_missed == missed[number - 1]
    assert found.at_or_above == sum(one >= found.least_missed for one in missed)


@given(HISTOGRAMS, SHARES, SHARES)
def test_a_larger_share_takes_as_many_pupils_or_more(histogram, one, other):
    small, large = sorted((one, other))
    few = concentration.smallest_holding(histogram, small)
    many = concentration.smallest_holding(histogram, large)

    assert (few is None) == (many is None)
    assert few is None or few.pupils <= many.pupils


@given(HISTOGRAMS)
def test_curve_rises_never_steeper_and_lies_on_or_over_the_line_of_equals(histogram):
    corners = concentration.curve(histogram)
    pupils, sessions = corners[-1]

    assert (pupils, sessions) == (
        concentration.pupils_in(histogram),
        concentration.sessions_in(histogram),
    )
    assert all(s * pupils >= p * sessions for p, s in corners)
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(corners)]
    slopes = [Fraction(up, along) for along, up in steps]
    assert slopes == sorted(slopes, reverse=True)
