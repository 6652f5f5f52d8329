"""Which children live together."""

from hypothesis import given
from hypothesis import strategies as st

from schools.services.households import living_together


def test_children_of_one_parent_live_together():
    assert living_together([(1, 10), (1, 11), (2, 12)]) == [[10, 11]]


def test_children_live_together_through_another_child():
    assert living_together([(1, 10), (1, 11), (2, 11), (2, 12)]) == [[10, 11, 12]]


def test_nobody_lives_with_nobody():
    assert living_together([]) == []


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(10, 18)), unique=True), st.randoms())
def test_order_of_ties_does_not_matter(ties, random):
    def families(pairs):
        return sorted(living_together(pairs))

    assert families(ties) == families(random.sample(ties, len(ties)))
