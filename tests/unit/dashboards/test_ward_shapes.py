"""The map's wards: every one, with borders that neighbours share."""

from collections import Counter
from itertools import pairwise

import pytest

from dashboards.charts.ward_map import is_inside
from dashboards.ward_shapes import ward_shapes

#: Roughly how far the borough reaches, east and south, in kilometres.
EAST, SOUTH = 26.4, 17.0


def test_there_are_24_wards_by_code():
    shapes = ward_shapes()

    assert len(shapes) == 24
    assert shapes["E05012442"].name == "Grangetown"


def test_the_map_has_the_borough_s_size():
    points = [point for shape in ward_shapes().values() for point in shape.outline]

    assert min(x for x, _ in points) == min(y for _, y in points) == 0
    assert max(x for x, _ in points) == pytest.approx(EAST, abs=0.1)
    assert max(y for _, y in points) == pytest.approx(SOUTH, abs=0.1)


def test_borders_inside_the_borough_are_one_line_on_both_sides():
    edges = Counter(
        frozenset(edge) for shape in ward_shapes().values() for edge in pairwise(shape.outline)
    )
    outer = [edge for edge, times in edges.items() if times == 1]
    ends = Counter(point for edge in outer for point in edge)

    assert set(edges.values()) == {1, 2}
    assert set(ends.values()) == {2}  # the outer border runs on without a fork
    assert _is_one_ring(outer)


def _is_one_ring(edges):
    """Whether the edges join up into a single line that ends where it begins: no gap inside."""
    reached, waiting = set(), [next(iter(edges[0]))]
    while waiting:
        point = waiting.pop()
        reached.add(point)
        for edge in edges:
            if point in edge:
                waiting += [other for other in edge if other not in reached]
    return reached == {point for edge in edges for point in edge}


def test_each_number_s_place_lies_in_its_ward():
    assert all(is_inside(shape.label, shape.outline) for shape in ward_shapes().values())
