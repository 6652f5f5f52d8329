"""F12: where? A map of wards in five blues, numbered, beside the same wards as ranked dots.

Wards are ranked for the local authority only, always with their 95% ranges (pages.md, "Small
numbers"). The table holds every ward, those outside the map too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Final

from attendance.rules import protection
from attendance.rules.intervals import wilson_interval
from attendance.rules.ratios import RateRatio, lowest_share, rate_ratio
from attendance_portal.shared import wording
from dashboards.charts import words
from dashboards.charts.axes import NARROW, WIDE, Canvas, Scale, percent_ticks, within
from dashboards.charts.facts import Heading, Share
from dashboards.charts.shapes import (
    BOROUGH,
    GREY,
    GRID,
    SUBJECT,
    Chart,
    Column,
    Dot,
    Line,
    Rect,
    Shape,
    Svg,
    Text,
    text_width,
)
from dashboards.charts.ward_map import BLUES, HIDDEN_FILL, Paint, ward_map
from dashboards.ward_shapes import BOUNDARIES, LICENCE, ward_shapes

_PITCH: Final = 25
_MAP_WIDTH: Final = 400.0
_LONGEST_NAME: Final = 170  # pixels, with its number; the table has the whole name
_OFF_THE_MAP: Final = "Not on the map"
_SIDE: Final = 18  # of a square of the key


@dataclass(frozen=True)
class WardRow:
    """One ward: its children (enrolments), and the share that is mapped; `href` its page."""

    code: str
    name: str
    pupils: int
    share: Share
    href: str = ""


@dataclass(frozen=True)
class WardFacts:
    """F12. `borough`: everyone together, named `whole`. `units_a_draw`: 1 for shares of
    enrolments, `chance.SESSIONS_A_DRAW` for sessions."""

    heading: Heading
    rows: Sequence[WardRow]
    borough: Share
    units_a_draw: int = 1
    whole: str = "Borough"


@dataclass(frozen=True)
class _Ward:
    """A ward as this reader may see it. `counts` are what is shown, and what its range is of."""

    row: WardRow
    figure: words.Figure
    pupils: str
    counts: tuple[int, int] | None
    interval: tuple[Decimal, Decimal] | None
    is_rounded: bool = False
    number: int = 0

    @property
    def value(self) -> Fraction:
        """In percent, of the counts shown: what wards are drawn at and put in order by."""
        if not self.counts or not self.counts[1]:
            return Fraction(0)
        return Fraction(100 * self.counts[0], self.counts[1])

    @property
    def is_shown(self) -> bool:
        return self.figure.value is not None

    @property
    def is_on_the_map(self) -> bool:
        return self.row.code in ward_shapes()

    @property
    def range_words(self) -> str:
        if self.interval is None:
            return protection.HIDDEN if self.figure.is_hidden else protection.NOT_APPLICABLE
        low, high = self.interval
        if self.is_rounded:
            return f"{floor(low)}% to {ceil(high)}%"
        return f"{words.published_percent(low)} to {words.published_percent(high)}"


@dataclass(frozen=True)
class _Wards:
    """The wards in the order of the chart, the borough, and the lowest that others are set to."""

    heading: Heading
    ranked: Sequence[_Ward]
    others: Sequence[_Ward]
    whole: str
    borough: words.Figure
    lowest: _Ward | None
    units_a_draw: int

    def ratio(self, ward: _Ward) -> RateRatio | None:
        """How many times the lowest ward's share this one's is."""
        if self.lowest is None or not self.lowest.counts or not ward.counts:
            return None
        return rate_ratio(ward.counts, self.lowest.counts, units_a_draw=self.units_a_draw)

    def ratio_words(self, ward: _Ward) -> str:
        if ward.figure.is_hidden:
            return protection.HIDDEN
        if self.lowest is not None and ward.row.code == self.lowest.row.code:
            return "Lowest"
        found = self.ratio(ward)
        if found is None:
            return protection.NOT_APPLICABLE
        return f"{found.words} ({found.range_words})"


def wards_on_a_map(facts: WardFacts, *, protected: bool = False) -> Chart | None:
    """F12. None if no ward of the map has anything to count."""
    wards = _wards(facts, protected)
    if not any(row.share.whole and row.code in ward_shapes() for row in facts.rows):
        return None
    every = [*wards.ranked, *wards.others]
    table = [_cells(wards, ward) for ward in every]
    hidden = [ward for ward in wards.others if ward.figure.is_hidden and ward.is_on_the_map]
    summary = _summary(wards)
    return Chart(
        key="wards",
        title=_title(wards),
        subtitle=words.subtitle(facts.heading, "% by ward, most first"),
        wide=_draw(WIDE, wards, summary),
        narrow=_draw(NARROW, wards, summary),
        summary=summary,
        columns=[
            Column("Ward", is_number=False),
            Column("Number on the map", is_number=False),
            Column("Pupils"),
            Column("Part"),
            Column("Of"),
            Column("Share"),
            Column("95% range"),
            Column("Times the lowest (95% range)"),
        ],
        rows=table,
        notes=[*words.notes_on(table, len(hidden), "dot"), *_notes(wards)],
        source=f"{words.source(facts.heading)} Map: {BOUNDARIES}. {LICENCE}.",
        links=[ward.row.href for ward in every],
    )


def _wards(facts: WardFacts, protected: bool) -> _Wards:
    hidden = hidden_wards(facts.rows) if protected else set()
    found = [_ward(row, facts, protected, row.code in hidden) for row in facts.rows]
    shown = [ward for ward in found if ward.is_shown and ward.is_on_the_map]
    ordered = sorted(shown, key=lambda ward: (-ward.value, ward.row.name))
    numbers = [1 + sum(other.value > ward.value for other in ordered) for ward in ordered]
    ranked = [replace(w, number=number) for w, number in zip(ordered, numbers, strict=True)]
    others = [ward for ward in found if ward not in shown]
    return _Wards(
        facts.heading,
        ranked,
        sorted(others, key=lambda ward: ward.row.name),
        facts.whole,
        words.figure(facts.borough, protected=protected),
        _lowest([*ranked, *others]),
        facts.units_a_draw,
    )


def hidden_wards(rows: Sequence[WardRow]) -> set[str]:
    """Codes of what a protected view does not tell: wards of few children or telling counts; if
    that is one alone, the next smallest too, or it would be the borough less the others."""
    limits = words.thresholds()
    found = {
        row.code
        for row in rows
        if 0 < row.pupils < limits.smallest_group
        or protection.is_hidden(row.share.part, row.share.whole, limits)
    }
    others = [row for row in rows if row.code not in found and row.share.part]
    if len(found) == 1 and others:
        found.add(min(others, key=lambda row: row.share.part).code)
    return found


def _ward(row: WardRow, facts: WardFacts, protected: bool, is_hidden: bool) -> _Ward:
    if is_hidden:
        blank = words.Figure(None, protection.HIDDEN, protection.HIDDEN, protection.HIDDEN)
        return _Ward(row, blank, protection.HIDDEN, None, None)
    figure = words.figure(row.share, protected=protected)
    counts = (row.share.part, row.share.whole)
    pupils = f"{row.pupils:,}"
    if protected:
        counts = (protection.rounded(counts[0]), protection.rounded(counts[1]))
        pupils = protection.protected_total(row.pupils, words.thresholds())
    interval = wilson_interval(*counts, units_a_draw=facts.units_a_draw)
    return _Ward(row, figure, pupils, counts, interval, protected)


def _lowest(wards: Sequence[_Ward]) -> _Ward | None:
    """The ward of the smallest share that is not nought, among those of enough children."""
    enough = {
        ward: ward.counts
        for ward in sorted(wards, key=lambda ward: ward.row.name)
        if ward.counts and ward.row.pupils >= words.thresholds().smallest_group
    }
    return lowest_share(enough)


def _cells(wards: _Wards, ward: _Ward) -> list[str]:
    number = str(ward.number) if ward.number else _OFF_THE_MAP
    if ward.figure.is_hidden and ward.is_on_the_map:
        number = "Hatched"
    elif not ward.number and ward.is_on_the_map:
        number = protection.NOT_APPLICABLE
    figure = ward.figure
    counts = [ward.pupils, figure.part, figure.whole, figure.percent]
    return [ward.row.name, number, *counts, ward.range_words, wards.ratio_words(ward)]


def _ends(wards: _Wards) -> tuple[_Ward, _Ward] | None:
    """The first and the last of the ranked; None of fewer than two."""
    return (wards.ranked[0], wards.ranked[-1]) if len(wards.ranked) > 1 else None


def _is_apart(wards: _Wards, first: _Ward, last: _Ward) -> bool:
    """Whether the first and the last differ beyond chance: their 95% ranges do not meet."""
    if first.interval is None or last.interval is None:
        return False
    return first.interval[0] > last.interval[1]


def _title(wards: _Wards) -> str:
    noun, ends = words.noun(wards.heading), _ends(wards)
    if not wards.ranked:
        return f"{noun} by ward"
    if ends is None:
        only = wards.ranked[0]
        tail = f"{only.figure.percent}"
        return words.fitted(f"{noun} in {only.row.name}: {tail}", f"{noun} in one ward: {tail}")
    first, last = ends
    if not _is_apart(wards, first, last):
        tail = f"was about the same in {len(wards.ranked)} wards"
        borough = wards.borough
        return f"{noun} {tail}" + ("" if borough.value is None else f", near {borough.percent}")
    high, low = first.figure.percent, last.figure.percent
    return words.fitted(
        f"{noun}: {high} in {first.row.name}, {low} in {last.row.name}",
        f"{noun} in wards: from {low} to {high}",
    )


def _summary(wards: _Wards) -> str:
    ends = _ends(wards)
    if not wards.ranked:
        return "Every ward is too small to show."
    borough = "" if wards.borough.value is None else f" {wards.whole}: {wards.borough.percent}."
    first = wards.ranked[0]
    found = f"Most in {first.row.name}: {first.figure.percent} (95% range {first.range_words})."
    if ends is None:
        return f"{found}{borough}"
    last = ends[1]
    found += f" Least in {last.row.name}: {last.figure.percent} (95% range {last.range_words})."
    ratio = wards.ratio(first)
    if ratio is None or wards.lowest is None or first.row.code == wards.lowest.row.code:
        return f"{found}{borough}"
    times = f"{ratio.words} that in {wards.lowest.row.name} (95% range {ratio.range_words})."
    return f"{found} The share in {first.row.name} is {times}{borough}"


def _notes(wards: _Wards) -> list[str]:
    notes = []
    outside = sum(not ward.is_on_the_map for ward in wards.others)
    if outside:
        verb = "is" if outside == 1 else "are"
        notes.append(
            f"{wording.counted(outside, 'ward')} outside the map {verb} in the table only."
        )
    if any(ward.figure.is_hidden and ward.is_on_the_map for ward in wards.others):
        notes.append("Hatched wards are hidden to protect children.")
    if wards.lowest is not None:
        notes.append(
            f"The lowest is {wards.lowest.row.name}: of wards with "
            f"{words.thresholds().smallest_group} pupils or more, the smallest share above 0."
        )
    return notes


@dataclass(frozen=True)
class _Blues:
    """Five equal steps of percent, from `low` on."""

    low: Fraction
    step: Fraction

    @classmethod
    def of(cls, values: Sequence[Fraction]) -> _Blues:
        """Steps of whole or half points that hold every value."""
        low = Fraction(floor(min(values)))
        step = Fraction(ceil(2 * (max(values) - low) / len(BLUES)), 2)
        return cls(low, max(step, Fraction(1, 2)))

    def place(self, value: Fraction) -> int:
        return min(int((value - self.low) / self.step), len(BLUES) - 1)

    @property
    def labels(self) -> list[str]:
        edges = [self.low + self.step * n for n in range(len(BLUES) + 1)]
        shown = [f"{float(edge):g}%" for edge in edges]
        return [f"{low} to {high}" for low, high in pairwise(shown)]


def _draw(canvas: Canvas, wards: _Wards, description: str) -> Svg:
    """Map and key at the left, dots at the right; on a phone one above the other."""
    blues = _Blues.of([ward.value for ward in wards.ranked] or [Fraction(0)])
    width = float(canvas.width) if canvas.is_narrow else _MAP_WIDTH
    paints = {
        ward.row.code: Paint(str(ward.number), blues.place(ward.value)) for ward in wards.ranked
    }
    paints |= {
        ward.row.code: Paint("", None)
        for ward in wards.others
        if ward.figure.is_hidden and ward.is_on_the_map
    }
    shapes, y = ward_map(canvas, ward_shapes(), paints, width, 0)
    has_hidden = any(paint.blue is None for paint in paints.values())
    key, below = _key(canvas, blues, has_hidden, y + 4)
    start = (0.0, below + 16) if canvas.is_narrow else (_MAP_WIDTH + 14, 2.0)
    dots, end = _dots(canvas, wards, *start)
    return Svg(canvas.width, round(max(below, end)) + 8, description, [*shapes, *key, *dots])


def _key(canvas: Canvas, blues: _Blues, has_hidden: bool, top: float) -> tuple[list[Shape], float]:
    """The five blues with their ranges, a square each; hatched is said in a note."""
    shapes: list[Shape] = []
    x, y = 1.0, top
    for fill, label in zip(BLUES, blues.labels, strict=True):
        shapes += _key_entry(canvas, x, y, fill, label)
        y += canvas.line + 4
    if has_hidden:
        shapes += _key_entry(canvas, x, y, HIDDEN_FILL, "Hidden")
        for part in (6, 12, 18, 24, 30):
            start, end = max(0, part - _SIDE), min(part, _SIDE)
            line = [(x + start, y + part - start), (x + end, y + part - end)]
            shapes.append(Line(line, GREY, 1.2, role="key"))
        y += canvas.line + 4
    return shapes, y


def _key_entry(canvas: Canvas, x: float, y: float, fill: str, label: str) -> list[Shape]:
    base = y + _SIDE / 2 + canvas.font * 0.35
    return [
        Rect(x, y, _SIDE, _SIDE, fill, GREY, role="key"),
        Text(x + _SIDE + 8, base, label, canvas.font, role="label"),
    ]


def _dots(canvas: Canvas, wards: _Wards, left: float, top: float) -> tuple[list[Shape], float]:
    """A row a ward, most first: number and name, dot, 95% range; the borough's line through all."""
    if not wards.ranked:
        return [], top
    names = [_short(canvas, f"{ward.number} {ward.row.name}") for ward in wards.ranked]
    start = left + max(text_width(name, canvas.font) for name in names) + 14
    highest = max(Fraction(ward.interval[1]) for ward in wards.ranked if ward.interval)
    marks = percent_ticks(max(highest, wards.borough.value or Fraction(0)))
    scale = Scale(marks[-1], start, canvas.width - 12)
    y = top + canvas.line + 6
    body: list[Shape] = []
    for ward, name in zip(wards.ranked, names, strict=True):
        middle = y + _PITCH / 2
        base = middle + canvas.font * 0.35
        body.append(Text(left, base, name, canvas.font, role="place"))
        body += _row_shapes(ward, scale, middle)
        y += _PITCH
    shapes: list[Shape] = [
        Line([(scale.at(m), top + canvas.line + 6), (scale.at(m), y)], GRID, role="grid")
        for m in marks
    ]
    shapes += _borough(canvas, wards, scale, (top, y))
    ends = [
        within(
            Text(scale.at(m), y + canvas.line, f"{m}%", canvas.font, anchor="middle", role="tick"),
            0,
            canvas.width,
        )
        for m in (marks[0], marks[-1])
    ]
    return [*shapes, *body, *ends], y + canvas.line + 6


def _borough(
    canvas: Canvas, wards: _Wards, scale: Scale, edges: tuple[float, float]
) -> list[Shape]:
    borough = wards.borough
    if borough.value is None:
        return []
    top, bottom = edges
    x = scale.at(borough.value)
    label = Text(
        x,
        top + canvas.font,
        f"{wards.whole} {borough.percent}",
        canvas.font,
        GREY,
        "middle",
        role="borough",
    )
    return [
        Line([(x, top + canvas.line), (x, bottom)], BOROUGH, 2, role="borough"),
        within(label, 0, canvas.width),
    ]


def _row_shapes(ward: _Ward, scale: Scale, middle: float) -> list[Shape]:
    shapes: list[Shape] = []
    if ward.interval:
        low, high = (scale.at(value) for value in ward.interval)
        ends = [(low, middle - 4), (low, middle + 4), (low, middle), (high, middle)]
        ends += [(high, middle - 4), (high, middle + 4)]
        shapes.append(Line(ends, GREY, 1.5, role="interval"))
    return [*shapes, Dot(scale.at(ward.value), middle, 5, SUBJECT, role="ward")]


def _short(canvas: Canvas, name: str) -> str:
    shown = name
    while text_width(shown, canvas.font) > _LONGEST_NAME:
        name = name[:-1].rstrip()
        shown = f"{name}…"
    return shown
