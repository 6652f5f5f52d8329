"""Scales, grids and labels that every drawing shares. Pixels in and out; y grows downwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from dashboards.charts.shapes import (
    BAND,
    GREY,
    GRID,
    INK,
    WHITE,
    Line,
    Rect,
    Shape,
    Text,
    text_width,
)
from schools.rules.calendar import TERM_NAMES, half_term_label, term_of_half_term

Value = float | Fraction | Decimal
_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10000, 20000, 50000)
_MOST_STEPS = 6
LABEL_LEADING = 1.25  # line height of labels, in font sizes


@dataclass(frozen=True)
class Canvas:
    """One of the two sizes every chart is drawn at. Text of the narrow one stays over 14px when
    a phone of 320 pixels shrinks it."""

    width: int
    font: int
    is_narrow: bool

    @property
    def line(self) -> float:
        return self.font * LABEL_LEADING


WIDE = Canvas(720, 16, False)
NARROW = Canvas(340, 17, True)


@dataclass(frozen=True)
class Scale:
    """From values 0 to `top` to pixels `start` to `end`."""

    top: float
    start: float
    end: float

    def at(self, value: Value) -> float:
        return self.start + (self.end - self.start) * float(value) / self.top

    def value(self, pixel: float) -> float:
        """The way back, for whoever checks a drawing."""
        return (pixel - self.start) / (self.end - self.start) * self.top


def ticks(largest: Value, *, least_top: int) -> list[int]:
    """Round values from 0 to the first at or over `largest`, at most seven of them."""
    largest = max(Fraction(largest), Fraction(least_top))
    step = next((step for step in _STEPS if step * _MOST_STEPS >= largest), None)
    if step is None:
        step = -(-int(largest) // _MOST_STEPS)
    count = -(-largest // step)
    return [step * n for n in range(int(count) + 1)]


def percent_ticks(largest: Value) -> list[int]:
    """As `ticks`, for percentages: from 0, to 100 at most."""
    return [tick for tick in ticks(largest, least_top=4) if tick <= 100]


def value_axis(
    canvas: Canvas, scale: Scale, marks: Sequence[tuple[int, str]], right: float
) -> list[Shape]:
    """Grid lines with their values to the left of the plot."""
    left = label_margin(canvas, [words for _, words in marks])
    shapes: list[Shape] = []
    for value, words in marks:
        y = scale.at(value)
        shapes.append(Line([(left, y), (right, y)], INK if value == 0 else GRID, role="grid"))
        shapes.append(
            Text(left - 8, y + canvas.font * 0.35, words, canvas.font, anchor="end", role="tick")
        )
    return shapes


def label_margin(canvas: Canvas, words: Sequence[str]) -> float:
    """Room for the longest label and the air beside it."""
    return max((text_width(text, canvas.font) for text in words), default=0) + 9


def without_overlaps(labels: Sequence[Text], *, air: float = 4) -> list[Text]:
    """The labels of one row that fit, first come first kept."""
    kept: list[Text] = []
    for label in labels:
        if all(
            label.box.left >= other.box.right + air or label.box.right + air <= other.box.left
            for other in kept
        ):
            kept.append(label)
    return kept


def within(label: Text, left: float, right: float) -> Text:
    """The label, moved sideways just enough to stay between two edges."""
    box = label.box
    shift = max(0.0, left - box.left) or min(0.0, right - box.right)
    return replace(label, x=label.x + shift)


def ground(label: Text) -> Rect:
    """White under a label, so that no line runs through its words."""
    left, top, right, bottom = label.box
    return Rect(left, top, right - left, bottom - top, WHITE, role="ground")


def spread_down(wanted: Sequence[float], *, apart: float, top: float, bottom: float) -> list[float]:
    """Heights as near as may be to those wanted, `apart` from each other, between two edges."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    found = dict.fromkeys(order, 0.0)
    floor = top
    for i in order:
        found[i] = max(wanted[i], floor)
        floor = found[i] + apart
    ceiling = bottom
    for i in reversed(order):
        found[i] = min(found[i], ceiling)
        ceiling = found[i] - apart
    return [found[i] for i in range(len(wanted))]


@dataclass(frozen=True)
class Slot:
    """A school week by its place in the year, so that years align."""

    half_term: int
    week: int


@dataclass(frozen=True)
class WeekScale:
    """Where school weeks stand: half-terms side by side, with air between them."""

    slots: Sequence[Slot]
    left: float
    right: float
    air: float = 0.8  # weeks

    @classmethod
    def of(cls, seen: Sequence[Slot], left: float, right: float) -> WeekScale:
        """Every week from the first to the last of each half-term that anyone has a figure in."""
        most: dict[int, int] = {}
        for slot in seen:
            most[slot.half_term] = max(most.get(slot.half_term, 0), slot.week)
        slots = [Slot(half, week + 1) for half in sorted(most) for week in range(most[half])]
        return cls(slots, left, right)

    @property
    def pitch(self) -> float:
        return (self.right - self.left) / (len(self.slots) + self.air * (len(self.half_terms) - 1))

    @property
    def half_terms(self) -> list[int]:
        return sorted({slot.half_term for slot in self.slots})

    def centre(self, slot: Slot) -> float:
        place = self.slots.index(slot) + 0.5 + self.air * self.half_terms.index(slot.half_term)
        return self.left + place * self.pitch

    def edges(self, half_term: int) -> tuple[float, float]:
        """Where a half-term's band begins and ends."""
        weeks = [slot for slot in self.slots if slot.half_term == half_term]
        return self.centre(weeks[0]) - self.pitch / 2, self.centre(weeks[-1]) + self.pitch / 2


def bands(weeks: WeekScale, top: float, bottom: float) -> list[Shape]:
    """A pale ground for each half-term."""
    shapes: list[Shape] = []
    for half_term in weeks.half_terms:
        left, right = weeks.edges(half_term)
        shapes.append(Rect(left, top, right - left, bottom - top, BAND, role="band"))
    return shapes


def half_term_labels(canvas: Canvas, weeks: WeekScale, y: float) -> list[Shape]:
    """ "Autumn 1" under each band where that fits; else each term's name under its two."""
    each = []
    for half in weeks.half_terms:
        middle = sum(weeks.edges(half)) / 2
        label = Text(middle, y, half_term_label(half), canvas.font, anchor="middle")
        each.append(within(label, 0, canvas.width))
    if all(a.box.right + 6 <= b.box.left for a, b in pairwise(each)):
        return [*each]
    by_term: dict[int, list[float]] = {}
    for half in weeks.half_terms:
        by_term.setdefault(term_of_half_term(half), []).extend(weeks.edges(half))
    terms = [
        within(
            Text((min(at) + max(at)) / 2, y, TERM_NAMES[term], canvas.font, anchor="middle"),
            0,
            canvas.width,
        )
        for term, at in by_term.items()
    ]
    return [*without_overlaps(terms)]


def key_row(canvas: Canvas, names: Sequence[tuple[str, str]]) -> tuple[list[Shape], float]:
    """What each fill means, in rows above the plot, for charts whose parts have no end to label;
    and the height at which the key ends."""
    shapes: list[Shape] = []
    x, y, side = 0.0, 2.0, canvas.font
    for name, fill in names:
        width = side + 6 + text_width(name, canvas.font)
        if x and x + width > canvas.width:
            x, y = 0.0, y + canvas.line + 2
        shapes.append(Rect(x + 1, y, side, side, fill, GREY, role="key"))
        shapes.append(Text(x + side + 7, y + side * 0.85, name, canvas.font, role="label"))
        x += width + 20
    return shapes, y + canvas.line + 4
