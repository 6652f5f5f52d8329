"""F14: is the feed alive? Each school's last school days: full, part, or "?" where nothing came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from attendance_portal.shared import wording
from dashboards.charts import words
from dashboards.charts.axes import NARROW, WIDE, Canvas, label_margin
from dashboards.charts.facts import FeedFacts, FeedRow
from dashboards.charts.shapes import (
    GREY,
    INK,
    LIGHT,
    SUBJECT,
    WHITE,
    Chart,
    Column,
    Rect,
    Shape,
    Svg,
    Text,
    text_width,
)

FULL, PART, NONE, CLOSED = "full", "part", "none", "closed"
_SHOWN = {FULL: "Full", PART: "Part", NONE: "?", CLOSED: "Closed"}
_KEY = ((FULL, "Full"), (PART, "Part"), (NONE, "Nothing came"))
_CELL = 24
_LONGEST_NAME = 320  # pixels; the table has the whole name


def feed_grid(facts: FeedFacts, *, protected: bool = False) -> Chart | None:
    """F14; it shows no child, so a protected view is the same. None without schools or days."""
    if not facts.rows or not facts.days:
        return None
    rows = [_row(row, facts.days) for row in facts.rows]
    summary = _summary(facts)
    return Chart(
        key="feed-grid",
        title=_title(facts),
        subtitle=words.subtitle(
            facts.heading, "Registers received for each school day", has_measure=False
        ),
        wide=_draw(WIDE, facts, summary),
        narrow=_draw(NARROW, facts, summary),
        summary=summary,
        columns=[
            Column("School", is_number=False),
            *(Column(wording.short_day(day), is_number=False) for day in facts.days),
        ],
        rows=rows,
        notes=["? means that no register came. Closed means that the school did not meet."],
        source=words.source(facts.heading),
        links=[row.href for row in facts.rows],
    )


def _states(row: FeedRow, days: Sequence[date]) -> list[str]:
    """One state a column. A day nobody says anything of is a gap, never full."""
    known = {day.day: day.state for day in row.days}
    return [known.get(day, NONE) for day in days]


def _row(row: FeedRow, days: Sequence[date]) -> list[str]:
    return [row.school, *(_SHOWN[state] for state in _states(row, days))]


def _title(facts: FeedFacts) -> str:
    last = [_states(row, facts.days)[-1] for row in facts.rows]
    open_schools = [state for state in last if state != CLOSED]
    full = sum(state == FULL for state in open_schools)
    schools = wording.counted(len(open_schools), "school")
    return f"{full} of {schools} sent full registers for {wording.short_day(facts.days[-1])}"


def _summary(facts: FeedFacts) -> str:
    states = [state for row in facts.rows for state in _states(row, facts.days)]
    counts = [states.count(state) for state in (FULL, PART, NONE)]
    total = wording.counted(sum(counts), "school day")
    return (
        f"Of {total} when these schools met, {counts[0]:,} came in full, {counts[1]:,} in part, "
        f"and for {counts[2]:,} nothing came."
    )


def _draw(canvas: Canvas, facts: FeedFacts, description: str) -> Svg:
    names = [_short(canvas, row.school) for row in facts.rows]
    left = 0.0 if canvas.is_narrow else label_margin(canvas, names) + 6
    pitch = min((canvas.width - left) / len(facts.days), 48)
    shapes, y = _key(canvas)
    shapes += _heads(canvas, facts.days, left, pitch, y)
    y += 2 * canvas.line + 2
    for row, name in zip(facts.rows, names, strict=True):
        if canvas.is_narrow:
            shapes.append(Text(0, y + canvas.font, name, canvas.font, role="place"))
            y += canvas.line + 2
        else:
            base = y + _CELL / 2 + canvas.font * 0.35
            shapes.append(Text(left - 10, base, name, canvas.font, anchor="end", role="place"))
        for column, state in enumerate(_states(row, facts.days)):
            shapes += _cell(canvas, state, left + pitch * (column + 0.5) - _CELL / 2, y)
        y += _CELL + (10 if canvas.is_narrow else 4)
    return Svg(canvas.width, round(y) + 2, description, shapes)


def _short(canvas: Canvas, name: str) -> str:
    shown = name
    while text_width(shown, canvas.font) > _LONGEST_NAME:
        name = name[:-1].rstrip()
        shown = f"{name}…"
    return shown


def _key(canvas: Canvas) -> tuple[list[Shape], float]:
    shapes: list[Shape] = []
    x = 1.0
    for state, name in _KEY:
        shapes += _cell(canvas, state, x, 1)
        label = Text(x + _CELL + 6, 1 + _CELL * 0.72, name, canvas.font, role="label")
        shapes.append(label)
        x = label.box.right + 18
    return shapes, float(_CELL + 8)


def _heads(
    canvas: Canvas, days: Sequence[date], left: float, pitch: float, y: float
) -> list[Shape]:
    """Weekday over day of the month; two letters where three would touch."""
    letters = 3 if text_width("Wed", canvas.font) + 4 < pitch else 2
    if text_width("We", canvas.font) + 2 > pitch:
        letters = 1
    shapes: list[Shape] = []
    for column, day in enumerate(days):
        x = left + pitch * (column + 0.5)
        for row, text in enumerate((f"{day:%a}"[:letters], str(day.day))):
            base = y + canvas.font + row * canvas.line
            shapes.append(Text(x, base, text, canvas.font, GREY, "middle", role="head"))
    return shapes


def _cell(canvas: Canvas, state: str, x: float, y: float) -> list[Shape]:
    """Full is dark, part is half filled, nothing is a dashed outline with a question mark."""
    if state == CLOSED:
        return []
    if state == FULL:
        return [Rect(x, y, _CELL, _CELL, SUBJECT, role=FULL)]
    if state == PART:
        half = _CELL / 2
        return [
            Rect(x, y, _CELL, _CELL, WHITE, SUBJECT, role=PART),
            Rect(x, y + half, _CELL, half, LIGHT, SUBJECT, role="half"),
        ]
    return [
        Rect(x, y, _CELL, _CELL, WHITE, GREY, True, role=NONE),
        Text(x + _CELL / 2, y + _CELL * 0.73, "?", canvas.font, INK, "middle", role="gap"),
    ]
