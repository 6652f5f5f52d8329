"""F8: which groups miss more? A group's dot and everyone else's, joined, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.conf import settings

from attendance.rules import protection
from attendance.rules.chance import moved_beyond_chance
from dashboards.charts import words
from dashboards.charts.axes import (
    NARROW,
    WIDE,
    Canvas,
    Scale,
    label_margin,
    percent_ticks,
    within,
)
from dashboards.charts.facts import GroupFacts, GroupRow, Heading, Share
from dashboards.charts.shapes import (
    GREY,
    GRID,
    LIGHT,
    SUBJECT,
    WHITE,
    Chart,
    Column,
    Dot,
    Line,
    Rect,
    Shape,
    Svg,
    Text,
)
from dashboards.charts.words import Figure

_PITCH = 30


@dataclass(frozen=True)
class _Row:
    """A row as this reader may see it."""

    row: GroupRow
    group: Figure
    others: Figure
    interval: tuple[Fraction, Fraction] | None

    @property
    def is_drawn(self) -> bool:
        return self.group.value is not None

    @property
    def size(self) -> str:
        return f"n {self.group.whole}"


def group_gaps(facts: GroupFacts, *, protected: bool = False) -> Chart | None:
    """F8. None if no group has anything to count."""
    if not any(row.group.whole for row in facts.rows):
        return None
    rows = _protected(facts.rows) if protected else [_open(row) for row in facts.rows]
    table = [_cells(row) for row in rows]
    hidden = sum(row.group.is_hidden for row in rows)
    summary = _summary(facts, rows)
    return Chart(
        key="group-gaps",
        title=_title(facts, rows),
        subtitle=words.subtitle(facts.heading, "% of each group and of everyone else"),
        wide=_draw(WIDE, rows, summary),
        narrow=_draw(NARROW, rows, summary),
        summary=summary,
        columns=[
            Column("Group", is_number=False),
            Column("Part"),
            Column("Of (n)"),
            Column("Share"),
            Column("95% range"),
            Column("Everyone else, part"),
            Column("Of"),
            Column("Share"),
        ],
        rows=table,
        notes=words.notes_on(table, hidden, "row"),
        source=words.source(facts.heading),
    )


def _open(row: GroupRow) -> _Row:
    low_high = row.interval and (Fraction(row.interval[0]), Fraction(row.interval[1]))
    return _Row(
        row,
        words.figure(row.group, protected=False),
        words.figure(row.others, protected=False),
        low_high or None,
    )


def _protected(rows: Sequence[GroupRow]) -> list[_Row]:
    """A row goes whole if either side is hidden; if that leaves one of a dimension's rows hidden
    alone, the next smallest goes too, or what is missing could be subtracted."""
    hidden = [
        any(protection.is_hidden(s.part, s.whole, words.thresholds()) for s in (r.group, r.others))
        for r in rows
    ]
    for dimension in {row.dimension for row in rows}:
        inside = [i for i, row in enumerate(rows) if row.dimension == dimension]
        shown = [i for i in inside if not hidden[i] and rows[i].group.part]
        if len(inside) - len(shown) and sum(hidden[i] for i in inside) == 1 and shown:
            hidden[min(shown, key=lambda i: rows[i].group.part)] = True
    blank = Figure(None, protection.HIDDEN, protection.HIDDEN, protection.HIDDEN)
    return [
        _Row(row, blank, blank, None)
        if is_hidden
        else _Row(
            row,
            words.figure(row.group, protected=True),
            words.figure(row.others, protected=True),
            None,
        )
        for row, is_hidden in zip(rows, hidden, strict=True)
    ]


def _name(row: GroupRow) -> str:
    return f"{row.dimension}: {row.label}" if row.dimension else row.label


def _cells(row: _Row) -> list[str]:
    missing = protection.HIDDEN if row.group.is_hidden else protection.NOT_AVAILABLE
    interval = missing
    if row.row.interval and row.interval:
        low, high = row.row.interval
        interval = f"{words.published_percent(low)} to {words.published_percent(high)}"
    group, others = row.group, row.others
    ours = [_name(row.row), group.part, group.whole, group.percent, interval]
    return [*ours, others.part, others.whole, others.percent]


def _is_beyond_chance(row: GroupRow) -> bool:
    """By the group's own range where there is one, else by the rule of chance for sessions."""
    if not row.group.whole or not row.others.whole:
        return False
    others = Fraction(100 * row.others.part, row.others.whole)
    if row.interval is not None:
        return not Fraction(row.interval[0]) <= others <= Fraction(row.interval[1])
    return moved_beyond_chance(
        (row.others.part, row.others.whole), (row.group.part, row.group.whole)
    )


def _gap(row: _Row) -> Fraction:
    return (row.group.value or Fraction(0)) - (row.others.value or Fraction(0))


def _may_be_named(row: GroupRow) -> bool:
    """A handful of children is no group to speak of in a sentence; the row still stands."""
    smallest = words.thresholds().smallest_group
    if row.interval is None:  # sessions: as many children at the least they are judged on
        smallest *= settings.MINIMUM_POSSIBLE_SESSIONS
    return row.group.whole >= smallest


def _standing_out(rows: Sequence[_Row]) -> list[_Row]:
    """Groups of some size that miss more than everyone else, beyond chance and as printed."""
    return [
        row
        for row in rows
        if row.is_drawn
        and row.others.value is not None
        and _gap(row) > 0
        and row.group.percent != row.others.percent
        and _may_be_named(row.row)
        and _is_beyond_chance(row.row)
    ]


def _title(facts: GroupFacts, rows: Sequence[_Row]) -> str:
    found, noun = _standing_out(rows), words.noun(facts.heading)
    if found:
        widest = max(found, key=_gap)
        tail = f"{widest.group.percent}, everyone else {widest.others.percent}"
        return words.fitted(f"{noun}, {widest.row.label}: {tail}", f"One group: {tail}")
    drawn = [row for row in rows if row.is_drawn]
    if not drawn:
        return f"{noun} by group"
    return _no_gap(facts.heading, drawn[0].row)


def _no_gap(heading: Heading, row: GroupRow) -> str:
    both = Share(row.group.part + row.others.part, row.group.whole + row.others.whole)
    return words.about(heading, f"was about the same in each group, near {words.near(both)}")


def _summary(facts: GroupFacts, rows: Sequence[_Row]) -> str:
    drawn = [row for row in rows if row.is_drawn]
    found = _standing_out(rows)
    if not drawn:
        return "Every group is too small to show."
    if not found:
        return f"No group of {len(drawn)} shown misses more than everyone else, beyond chance."
    widest = max(found, key=_gap)
    return (
        f"{len(found)} of {len(drawn)} groups shown miss more, beyond chance; the widest gap is "
        f"{widest.row.label}, {widest.group.percent} against {widest.others.percent}."
    )


def _draw(canvas: Canvas, rows: Sequence[_Row], description: str) -> Svg:
    drawn = [row for row in rows if row.is_drawn]
    left, right = _edges(canvas, drawn)
    highest = [value for row in drawn for value in _values(row)]
    marks = percent_ticks(max(highest, default=Fraction(0)))
    scale = Scale(marks[-1], left, right)
    shapes, y = _key(canvas)
    top = y
    body: list[Shape] = []
    dimension = None
    for row in drawn:
        if row.row.dimension and row.row.dimension != dimension:
            dimension = row.row.dimension
            y += canvas.line
            heading = Text(0, y, dimension, canvas.font, is_bold=True, role="dimension")
            left_edge, up, right_edge, down = heading.box
            width = right_edge - left_edge + 4
            body.append(Rect(left_edge, up, width, down - up, WHITE, role="ground"))
            body.append(heading)
            y += 6
        body += _row_shapes(canvas, row, scale, y)
        y += _pitch(canvas)
    for mark in marks:
        x = scale.at(mark)
        shapes.append(Line([(x, top + 2), (x, y)], GRID, role="grid"))
    shown = marks if not canvas.is_narrow else marks[:: max(len(marks) - 1, 1)]
    labels = [
        within(
            Text(scale.at(mark), y + canvas.line, f"{mark}%", canvas.font, anchor="middle"),
            0,
            canvas.width,
        )
        for mark in shown
    ]
    return Svg(canvas.width, round(y + canvas.line + 8), description, [*shapes, *body, *labels])


def _values(row: _Row) -> list[Fraction]:
    values = [row.group.value, row.others.value, *(row.interval or ())]
    return [value for value in values if value is not None]


def _pitch(canvas: Canvas) -> float:
    return canvas.line + _PITCH if canvas.is_narrow else _PITCH


def _edges(canvas: Canvas, rows: Sequence[_Row]) -> tuple[float, float]:
    """Names to the left and sizes to the right; on a phone both stand above their row."""
    if canvas.is_narrow:
        return 8.0, canvas.width - 8.0
    left = max(label_margin(canvas, [row.row.label for row in rows]), 60.0)
    return left + 4, canvas.width - label_margin(canvas, [row.size for row in rows]) - 6


def _key(canvas: Canvas) -> tuple[list[Shape], float]:
    """What filled, hollow and thin mean: no end of a line to label here."""
    y, base = canvas.font * 0.6, canvas.font * 0.95
    shapes: list[Shape] = [Dot(7, y, 5.5, SUBJECT, role="key")]
    group = Text(18, base, "The group", canvas.font, role="label")
    x = group.box.right + 20
    others = Text(x + 12, base, "Everyone else", canvas.font, role="label")
    shapes += [group, Dot(x, y, 5.5, SUBJECT, True, role="key"), others]
    x = others.box.right + 14
    if canvas.is_narrow:
        x, y, base = 0.0, y + canvas.line, base + canvas.line
    shapes.append(Line([(x, y), (x + 26, y)], GREY, 1.5, role="key"))
    shapes.append(Text(x + 32, base, "95% range of the group", canvas.font, role="label"))
    return shapes, base + 10


def _row_shapes(canvas: Canvas, row: _Row, scale: Scale, y: float) -> list[Shape]:
    middle = y + _PITCH / 2
    base = middle + canvas.font * 0.35
    if canvas.is_narrow:
        middle, base = y + canvas.line + _PITCH / 2 - 3, y + canvas.font
        name = Text(0, base, row.row.label, canvas.font, role="place")
    else:
        name = Text(scale.start - 12, base, row.row.label, canvas.font, anchor="end", role="place")
    size = Text(canvas.width, base, row.size, canvas.font, GREY, "end", role="n")
    shapes: list[Shape] = [name, size]
    group = scale.at(row.group.value or 0)
    if row.interval:
        low, high = (scale.at(min(max(v, Fraction(0)), Fraction(100))) for v in row.interval)
        ends = [(low, middle - 4), (low, middle + 4), (low, middle), (high, middle)]
        ends += [(high, middle - 4), (high, middle + 4)]
        shapes.append(Line(ends, GREY, 1.5, role="interval"))
    if row.others.value is not None:
        others = scale.at(row.others.value)
        shapes.insert(2, Line([(others, middle), (group, middle)], LIGHT, 4, role="join"))
        shapes.append(Dot(others, middle, 5.5, SUBJECT, True, role="others"))
    shapes.append(Dot(group, middle, 5.5, SUBJECT, role="group"))
    return shapes
