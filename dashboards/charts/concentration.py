"""F9: is it a few children? Pupils from most absent along, the sessions they missed upwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from attendance.rules import concentration, protection
from attendance.rules.concentration import Holding
from dashboards.charts import words
from dashboards.charts.axes import (
    NARROW,
    WIDE,
    Canvas,
    Scale,
    ground,
    label_margin,
    value_axis,
    within,
)
from dashboards.charts.facts import Heading, Share
from dashboards.charts.shapes import (
    GREY,
    GRID,
    SUBJECT,
    Chart,
    Column,
    Dot,
    Line,
    Shape,
    Svg,
    Text,
    text_width,
)

#: Under so many pupils there is no curve to speak of; in a protected view it takes more.
FEWEST_PUPILS: Final = 30
FEWEST_PROTECTED: Final = 100
_SMALLEST: Final = "Smallest number with 80%"
_EQUAL: Final = "If all missed the same"
_MARKS: Final = (0, 20, 40, 60, 80, 100)


@dataclass(frozen=True)
class ConcentrationFacts:
    """F9. `enrolments`: how many missed how many sessions, those who missed none too."""

    heading: Heading
    enrolments: Mapping[int, int]


@dataclass(frozen=True)
class _Point:
    """A place on the curve as this reader may see it; `pupils` and `sessions` in percent."""

    label: str
    pupils: words.Figure
    sessions: words.Figure

    @property
    def place(self) -> tuple[Fraction, Fraction] | None:
        if self.pupils.value is None or self.sessions.value is None:
            return None
        return self.pupils.value, self.sessions.value


@dataclass(frozen=True)
class _Curve:
    """What is drawn and tabled: the 80% point, the points of the table, the line's corners."""

    most: _Point
    tabled: Sequence[_Point]
    corners: Sequence[tuple[Fraction, Fraction]]


def absence_held_by_few(facts: ConcentrationFacts, *, protected: bool = False) -> Chart | None:
    """F9. None under 30 pupils (100 in a protected view), and where nothing was missed."""
    pupils = concentration.pupils_in(facts.enrolments)
    most = concentration.smallest_holding(facts.enrolments)
    if most is None or pupils < (FEWEST_PROTECTED if protected else FEWEST_PUPILS):
        return None
    curve = _protected(facts, most) if protected else _open(facts, most)
    rows = [_row(point) for point in (*curve.tabled, curve.most)]
    hidden = sum(point.place is None for point in (*curve.tabled, curve.most))
    summary = _summary(facts.heading, curve)
    return Chart(
        key="concentration",
        title=_title(facts.heading, curve),
        subtitle=words.subtitle(facts.heading, "% of sessions, by pupils from most absent"),
        wide=_draw(WIDE, curve, summary),
        narrow=_draw(NARROW, curve, summary),
        summary=summary,
        columns=[
            Column("Pupils, from most absent", is_number=False),
            Column("Pupils"),
            Column("% of pupils"),
            Column("Sessions missed"),
            Column("% of sessions missed"),
        ],
        rows=rows,
        notes=words.notes_on(rows, hidden, "point"),
        source=words.source(facts.heading),
    )


def _whole(facts: ConcentrationFacts) -> tuple[int, int]:
    found = facts.enrolments
    return concentration.pupils_in(found), concentration.sessions_in(found)


def _tabled(facts: ConcentrationFacts) -> list[tuple[str, Holding]]:
    """The table's points: '10%' and what the most absent 10% hold."""
    return [
        (f"{percent}%", concentration.most_absent_percent(facts.enrolments, percent))
        for percent in concentration.TABLED
    ]


def _open(facts: ConcentrationFacts, most: Holding) -> _Curve:
    pupils, sessions = _whole(facts)

    def point(label: str, held: Holding) -> _Point:
        return _Point(label, _plain(held.pupils, pupils), _plain(held.sessions, sessions))

    return _Curve(
        point(_SMALLEST, most),
        [point(label, held) for label, held in _tabled(facts)],
        [
            (Fraction(100 * x, pupils), Fraction(100 * y, sessions))
            for x, y in concentration.curve(facts.enrolments)
        ],
    )


def _plain(part: int, whole: int) -> words.Figure:
    value = Fraction(100 * part, whole)
    return words.Figure(value, words.plain_percent(part, whole), f"{part:,}", f"{whole:,}")


def _protected(facts: ConcentrationFacts, most: Holding) -> _Curve:
    """Points that lie a whole group of pupils from each other and from both ends: what two points
    hold apart would else be the sessions of a few children. The line runs straight between."""
    pupils, sessions = _whole(facts)
    shown = [0, pupils]

    def point(label: str, held: Holding) -> _Point:
        apart = min(abs(held.pupils - other) for other in shown)
        found = _Point(
            label,
            words.figure(Share(held.pupils, pupils), protected=True),
            words.figure(Share(held.sessions, sessions), protected=True),
        )
        if apart < words.thresholds().smallest_group or found.place is None:
            return _Point(label, _HIDDEN, _HIDDEN)
        shown.append(held.pupils)
        return found

    eighty = point(_SMALLEST, most)
    tabled = [point(label, held) for label, held in _tabled(facts)]
    places = [p.place for p in (eighty, *tabled) if p.place is not None]
    ends = [(Fraction(0), Fraction(0)), (Fraction(100), Fraction(100))]
    return _Curve(eighty, tabled, sorted([*places, *ends]))


_HIDDEN: Final = words.Figure(None, protection.HIDDEN, protection.HIDDEN, protection.HIDDEN)


def _row(point: _Point) -> list[str]:
    pupils, sessions = point.pupils, point.sessions
    return [point.label, pupils.part, pupils.percent, sessions.part, sessions.percent]


def _title(heading: Heading, curve: _Curve) -> str:
    measure = words.noun_inside(heading)
    if curve.most.place is None:
        return f"How {measure} is shared among pupils"
    return f"{curve.most.pupils.percent} of pupils account for 80% of {measure}"


def _summary(heading: Heading, curve: _Curve) -> str:
    measure = words.noun_inside(heading)
    if curve.most.place is None:
        return f"The pupils who account for 80% of {measure} are too few to show."
    pupils, sessions = curve.most.pupils, curve.most.sessions
    return (
        f"{pupils.part} of {pupils.whole} pupils ({pupils.percent}) missed {sessions.part} of "
        f"{sessions.whole} sessions of {measure} ({sessions.percent})."
    )


def _draw(canvas: Canvas, curve: _Curve, description: str) -> Svg:
    """A drawing twice as wide as it is high, nearly square on a phone."""
    marks = [(mark, f"{mark}%") for mark in _MARKS]
    left = label_margin(canvas, [label for _, label in marks])
    right = canvas.width - canvas.font * 1.5
    top = 2 * canvas.line + 4
    bottom = top + (270 if canvas.is_narrow else 340)
    across, up = Scale(100, left, right), Scale(100, bottom, top)
    caption = Text(0, canvas.font, "% of sessions missed", canvas.font, GREY, role="unit")
    shapes: list[Shape] = [caption, *value_axis(canvas, up, marks, right)]
    shapes += _along(canvas, across, bottom)
    ends = [(across.at(0), up.at(0)), (across.at(100), up.at(100))]
    shapes.append(Line(ends, GREY, 2, "6 5", role="equal"))
    line = [(across.at(x), up.at(y)) for x, y in curve.corners]
    shapes.append(Line(line, SUBJECT, 3, role="curve"))
    shapes += [_equal(canvas, across, up), *_most(canvas, curve.most, across, up)]
    return Svg(canvas.width, round(bottom + 2 * canvas.line + 12), description, shapes)


def _equal(canvas: Canvas, across: Scale, up: Scale) -> Text:
    """The straight line's name, under it at the right."""
    begins = across.value(across.end - text_width(_EQUAL, canvas.font))
    base = up.at(max(begins, 0)) + canvas.font + 8
    return Text(across.end - 2, base, _EQUAL, canvas.font, GREY, "end", role="label")


def _along(canvas: Canvas, across: Scale, bottom: float) -> list[Shape]:
    """The percentages of pupils below the plot, and what they are."""
    base = bottom + canvas.line
    shown = (0, 50, 100) if canvas.is_narrow else _MARKS
    shapes: list[Shape] = []
    for mark in shown:
        x = across.at(mark)
        shapes.append(Line([(x, bottom), (x, bottom + 5)], GRID, role="mark"))
        label = Text(x, base + 3, f"{mark}%", canvas.font, anchor="middle", role="pupils")
        shapes.append(within(label, 0, canvas.width))
    unit = "% of pupils, from most absent"
    base += canvas.line + 4
    return [*shapes, Text(across.end, base, unit, canvas.font, GREY, "end", role="unit")]


def _most(canvas: Canvas, most: _Point, across: Scale, up: Scale) -> list[Shape]:
    """The 80% point with its figures: to the right under the curve, or left of it above."""
    if most.place is None:
        return []
    x, y = across.at(most.place[0]), up.at(most.place[1])
    lines = (f"{most.pupils.percent} of pupils,", f"{most.sessions.percent} of sessions")
    shapes: list[Shape] = [Dot(x, y, 6, SUBJECT, role="most")]
    is_right = most.place[0] <= 40
    for place, text in enumerate(lines):
        base = y + canvas.font + 8 + place * canvas.line
        if is_right:
            label = Text(x + 12, base, text, canvas.font, is_bold=True, role="most")
        else:
            base = y - 8 - (1 - place) * canvas.line
            label = Text(x - 10, base, text, canvas.font, is_bold=True, anchor="end", role="most")
        label = within(label, across.start + 4, canvas.width)
        shapes += [ground(label), label]
    return shapes
