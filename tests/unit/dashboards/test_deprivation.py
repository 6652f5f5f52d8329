"""IDACI by ward: the tenth that the average rank of its small areas lies in."""

import pytest

from dashboards.deprivation import SMALL_AREAS_OF_ENGLAND, Deprivation, deprivation_of

GRANGETOWN, BELMONT, HUTTON = "E05012442", "E05012437", "E05012444"


def test_worked_example():
    assert Deprivation(2, 3_000 + 9_000, 1).tenth == 2


@pytest.mark.parametrize(
    ("rank", "tenth"),
    [(1, 1), (3_375, 1), (3_376, 2), (6_751, 2), (6_752, 3), (SMALL_AREAS_OF_ENGLAND, 10)],
)
def test_both_sides_of_a_tenth(rank, tenth):
    assert Deprivation(1, rank, 0).tenth == tenth


@pytest.mark.parametrize(("rank", "is_more"), [(16_877, True), (16_878, False)])
def test_both_sides_of_the_middle(rank, is_more):
    assert Deprivation(1, rank, 0).is_more_deprived_half == is_more


def test_wards_of_the_borough():
    assert deprivation_of([GRANGETOWN]).tenth == 1
    assert deprivation_of([HUTTON]).tenth > 5
    assert deprivation_of([BELMONT]).words.endswith("0 of 3 small areas in the most deprived fifth")


def test_wards_together_are_the_average_of_all_their_small_areas():
    both, one, other = (deprivation_of(c) for c in ([GRANGETOWN, HUTTON], [GRANGETOWN], [HUTTON]))

    assert both.small_areas == one.small_areas + other.small_areas
    assert one.tenth <= both.tenth <= other.tenth


def test_a_ward_that_is_not_in_the_file_has_none():
    assert deprivation_of(["E05000000"]) is None
    assert deprivation_of([]) is None
    assert deprivation_of(["E05000000", HUTTON]) == deprivation_of([HUTTON])
