"""Similar schools: who is near, each fact alone, too few, and the middle half of their rates."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rules.similar import FEWEST, Intake, Weights, middle_half, similar

HERE = Intake(1, "primary", Fraction(1, 10), Fraction(1, 10), Fraction(3), 200)
EVEN = Weights()


def others(*schools):
    return [replace(HERE, urn=place, **facts) for place, facts in enumerate(schools, 2)]


def five(**facts):
    return others(*[{name: value(n) for name, value in facts.items()} for n in range(1, 6)])


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("fsm", lambda n: Fraction(n, 10)),
        ("sen", lambda n: Fraction(n, 10)),
        ("deprivation", lambda n: Fraction(3 + n)),
        ("size", lambda n: 200 + 10 * n),
    ],
)
def test_each_fact_alone_puts_the_nearest_first(fact, value):
    assert similar(HERE, five(**{fact: value}), EVEN, number=3) == (2, 3, 4)


def test_worked_example_of_three_shares():
    rows = others({"fsm": Fraction(6, 10)}, {"fsm": Fraction(2, 10)}, {}, {}, {})
    assert similar(HERE, rows, EVEN, number=9)[-2:] == (3, 2)


def test_weights_decide_which_fact_counts_more():
    poorer = {"fsm": Fraction(5, 10)}
    larger = {"size": 600}
    rows = others(poorer, larger, poorer, larger, poorer)
    assert similar(HERE, rows, Weights(fsm=9, size=1), number=2) == (3, 5)
    assert similar(HERE, rows, Weights(fsm=1, size=9), number=3) == (2, 4, 6)


def test_fact_without_weight_does_not_count():
    rows = five(fsm=lambda n: Fraction(6 - n, 10), size=lambda n: 200 + n)
    assert similar(HERE, rows, Weights(fsm=0), number=1) == (2,)


def test_schools_that_are_all_alike_come_in_order_of_number():
    assert similar(HERE, five(), EVEN, number=2) == (2, 3)


@pytest.mark.parametrize("change", [{"phase": "secondary"}, {"fsm": None}, {"urn": 1}])
def test_fewer_than_five_are_too_few(change):
    rows = five()
    assert len(similar(HERE, rows, EVEN, number=9)) == FEWEST
    assert similar(HERE, [*rows[:4], replace(rows[4], **change)], EVEN, number=9) == ()


@pytest.mark.parametrize("fact", ["fsm", "sen", "deprivation"])
def test_school_of_which_a_fact_is_unknown_is_like_no_other(fact):
    assert similar(replace(HERE, **{fact: None}), five(), EVEN, number=9) == ()


_SHARES = st.fractions(0, 1, max_denominator=50)
_INTAKES = st.builds(
    Intake,
    urn=st.integers(1, 40),
    phase=st.sampled_from(["primary", "secondary"]),
    fsm=_SHARES,
    sen=_SHARES,
    deprivation=st.fractions(1, 10, max_denominator=9),
    size=st.integers(1, 2000),
)


@given(st.lists(_INTAKES, min_size=1, max_size=14, unique_by=lambda school: school.urn), st.data())
def test_nobody_is_like_themselves_or_another_phase_and_order_does_not_matter(schools, data):
    school = data.draw(st.sampled_from(schools))
    found = similar(school, schools, EVEN, number=8)
    phases = {each.urn: each.phase for each in schools}
    assert school.urn not in found
    assert all(phases[urn] == school.phase for urn in found)
    assert found == similar(school, data.draw(st.permutations(schools)), EVEN, number=8)
    assert not found or len(found) >= FEWEST


def test_five_rates_give_the_second_and_the_fourth():
    shares = [(10, 100), (30, 100), (20, 100), (50, 100), (40, 100)]
    assert middle_half(shares) == (Decimal("20.00"), Decimal("40.00"))


def test_quarters_lie_between_two_schools_in_proportion():
    shares = [(n, 100) for n in (10, 20, 30, 40, 50, 60)]
    assert middle_half(shares) == (Decimal("22.50"), Decimal("47.50"))


def test_rates_of_nothing_are_left_out_and_four_are_too_few():
    shares = [(1, 10), (2, 10), (3, 10), (4, 10)]
    assert middle_half([*shares, (0, 0)]) is None
    assert middle_half([*shares, (5, 10)]) is not None


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(50, 90)), min_size=5, max_size=20))
def test_about_a_quarter_of_the_rates_lie_on_either_side_of_the_middle_half(shares):
    low, high = middle_half(shares)
    rates = [100 * Decimal(part) / whole for part, whole in shares]
    most = (len(rates) - 1) // 4 + 1
    margin = Decimal("0.01")
    assert min(rates) - margin <= low <= high <= max(rates) + margin
    assert sum(rate < low - margin for rate in rates) <= most
    assert sum(rate > high + margin for rate in rates) <= most
