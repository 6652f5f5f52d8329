"""F7: is there a pattern? One child's weekday sessions, each beside what chance would allow."""

from __future__ import annotations

from collections.abc import Sequence

from attendance_portal.shared import wording
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
from dashboards.charts.facts import PatternFacts, SlotShare
from dashboards.charts.shapes import (
    GREY,
    GRID,
    LIGHT,
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
    text_width,
)

_MOST_NAMED = 4  # sessions in one sentence; the table has every one
_PITCH = 28


def weekday_pattern(facts: PatternFacts, *, protected: bool = False) -> Chart | None:
    """F7. None if nothing was possible, and in a protected view, which leaves F7 out."""
    if protected or not facts.own.whole or not any(slot.share.whole for slot in facts.slots):
        return None
    rows = [_row(slot) for slot in facts.slots]
    summary = _summary(facts)
    return Chart(
        key="weekday-pattern",
        title=_title(facts),
        subtitle=words.subtitle(facts.heading, "% of each weekday session's possible sessions"),
        wide=_draw(WIDE, facts, summary),
        narrow=_draw(NARROW, facts, summary),
        summary=summary,
        columns=[
            Column("Session", is_number=False),
            Column("Missed"),
            Column("Possible"),
            Column("Absence"),
            Column("Expected by chance"),
            Column("Beyond chance", is_number=False),
        ],
        rows=rows,
        notes=words.notes_on(rows, 0, "point"),
        source=words.source(facts.heading),
    )


def _row(slot: SlotShare) -> list[str]:
    figure = words.figure(slot.share, protected=False)
    low = words.published_percent(slot.expected_low)
    high = words.published_percent(slot.expected_high)
    expected = f"{low} to {high}" if slot.share.whole else figure.percent
    beyond = "Yes" if slot.is_beyond_chance else "No"
    return [slot.label, figure.part, figure.whole, figure.percent, expected, beyond]


def _standing_out(facts: PatternFacts) -> list[SlotShare]:
    return [slot for slot in facts.slots if slot.is_beyond_chance and slot.share.whole]


def _title(facts: PatternFacts) -> str:
    found = _standing_out(facts)
    if not found:
        return "No weekday session stands out from what chance allows"
    if len(found) > 1:
        return f"{len(found)} weekday sessions lie beyond what chance allows"
    slot, share = found[0], found[0].share
    more = "more" if 100 * share.part > slot.expected_high * share.whole else "less"
    return f"{slot.label} was missed {more} than chance allows: {share.part} of {share.whole}"


def _summary(facts: PatternFacts) -> str:
    own = words.figure(facts.own, protected=False)
    found = _standing_out(facts)
    average = f"Over the whole week {own.percent} of sessions were missed"
    if not found:
        return f"{average}, {own.part} of {own.whole}, and no weekday session stands out."
    if len(found) > _MOST_NAMED:
        return f"{average}; {len(found)} weekday sessions lie beyond chance."
    return f"{average}; beyond chance: {wording.listed(slot.label for slot in found)}."


def _draw(canvas: Canvas, facts: PatternFacts, description: str) -> Svg:
    left = label_margin(canvas, [slot.label for slot in facts.slots])
    shown = [slot for slot in facts.slots if slot.share.whole]
    right = canvas.width - _room_for_values(canvas, shown)
    own = words.figure(facts.own, protected=False)
    highest = [100 * slot.share.part / slot.share.whole for slot in shown]
    highest += [float(slot.expected_high) for slot in shown]
    marks = percent_ticks(max(highest))
    scale = Scale(marks[-1], left, right)
    top = 2 * canvas.line + 4
    bottom = top + _PITCH * len(facts.slots)
    shapes: list[Shape] = [
        Line([(scale.at(mark), top - 2), (scale.at(mark), bottom)], GRID, role="grid")
        for mark in marks
    ]
    average = scale.at(own.value or 0)
    name = f"Own average {own.percent}"
    label = Text(average, top - 8, name, canvas.font, anchor="middle", role="label")
    shapes.append(within(label, left, canvas.width))
    shapes.append(Rect(left + 1, 3, 28, 14, RANGE, LIGHT, role="key"))
    shapes.append(Text(left + 36, canvas.font, "Expected by chance", canvas.font, role="label"))
    rows: list[Shape] = []
    for place, slot in enumerate(facts.slots):
        rows += _slot_shapes(canvas, slot, scale, top + _PITCH * (place + 0.5), left)
    shapes += [shape for shape in rows if shape.role == "expected"]
    shapes.append(Line([(average, top - 4), (average, bottom)], GREY, 1.5, "6 4", role="own"))
    shapes += [shape for shape in rows if shape.role != "expected"]
    shapes += [
        within(
            Text(scale.at(mark), bottom + canvas.line, f"{mark}%", canvas.font, anchor="middle"),
            0,
            canvas.width,
        )
        for mark in (marks if not canvas.is_narrow else marks[:: len(marks) - 1])
    ]
    return Svg(canvas.width, round(bottom + canvas.line + 8), description, shapes)


def _room_for_values(canvas: Canvas, slots: Sequence[SlotShare]) -> float:
    """The widest figure in bold, and the air beside its dot."""
    printed = [words.figure(slot.share, protected=False).percent for slot in slots]
    return max(text_width(percent, canvas.font) for percent in printed) * 1.08 + 16


def _slot_shapes(
    canvas: Canvas, slot: SlotShare, scale: Scale, y: float, left: float
) -> list[Shape]:
    base = y + canvas.font * 0.35
    shapes: list[Shape] = [
        Text(left - 8, base, slot.label, canvas.font, anchor="end", role="place")
    ]
    figure = words.figure(slot.share, protected=False)
    if figure.value is None:
        return shapes
    low, high = scale.at(float(slot.expected_low)), scale.at(float(slot.expected_high))
    at = scale.at(figure.value)
    shapes.append(Rect(low, y - 7, high - low, 14, RANGE, LIGHT, role="expected"))
    shapes.append(Dot(at, y, 5.5, SUBJECT, role="slot"))
    if slot.is_beyond_chance:
        end = max(at, high) + 12
        shapes.append(Text(end, base, figure.percent, canvas.font, is_bold=True, role="value"))
    return shapes
