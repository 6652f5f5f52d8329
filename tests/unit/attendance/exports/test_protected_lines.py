"""The protected file: 1 to 7 is `c`, and no total gives a hidden cell away."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.exports.protected import COLUMNS, Sums, protected_lines
from attendance.rules.protection import Thresholds

LINES = Thresholds(10, 7)
ENROLMENTS, PERSISTENT, SEVERE = (COLUMNS.index(n) for n in ("enrolments", "persistent", "severe"))


def sums(dimension: str, value: str, enrolments: int, persistent: int, severe: int = 0) -> Sums:
    possible = enrolments * 100
    authorised = persistent * 10
    return Sums(
        2025, dimension, value, enrolments, possible, possible - authorised, authorised, 0,
        persistent, severe,
    )  # fmt: skip


def table(*groups: tuple[int, int, int], dimension: str = "sex") -> list[Sums]:
    """Groups of one dimension after the total row that they add up to."""
    total = [sum(counts) for counts in zip(*groups, strict=True)]
    rows = [sums(dimension, f"v{n}", *group) for n, group in enumerate(groups)]
    return [sums("LA", "807", *total), *rows]


def lines(rows: list[Sums]) -> dict[tuple[str, str], list[str]]:
    return {(line[1], line[2]): line for line in protected_lines(rows, LINES)}


@pytest.mark.parametrize("count", range(1, 8))
def test_count_of_one_to_seven_is_hidden(count):
    shown = lines(table((100, count, 0), (100, 40, 0), (100, 50, 0)))
    assert shown["sex", "v0"][PERSISTENT] == "c"
    assert shown["sex", "v0"][PERSISTENT + 1] == "c"


@pytest.mark.parametrize(("count", "printed"), [(0, "0"), (8, "10"), (92, "90")])
def test_other_counts_go_to_the_nearest_five(count, printed):
    shown = lines(table((100, count, 0), (100, 40, 0), (100, 50, 0)))
    assert shown["sex", "v0"][PERSISTENT] == printed


def test_group_under_ten_is_hidden_whole():
    shown = lines(table((9, 0, 0), (100, 40, 0), (100, 50, 0), (12, 0, 0)))
    assert set(shown["sex", "v0"][ENROLMENTS:]) == {"c"}
    assert shown["sex", "v1"][ENROLMENTS] == "100"


def test_group_of_ten_is_shown():
    shown = lines(table((10, 0, 0), (100, 40, 0), (100, 50, 0)))
    assert shown["sex", "v0"][ENROLMENTS:] == ["10", *"000", "0", "0", "0", "0"]


def test_lone_hidden_cell_takes_another_with_it():
    shown = lines(table((100, 3, 0), (100, 40, 0), (100, 50, 0)))
    hidden = [value for value in ("v0", "v1", "v2") if shown["sex", value][PERSISTENT] == "c"]
    assert hidden == ["v0", "v1"] or shown["LA", "807"][PERSISTENT] == "c"


def test_total_hidden_for_one_dimension_is_hidden_in_the_total_row():
    one_school = table((100, 3, 0), dimension="school")
    sexes = [sums("sex", "F", 50, 3), sums("sex", "M", 50, 0)]
    shown = lines([*one_school, *sexes])
    assert shown["LA", "807"][PERSISTENT] == "c"


def test_no_sum_of_sessions_is_in_the_file():
    assert not {"possible", "attended", "authorised", "unauthorised"} & set(COLUMNS)


@given(
    st.lists(
        st.integers(1, 60).flatmap(
            lambda whole: st.integers(0, whole).flatmap(
                lambda part: st.tuples(st.just(whole), st.just(part), st.integers(0, part))
            )
        ),
        min_size=1,
        max_size=4,
    )
)
def test_nothing_hidden_follows_from_the_rest_of_its_column(groups):
    """Whoever knows every shown figure exactly, and the total, finds no hidden one: for each hidden
    cell there is another hidden in its column, the total row included."""
    shown = lines(table(*groups))
    places = [("LA", "807"), *(("sex", f"v{n}") for n in range(len(groups)))]
    exact = {"enrolments": 0, "persistent": 1, "severe": 2}
    for (name, index), place in product(exact.items(), places):
        column = COLUMNS.index(name)
        if shown[place][column] != "c":
            continue
        others = [one for one in places if one != place and shown[one][column] == "c"]
        group = (
            [sum(g[index] for g in groups)]
            if place[0] == "LA"
            else [groups[int(place[1][1:])][index]]
        )
        assert others or group == [0], (name, place)
