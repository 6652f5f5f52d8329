"""New, cleared and long-standing absence of a slice, each count with the list that makes it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from attendance.read_models.movement import Window, movement_counts, usual_since
from attendance.rules.movement import Movement
from attendance.selectors import flags_kept_from
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
    """The block, in words. `since`: '3 Feb 2026'; `note`: what is not known, as flags were not kept
    yet; then there may be no line."""

    since: str
    columns: list[str]
    lines: list[MovementLine]
    note: str = ""


def movement_block(asked: Slice, since: date | None = None) -> MovementBlock | None:
    """Of whom the slice names; None in a protected view, which counts of so few would undo.

    `since`: four weeks before the day of the figures if none is given.
    """
    if asked.is_protected:
        return None
    window = Window(since or usual_since(asked.as_of), asked.as_of)
    note = not_known(window)
    if not is_known(window):
        return MovementBlock(wording.day(window.since), [], [], note)
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
        note=note,
    )


def is_known(window: Window) -> bool:
    """Whether flags were kept on the day that is asked about."""
    first = flags_kept_from()
    return first is not None and first <= window.as_of


def not_known(window: Window) -> str:
    """What the flags cannot tell of a window, in words; empty where they tell all of it."""
    first = flags_kept_from()
    if first is None or window.since >= first:
        return ""
    day = wording.day(first)
    if is_known(window):
        return f"Cleared counts from {day} on: flags were not kept before."
    return f"Flags are kept from {day} on. Who moved over a line before that day is not known."


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
