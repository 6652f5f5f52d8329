"""A table as a workbook: a sheet that says what the file is, and a sheet with the table.

Words are written as words, so that nothing runs; numbers, percentages and dates as what they are.
Rows go out as they come: a list of the whole borough is never held in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from typing import IO, Any, Final

import xlsxwriter

from dashboards.exports.stamps import Stamp
from dashboards.exports.tables import Column, Percent, Row, Table, Value, value_of

ABOUT: Final = "About this file"
TABLE: Final = "Table"
_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_LONGEST_CELL: Final = 32_767  # characters that a cell may hold
_LONGEST_HEADER: Final = 250  # characters of a printed header, its codes included
_LOOKED_AT: Final = 200  # rows whose widths set those of the columns
_WIDEST, _NARROWEST, _ABOUT_WIDTH = 60, 9, 100


@dataclass(frozen=True)
class _Formats:
    """How cells look: made once a workbook."""

    title: Any
    words: Any
    heading: Any
    day: Any
    number: Any
    percent: dict[int, Any]


def write_xlsx(table: Table, rows: Iterable[Row], stamp: Stamp, target: IO[bytes]) -> None:
    """Write the file; `rows` are those of the table, as they pass through whoever counts them."""
    book = xlsxwriter.Workbook(target, _OPTIONS)
    book.set_properties({"title": table.title, "comments": stamp.care, "created": _naive(stamp)})
    formats = _formats(book)
    _write_about(book.add_worksheet(ABOUT), table, stamp, formats)
    _write_table(book.add_worksheet(TABLE), table, rows, stamp, formats)
    book.close()


def _naive(stamp: Stamp) -> Any:
    """A workbook's moments have no zone."""
    return stamp.at.replace(tzinfo=None)


def _formats(book: Any) -> _Formats:
    top = {"valign": "top"}
    return _Formats(
        title=book.add_format({"bold": True, "font_size": 14, "text_wrap": True}),
        words=book.add_format({"text_wrap": True, **top}),
        heading=book.add_format({"bold": True, "text_wrap": True, "bottom": 1, **top}),
        day=book.add_format({"num_format": "d mmm yyyy", "align": "left"}),
        number=book.add_format({"num_format": "#,##0"}),
        percent={
            places: book.add_format({"num_format": f"0.{'0' * places}%" if places else "0%"})
            for places in range(4)
        },
    )


def _write_about(sheet: Any, table: Table, stamp: Stamp, formats: _Formats) -> None:
    sheet.set_column(0, 0, _ABOUT_WIDTH)
    _for_print(sheet, table, stamp)
    sheet.write_string(0, 0, _cut(table.title), formats.title)
    lines = [*table.about, *stamp.lines(), *table.notes, f"The table is on the sheet {TABLE}."]
    for place, line in enumerate(lines, start=1):
        sheet.write_string(place, 0, _cut(line), formats.words)


def _write_table(
    sheet: Any, table: Table, rows: Iterable[Row], stamp: Stamp, formats: _Formats
) -> None:
    coming = iter(rows)
    first = list(islice(coming, _LOOKED_AT))
    for place, width in enumerate(_widths(table.columns, first)):
        sheet.set_column(place, place, width)
    _for_print(sheet, table, stamp)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.label, formats.heading)
    number = 0
    for number, row in enumerate(chain(first, coming), start=1):
        for place, (cell, column) in enumerate(zip(row.cells, table.columns, strict=True)):
            _write(sheet, number, place, value_of(cell, column.kind), formats)
    sheet.autofilter(0, 0, max(number, 1), len(table.columns) - 1)


def _write(sheet: Any, row: int, place: int, value: Value, formats: _Formats) -> None:
    if isinstance(value, str):
        if value:
            sheet.write_string(row, place, _cut(value))
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, formats.day)
    elif isinstance(value, Percent):
        sheet.write_number(row, place, value.share, formats.percent[min(value.places, 3)])
    elif isinstance(value, int):
        sheet.write_number(row, place, value, formats.number)
    else:
        sheet.write_number(row, place, float(value))


def _for_print(sheet: Any, table: Table, stamp: Stamp) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_header(_printed(f"&L{_plain(table.title)}", f"&R{_plain(stamp.short_care)}"))
    sheet.set_footer(_printed(f"&L{_plain(stamp.taken)} {_plain(stamp.purpose)}", "&R&P / &N"))


def _plain(text: str) -> str:
    """An ampersand begins a code in a printed header; two are one."""
    return text.replace("&", "&&")


def _printed(left: str, right: str) -> str:
    """Both ends, the left one cut to what there is room for."""
    return f"{left[: _LONGEST_HEADER - len(right)].rstrip('&')}{right}"


def _widths(columns: Sequence[Column], rows: Sequence[Row]) -> list[int]:
    """In characters: what the longest of the first rows needs, within reason."""
    return [
        min(
            max(_NARROWEST, len(column.label) // 2 + 2, *(len(str(r.cells[i] or "")) for r in rows))
            if rows
            else max(_NARROWEST, len(column.label) + 2),
            _WIDEST,
        )
        for i, column in enumerate(columns)
    ]


def _cut(text: str) -> str:
    return text[:_LONGEST_CELL]
