"""No page shows a figure on one side of a line and a tag on the other."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from attendance.rules.absence import is_at_risk, is_persistent, is_severe
from attendance.rules.percent import NOTHING_POSSIBLE, shown_percent


@st.composite
def shares_at_a_line(draw) -> tuple[int, int]:
    """A part of a whole at 5, 10 or 50 per cent, or a few sessions to either side."""
    line = draw(st.sampled_from([5, 10, 50]))
    whole = draw(st.one_of(st.integers(20, 500), st.integers(500, 2_000_000)))
    part = whole * line // 100 + draw(st.integers(-2, 2))
    return max(0, min(part, whole)), whole


def reaches(printed: str, line: int) -> bool:
    """What a reader takes from the figure: at or over the line, or under it."""
    if printed.startswith(("just under ", "under ")):
        return Decimal(printed.split()[-1].rstrip("%")) > line
    return Decimal(printed.rstrip("%")) >= line


@given(shares_at_a_line())
@example((35, 351))
@example((37, 370))
@example((20, 200))
@example((20, 201))
@example((9_996, 100_000))
@example((499_999, 1_000_000))
def test_figure_and_tag_are_on_the_same_side_of_every_line(share):
    part, whole = share
    printed = shown_percent(part, whole)

    assert reaches(printed, 50) == is_severe(part, whole)
    assert reaches(printed, 10) == is_persistent(part, whole)
    assert (reaches(printed, 5) and not reaches(printed, 10)) == is_at_risk(part, whole)


@pytest.mark.parametrize("part", [0])
def test_figure_of_nothing_has_no_side_and_no_tag(part):
    assert shown_percent(part, 0) == NOTHING_POSSIBLE
    assert not is_persistent(part, 0)
    assert not is_severe(part, 0)
    assert not is_at_risk(part, 0)
