"""F10: compared with others? A row a phase: our dot, the middle half of similar schools as a band,
and the borough, the region and England as ticks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from attendance.rules import protection
from attendance_portal.shared import wording
from dashboards.charts import words
from dashboards.charts.axes import (
    NARROW,
    WIDE,
    Canvas,
    Scale,
    ground,
    label_margin,
    percent_ticks,
    within,
)
from dashboards.charts.facts import Heading, Share
from dashboards.charts.shapes import (
    BOROUGH,
    ENGLAND,
    GRID,
    LAST_YEAR,
    RANGE,
    SUBJECT,
    Chart,
    Column,
    Dot,
    Line,
    Rect,
    Shape,
    Svg,
    Text,
)

_ROW: Final = 40
_BAND: Final = 24  # pixels; ticks reach a little over it on both sides
#: Colour, width and dashes of each tick.
_TICKS: Final = {
    "borough": (BOROUGH, 2.5, ""),
    "region": (LAST_YEAR, 2.5, "2 3"),
    "england": (ENGLAND, 2.5, "7 3"),
}


@dataclass(frozen=True)
class ComparedRow:
    """One phase: our share, and what is published beside it, in percent; None: not there.

    `similar`: the lower and the upper quarter of similar schools.
    """

    phase: str
    us: Share
    similar: tuple[Decimal, Decimal] | None = None
    borough: Decimal | None = None
    region: Decimal | None = None
    england: Decimal | None = None


@dataclass(frozen=True)
class ComparedFacts:
    """F10. `us`: how our dot is named; `region`: the region's name; `sources`: of what is beside
    us, with the series, which is never mixed in one chart (STAT-24)."""

    heading: Heading
    rows: Sequence[ComparedRow]
    us: str = "Us"
    region: str = "Region"
    sources: str = ""


@dataclass(frozen=True)
class _Row:
    """A row as this reader may see it."""

    row: ComparedRow
    us: words.Figure

    @property
    def ticks(self) -> list[tuple[str, Decimal]]:
        known = {
            "borough": self.row.borough,
            "region": self.row.region,
            "england": self.row.england,
        }
        return [(name, value) for name, value in known.items() if value is not None]

    @property
    def is_drawn(self) -> bool:
        return self.us.value is not None or bool(self.ticks) or self.row.similar is not None

    @property
    def values(self) -> list[Fraction]:
        beside = [value for _, value in self.ticks]
        ours = [] if self.us.value is None else [self.us.value]
        return [*ours, *(Fraction(value) for value in [*beside, *(self.row.similar or ())])]


def compared_with_others(facts: ComparedFacts, *, protected: bool = False) -> Chart | None:
    """F10. None if no phase has anything of ours to count."""
    rows = [_Row(row, words.figure(row.us, protected=protected)) for row in facts.rows]
    if not any(row.us.whole for row in facts.rows):
        return None
    table = [_cells(row) for row in rows]
    summary = _summary(facts, rows)
    hidden = sum(row.us.is_hidden for row in rows)
    return Chart(
        key="compared",
        title=_title(facts, rows),
        subtitle=words.subtitle(facts.heading, "% of each phase"),
        wide=_draw(WIDE, facts, rows, summary),
        narrow=_draw(NARROW, facts, rows, summary),
        summary=summary,
        columns=[
            Column("Phase", is_number=False),
            Column(f"{facts.us}, part"),
            Column("Of"),
            Column("Share"),
            Column("Similar schools, middle half"),
            Column("Borough"),
            Column(facts.region),
            Column("England"),
        ],
        rows=table,
        notes=[*words.notes_on(table, hidden, "dot"), *_missing(facts, rows)],
        source=words.source(facts.heading, facts.sources),
    )


def _published(value: Decimal | None) -> str:
    return protection.NOT_AVAILABLE if value is None else words.published_percent(value)


def _band(row: ComparedRow) -> str:
    if row.similar is None:
        return protection.NOT_AVAILABLE
    low, high = row.similar
    return f"{words.published_percent(low)} to {words.published_percent(high)}"


def _cells(row: _Row) -> list[str]:
    beside = [_published(v) for v in (row.row.borough, row.row.region, row.row.england)]
    return [row.row.phase, row.us.part, row.us.whole, row.us.percent, _band(row.row), *beside]


def _missing(facts: ComparedFacts, rows: Sequence[_Row]) -> list[str]:
    """'Primary: no figure for similar schools and England.'"""
    notes = []
    for row in rows:
        parts = {
            "similar schools": row.row.similar,
            "the borough": row.row.borough,
            facts.region if facts.region != "Region" else "the region": row.row.region,
            "England": row.row.england,
        }
        absent = [name for name, value in parts.items() if value is None]
        if absent:
            notes.append(f"{row.row.phase}: no figure for {wording.listed(absent)}.")
    return notes


def _title(facts: ComparedFacts, rows: Sequence[_Row]) -> str:
    """Our figure beside England's of the one phase; of more, in how many ours is higher."""
    noun = words.noun(facts.heading)
    both = [(row, row.row.england) for row in rows if row.us.value is not None]
    beside = [(row, england) for row, england in both if england is not None]
    if len(beside) > 1:
        higher = sum(row.us.value > Fraction(england) for row, england in beside if row.us.value)
        phases = wording.counted(len(beside), "phase")
        return f"{noun} is higher than in England in {higher} of {phases}"
    if beside:
        row, england = beside[0]
        tail = f"{row.us.percent}, England {words.published_percent(england)}"
        return words.fitted(f"{noun}, {row.row.phase}: {tail}", f"{noun}: {tail}")
    return f"{noun} beside published figures"


def _summary(facts: ComparedFacts, rows: Sequence[_Row]) -> str:
    """The first row with a figure of ours, and all that stands beside it."""
    row = next((row for row in rows if row.us.value is not None), None)
    if row is None:
        return "Our figures are hidden to protect children."
    names = {"borough": "borough", "region": facts.region, "england": "England"}
    parts = [f"{facts.us} {row.us.percent}"]
    if row.row.similar:
        parts.append(f"middle half of similar schools {_band(row.row)}")
    parts += [f"{names[name]} {words.published_percent(value)}" for name, value in row.ticks]
    return f"{row.row.phase}: {'; '.join(parts)}."


def _draw(canvas: Canvas, facts: ComparedFacts, rows: Sequence[_Row], description: str) -> Svg:
    drawn = [row for row in rows if row.is_drawn]
    names = [row.row.phase for row in drawn]
    left, right = 8.0, canvas.width - 12.0
    if not canvas.is_narrow:
        left = label_margin(canvas, names) + 12
        right = canvas.width - 20.0
    most = max((value for row in drawn for value in row.values), default=Fraction(0))
    marks = percent_ticks(most)
    scale = Scale(marks[-1], left, right)
    key, y = _key(canvas, facts, drawn)
    top = y
    body: list[Shape] = []
    for row in drawn:
        if canvas.is_narrow:
            name = Text(0, y + canvas.font, row.row.phase, canvas.font, role="place")
            y += canvas.line + 2
        else:
            base = y + _ROW / 2 + canvas.font * 0.35
            name = Text(left - 14, base, row.row.phase, canvas.font, anchor="end", role="place")
        body += [ground(name), name, *_row_shapes(row, scale, y + _ROW / 2)]
        y += _ROW + 4
    grid = [Line([(scale.at(m), top), (scale.at(m), y)], GRID, role="grid") for m in marks]
    shown = marks if not canvas.is_narrow else marks[:: max(len(marks) - 1, 1)]
    labels = [
        within(
            Text(scale.at(m), y + canvas.line, f"{m}%", canvas.font, anchor="middle", role="tick"),
            0,
            canvas.width,
        )
        for m in shown
    ]
    return Svg(canvas.width, round(y + canvas.line + 8), description, [*key, *grid, *body, *labels])


def _row_shapes(row: _Row, scale: Scale, middle: float) -> list[Shape]:
    shapes: list[Shape] = []
    if row.row.similar:
        low, high = (scale.at(value) for value in row.row.similar)
        top = middle - _BAND / 2
        shapes.append(Rect(low, top, high - low, _BAND, RANGE, SUBJECT, role="band"))
    for name, value in row.ticks:
        shapes.append(_tick(name, scale.at(value), middle, _BAND / 2 + 5))
    if row.us.value is not None:
        shapes.append(Dot(scale.at(row.us.value), middle, 7, SUBJECT, role="us"))
    return shapes


def _tick(name: str, x: float, middle: float, reach: float, role: str = "") -> Line:
    colour, width, dashes = _TICKS[name]
    return Line([(x, middle - reach), (x, middle + reach)], colour, width, dashes, role or name)


def _key(canvas: Canvas, facts: ComparedFacts, rows: Sequence[_Row]) -> tuple[list[Shape], float]:
    """What dot, band and ticks mean; only those that are drawn."""
    seen = {name for row in rows for name, _ in row.ticks}
    names = {"borough": "Borough", "region": facts.region, "england": "England"}
    entries = [("us", facts.us)] if any(row.us.value is not None for row in rows) else []
    if any(row.row.similar for row in rows):
        entries.append(("band", "Middle half of similar schools"))
    entries += [(name, words_) for name, words_ in names.items() if name in seen]
    shapes: list[Shape] = []
    x, y = 0.0, 2.0
    for name, label in entries:
        text = Text(x + 24, y + canvas.font * 0.85, label, canvas.font, role="label")
        if x and text.box.right > canvas.width:
            x, y = 0.0, y + canvas.line + 4
            text = Text(x + 24, y + canvas.font * 0.85, label, canvas.font, role="label")
        shapes += [_sign(name, x + 9, y + canvas.font / 2), text]
        x = text.box.right + 20
    return shapes, y + canvas.line + 10


def _sign(name: str, x: float, middle: float) -> Shape:
    if name == "us":
        return Dot(x, middle, 7, SUBJECT, role="key")
    if name == "band":
        return Rect(x - 9, middle - 8, 18, 16, RANGE, SUBJECT, role="key")
    return _tick(name, x, middle, 9, role="key")
