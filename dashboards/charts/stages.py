"""F13: where are cases stuck? A row a stage, a dot a case at its weeks in the stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from attendance_portal.shared import wording
from dashboards.charts.axes import NARROW, WIDE, Canvas, Scale, label_margin, ticks
from dashboards.charts.shapes import (
    GREY,
    GRID,
    INK,
    SUBJECT,
    Chart,
    Column,
    Dot,
    Line,
    Shape,
    Svg,
    Text,
)

#: Dots and rows of the table; beyond it those longest in their stage are shown.
MOST_CASES: Final = 150
_RADIUS = 5
_ROW = 46  # pixels of a row of dots
_LEAST_TOP = 12  # weeks on the axis, however short all waits are


@dataclass(frozen=True)
class StageCase:
    """One case: whole weeks in its stage; `href` its page."""

    reference: str
    lead: str
    weeks: int
    href: str = ""


@dataclass(frozen=True)
class StageRow:
    """One stage: its place and name, the weeks it usually takes, all cases in it and how many of
    them are past that; `cases`: those to draw, longest first."""

    label: str
    usual_weeks: int
    total: int
    past_usual: int
    cases: Sequence[StageCase]


@dataclass(frozen=True)
class StageFacts:
    """F13. Rows in the order of stages. `who`: whose cases, in words."""

    who: str
    on: date
    rows: Sequence[StageRow]


def cases_by_stage(facts: StageFacts, *, protected: bool = False) -> Chart | None:
    """F13; None without cases, and in a protected view: each dot is a child."""
    total = sum(row.total for row in facts.rows)
    if protected or not total:
        return None
    summary = _summary(facts)
    drawn = [(row, case) for row in facts.rows for case in row.cases]
    return Chart(
        key="stages",
        title=_title(facts),
        subtitle=f"Weeks in the stage, a dot a case · {facts.who} · {wording.day(facts.on)}",
        wide=_draw(WIDE, facts, summary),
        narrow=_draw(NARROW, facts, summary),
        summary=summary,
        columns=[
            Column("Case", is_number=False),
            Column("Stage", is_number=False),
            Column("Lead", is_number=False),
            Column("Weeks in stage"),
            Column("Usual weeks"),
        ],
        rows=[
            [case.reference, row.label, case.lead or "Nobody yet", str(case.weeks),
             str(row.usual_weeks)]
            for row, case in drawn
        ],
        notes=_notes(len(drawn), total),
        source="Source: the open cases. Usual weeks are our proposal.",
        links=[case.href for _, case in drawn],
    )  # fmt: skip


def _title(facts: StageFacts) -> str:
    total = wording.counted(sum(row.total for row in facts.rows), "open case")
    past = sum(row.past_usual for row in facts.rows)
    verb = "has" if past == 1 else "have"
    return f"{past:,} of {total} {verb} been longer in the stage than usual"


def _summary(facts: StageFacts) -> str:
    most = max(facts.rows, key=lambda row: row.past_usual)
    longest = max((case.weeks for row in facts.rows for case in row.cases), default=0)
    weeks = wording.counted(longest, "week")
    if not most.past_usual:
        return f"No case is past the usual time. The longest has been {weeks} in its stage."
    cases = wording.counted(most.past_usual, "case")
    return f"Most of them are at {most.label}: {cases}. The longest has been {weeks} in its stage."


def _notes(drawn: int, total: int) -> list[str]:
    notes = ["The upright line of each stage is its usual time."]
    if drawn < total:
        notes.append(f"{drawn:,} of {total:,} cases are shown: those longest in their stage.")
    return notes


def _draw(canvas: Canvas, facts: StageFacts, description: str) -> Svg:
    most = max(
        max((case.weeks for row in facts.rows for case in row.cases), default=0),
        max(row.usual_weeks for row in facts.rows),
    )
    marks = ticks(most, least_top=_LEAST_TOP)
    left = _RADIUS + 2.0
    if not canvas.is_narrow:
        left = label_margin(canvas, [row.label for row in facts.rows]) + 6
    scale = Scale(marks[-1], left, canvas.width - canvas.font)
    shapes: list[Shape] = []
    y = 2.0
    for row in facts.rows:
        if canvas.is_narrow:
            shapes.append(Text(0, y + canvas.font, row.label, canvas.font, role="stage"))
            y += canvas.line + 4
        else:
            base = y + _ROW / 2 + canvas.font * 0.35
            shapes.append(Text(left - 12, base, row.label, canvas.font, anchor="end", role="stage"))
        shapes += _row(scale, row, y)
        y += _ROW + 6
    shapes.append(Line([(scale.start, y), (scale.end, y)], INK, role="axis"))
    shapes += [
        Text(scale.at(mark), y + canvas.line, str(mark), canvas.font, anchor="middle", role="tick")
        for mark in marks
    ]
    y += 2 * canvas.line + 2
    shapes.append(Text(scale.end, y, "Weeks in the stage", canvas.font, GREY, "end", role="unit"))
    return Svg(canvas.width, round(y + canvas.line / 2), description, shapes)


def _row(scale: Scale, row: StageRow, top: float) -> list[Shape]:
    """The row's ground line, the tick of the usual time, and its dots: those of one week stand
    over each other."""
    middle = top + _ROW / 2
    shapes: list[Shape] = [Line([(scale.start, middle), (scale.end, middle)], GRID, role="row")]
    usual = scale.at(row.usual_weeks)
    shapes.append(Line([(usual, top), (usual, top + _ROW)], INK, 2, "4 3", role="usual"))
    ordered = sorted(row.cases, key=lambda case: case.weeks)
    for weeks, same in groupby(ordered, key=lambda case: case.weeks):
        shapes += _column(scale.at(weeks), middle, list(same))
    return shapes


def _column(x: float, middle: float, cases: Sequence[StageCase]) -> list[Shape]:
    """Dots of one week, spread evenly about the middle of the row and never out of it."""
    room = _ROW - 2 * _RADIUS - 4
    apart = min(2 * _RADIUS + 2, room / max(1, len(cases) - 1))
    first = middle - apart * (len(cases) - 1) / 2
    return [
        Dot(x, first + apart * place, _RADIUS - 1, SUBJECT, role="case")
        for place, _ in enumerate(cases)
    ]
