"""A printed rate never stands on the wrong side of a line."""

import re
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from attendance.rules.percent import shown_percent


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (35, 351, "9.97%"),
        (37, 370, "10.0%"),
        (38, 370, "10.3%"),
        (9_996, 100_000, "just under 10%"),
        (1, 4_000, "0.03%"),
        (0, 0, "No sessions yet"),
        (0, 370, "0.0%"),
        (370, 370, "100.0%"),
        (99_999, 100_000, "just under 100%"),
        (9_995, 10_000, "99.95%"),
        (9_996, 10_000, "99.96%"),
        (499, 10_000, "4.99%"),
        (49_996, 1_000_000, "just under 5%"),
        (50_000, 1_000_000, "5.0%"),
        (50_004, 1_000_000, "5.0%"),
        (4_996, 10_000, "49.96%"),
        (499_999, 1_000_000, "just under 50%"),
        (1, 20_000, "0.01%"),  # 0.005: halves go up
        (1, 20_001, "under 0.01%"),
        (1, 2_000, "0.1%"),  # 0.05: halves go up
        (1, 2_001, "0.05%"),
        (1_045, 10_000, "10.5%"),  # 10.45: halves go up
    ],
)
def test_shown_percent_on_both_sides_of_every_line(part, whole, shown):
    assert shown_percent(part, whole) == shown


@pytest.mark.parametrize(("part", "whole"), [(-1, 10), (11, 10), (1, 0)])
def test_shown_percent_of_no_share_is_refused(part, whole):
    with pytest.raises(ValueError, match="not a share"):
        shown_percent(part, whole)


@st.composite
def shares(draw):
    whole = draw(st.integers(1, 2_000_000))
    near = whole * draw(st.sampled_from((0, 5, 10, 50, 100))) // 100
    part = draw(st.one_of(st.integers(0, whole), st.integers(near - 3, near + 3)))
    assume(0 <= part <= whole)
    return part, whole


@given(shares())
def test_shown_figure_is_on_the_same_side_of_each_line_as_the_exact_one(share):
    part, whole = share
    shown = shown_percent(part, whole)
    figure = re.fullmatch(r"(\d+\.\d+)%", shown)
    if figure is None:
        line = re.fullmatch(r"(?:just under|under) (5|10|50|100|0\.01)%", shown)
        assert part > 0
        assert 100 * part < Decimal(line[1]) * whole
        return
    printed = Decimal(figure[1])
    for line in (5, 10, 50, 100):
        assert (printed >= line) == (100 * part >= line * whole)
    assert (printed > 0) == (part > 0)


@given(shares())
def test_shown_figure_is_near_the_exact_one(share):
    part, whole = share
    figure = re.search(r"\d+\.?\d*", shown_percent(part, whole))[0]
    assert abs(Decimal(figure) * whole - 100 * part) <= Decimal("0.05") * whole
