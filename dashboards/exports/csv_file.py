"""A table as CSV: the stamp in the first lines, then the headings, then every row.

UTF-8 with a byte order mark, without which spreadsheets misread names with accents. No text of ours
or of anyone runs as a formula; a number stays a number, below nought too.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import IO, Final

from attendance_portal.shared.cells import harmless
from dashboards.exports.stamps import Stamp
from dashboards.exports.tables import Row, Table, Value, value_of

_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"


def write_csv(table: Table, rows: Iterable[Row], stamp: Stamp, target: IO[bytes]) -> None:
    """Write the file; `rows` are those of the table, as they pass through whoever counts them."""
    text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
    text.write(_MARK)
    lines = csv.writer(text)
    lines.writerows(
        [harmless(line)] for line in (table.title, *table.about, *stamp.lines(), *table.notes)
    )
    lines.writerow([])
    lines.writerow([harmless(column.label) for column in table.columns])
    kinds = [column.kind for column in table.columns]
    for row in rows:
        cells = zip(row.cells, kinds, strict=True)
        lines.writerow([_text(value_of(cell, kind)) for cell, kind in cells])
    text.detach()


def _text(value: Value) -> str:
    if isinstance(value, str):
        return harmless(value)
    return value.isoformat() if isinstance(value, date) else str(value)
