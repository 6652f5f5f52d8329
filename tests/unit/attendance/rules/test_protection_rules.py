"""Small-number protection: what is hidden, what is rounded, and that nothing hidden follows."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rules import protection
from attendance.rules.protection import Thresholds

COUNTS = st.one_of(st.integers(0, 12), st.integers(0, 400))


@st.composite
def tables(draw):
    columns = draw(st.integers(1, 5))
    return draw(
        st.lists(st.lists(COUNTS, min_size=columns, max_size=columns), min_size=1, max_size=5)
    )


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (0, 40, "0"),
        (1, 40, "c"),
        (7, 40, "c"),
        (8, 40, "10"),
        (32, 40, "30"),
        (33, 40, "c"),
        (40, 40, "c"),
        (8, 16, "10"),
        (3, 10, "c"),
        (0, 9, "0"),
        (1, 9, "c"),
        (9, 9, "c"),
        (0, 0, "0"),
        (12, 100, "10"),
        (13, 100, "15"),
    ],
)
def test_count_is_hidden_when_small_or_near_its_total_and_else_to_the_nearest_five(
    part, whole, shown
):
    assert protection.protected_count(part, whole) == shown


def test_group_of_nine_is_hidden_though_its_count_is_in_the_middle():
    wider = Thresholds(smallest_group=10, largest_hidden_count=2)

    assert protection.protected_count(5, 9, wider) == "c"
    assert protection.protected_count(5, 10, wider) == "5"


def test_thresholds_are_the_callers():
    assert protection.protected_count(3, 40, Thresholds(10, 2)) == "5"


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 40, "0%"), (8, 40, "25%"), (3, 40, "c"), (0, 0, "z"), (32, 97, "32%")],
)
def test_percent_is_whole_and_made_from_the_rounded_counts(part, whole, shown):
    assert protection.protected_percent(part, whole) == shown


@pytest.mark.parametrize(("whole", "shown"), [(0, "0"), (9, "c"), (10, "10"), (13, "15")])
def test_total_of_a_small_group_is_hidden(whole, shown):
    assert protection.protected_total(whole) == shown


@pytest.mark.parametrize(("part", "whole"), [(-1, 5), (6, 5)])
def test_what_is_not_a_share_is_refused(part, whole):
    with pytest.raises(ValueError, match="not a share"):
        protection.protected_count(part, whole)


def test_row_with_one_hidden_cell_hides_the_next_smallest():
    assert protection.protected_row([3, 20, 60]) == ([None, None, 60], 85)


def test_row_with_two_hidden_cells_hides_no_more():
    assert protection.protected_row([3, 5, 60, 61]) == ([None, None, 60, 60], 130)


def test_row_whose_only_figure_is_its_total_hides_both():
    assert protection.protected_row([20, 0, 0]) == ([None, 0, 0], None)


def test_row_of_a_small_group_hides_its_total_too():
    assert protection.protected_row([5, 4, 0]) == ([None, None, 0], None)


def test_row_with_nothing_telling_is_only_rounded():
    assert protection.protected_row([0, 21, 48]) == ([0, 20, 50], 70)


def test_negative_count_is_refused():
    with pytest.raises(ValueError, match="below 0"):
        protection.protected_table([[1, -1]])


def test_table_with_one_small_cell_hides_a_square_of_four():
    assert protection.protected_table([[3, 40, 50], [30, 60, 70], [80, 90, 100]]) == [
        [None, None, 50, 95],
        [None, None, 70, 160],
        [80, 90, 100, 270],
        [115, 190, 220, 525],
    ]


def test_table_without_rows_has_no_totals_to_give():
    assert protection.protected_table([]) == [[]]


@given(tables())
def test_table_shows_every_zero_and_hides_every_telling_cell(counts):
    shown = protection.protected_table(counts)

    for cells, row in zip(counts, shown, strict=False):
        for count, figure in zip(cells, row, strict=False):
            if count == 0:
                assert figure == 0
            elif protection.is_hidden(count, sum(cells)):
                assert figure is None
            else:
                assert figure in (None, protection.rounded(count))


def _rank(rows):
    """The rank of a matrix of fractions, by elimination."""
    rows, rank = [list(map(Fraction, row)) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(rank, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for i in range(rank + 1, len(rows)):
            times = rows[i][column] / rows[rank][column]
            rows[i] = [a - times * b for a, b in zip(rows[i], rows[rank], strict=True)]
        rank += 1
    return rank


def _equations(hidden, rows, columns):
    """Each line of a table says that its cells less its total make 0: the hidden ones' part."""
    return [[int(cell[0] == row) for cell in hidden] for row in range(rows)] + [
        [int(cell[1] == column) for cell in hidden] for column in range(columns)
    ]


@given(tables())
def test_no_hidden_cell_follows_from_the_shown_ones_even_if_those_were_exact(counts):
    shown = protection.protected_table(counts)
    hidden = [(i, j) for i, row in enumerate(shown) for j, cell in enumerate(row) if cell is None]
    equations = _equations(hidden, len(shown), len(shown[0]))
    rank = _rank(equations)

    for place in range(len(hidden)):
        alone = [int(place == other) for other in range(len(hidden))]
        assert _rank([*equations, alone]) == rank + 1, "the cell follows from the equations"


@given(st.lists(COUNTS, min_size=1, max_size=6))
def test_row_never_hides_one_figure_alone(counts):
    parts, total = protection.protected_row(counts)

    assert [*parts, total].count(None) != 1


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (300, 1_500, "20%"),
        (300, 1_499, "c"),
        (7, 1_500, "c"),
        (8, 1_500, "1%"),
        (1_493, 1_500, "c"),
        (1_492, 1_500, "99%"),
        (0, 1_500, "0%"),
    ],
)
def test_share_stands_alone_in_a_large_group_whose_count_is_not_small_itself(part, whole, shown):
    assert protection.share_alone(part, whole) == shown


def test_share_alone_needs_a_larger_group_where_more_is_hidden():
    wider = Thresholds(smallest_group=10, largest_hidden_count=20)

    assert protection.share_alone(800, 4_099, wider) == "c"
    assert protection.share_alone(800, 4_100, wider) == "20%"


@given(whole=st.integers(1_500, 30_000), data=st.data())
def test_share_that_stands_alone_is_that_of_more_counts_than_twice_as_many_as_are_hidden(
    whole, data
):
    point = whole // 100 + 1
    part = data.draw(st.integers(2 * point, whole - 2 * point))
    around = range(part - point - 5, part + point + 6)
    shown = protection.share_alone(part, whole)

    assert sum(protection.share_alone(each, whole) == shown for each in around) >= 15
