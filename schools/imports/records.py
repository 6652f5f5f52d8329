"""Physical lines to records, so that one bad row never swallows the good ones after it.

A quotation mark that is opened and not closed would, to an ordinary reader, make one huge value
of all the lines that follow. Here only the line on which it stands is refused, and reading goes on
with the next line. Line numbers are physical: that on which the record starts.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

LONGEST_VALUE: Final = 64 * 1024  # characters; nothing a register says is longer
MOST_LINES: Final = 50  # of one record; an address has fewer, a forgotten quotation mark more
_CRLF: Final = "\r\n"
_OPEN_QUOTE: Final = "A quotation mark is opened on this line and never closed. Close or remove it."
_STRAY_QUOTE: Final = (
    "A quotation mark ends too early on this line. Inside a quoted value write it twice."
)
_TOO_LONG: Final = "A value on this line is longer than 64 KB. Shorten it."


@dataclass(frozen=True, slots=True)
class Record:
    """One row: the physical line it starts on, its cells, or what is wrong (`problem`)."""

    line: int
    cells: list[str]
    problem: str = ""


def physical_lines(text: str) -> list[str]:
    """Split at LF, CRLF or CR only, line ends kept: names may hold rarer separators."""
    return list(io.StringIO(text, newline=""))


def records(lines: Sequence[str], *, start: int, delimiter: str, width: int) -> Iterator[Record]:
    """The records from `lines[start]` on, blank ones left out; each should have `width` cells."""
    at = start
    while at < len(lines):
        record, taken = record_at(lines, at, delimiter, width)
        at += taken
        if record.problem or any(cell.strip() for cell in record.cells):
            yield record


def record_at(lines: Sequence[str], at: int, delimiter: str, width: int) -> tuple[Record, int]:
    """The record, blank or not, that starts at `lines[at]`, and how many lines it takes up."""
    line = lines[at]
    if '"' not in line:
        return _checked(at + 1, line.rstrip(_CRLF).split(delimiter), width), 1
    cells, taken, problem = _quoted(lines, at, delimiter)
    if problem:
        return Record(at + 1, cells, problem), 1
    record = _checked(at + 1, cells, width)
    # A row of many lines that has the wrong number of cells is more likely a forgotten
    # quotation mark that found its end in another row.
    return (
        (Record(at + 1, cells, _OPEN_QUOTE), 1)
        if record.problem and taken > 1
        else (
            record,
            taken,
        )
    )


def _checked(line: int, cells: list[str], width: int) -> Record:
    if len(cells) != width and any(cell.strip() for cell in cells):
        return Record(
            line,
            cells,
            f"This row has {len(cells)} values and the header {width}. A value that contains the "
            "separator needs quotation marks round it.",
        )
    if any(len(cell) > LONGEST_VALUE for cell in cells):
        return Record(line, cells, _TOO_LONG)
    return Record(line, cells)


def _quoted(lines: Sequence[str], at: int, delimiter: str) -> tuple[list[str], int, str]:
    """Cells, lines taken and the problem of a record that starts with a line holding quotes."""
    text = ""
    for taken, line in _from(lines, at):
        text += line
        if taken > MOST_LINES or (len(text) > 2 * LONGEST_VALUE and taken > 1):
            return [], 1, _OPEN_QUOTE
        if '"' not in line and taken > 1:
            continue
        cells, problem = _parsed(text, delimiter)
        if problem != _OPEN_QUOTE:
            return cells, taken, problem
    return [], 1, _OPEN_QUOTE


def _from(lines: Sequence[str], at: int) -> Iterator[tuple[int, str]]:
    for place in range(at, len(lines)):
        yield place - at + 1, lines[place]


def _parsed(text: str, delimiter: str) -> tuple[list[str], str]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            return [], _OPEN_QUOTE
        return [], _TOO_LONG if "field larger" in str(error) else _STRAY_QUOTE
    return (rows[0], "") if len(rows) == 1 else ([], _STRAY_QUOTE)
