"""F6: where does the year stand? One child's absence as a share of the year so far."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from django.conf import settings

from attendance.rules.protection import TOO_EARLY
from attendance_portal.shared import wording
from dashboards.charts import words
from dashboards.charts.axes import (
    NARROW,
    WIDE,
    Canvas,
    Scale,
    label_margin,
    spread_down,
    value_axis,
    without_overlaps,
)
from dashboards.charts.facts import RunningFacts, RunningPoint, Share
from dashboards.charts.shapes import (
    GREY,
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

_TOPS = (20, 60, 100)
_LINES = ((10, "Persistent"), (50, "Severe"))


def running_absence(facts: RunningFacts, *, protected: bool = False) -> Chart | None:
    """F6. None if nothing was possible yet, and in a protected view: it is one child."""
    points = [point for point in facts.points if point.possible]
    if protected or not points:
        return None
    rows = [_row(point) for point in facts.points]
    summary = _summary(points)
    return Chart(
        key="running-absence",
        title=_title(points[-1]),
        subtitle=words.subtitle(facts.heading, "% of possible sessions so far"),
        wide=_draw(WIDE, points, summary),
        narrow=_draw(NARROW, points, summary),
        summary=summary,
        columns=[
            Column("Up to", is_number=False),
            Column("Sessions missed"),
            Column("Possible sessions"),
            Column("Absence"),
        ],
        rows=rows,
        notes=words.notes_on(rows, 0, "point"),
        source=words.source(facts.heading),
    )


def _percent(point: RunningPoint) -> Fraction:
    return Fraction(100 * point.absent, point.possible)


def _shown(point: RunningPoint) -> str:
    return words.figure(Share(point.absent, point.possible), protected=False).percent


def _is_early(point: RunningPoint) -> bool:
    return point.possible < settings.MINIMUM_POSSIBLE_SESSIONS


def _row(point: RunningPoint) -> list[str]:
    shown = _shown(point)
    if point.possible and _is_early(point):
        shown = f"{TOO_EARLY} ({shown})"
    return [wording.day(point.on), f"{point.absent:,}", f"{point.possible:,}", shown]


def _title(last: RunningPoint) -> str:
    count = f"{last.absent} of {wording.counted(last.possible, 'possible session')}"
    if _is_early(last):
        return f"{TOO_EARLY}: {count} missed so far"
    return f"{count} were missed, {_shown(last)}"


def _summary(points: Sequence[RunningPoint]) -> str:
    last = points[-1]
    settled = [point for point in points if not _is_early(point)]
    if not settled:
        needed = settings.MINIMUM_POSSIBLE_SESSIONS
        return f"Fewer than {needed} sessions were possible up to {wording.day(last.on)}."
    highest = max(settled, key=_percent)
    return (
        f"The share stood at {_shown(last)} on {wording.day(last.on)}; "
        f"at its highest it was {_shown(highest)}, on {wording.day(highest.on)}."
    )


def _draw(canvas: Canvas, points: Sequence[RunningPoint], description: str) -> Svg:
    height = 260 if canvas.is_narrow else 320
    largest = max(_percent(point) for point in points)
    top_value = next(top for top in _TOPS if top >= largest)
    marks = [(value, f"{value}%") for value in range(0, top_value + 1, top_value // 4 or 1)]
    left = label_margin(canvas, [label for _, label in marks])
    names = [name for line, name in _LINES if line < top_value] + [_shown(points[-1])]
    right = canvas.width - max(text_width(name, canvas.font) for name in names) * 1.08 - 14
    top, bottom = 12.0, height - canvas.line - 18
    scale = Scale(top_value, bottom, top)
    first, last = points[0].on, points[-1].on
    days = Scale(max((last - first).days, 1), left + 6, right - 6)
    at = [(days.at((p.on - first).days), scale.at(_percent(p))) for p in points]
    shapes: list[Shape] = [*value_axis(canvas, scale, marks, right)]
    for line, _ in _LINES:
        if line < top_value:
            y = scale.at(line)
            shapes.append(Line([(left, y), (right, y)], GREY, 1.5, "6 4", role=f"line-{line}"))
    shapes += _lines(points, at)
    shapes.append(Dot(*at[-1], 4.5, SUBJECT, role="last-point"))
    shapes += _labels(canvas, points[-1], scale, right, (top, bottom))
    shapes += _months(canvas, first, last, days, height - 8)
    return Svg(canvas.width, height, description, shapes)


def _lines(points: Sequence[RunningPoint], at: Sequence[tuple[float, float]]) -> list[Shape]:
    """Dotted while few sessions were possible, then solid."""
    early = sum(_is_early(point) for point in points)
    dotted, solid = at[: early + 1] if early else [], at[early:]
    shapes: list[Shape] = []
    if len(dotted) > 1:
        shapes.append(Line(dotted, SUBJECT, 3, "2 4", role="too-early"))
    if len(solid) > 1:
        shapes.append(Line(solid, SUBJECT, 3, role="running"))
    return shapes


def _labels(
    canvas: Canvas,
    last: RunningPoint,
    scale: Scale,
    right: float,
    edges: tuple[float, float],
) -> list[Shape]:
    named = [(name, float(line), False) for line, name in _LINES if line < scale.top]
    named.append((_shown(last), float(_percent(last)), True))
    lift = canvas.font * 0.35
    ys = spread_down(
        [scale.at(value) + lift for _, value, _ in named],
        apart=canvas.line,
        top=edges[0] + lift,
        bottom=edges[1],
    )
    return [
        Text(right + 8, y, name, canvas.font, is_bold=is_bold, role="label")
        for (name, _, is_bold), y in zip(named, ys, strict=True)
    ]


def _months(canvas: Canvas, first: date, last: date, days: Scale, y: float) -> list[Shape]:
    """The month of the first day and each that begins later, as far as their names fit."""
    starts = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found = [
        Text(days.at((day - first).days), y, f"{day:%b}", canvas.font, anchor="middle")
        for day in starts
        if day.day == 1 or day == first
    ]
    return [*without_overlaps(found, air=6)]
