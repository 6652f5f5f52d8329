"""New, cleared and long-standing absence of a slice, each count with the list that makes it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from attendance.read_models.movement import Window, movement_counts, usual_since
from attendance.rules.movement import Movement
from attendance.states import FLAGS, MOVEMENTS, FlagKind
from attendance_portal.shared import wording
from dashboards.read_models.slices import Slice
from schools.models import Enrolment

_WAYS: Final = ("new", "cleared", "long")


@dataclass(frozen=True)
class MovementCell:
    """One count and its list. `label`: of its column; `name`: what it counts, by itself."""

    label: str
    name: str
    count: str
    href: str = ""


@dataclass(frozen=True)
class MovementLine:
    """One line of absence."""

    label: str
    cells: list[MovementCell]


@dataclass(frozen=True)
class MovementBlock:
    """The block, in words. `since`: '3 Feb 2026'."""

    since: str
    columns: list[str]
    lines: list[MovementLine]


def movement_block(asked: Slice, since: date | None = None) -> MovementBlock | None:
    """Of whom the slice names; None in a protected view, which counts of so few would undo.

    `since`: four weeks before the day of the figures if none is given.
    """
    if asked.is_protected:
        return None
    window = Window(since or usual_since(asked.as_of), asked.as_of)
    counts = asked.kept(f"movement:{window.since}", lambda: counts_of(asked, window))
    columns = [
        f"New since {wording.day(window.since)}",
        f"Cleared since {wording.day(window.since)}",
        "Long-standing",
    ]
    kinds = (FlagKind.PERSISTENT_ABSENCE, FlagKind.SEVERE_ABSENCE)
    return MovementBlock(
        since=wording.day(window.since),
        columns=columns,
        lines=[
            MovementLine(
                FLAGS[kind].label,
                [
                    _cell(asked, window, movement, column, counts[movement])
                    for movement, column in zip(_of(kind), columns, strict=True)
                ],
            )
            for kind in kinds
        ],
    )


def counts_of(asked: Slice, window: Window) -> dict[Movement, int]:
    """How many of the slice's children who count moved, by movement."""
    rows = asked.rows.filter(asked.figures.held_by())
    return movement_counts(rows, window, Enrolment.objects.visible_to(asked.user))


def _of(kind: FlagKind) -> list[Movement]:
    mine = {each.way: each for each in Movement if each.line is kind}
    return [mine[way] for way in _WAYS]


def _cell(
    asked: Slice, window: Window, movement: Movement, column: str, count: int
) -> MovementCell:
    changes = {"movement": movement.value}
    if movement.way != "long":
        changes["since"] = window.since.isoformat()
    href = asked.list_of(**changes) if count else ""
    return MovementCell(column, MOVEMENTS[movement.value], f"{count:,}", href)
