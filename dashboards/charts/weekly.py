"""F1: is absence rising? A line by school week, beside last year, the borough and England."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from attendance.rules.chance import moved_beyond_chance
from attendance_portal.shared import wording
from dashboards.charts import words
from dashboards.charts.axes import (
    NARROW,
    WIDE,
    Canvas,
    Scale,
    Slot,
    WeekScale,
    bands,
    half_term_labels,
    label_margin,
    percent_ticks,
    value_axis,
    within,
)
from dashboards.charts.facts import Share, WeeklyFacts, WeekPoint
from dashboards.charts.shapes import (
    BAND,
    BOROUGH,
    ENGLAND,
    LAST_YEAR,
    SUBJECT,
    Box,
    Chart,
    Column,
    Dot,
    Line,
    Rect,
    Shape,
    Svg,
    Text,
)
from schools.rules.calendar import half_term_label

_STUB = 16  # pixels of its own line before each label
_LABEL_AIR = 8
_IN_A_SENTENCE = {"england": "England", "borough": "the borough", "last-year": "last year"}


@dataclass(frozen=True)
class _Point:
    slot: Slot
    value: Fraction | None
    shown: str
    is_finished: bool = True


@dataclass(frozen=True)
class _Series:
    role: str
    label: str
    colour: str
    width: float
    dashes: str
    points: Sequence[_Point]

    @property
    def drawn(self) -> list[_Point]:
        return [point for point in self.points if point.value is not None]

    def shown_at(self, slot: Slot) -> str:
        """As the table prints it; x where this series has no such week."""
        return next((point.shown for point in self.points if point.slot == slot), "x")


def absence_by_week(facts: WeeklyFacts, *, protected: bool = False) -> Chart | None:
    """F1. None if no week of this year had a possible session."""
    if not any(point.share.whole for point in facts.this_year):
        return None
    series = _series(facts, protected)
    rows = _rows(facts, series, protected)
    hidden = sum(point.shown == "c" for each in series for point in each.points)
    summary = _summary(facts, series, protected)
    return Chart(
        key="absence-by-week",
        title=_title(facts, protected),
        subtitle=words.subtitle(facts.heading, "% of possible sessions by school week"),
        wide=_draw(WIDE, series, summary),
        narrow=_draw(NARROW, series, summary),
        summary=summary,
        columns=_columns(series),
        rows=rows,
        notes=words.notes_on(rows, hidden, "point"),
        source=words.source(facts.heading, facts.england_source),
    )


def _series(facts: WeeklyFacts, protected: bool) -> list[_Series]:
    """What is drawn, the subject last so that it lies on top."""
    england = [
        _Point(
            Slot(point.half_term, point.week_of_half_term),
            Fraction(point.percent),
            words.published_percent(point.percent),
        )
        for point in facts.england
    ]
    last_year = _points(facts.last_year, protected)
    found = [
        _Series("england", "England", ENGLAND, 2, "8 4", england),
        _Series("borough", "Borough", BOROUGH, 1.5, "", _points(facts.borough, protected)),
        _Series("last-year", "Last year", LAST_YEAR, 2.5, "2 4", last_year),
        _Series("this-year", "This year", SUBJECT, 3, "", _points(facts.this_year, protected)),
    ]
    return [series for series in found if series.points]


def _points(weeks: Sequence[WeekPoint], protected: bool) -> list[_Point]:
    points = []
    for week in weeks:
        figure = words.figure(week.share, protected=protected)
        slot = Slot(week.half_term, week.week_of_half_term)
        points.append(_Point(slot, figure.value, figure.percent, week.is_finished))
    return points


def _title(facts: WeeklyFacts, protected: bool) -> str:
    halves = _half_terms(facts.this_year)
    now = halves[max(halves)]
    shown_now = words.figure(now, protected=protected)
    if shown_now.value is None:
        return words.about(facts.heading, "by school week")
    earlier = [half for half in halves if half < max(halves)]
    if not earlier:
        return words.about(facts.heading, f"was {shown_now.percent} this half-term")
    before = halves[max(earlier)]
    shown_before = words.figure(before, protected=protected)
    if shown_before.value is None:
        return words.about(facts.heading, f"was {shown_now.percent} this half-term")
    moved = moved_beyond_chance((before.part, before.whole), (now.part, now.whole))
    if not moved or shown_before.percent == shown_now.percent:
        both = Share(before.part + now.part, before.whole + now.whole)
        return words.about(facts.heading, f"was about the same, near {words.near(both)}")
    verb = "rose" if shown_now.value > shown_before.value else "fell"
    return words.about(
        facts.heading, f"{verb} from {shown_before.percent} to {shown_now.percent} this half-term"
    )


def _half_terms(weeks: Sequence[WeekPoint]) -> dict[int, Share]:
    """The sessions of each half-term that had any."""
    found: dict[int, Share] = {}
    for week in weeks:
        if week.share.whole:
            before = found.get(week.half_term, Share(0, 0))
            found[week.half_term] = Share(
                before.part + week.share.part, before.whole + week.share.whole
            )
    return found


def _summary(facts: WeeklyFacts, series: Sequence[_Series], protected: bool) -> str:
    """The last week, beside what the others show for the same week of the year."""
    last = [week for week in facts.this_year if week.share.whole][-1]
    figure = words.figure(last.share, protected=protected)
    slot = Slot(last.half_term, last.week_of_half_term)
    beside = [
        f"{_IN_A_SENTENCE[each.role]} {each.shown_at(slot)}"
        for each in reversed(series)
        if each.role != "this-year" and each.shown_at(slot).endswith("%")
    ]
    week = f"Week of {wording.day(last.monday)}{'' if last.is_finished else ', not finished'}"
    if figure.is_hidden:
        return f"{week}: hidden to protect children."
    start = f"{week}: {figure.percent} missed, {figure.part} of {figure.whole} sessions"
    return f"{start}; {wording.listed(beside)}." if beside else f"{start}."


def _columns(series: Sequence[_Series]) -> list[Column]:
    fixed = [Column("Week of", is_number=False), Column("Half-term", is_number=False)]
    ours = [Column("Sessions missed"), Column("Possible sessions"), Column("This year")]
    return [*fixed, *ours, *(Column(each.label) for each in _others(series))]


def _others(series: Sequence[_Series]) -> list[_Series]:
    return [each for each in reversed(series) if each.role != "this-year"]


def _rows(facts: WeeklyFacts, series: Sequence[_Series], protected: bool) -> list[list[str]]:
    """A row for every week that anyone has a figure for."""
    weeks = {Slot(week.half_term, week.week_of_half_term): week for week in facts.this_year}
    slots = {point.slot for each in series for point in each.points}
    return [
        _row(slot, weeks.get(slot), _others(series), protected)
        for slot in sorted(slots, key=lambda slot: (slot.half_term, slot.week))
    ]


def _row(
    slot: Slot, week: WeekPoint | None, others: Sequence[_Series], protected: bool
) -> list[str]:
    place = f"{half_term_label(slot.half_term)}, week {slot.week}"
    beside = [each.shown_at(slot) for each in others]
    if week is None:
        return ["Not yet", place, "x", "x", "x", *beside]
    figure = words.figure(week.share, protected=protected)
    when = wording.day(week.monday) + ("" if week.is_finished else " (not finished)")
    return [when, place, figure.part, figure.whole, figure.percent, *beside]


def _draw(canvas: Canvas, series: Sequence[_Series], description: str) -> Svg:
    height = 280 if canvas.is_narrow else 340
    marks = percent_ticks(max((p.value or 0 for each in series for p in each.drawn), default=0))
    named = [(mark, f"{mark}%") for mark in marks]
    left, right = label_margin(canvas, [label for _, label in named]), canvas.width - 6.0
    top, bottom = 14.0, height - canvas.line - 18
    scale = Scale(marks[-1], bottom, top)
    weeks = WeekScale.of([p.slot for each in series for p in each.points], left, right)
    shapes = [*bands(weeks, top, bottom), *value_axis(canvas, scale, named, right)]
    lines = [shape for each in series for shape in _line(each, weeks, scale)]
    shapes += lines
    labels = [_label(canvas, each, weeks, left) for each in series if each.drawn]
    for label, text in zip(labels, _placed(canvas, labels, lines, (top, bottom)), strict=True):
        shapes += _label_shapes(label.series, text)
    shapes += half_term_labels(canvas, weeks, height - 8)
    return Svg(canvas.width, height, description, shapes)


def _label_words(canvas: Canvas, series: _Series) -> str:
    if canvas.is_narrow or not series.drawn:
        return series.label
    return f"{series.label} {series.drawn[-1].shown}"


def _line(series: _Series, weeks: WeekScale, scale: Scale) -> list[Shape]:
    """The line in pieces: it breaks where nothing was possible or a figure is hidden."""
    shapes: list[Shape] = []
    for run in _runs(series.points):
        at = [(weeks.centre(p.slot), scale.at(p.value or 0)) for p in run]
        if len(at) > 1:
            shapes.append(Line(at, series.colour, series.width, series.dashes, role=series.role))
        else:
            shapes.append(Dot(*at[0], 2, series.colour, role=series.role))
    if series.role == "this-year" and series.drawn:
        last = series.drawn[-1]
        x, y = weeks.centre(last.slot), scale.at(last.value or 0)
        shapes.append(Dot(x, y, 4.5, SUBJECT, not last.is_finished, role="last-point"))
    return shapes


def _runs(points: Sequence[_Point]) -> list[list[_Point]]:
    runs: list[list[_Point]] = [[]]
    for before, point in pairwise([None, *points]):
        skipped = (
            before is not None
            and point is not None
            and before.slot.half_term == point.slot.half_term
            and point.slot.week > before.slot.week + 1
        )
        if skipped or (point is not None and point.value is None):
            runs.append([])
        if point is not None and point.value is not None:
            runs[-1].append(point)
    return [run for run in runs if run]


@dataclass(frozen=True)
class _Label:
    """A line's name before it has a height: its text, and where the line ends."""

    series: _Series
    text: Text
    ends_at: float

    @property
    def left(self) -> float:
        return self.text.x - _STUB - 6

    @property
    def right(self) -> float:
        return self.text.box.right + 2


def _label(canvas: Canvas, series: _Series, weeks: WeekScale, left: float) -> _Label:
    """Just right of the line's end, or as far left of that as the drawing's edge asks."""
    last = series.drawn[-1]
    end = weeks.centre(last.slot)
    text = Text(
        end + _LABEL_AIR + _STUB + 4,
        0,
        _label_words(canvas, series),
        canvas.font,
        is_bold=series.role == "this-year",
        role="label",
    )
    return _Label(series, within(text, left + _STUB + 6, canvas.width - 4), float(last.value or 0))


def _placed(
    canvas: Canvas,
    labels: Sequence[_Label],
    lines: Sequence[Shape],
    edges: tuple[float, float],
) -> list[Text]:
    """Labels that share columns of the drawing stand in one stack, the highest line's on top."""
    placed: dict[str, Text] = {}
    for stack in _stacks(labels):
        widest = max(label.right - label.left for label in stack)
        left = min(max(label.left for label in stack), canvas.width - 2 - widest)
        right = left + widest
        first = _clear_height(canvas, lines, (left, right), len(stack), edges)
        for place, label in enumerate(sorted(stack, key=lambda label: -label.ends_at)):
            x = label.text.x - label.left + left
            y = first + canvas.line * place
            placed[label.series.role] = replace(label.text, x=x, y=y)
    return [placed[label.series.role] for label in labels]


def _stacks(labels: Sequence[_Label]) -> list[list[_Label]]:
    stacks: list[list[_Label]] = []
    for label in sorted(labels, key=lambda label: label.left):
        if stacks and label.left < max(other.right for other in stacks[-1]) + _LABEL_AIR:
            stacks[-1].append(label)
        else:
            stacks.append([label])
    return stacks


def _clear_height(
    canvas: Canvas,
    lines: Sequence[Shape],
    columns: tuple[float, float],
    count: int,
    edges: tuple[float, float],
) -> float:
    """The first base line of a stack that no line crosses: under the lines if there is room, else
    over them, else at the foot, where a white ground keeps it legible."""
    crossed = _heights_between(lines, *columns)
    rise, need = canvas.font, canvas.line * count
    if not crossed or max(crossed) + 6 + need <= edges[1]:
        return max(crossed, default=(edges[0] + edges[1]) / 2) + 6 + rise
    if min(crossed) - 6 - need >= edges[0]:
        return min(crossed) - 6 - need + rise
    return edges[1] - need + rise - 4


def _heights_between(lines: Sequence[Shape], left: float, right: float) -> list[float]:
    """The heights that lines and dots reach between two columns, their crossings included."""
    found: list[float] = []
    for line in lines:
        points = line.points if isinstance(line, Line) else [(line.box.left, line.box.bottom)]
        found += [y for x, y in points if left <= x <= right]
        for (x1, y1), (x2, y2) in pairwise(points):
            for edge in (left, right):
                if x1 < edge < x2:
                    found.append(y1 + (y2 - y1) * (edge - x1) / (x2 - x1))
    return found


def _label_shapes(series: _Series, text: Text) -> list[Shape]:
    x, middle = text.x - _STUB - 4, text.y - text.size * 0.35
    stub = [(x, middle), (x + _STUB, middle)]
    return [
        _ground(text.box, x),
        text,
        Line(stub, series.colour, series.width, series.dashes, role="stub"),
    ]


def _ground(box: Box, left: float) -> Rect:
    """The band's own grey behind a label, so that a line that passes does not strike it out."""
    return Rect(left - 2, box.top, box.right - left + 3, box.bottom - box.top, BAND, role="ground")
