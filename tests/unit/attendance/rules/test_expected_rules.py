"""Fewer than expected beyond chance: the worked example, each limit, boroughs drawn at random."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rules.expected import Cell, Standing, Verdict, standings

# One school in the worked example's two strata, and a rest so big that it alone makes the rates.
REST = [Cell("rest", "high", 10**7, 2 * 10**6), Cell("rest", "low", 10**7, 10**6)]


def school(observed):
    cells = [Cell("school", "high", 200, observed), Cell("school", "low", 100, 0)]
    return standings([*cells, *REST])["school"]


@pytest.mark.parametrize(
    ("observed", "verdict"),
    [
        (60, Verdict.AS_EXPECTED),
        (50, Verdict.AS_EXPECTED),
        (38, Verdict.AS_EXPECTED),
        (37, Verdict.MAY_BE_CHANCE),  # the 95% limit is 37.4
        (31, Verdict.MAY_BE_CHANCE),
        (30, Verdict.LOWER),  # the 99.8% limit is 30.2
    ],
)
def test_worked_example_on_both_sides_of_both_limits(observed, verdict):
    found = school(observed)
    assert (found.enrolments, found.observed) == (300, observed)
    assert abs(found.expected - 50) < Fraction(1, 100)
    assert abs(found.variance - 41) < Fraction(1, 100)
    assert found.verdict is verdict


@pytest.mark.parametrize(
    ("expected", "enrolments", "verdict"),
    [
        (Fraction(5), 100, Verdict.LOWER),
        (Fraction(499, 100), 100, Verdict.TOO_FEW),
        (Fraction(95), 100, Verdict.LOWER),
        (Fraction(9501, 100), 100, Verdict.TOO_FEW),
    ],
)
def test_fewer_than_five_expected_of_either_kind_are_too_few_to_say(expected, enrolments, verdict):
    assert Standing(enrolments, 0, expected, Fraction(1)).verdict is verdict


def test_exactly_at_a_limit_is_not_below_it():
    assert Standing(300, 49 - 14, Fraction(49), Fraction(50)).verdict is Verdict.MAY_BE_CHANCE
    deviation = Fraction(7)
    at_95 = Fraction(50) - Fraction(196, 100) * deviation
    at_998 = Fraction(50) - Fraction(309, 100) * deviation
    variance = deviation**2
    for limit, at, below in (
        (at_95, Verdict.AS_EXPECTED, Verdict.MAY_BE_CHANCE),
        (at_998, Verdict.MAY_BE_CHANCE, Verdict.LOWER),
    ):
        expected = Fraction(50) + (Fraction(int(limit)) - limit)
        assert Standing(300, int(limit), expected, variance).verdict is at
        assert Standing(300, int(limit) - 1, expected, variance).verdict is below


def test_more_than_all_is_no_share():
    with pytest.raises(ValueError, match="3 of 2"):
        standings([Cell("a", "s", 2, 3)])


def test_cell_of_nobody_is_no_group():
    assert standings([Cell("a", "s", 0, 0)]) == {}


_CELLS = st.lists(
    st.builds(
        lambda group, stratum, enrolments, share: Cell(
            group, stratum, enrolments, enrolments * share // 10
        ),
        st.sampled_from("abcd"),
        st.sampled_from("xyz"),
        st.integers(0, 300),
        st.integers(0, 10),
    ),
    max_size=20,
)


@given(_CELLS, st.data())
def test_expected_of_all_groups_is_what_was_observed_in_any_order(cells, data):
    found = standings(cells)
    assert sum(each.expected for each in found.values()) == sum(c.persistent for c in cells)
    assert sum(each.observed for each in found.values()) == sum(c.persistent for c in cells)
    assert standings(data.draw(st.permutations(cells))) == found
    assert all(each.variance >= 0 for each in found.values())


@given(_CELLS)
def test_group_that_is_the_whole_of_each_stratum_is_as_expected(cells):
    alone = [cell._replace(group="all") for cell in cells]
    for each in standings(alone).values():
        assert each.verdict in {Verdict.AS_EXPECTED, Verdict.TOO_FEW}


def drawn(seed, better=None):
    """Forty schools of 300 pupils each in four strata; one of them with 40% fewer than its due."""
    random = Random(seed)
    rates = {"x": 0.1, "y": 0.2, "z": 0.35, "w": 0.5}
    cells = []
    for name in range(40):
        mixture = [random.random() for _ in rates]
        for (stratum, rate), share in zip(rates.items(), mixture, strict=True):
            pupils = round(300 * share / sum(mixture))
            own = rate * (0.6 if name == better else 1)
            cells.append(
                Cell(name, stratum, pupils, sum(random.random() < own for _ in range(pupils)))
            )
    return standings(cells)


def lower(found):
    return {name for name, each in found.items() if each.verdict is Verdict.LOWER}


def test_school_that_truly_does_better_is_found_whatever_its_pupils():
    found = [lower(drawn(seed, better=7)) for seed in range(20)]
    assert all(7 in names for names in found)
    assert sum(len(names - {7}) for names in found) <= 2  # of 780 that differ by chance


def test_schools_that_differ_by_chance_alone_are_hardly_ever_found():
    found = [drawn(seed) for seed in range(25)]  # a thousand schools, one in a thousand by chance
    assert sum(len(lower(each)) for each in found) <= 3
    perhaps = sum(each.verdict is Verdict.MAY_BE_CHANCE for one in found for each in one.values())
    assert 5 <= perhaps <= 50  # and one in forty below the 95% limit


def test_school_with_few_absentees_for_its_easy_pupils_alone_is_not_found():
    """A raw rate would call the first school the best; for its pupils it is as expected."""
    cells = [Cell("easy", "x", 300, 30), Cell("hard", "y", 300, 150), Cell("rest", "x", 3000, 300),
             Cell("rest", "y", 3000, 1500)]  # fmt: skip
    assert {each.verdict for each in standings(cells).values()} == {Verdict.AS_EXPECTED}
