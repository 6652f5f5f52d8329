"""The 95% range of a share."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rules.intervals import wilson_interval


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(10, 100, "5.5", "17.4"), (0, 20, "0.0", "16.1"), (20, 20, "83.9", "100.0")],
)
def test_interval_is_wilsons(part, whole, low, high):
    assert wilson_interval(part, whole) == (Decimal(low), Decimal(high))


def test_interval_of_sessions_counts_a_draw_for_each_ten():
    assert wilson_interval(100, 1000, units_a_draw=10) == wilson_interval(10, 100)
    assert wilson_interval(100, 1000) != wilson_interval(10, 100)


def test_interval_of_nothing_is_none():
    assert wilson_interval(0, 0) is None


@pytest.mark.parametrize(("part", "whole"), [(2, 1), (-1, 5)])
def test_interval_of_what_is_no_share_is_an_error(part, whole):
    with pytest.raises(ValueError, match="not a share"):
        wilson_interval(part, whole)


@given(st.integers(1, 3000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_interval_holds_the_share_and_stays_between_0_and_100(share):
    part, whole = share
    low, high = wilson_interval(part, whole)
    tenth = Decimal("0.1")
    assert 0 <= low <= Decimal(100 * part) / whole + tenth
    assert Decimal(100 * part) / whole - tenth <= high <= 100
