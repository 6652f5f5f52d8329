"""How many times as often, with its 95% range."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rules.ratios import lowest_share, rate_ratio

SHARES = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n)))


@pytest.mark.parametrize(
    ("share", "base", "words", "range_words"),
    [
        ((44, 100), (2, 100), "22 times", "5.5 to 88"),
        ((20, 100), (10, 100), "2.0 times", "1.0 to 4.1"),
        ((10, 100), (10, 100), "1.0 times", "0.4 to 2.3"),
        ((5, 100), (10, 100), "0.5 times", "0.2 to 1.4"),
        ((99, 100), (10, 100), "9.9 times", "5.5 to 18"),
        ((100, 100), (100, 100), "1.0 times", "1.0 to 1.0"),
    ],
)
def test_worked_examples(share, base, words, range_words):
    found = rate_ratio(share, base)

    assert (found.words, found.range_words) == (words, range_words)


def test_sessions_count_as_fewer_draws_so_the_range_is_wider():
    plain = rate_ratio((440, 1000), (20, 1000))
    sessions = rate_ratio((440, 1000), (20, 1000), units_a_draw=10)

    assert plain.ratio == sessions.ratio == 22
    assert sessions.low == pytest.approx(rate_ratio((44, 100), (2, 100)).low)
    assert sessions.low < plain.low < plain.high < sessions.high


@pytest.mark.parametrize(("share", "base"), [((0, 10), (1, 10)), ((1, 10), (0, 10)), ((0, 0),) * 2])
def test_no_ratio_where_either_has_none(share, base):
    assert rate_ratio(share, base) is None


@pytest.mark.parametrize(("share", "base"), [((2, 1), (1, 2)), ((1, 2), (-1, 2))])
def test_what_is_no_share_is_an_error(share, base):
    with pytest.raises(ValueError, match="not a share"):
        rate_ratio(share, base)


@pytest.mark.parametrize(
    ("shares", "lowest"),
    [
        ({"a": (2, 10), "b": (1, 10), "c": (0, 10)}, "b"),
        ({"a": (1, 10), "b": (2, 20)}, "a"),
        ({"a": (0, 10), "b": (0, 0)}, None),
        ({}, None),
    ],
)
def test_lowest_share_is_the_smallest_above_nought(shares, lowest):
    assert lowest_share(shares) == lowest


@given(SHARES, SHARES)
def test_range_holds_the_ratio_and_turns_over_with_it(share, base):
    found, turned = rate_ratio(share, base), rate_ratio(base, share)
    hair = Decimal("1e-12")

    ratio = Decimal(found.ratio.numerator) / Decimal(found.ratio.denominator)
    assert found.low - hair <= ratio <= found.high + hair
    assert found.ratio * turned.ratio == Fraction(1)
    assert float(found.low) == pytest.approx(1 / float(turned.high))
