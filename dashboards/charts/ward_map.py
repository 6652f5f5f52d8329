"""The map of F12: ward outlines in five blues with a number each, hatched where hidden.

A number that does not fit into its ward stands outside the borough, joined to it by a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians, sin
from typing import Final

from dashboards.charts.axes import Canvas
from dashboards.charts.shapes import GREY, INK, WHITE, Area, Box, Dot, Line, Rect, Shape, Text
from dashboards.ward_shapes import Point, WardShape

#: From least to most; darker means more, no more than that.
BLUES: Final = ("#D2E2F1", "#8EB8DC", "#5694CA", "#1D70B8", "#0F385C")
HIDDEN_FILL: Final = "#F3F3F3"
_WHITE_TEXT_FROM: Final = 3  # on these blues only white letters have contrast enough
_HATCH: Final = 7.0  # pixels between the lines
_FARTHEST: Final = 150  # pixels from a ward to its number
_ANGLES: Final = tuple(radians(turn) for turn in (-90, -70, -110, -50, -130, -30, -150, 0, 180, 90))


@dataclass(frozen=True)
class Paint:
    """How a ward is shown: its number, and the place of its blue; no blue where it is hidden."""

    number: str
    blue: int | None

    @property
    def fill(self) -> str:
        return HIDDEN_FILL if self.blue is None else BLUES[self.blue]

    @property
    def ink(self) -> str:
        return INK if self.blue is None or self.blue < _WHITE_TEXT_FROM else WHITE


def ward_map(
    canvas: Canvas,
    shapes: Mapping[str, WardShape],
    paints: Mapping[str, Paint],
    width: float,
    top: float,
) -> tuple[list[Shape], float]:
    """The map, `width` pixels wide below `top`, and the height at which it ends. A ward without
    paint is an outline only."""
    margin = canvas.font * 2.0
    east = max(x for shape in shapes.values() for x, _ in shape.outline)
    south = max(y for shape in shapes.values() for _, y in shape.outline)
    scale = (width - 2 * margin) / east

    def place(point: Point) -> Point:
        return margin + point[0] * scale, top + margin + point[1] * scale

    outlines = {code: [place(p) for p in shape.outline] for code, shape in shapes.items()}
    drawn: list[Shape] = []
    for code, outline in outlines.items():
        paint = paints.get(code)
        if paint is None:
            drawn.append(Area(outline[:-1], WHITE, GREY, role="no-figure"))
            continue
        drawn.append(Area(outline[:-1], paint.fill, role="ward", text=""))
        if paint.blue is None:
            drawn += _hatching(outline)
            drawn.append(Line(outline, GREY, 1, role="hidden"))
    bottom = top + 2 * margin + south * scale
    points = {code: place(shape.label) for code, shape in shapes.items()}
    frame = (0.0, top, width, bottom)
    return [*drawn, *_numbers(canvas, outlines, paints, points, frame)], bottom


def _hatching(outline: Sequence[Point]) -> list[Shape]:
    """Slanting lines inside an outline, each from edge to edge."""
    sums = [x + y for x, y in outline]
    lines: list[Shape] = []
    at = min(sums) + _HATCH / 2
    while at < max(sums):
        crossings = sorted(
            (_along(a, b, (at - a[0] - a[1]) / (b[0] + b[1] - a[0] - a[1])))
            for a, b in pairwise(outline)
            if min(a[0] + a[1], b[0] + b[1]) <= at < max(a[0] + a[1], b[0] + b[1])
        )
        for start, end in zip(crossings[::2], crossings[1::2], strict=True):
            lines.append(Line([start, end], GREY, 1.2, role="hatch"))
        at += _HATCH
    return lines


def _along(a: Point, b: Point, part: float) -> Point:
    return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part


def is_inside(point: Point, outline: Sequence[Point]) -> bool:
    """Whether a point lies in an outline that ends where it begins."""
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in pairwise(outline):
        if (ay > y) != (by > y) and x < ax + (bx - ax) * (y - ay) / (by - ay):
            inside = not inside
    return inside


def _numbers(
    canvas: Canvas,
    outlines: Mapping[str, Sequence[Point]],
    paints: Mapping[str, Paint],
    points: Mapping[str, Point],
    frame: tuple[float, float, float, float],
) -> list[Shape]:
    """Numbers that fit into their wards first, then the others around them."""
    placed: list[Text] = []
    waiting: list[tuple[str, Paint]] = []
    for code, paint in paints.items():
        if code not in outlines or not paint.number:
            continue
        label = _centred(canvas, points[code], paint)
        if paint.blue is not None and _fits(label, outlines[code]):
            placed.append(label)
        else:
            waiting.append((code, paint))
    leaders: list[_Leader] = []
    for code, paint in sorted(waiting, key=lambda one: points[one[0]][1]):
        taken = _Taken([*placed, *(leader.label for leader in leaders)], leaders)
        label = _outside(canvas, points[code], paint, outlines, taken, frame)
        leaders.append(_Leader(label, points[code]))
    lines = [shape for leader in leaders for shape in leader.line]
    return [*lines, *placed, *(shape for leader in leaders for shape in leader.number)]


def _centred(canvas: Canvas, point: Point, paint: Paint, ink: str = "") -> Text:
    base = point[1] + canvas.font * 0.35
    return Text(
        point[0], base, paint.number, canvas.font, ink or paint.ink, "middle", True, "number"
    )


def _fits(label: Text, outline: Sequence[Point]) -> bool:
    left, top, right, bottom = label.box
    corners = [(left, top), (right, top), (left, bottom), (right, bottom)]
    return all(is_inside(corner, outline) for corner in corners)


@dataclass(frozen=True)
class _Leader:
    """A number outside its ward, and the line from it to a dot inside."""

    label: Text
    point: Point

    @property
    def middle(self) -> Point:
        left, top, right, bottom = self.label.box
        return (left + right) / 2, (top + bottom) / 2

    @property
    def line(self) -> list[Shape]:
        ends = [self.middle, self.point]
        return [Line(ends, GREY, 1.2, role="leader"), Dot(*self.point, 2.5, GREY, True)]

    @property
    def number(self) -> list[Shape]:
        """The figures, on white."""
        left, top, right, bottom = self.label.box
        ground = Rect(left - 1, top, right - left + 2, bottom - top, WHITE, role="ground")
        return [ground, self.label]

    def crosses(self, label: Text) -> bool:
        """Whether the line runs through another number."""
        left, top, right, bottom = label.box
        return _meets(self.middle, self.point, Box(left - 2, top - 2, right + 2, bottom + 2))


@dataclass(frozen=True)
class _Taken:
    """The numbers and lines that stand already."""

    labels: Sequence[Text]
    leaders: Sequence[_Leader]

    def leaves_room_for(self, leader: _Leader) -> bool:
        """Whether neither number nor line would touch what stands."""
        return not (
            any(_is_near(leader.label, other) or leader.crosses(other) for other in self.labels)
            or any(other.crosses(leader.label) for other in self.leaders)
        )


def _meets(start: Point, end: Point, box: Box) -> bool:
    """Whether a line runs through a box: the part of it between each pair of edges is cut out."""
    first, last = 0.0, 1.0
    for at, to, low, high in (
        (start[0], end[0], box.left, box.right),
        (start[1], end[1], box.top, box.bottom),
    ):
        if at == to:
            if not low <= at <= high:
                return False
            continue
        enters, leaves = sorted(((low - at) / (to - at), (high - at) / (to - at)))
        first, last = max(first, enters), min(last, leaves)
        if first > last:
            return False
    return True


def _outside(
    canvas: Canvas,
    point: Point,
    paint: Paint,
    outlines: Mapping[str, Sequence[Point]],
    taken: _Taken,
    frame: tuple[float, float, float, float],
) -> Text:
    """The nearest free place outside every ward; failing that, the nearest free one at all; and
    failing that too, the nearest that touches no number."""
    free: list[Text] = []
    last: list[Text] = []
    for label in _around(canvas, point, paint, frame):
        if not any(_is_near(label, other) for other in taken.labels):
            last.append(label)
        if not taken.leaves_room_for(_Leader(label, point)):
            continue
        free.append(label)
        left, top, right, bottom = label.box
        corners = [(left, top), (right, top), (left, bottom), (right, bottom)]
        if not any(is_inside(c, outline) for outline in outlines.values() for c in corners):
            return label
    return [*free, *last][0]


def _around(
    canvas: Canvas, point: Point, paint: Paint, frame: tuple[float, float, float, float]
) -> Iterator[Text]:
    """The number at growing distances from its ward, as far as the drawing goes."""
    left, top, right, bottom = frame
    for distance in range(canvas.font, _FARTHEST, 4):
        for angle in _ANGLES:
            at = (point[0] + distance * cos(angle), point[1] + distance * sin(angle))
            label = _centred(canvas, at, paint, INK)
            box = label.box
            if left <= box.left and box.right <= right and top <= box.top and box.bottom <= bottom:
                yield label


def _is_near(label: Text, other: Text, air: float = 4) -> bool:
    one, two = label.box, other.box
    return Box(one.left - air, one.top - air, one.right + air, one.bottom + air).overlaps(two)
