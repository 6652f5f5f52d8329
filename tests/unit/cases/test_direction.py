"""Which way attendance goes: both sides of every line."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rules.absence import Counts
from cases.rules.direction import direction_of, marks_have_stopped, why_not_known
from cases.states import Direction


def missed(absent: int, possible: int) -> Counts:
    return Counts(attended=possible - absent, unauthorised=absent)


@pytest.mark.parametrize(
    ("now", "before", "is_found"),
    [
        ((13, 100), (10, 100), Direction.HARDER),  # three points more
        ((129, 1000), (100, 1000), Direction.SAME),  # 2.9 points more
        ((10, 100), (13, 100), Direction.BETTER),
        ((100, 1000), (129, 1000), Direction.SAME),
        ((10, 100), (10, 100), Direction.SAME),
        ((60, 60), (60, 60), Direction.SAME),  # nothing yet: small steps tell more
        ((2, 20), (2, 50), Direction.HARDER),  # 10% beside 4%
        ((20, 20), (0, 19), Direction.NOT_KNOWN),
        ((19, 19), (0, 20), Direction.NOT_KNOWN),
        ((0, 20), (20, 20), Direction.BETTER),
        ((0, 0), (0, 0), Direction.NOT_KNOWN),
    ],
)
def test_three_points_make_a_direction(now, before, is_found):
    assert direction_of(missed(*now), missed(*before)) is is_found


def test_authorised_absence_counts_as_much_as_unauthorised():
    ill = Counts(attended=80, authorised=20)
    assert direction_of(ill, missed(0, 100)) is Direction.HARDER


def test_the_least_number_of_sessions_is_a_setting():
    assert direction_of(missed(5, 10), missed(0, 10), minimum=10) is Direction.HARDER


OPPOSITE = {Direction.HARDER: Direction.BETTER, Direction.BETTER: Direction.HARDER}
counts = st.tuples(st.integers(0, 120), st.integers(0, 120)).map(lambda p: Counts(*p))


@given(counts, counts)
def test_looking_back_turns_the_direction_round(now, before):
    found = direction_of(now, before)
    assert direction_of(before, now) is OPPOSITE.get(found, found)


@pytest.mark.parametrize(("behind", "is_stopped"), [(2, False), (3, True)])
def test_marks_have_stopped_from_the_third_school_day(behind, is_stopped):
    assert marks_have_stopped(behind) is is_stopped


@pytest.mark.parametrize(
    ("last", "stopped", "says"),
    [
        (None, True, "no marks have come"),
        (date(2025, 10, 30), True, "marks stop at 30 Oct"),
        (date(2025, 10, 30), False, "too few sessions to compare, 12 of the 20 it takes"),
    ],
)
def test_what_is_not_known_has_a_reason(last, stopped, says):
    found = why_not_known(missed(0, 30), missed(0, 12), last_mark_on=last, has_stopped=stopped)
    assert found == says
