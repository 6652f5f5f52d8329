"""What a table is before it becomes a file: columns, rows and the words above them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from dashboards.charts import Chart


class Kind(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"


@dataclass(frozen=True)
class Column:
    """A column of the file: its heading and what stands below it."""

    label: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Percent:
    """A percentage as the page shows it: 12.3 is 12.3%."""

    points: Decimal

    @property
    def share(self) -> float:
        """As a spreadsheet keeps it: 0.123."""
        return float(self.points / 100)

    @property
    def places(self) -> int:
        """How many decimals the page shows."""
        exponent = self.points.as_tuple().exponent
        return -exponent if isinstance(exponent, int) and exponent < 0 else 0

    def __str__(self) -> str:
        return f"{self.points}%"


Value = str | int | Decimal | Percent | date
Cell = str | int | Decimal | Percent | date | None


@dataclass(frozen=True)
class Row:
    """One row. `child`: the public id of the child that it names, empty if it names none."""

    cells: Sequence[Cell]
    child: str = ""


@dataclass(frozen=True)
class Table:
    """A page's table with every row of it. `rows` may be a generator: it is read once.

    `about`: the filters in words, one line each; `notes`: what a reader must know of the figures.
    `as_of`: the day of the figures.
    """

    title: str
    as_of: date
    columns: Sequence[Column]
    rows: Iterable[Row]
    about: Sequence[str] = ()
    notes: Sequence[str] = field(default_factory=list)


_NUMBER: Final = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?")
_MINUS: Final = "\N{MINUS SIGN}"


def value_of(cell: Cell, kind: Kind) -> Value:
    """A cell as a file keeps it. A read model's words become what they say: "1,204" a number and
    "12.3%" a percentage, where the column is of such; "No data", `c`, `x` and `z` stay words."""
    if cell is None:
        return ""
    if not isinstance(cell, str) or kind in (Kind.TEXT, Kind.DATE):
        return cell
    text = cell.strip().replace(_MINUS, "-")
    if text.endswith("%") and _NUMBER.fullmatch(text[:-1]):
        return Percent(Decimal(text[:-1].replace(",", "")))
    if _NUMBER.fullmatch(text):
        number = Decimal(text.replace(",", ""))
        return int(number) if number == number.to_integral_value() and "." not in text else number
    return cell


def table_of_chart(chart: Chart, as_of: date) -> Table:
    """The numbers of a chart, as its page shows them below the drawing."""
    return Table(
        title=chart.title,
        as_of=as_of,
        columns=[
            Column(one.name, Kind.NUMBER if one.is_number else Kind.TEXT) for one in chart.columns
        ],
        rows=[Row(cells) for cells in chart.rows],
        about=[chart.subtitle],
        notes=[chart.summary, *chart.notes, *([chart.source] if chart.source else [])],
    )
