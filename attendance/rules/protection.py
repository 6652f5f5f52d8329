"""Small-number protection: what a reader not entitled to the children behind a figure may see.

Our rule (a local choice, as the statistics methodology leaves it): groups under 10 are hidden;
counts 1 to 7, and counts within 7 of their total, are hidden, because the rest of the group would
then be known; other counts go to the nearest 5, and percentages are made from those, whole. Zero
stays 0. Where totals stand beside cells, further cells are hidden, smallest first, until no hidden
one follows from the others by adding and subtracting. Both thresholds are settings.
Pure: counts in, counts or None (hidden) out. Raises ValueError on a count below 0 or over
its total.

Worked examples, at 10 and 7: 3 of 40 is hidden; 8 of 40 is 10 of 40, 25%; 33 of 40 is hidden (7
others); 32 of 40 is 30 of 40; 0 of 40 is 0; anything of 9 is hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

HIDDEN: Final = "c"
NOT_AVAILABLE: Final = "x"
NOT_APPLICABLE: Final = "z"
TOO_EARLY: Final = "Too early to say"
MEANINGS: Final = {
    HIDDEN: "hidden to protect children",
    NOT_AVAILABLE: "not available: no data came",
    NOT_APPLICABLE: "not applicable: nothing was possible",
}
ROUNDED_TO: Final = 5


@dataclass(frozen=True)
class Thresholds:
    """Groups smaller than `smallest_group`, and counts up to `largest_hidden_count`, are hidden."""

    smallest_group: int = 10
    largest_hidden_count: int = 7


USUAL: Final = Thresholds()

Table = Sequence[Sequence[int]]
Protected = list[list[int | None]]


class Cell(NamedTuple):
    """A place in a table."""

    row: int
    column: int


def rounded(count: int) -> int:
    """To the nearest 5: 8 is 10, 32 is 30."""
    return (count + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO


def is_hidden(part: int, whole: int, thresholds: Thresholds = USUAL) -> bool:
    """Whether a count of a group is too telling to show; 0 never is."""
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is not a share.")
    if part == 0:
        return False
    edge = thresholds.largest_hidden_count
    return whole < thresholds.smallest_group or part <= edge or whole - part <= edge


def protected_share(
    part: int, whole: int, thresholds: Thresholds = USUAL
) -> tuple[int, int] | None:
    """Part and whole as they may be shown, or None if hidden."""
    if is_hidden(part, whole, thresholds):
        return None
    return rounded(part), rounded(whole)


def protected_count(part: int, whole: int, thresholds: Thresholds = USUAL) -> str:
    """A count for a page or a file: "10", "0", or "c" if hidden."""
    share = protected_share(part, whole, thresholds)
    return HIDDEN if share is None else str(share[0])


def protected_total(whole: int, thresholds: Thresholds = USUAL) -> str:
    """The size of a group for a page or a file: "40", or "c" for a group that is hidden."""
    return HIDDEN if _is_too_small(whole, thresholds) else str(rounded(whole))


def protected_percent(part: int, whole: int, thresholds: Thresholds = USUAL) -> str:
    """A whole percentage made from the rounded counts: "25%"; "c" if hidden, "z" if of nothing."""
    if whole == 0:
        return NOT_APPLICABLE
    share = protected_share(part, whole, thresholds)
    if share is None:
        return HIDDEN
    return f"{whole_percent(*share)}%" if share[1] else HIDDEN


def whole_percent(part: int, whole: int) -> int:
    """100 x part / whole, halves up."""
    return (200 * part + whole) // (2 * whole)


def share_alone(part: int, whole: int, thresholds: Thresholds = USUAL) -> str:
    """A whole percentage for a count that is hidden only because another would follow from it:
    "17%" of a group so large that one point is more than twice as many as the largest hidden count
    (1,500 at 7), so that nothing so small follows from it; else "c"."""
    large = 100 * (2 * thresholds.largest_hidden_count + 1)
    if whole < large or is_hidden(part, whole, thresholds):
        return HIDDEN
    return protected_percent(part, whole, thresholds)


def protected_row(
    counts: Sequence[int], thresholds: Thresholds = USUAL
) -> tuple[list[int | None], int | None]:
    """The parts of one group, and the group: parts that add up to a shown total.

    The sum of `counts` is the group. Rounded counts; None where hidden.
    """
    _refuse_negative([counts])
    total = sum(counts)
    hidden = {i for i, count in enumerate(counts) if is_hidden(count, total, thresholds)}
    whole = len(counts)
    if _is_too_small(total, thresholds):
        hidden.add(whole)
    cells = [*counts, total]
    if len(hidden) == 1:
        others = [(cells[i], i) for i in range(whole + 1) if cells[i] and i not in hidden]
        hidden.add(min(others)[1])
    *parts, group = [None if i in hidden else rounded(cell) for i, cell in enumerate(cells)]
    return parts, group


def protected_table(counts: Table, thresholds: Thresholds = USUAL) -> Protected:
    """A table with its totals, protected: one more row and column than given, the totals last.

    A row's counts are the parts of one group and add up to it (persistent, not persistent).

    Rounded counts; None where hidden. Every row and column total is among the figures, so a cell
    is hidden as well wherever another would otherwise follow from what is left.
    """
    _refuse_negative(counts)
    full = _with_totals(counts)
    hidden = _first_hidden(full, thresholds)
    while (sides := _sides_of_derivable(hidden, len(full))) is not None:
        hidden.add(_next_smallest(full, hidden, sides))
    return [
        [None if (row, column) in hidden else rounded(count) for column, count in enumerate(cells)]
        for row, cells in enumerate(full)
    ]


def _refuse_negative(counts: Table) -> None:
    if any(count < 0 for row in counts for count in row):
        raise ValueError("A count cannot be below 0.")


def _with_totals(counts: Table) -> list[list[int]]:
    rows = [[*row, sum(row)] for row in counts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def _first_hidden(full: list[list[int]], thresholds: Thresholds) -> set[Cell]:
    """Cells too telling by themselves, against the total of their row or of their column, and
    totals of groups that are too small."""
    *rows, totals = full
    hidden = set()
    for row, (*counts, group) in enumerate(rows):
        for column, count in enumerate(counts):
            if any(is_hidden(count, whole, thresholds) for whole in (group, totals[column])):
                hidden.add(Cell(row, column))
        if _is_too_small(group, thresholds):
            hidden.add(Cell(row, len(counts)))
    small = {i for i, count in enumerate(totals) if _is_too_small(count, thresholds)}
    return hidden | {Cell(len(rows), column) for column in small}


def _is_too_small(group: int, thresholds: Thresholds) -> bool:
    return 0 < group < max(thresholds.smallest_group, thresholds.largest_hidden_count + 1)


def _sides_of_derivable(hidden: set[Cell], rows: int) -> tuple[set[int], set[int]] | None:
    """The lines (rows, then columns numbered after them) on the two sides of a cell that follows
    from the rest, the smaller side first; None if no cell does.

    Rows and columns are the points of a graph and hidden cells its edges: a hidden cell follows
    from the shown ones exactly when no other path of hidden cells joins its row and its column.
    """
    for cell in sorted(hidden):
        others = hidden - {cell}
        reached = _reached(cell.row, others, rows)
        if rows + cell.column not in reached:
            beyond = _reached(rows + cell.column, others, rows)
            return (reached, beyond) if len(reached) <= len(beyond) else (beyond, reached)
    return None


def _reached(start: int, edges: set[Cell], rows: int) -> set[int]:
    """The lines that can be walked to from a line over hidden cells."""
    reached, waiting = {start}, [start]
    while waiting:
        line = waiting.pop()
        for cell in edges:
            ends = (cell.row, rows + cell.column)
            if line in ends:
                waiting += [end for end in ends if end not in reached]
                reached.update(ends)
    return reached


def _next_smallest(
    full: list[list[int]], hidden: set[Cell], sides: tuple[set[int], set[int]]
) -> Cell:
    """The smallest shown cell that joins the two sides or, failing that, ties the smaller one to
    any other line. There is one: what flows into a side of a table with its totals flows out
    again, so a lone cell there would be 0."""
    small, large = sides
    rows = len(full)
    candidates = []
    for row, cells in enumerate(full):
        for column, count in enumerate(cells):
            ends = {row, rows + column}
            if count and Cell(row, column) not in hidden and len(ends & small) == 1:
                joins = len(ends & large) == 1
                candidates.append((not joins, count, Cell(row, column)))
    return min(candidates)[2]
