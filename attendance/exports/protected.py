"""The file of sums for readers who may not open the children behind them.

The same rows as the dashboard export, with counts of enrolments to the nearest 5, `c` where a count
would tell of children, and whole percentages instead of sums of sessions: a sum could be taken
from its total, and a hidden group would be known to the session. See `attendance.rules.protection`
and ADR 0010.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import date
from io import StringIO
from typing import Any, Final, NamedTuple

from attendance.exports.files import EVERYTHING, Selection, worked_out
from attendance.rules.protection import (
    HIDDEN,
    Thresholds,
    is_hidden,
    rounded,
    whole_percent,
)

COLUMNS: Final = (
    "academic_year",
    "dimension",
    "value",
    "enrolments",
    "absence_pct",
    "authorised_pct",
    "unauthorised_pct",
    "persistent",
    "persistent_pct",
    "severe",
    "severe_pct",
)
TOTAL: Final = "LA"  # the dimension of which the one row is the total of every other


class Sums(NamedTuple):
    """One row of the dashboard export."""

    academic_year: int
    dimension: str
    value: str
    enrolments: int
    possible: int
    attended: int
    authorised: int
    unauthorised: int
    persistent: int
    severe: int


class Shown(NamedTuple):
    """The counts of one row as they may be shown; None is hidden."""

    enrolments: int | None
    persistent: int | None
    severe: int | None


def write_protected(
    as_of: date,
    target: Any,
    *,
    selection: Selection = EVERYTHING,
    first_lines: Sequence[str],
    thresholds: Thresholds,
) -> None:
    """The protected file, into something that takes bytes. `first_lines` say what it is."""
    with worked_out("dashboard", as_of, selection) as (cursor, lines):
        cursor.execute(lines)
        rows = [Sums(*row) for row in cursor.fetchall()]
    text = StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerows([line] for line in first_lines)
    out.writerow(COLUMNS)
    out.writerows(protected_lines(rows, thresholds))
    target.write(text.getvalue().encode())


def protected_lines(rows: Iterable[Sums], thresholds: Thresholds) -> Iterator[list[str]]:
    """The lines of the file, in the order of the rows."""
    years: dict[int, dict[str, list[Sums]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        years[row.academic_year][row.dimension].append(row)
    for dimensions in years.values():
        shown = _protected(dimensions, thresholds)
        for dimension, table in dimensions.items():
            yield from map(_line, table, shown[dimension])


def _protected(
    dimensions: Mapping[str, Sequence[Sums]], thresholds: Thresholds
) -> dict[str, list[Shown]]:
    """What may be shown of one year's rows. Of a group whose size is hidden nothing is."""
    sizes = {name: [row.enrolments for row in table] for name, table in dimensions.items()}
    small = {
        name: {i for i, size in enumerate(table) if 0 < size < thresholds.smallest_group}
        for name, table in sizes.items()
    }
    unsized = hidden_cells(sizes, small)
    columns = []
    for part in ("persistent", "severe"):
        counts = {n: [getattr(row, part) for row in table] for n, table in dimensions.items()}
        telling = {
            name: unsized[name]
            | {i for i, n in enumerate(table) if is_hidden(n, sizes[name][i], thresholds)}
            for name, table in counts.items()
        }
        columns.append(_rounded(counts, hidden_cells(counts, telling)))
    whole, (persistent, severe) = _rounded(sizes, unsized), columns
    return {
        name: list(map(Shown, whole[name], persistent[name], severe[name])) for name in dimensions
    }


def hidden_cells(
    counts: Mapping[str, Sequence[int]], telling: Mapping[str, Set[int]]
) -> dict[str, set[int]]:
    """Which cells of one column are hidden, by dimension.

    The rows of each dimension add up to the same total, which stands in a row of its own. So beside
    a lone hidden cell the smallest other is hidden, the total if there is no other; and where the
    total is hidden every dimension has a hidden cell, or its rows would add up to it.
    """
    hidden = {name: set(cells) for name, cells in telling.items()}
    total = hidden.setdefault(TOTAL, set())
    for name in counts:
        if (
            name != TOTAL
            and len(hidden[name]) == 1
            and not _hide_another(counts[name], hidden[name])
        ):
            total.add(0)
    for name in counts:
        if total and name != TOTAL and not hidden[name]:
            _hide_another(counts[name], hidden[name])
    return hidden


def _hide_another(counts: Sequence[int], hidden: set[int]) -> bool:
    """Hide the smallest count that is shown and not 0; whether there was one."""
    shown = [(count, i) for i, count in enumerate(counts) if count and i not in hidden]
    if shown:
        hidden.add(min(shown)[1])
    return bool(shown)


def _rounded(
    counts: Mapping[str, Sequence[int]], hidden: Mapping[str, Set[int]]
) -> dict[str, list[int | None]]:
    return {
        name: [None if i in hidden[name] else rounded(n) for i, n in enumerate(table)]
        for name, table in counts.items()
    }


def _line(row: Sums, shown: Shown) -> list[str]:
    absent = row.authorised + row.unauthorised
    is_open = shown.enrolments is not None
    return [
        str(row.academic_year),
        row.dimension,
        row.value,
        _count(shown.enrolments),
        *(
            _percent(part, row.possible, is_open)
            for part in (absent, row.authorised, row.unauthorised)
        ),
        _count(shown.persistent),
        _share(shown.persistent, shown.enrolments),
        _count(shown.severe),
        _share(shown.severe, shown.enrolments),
    ]


def _count(count: int | None) -> str:
    return HIDDEN if count is None else str(count)


def _percent(part: int, whole: int, is_open: bool) -> str:
    return str(whole_percent(part, whole)) if is_open else HIDDEN


def _share(part: int | None, whole: int | None) -> str:
    return HIDDEN if part is None or not whole else str(whole_percent(part, whole))
