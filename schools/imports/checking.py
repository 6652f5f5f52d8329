"""Checks a table column by column, and counts what became of its rows.

Each different value of a column is looked at once. A row is refused for one reason: first what is
missing, then the first wrong value in the order in which the columns are declared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from attendance_portal.shared.rejects import Outcome, Reason, rejected
from schools.imports.tables import Table
from schools.imports.values import Parser, Unfit
from schools.services.merging import Fate

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Column:
    """One column of a file: how a cell is read, and what an empty one stores."""

    name: str
    parse: Parser
    required: bool = False
    empty: Any = ""


@dataclass(frozen=True)
class FileColumns:
    """The columns of one file of the bundle."""

    file: str
    columns: tuple[Column, ...]

    @property
    def known(self) -> tuple[str, ...]:
        """Every column that is read."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that a file must have and a row must fill."""
        return tuple(column.name for column in self.columns if column.required)


@dataclass(frozen=True, slots=True)
class Row:
    """One row that stands: its place in the table and what it says (absent facts left out)."""

    place: int
    facts: dict[str, Any]


class Check:
    """A table being checked. `refuse` takes rows out; `rows` gives those that still stand."""

    def __init__(self, table: Table, columns: Sequence[Column]) -> None:
        self.table = table
        self._refused: dict[int, Any] = {}
        self._values: dict[str, np.ndarray[Any, Any]] = {}
        for column in columns:
            if column.required and column.name in table.frame.columns:
                self._missing(column)
        for column in columns:
            if column.name in table.frame.columns:
                self._read(column)

    def _missing(self, column: Column) -> None:
        raw = self.table.frame[column.name].to_numpy()
        for place in (raw == "").nonzero()[0]:
            self.refuse(int(place), Reason.MISSING_VALUE, column.name)

    def _read(self, column: Column) -> None:
        import numpy as np
        import pandas as pd

        codes, uniques = pd.factorize(self.table.frame[column.name])
        parsed = np.empty(len(uniques), dtype=object)
        unfit: dict[int, Unfit] = {}
        for at, raw in enumerate(uniques):
            try:
                parsed[at] = column.empty if raw == "" else column.parse(raw)
            except Unfit as why:
                unfit[at] = why
        self._values[column.name] = parsed[codes]
        for place in np.isin(codes, list(unfit)).nonzero()[0]:
            problem = unfit[int(codes[place])]
            self.refuse(int(place), problem.reason, column.name, says=problem.says)

    def refuse(self, place: int, reason: Reason, column: str, *, says: str = "") -> None:
        """Refuse a row, unless it is refused already."""
        if place in self._refused:
            return
        self._refused[place] = rejected(
            reason,
            file=self.table.file,
            line=self.table.line_of(place),
            column=column,
            value=self.cell(place, column),
            upn=self.cell(place, "upn"),
            says=says,
        )

    def cell(self, place: int, column: str) -> str:
        """What the sender wrote."""
        frame = self.table.frame
        return str(frame[column].iat[place]) if column in frame.columns else ""

    def rows(self) -> list[Row]:
        """The rows that stand, in their order."""
        names = list(self._values)
        columns = [self._values[name].tolist() for name in names]
        absent = {name: self.table.absent[name] for name in names if name in self.table.absent}
        rows = []
        for place, values in enumerate(zip(*columns, strict=True)):
            if place in self._refused:
                continue
            facts = dict(zip(names, values, strict=True))
            for name, without in absent.items():
                if without[place]:
                    del facts[name]
            rows.append(Row(place, facts))
        return rows

    def singles(self, rows: Iterable[tuple[Hashable, Row]], column: str) -> tuple[list[Row], int]:
        """One row for each key. Repeats that say the same are counted; others all refused."""
        by_key: dict[Hashable, list[Row]] = {}
        for key, row in rows:
            by_key.setdefault(key, []).append(row)
        singles: list[Row] = []
        repeats = 0
        for same in by_key.values():
            if all(row.facts == same[0].facts for row in same):
                singles.append(same[0])
                repeats += len(same) - 1
            else:
                for row in same:
                    self.refuse(row.place, Reason.DUPLICATE_ROW, column)
        return singles, repeats

    def outcome(
        self, fates: Sequence[Fate], *, repeats: int = 0, touched: Iterable[int] = ()
    ) -> Outcome:
        """The count of the whole table."""
        counts = Counter(fates)
        refused = [*self.table.rejects, *self._refused.values()]
        return Outcome(
            received=self.table.received,
            inserted=counts[Fate.INSERTED],
            changed=counts[Fate.CHANGED],
            unchanged=counts[Fate.UNCHANGED] + repeats,
            rejects=sorted(refused, key=lambda reject: reject.line),
            touched=set(touched),
            warnings=list(self.table.warnings),
        )


def latest_words(
    rows: Iterable[tuple[Hashable, Mapping[str, Any]]],
) -> tuple[dict[Hashable, dict[str, Any]], set[Hashable]]:
    """What several rows say of one thing they share (a parent, a trust), and where they differ.

    Where they differ the last row that says anything is taken.
    """
    said: dict[Hashable, dict[str, Any]] = {}
    differing: set[Hashable] = set()
    for key, facts in rows:
        before = said.setdefault(key, {})
        for name, value in facts.items():
            if name in before and before[name] != value:
                differing.add(key)
            if value != "" or name not in before:
                before[name] = value
    return said, differing
