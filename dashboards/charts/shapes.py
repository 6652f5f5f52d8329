"""What a drawn chart is: figures in words, a table, and two drawings made of plain shapes.

Shapes carry presentation attributes only, so that a page under a strict content policy and a PDF
print the same drawing. `role` says what a shape stands for, so that a test can read it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe

INK, GREY, WHITE, GRID, BAND = "#0B0C0C", "#484949", "#FFFFFF", "#CECECE", "#F3F3F3"
SUBJECT, LIGHT = "#12436D", "#5694CA"
PALE, RANGE = "#E9EEF3", "#D2E2F1"
LAST_YEAR, ENGLAND, BOROUGH = "#2073BC", "#484949", "#28A197"

Attributes = list[tuple[str, str]]


class Box(NamedTuple):
    """The corners of what a shape covers."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def number(value: float) -> str:
    """A coordinate, to a hundredth of a pixel."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


# Advance widths of Helvetica and Arial, in thousandths of the font size; wider letters in doubt,
# and room for the wider faces (DejaVu Sans) that stand in where neither is installed.
_NARROW = dict.fromkeys("iljI.,:;'|!", 278) | dict.fromkeys("ft()-/ r", 333)
_WIDE = dict.fromkeys("mMW%@", 890) | dict.fromkeys("wABCDEFGHKNOPQRSTUVXYZ&", 760)
_USUAL_WIDTH = 556
_STAND_IN = 1.15


def text_width(text: str, size: float) -> float:
    """How wide a text is at most, in pixels."""
    units = sum(_NARROW.get(letter) or _WIDE.get(letter) or _USUAL_WIDTH for letter in text)
    return units * size * _STAND_IN / 1000


@dataclass(frozen=True)
class Text:
    """A word in the drawing; `y` is its base line, `anchor` start, middle or end."""

    x: float
    y: float
    text: str
    size: int
    fill: str = INK
    anchor: str = "start"
    is_bold: bool = False
    role: str = ""
    tag: str = "text"

    @cached_property
    def box(self) -> Box:
        width = text_width(self.text, self.size) * (1.08 if self.is_bold else 1)
        left = self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        return Box(left, self.y - self.size * 0.8, left + width, self.y + self.size * 0.22)

    @property
    def attributes(self) -> Attributes:
        found = [("x", number(self.x)), ("y", number(self.y)), ("fill", self.fill)]
        found.append(("font-size", str(self.size)))
        if self.anchor != "start":
            found.append(("text-anchor", self.anchor))
        if self.is_bold:
            found.append(("font-weight", "bold"))
        return found


@dataclass(frozen=True)
class Rect:
    """A bar, a cell or a band."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    outline: str = ""
    is_dashed: bool = False
    role: str = ""
    text: str = ""
    tag: str = "rect"

    @property
    def box(self) -> Box:
        return Box(self.x, self.y, self.x + self.width, self.y + self.height)

    @property
    def attributes(self) -> Attributes:
        found = [("x", number(self.x)), ("y", number(self.y)), ("width", number(self.width))]
        found += [("height", number(self.height)), ("fill", self.fill)]
        if self.outline:
            found.append(("stroke", self.outline))
        if self.is_dashed:
            found.append(("stroke-dasharray", "3 2"))
        return found


@dataclass(frozen=True)
class Line:
    """A straight or broken line through `points`."""

    points: Sequence[tuple[float, float]]
    stroke: str
    width: float = 1
    dashes: str = ""
    role: str = ""
    text: str = ""
    tag: str = "polyline"

    @property
    def box(self) -> Box:
        xs, ys = [x for x, _ in self.points], [y for _, y in self.points]
        return Box(min(xs), min(ys), max(xs), max(ys))

    @property
    def attributes(self) -> Attributes:
        points = " ".join(f"{number(x)},{number(y)}" for x, y in self.points)
        found = [("points", points), ("fill", "none"), ("stroke", self.stroke)]
        found += [("stroke-width", number(self.width)), ("stroke-linejoin", "round")]
        if self.dashes:
            found.append(("stroke-dasharray", self.dashes))
        return found


@dataclass(frozen=True)
class Dot:
    """A point; hollow ones say "not finished", or "the others"."""

    x: float
    y: float
    radius: float
    colour: str
    is_hollow: bool = False
    role: str = ""
    text: str = ""
    tag: str = "circle"

    @property
    def box(self) -> Box:
        reach = self.radius + 1
        return Box(self.x - reach, self.y - reach, self.x + reach, self.y + reach)

    @property
    def attributes(self) -> Attributes:
        found = [("cx", number(self.x)), ("cy", number(self.y)), ("r", number(self.radius))]
        found.append(("fill", WHITE if self.is_hollow else self.colour))
        return [*found, ("stroke", self.colour), ("stroke-width", "2")]


@dataclass(frozen=True)
class Diamond:
    """An open diamond: England beside our bars."""

    x: float
    y: float
    reach: float = 6
    colour: str = ENGLAND
    role: str = ""
    text: str = ""
    tag: str = "polygon"

    @property
    def box(self) -> Box:
        out = self.reach + 1
        return Box(self.x - out, self.y - out, self.x + out, self.y + out)

    @property
    def attributes(self) -> Attributes:
        x, y, out = self.x, self.y, self.reach
        corners = ((x, y - out), (x + out, y), (x, y + out), (x - out, y))
        points = " ".join(f"{number(a)},{number(b)}" for a, b in corners)
        return [("points", points), ("fill", WHITE), ("stroke", self.colour), ("stroke-width", "2")]


@dataclass(frozen=True)
class Area:
    """A filled outline: a ward of a map."""

    points: Sequence[tuple[float, float]]
    fill: str
    outline: str = WHITE
    role: str = ""
    text: str = ""
    tag: str = "polygon"

    @property
    def box(self) -> Box:
        xs, ys = [x for x, _ in self.points], [y for _, y in self.points]
        return Box(min(xs), min(ys), max(xs), max(ys))

    @property
    def attributes(self) -> Attributes:
        points = " ".join(f"{number(x)},{number(y)}" for x, y in self.points)
        found = [("points", points), ("fill", self.fill), ("stroke", self.outline)]
        return [*found, ("stroke-width", "1.5"), ("stroke-linejoin", "round")]


Shape = Text | Rect | Line | Dot | Diamond | Area


def _element(shape: Shape) -> str:
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in shape.attributes)
    return f"<{shape.tag}{attributes}>{escape(shape.text)}</{shape.tag}>"


@dataclass(frozen=True)
class Svg:
    """One drawing: its size in pixels, its words for those who cannot see it, its shapes."""

    width: int
    height: int
    description: str
    shapes: Sequence[Shape] = ()

    @property
    def markup(self) -> SafeString:
        """The shapes as elements, escaped: a template's loop over every attribute takes longer
        than all the rest of a page."""
        return mark_safe("".join(_element(shape) for shape in self.shapes))  # noqa: S308 - escaped


@dataclass(frozen=True)
class Column:
    """A column of the chart's table."""

    name: str
    is_number: bool = True


@dataclass(frozen=True)
class TableCell:
    """One cell as the template prints it."""

    text: str
    is_number: bool
    href: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart as the template prints it: words, drawings and table say the same figures.

    `links`, where given, is one address a row of the table, for its first cell.
    """

    key: str
    title: str
    subtitle: str
    wide: Svg
    narrow: Svg
    summary: str
    columns: list[Column]
    rows: list[list[str]]
    notes: list[str] = field(default_factory=list)
    source: str = ""
    links: list[str] = field(default_factory=list)

    @property
    def table(self) -> list[list[TableCell]]:
        """The rows with what each cell needs to be printed."""
        links = self.links or [""] * len(self.rows)
        return [
            [
                TableCell(text, column.is_number, href if place == 0 else "")
                for place, (text, column) in enumerate(zip(row, self.columns, strict=True))
            ]
            for row, href in zip(self.rows, links, strict=True)
        ]
