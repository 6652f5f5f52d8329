"""Reads a CSV file by columns straight from its bytes, some megabytes at a time.

A line without a quotation mark needs no parser: separators are found with numpy, and a cell of up
to sixteen bytes is one or two machine words, which pandas numbers by hashing. That takes half the
time of `read_csv`, gives every row its physical line, and keeps apart the rows that have too many
or too few cells. Lines with quotation marks go through `schools.imports.records`, one by one.
The file was sniffed before, so every byte of it is UTF-8 and none is NUL.
Raises: Invalid, for what makes the file unreadable as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import IO, Final, overload

import numpy as np
from numpy.typing import NDArray

from attendance.imports.cells import Bits, Chunk, Column, Misfit, Numbers, SparseColumn
from attendance_portal.shared.errors import Invalid
from schools.imports.records import LONGEST_VALUE, MOST_LINES, Record, record_at

BLOCK_BYTES = 8 * 1024 * 1024  # some 200,000 marks: memory does not grow with the file
_MOST_BLOCKS: Final = 8  # of one unfinished row
_WORD: Final = 8  # bytes
_WIDEST: Final = 2 * _WORD
_NEWLINE, _RETURN, _QUOTE = 10, 13, 34
_KEEP: Final = np.array([(1 << (8 * n)) - 1 for n in range(_WORD)] + [2**64 - 1], dtype=np.uint64)
_TOO_LONG: Final = "A value on this line is longer than 64 KB. Shorten it."

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Layout:
    """What the header said: the columns in order, those wanted, and how cells are parted."""

    columns: Sequence[str]
    dense: Sequence[str]
    sparse: Sequence[str]
    delimiter: str = ","

    def place(self, name: str) -> int:
        """Which cell of a row it is, from 0."""
        return list(self.columns).index(name)


def read_blocks(stream: IO[bytes], layout: Layout, *, first_line: int) -> Iterator[Chunk]:
    """The rows of a file whose header has been read, in chunks."""
    line, rest = first_line, b""
    while fresh := stream.read(BLOCK_BYTES):
        block = rest + fresh
        end = block.rfind(b"\n") + 1
        piece = _Piece(block[:end], layout, line)
        chunk = piece.read(at_end=False)
        rest = block[piece.length :]
        if len(rest) > _MOST_BLOCKS * BLOCK_BYTES:
            raise Invalid(f"Line {line} is far too long for a row. Export the file again.")
        if len(chunk) or chunk.misfits:
            yield chunk
        line = piece.next_line
    if rest:
        yield _Piece(rest if rest.endswith(b"\n") else rest + b"\n", layout, line).read(at_end=True)


class _Piece:
    """Whole lines of a file. `read` may leave the last of them to the next piece (`length`)."""

    def __init__(self, content: bytes, layout: Layout, line: int) -> None:
        self.layout, self.line = layout, line
        self.width = len(layout.columns)
        self._take(content)

    def _take(self, content: bytes) -> None:
        self.content, self.length = content, len(content)
        self.data = np.frombuffer(content + bytes(_WIDEST), dtype=np.uint8)
        self.body = self.data[: self.length]
        self.parting = np.flatnonzero(
            (self.body == ord(self.layout.delimiter)) | (self.body == _NEWLINE)
        )
        self.ends_row = self.body[self.parting] == _NEWLINE
        self.row_ends = self.parting[self.ends_row]
        self.next_line = self.line + len(self.row_ends)

    def read(self, *, at_end: bool) -> Chunk:
        """Every row of the piece."""
        quoted, special = self._quoted(at_end=at_end)
        cells = np.diff(np.flatnonzero(self.ends_row), prepend=-1)
        fits = (cells == self.width) & ~special & ~self._blank()
        misfits = self._misfits(cells, ~fits & ~special)
        starts, ends = self._bounds(cells, fits)
        lines = self.line + np.flatnonzero(fits)
        short = (ends - starts <= LONGEST_VALUE).all(axis=1)
        if not short.all():
            misfits += [Misfit(int(line), "", _TOO_LONG) for line in lines[~short]]
            starts, ends, lines = starts[short], ends[short], lines[short]
        plain = self._columns(starts, ends, lines, misfits)
        return _joined(plain, quoted, self.layout)

    def _quoted(self, *, at_end: bool) -> tuple[list[Record], Bits]:
        """The rows on lines with quotation marks, and which lines they take up.

        A row that starts too near the end may go on in the next piece: it and what follows it is
        left to that one.
        """
        special = np.zeros(len(self.row_ends), dtype=bool)
        if b'"' not in self.content:
            return [], special
        found: list[Record] = []
        resume, lines = 0, _Lines(self)
        with_quotes = np.unique(np.searchsorted(self.row_ends, np.flatnonzero(self.body == _QUOTE)))
        for place in with_quotes.tolist():
            if place < resume:
                continue
            if not at_end and place >= len(special) - MOST_LINES:
                self._take(self.content[: lines.start(place)])
                return found, special[:place]
            record, taken = record_at(lines, place, self.layout.delimiter, self.width)
            if record.problem or any(cell.strip() for cell in record.cells):
                found.append(replace(record, line=self.line + place))
            resume = place + taken
            special[place:resume] = True
        return found, special

    def _bounds(self, cells: Numbers, fits: Bits) -> tuple[Numbers, Numbers]:
        """Where each cell of the good rows starts and ends: arrays of rows by columns."""
        row_starts = np.concatenate(([0], self.row_ends[:-1] + 1))[: len(fits)]
        parting = self.parting
        if not fits.all():
            parting, row_starts = parting[np.repeat(fits, cells)], row_starts[fits]
        ends = parting.reshape(-1, self.width)
        starts = np.empty_like(ends)
        starts[:, 0] = row_starts
        starts[:, 1:] = ends[:, :-1] + 1
        if b"\r" in self.content:
            last = ends[:, -1]
            ends = ends.copy()
            ends[:, -1] = last - ((last > starts[:, -1]) & (self.body[last - 1] == _RETURN))
        return starts, ends

    def _blank(self) -> Bits:
        """Lines that hold nothing but separators, as spreadsheets leave them at the end."""
        starts = np.concatenate(([0], self.row_ends[:-1] + 1))[: len(self.row_ends)]
        first = self.body[starts] if len(starts) else starts
        blank = np.zeros(len(starts), dtype=bool)
        # Only a row without a first value can be blank, and next to none is.
        starts_empty = (first == ord(self.layout.delimiter)) | (first <= ord(" "))
        lines = _Lines(self)
        for place in np.flatnonzero(starts_empty).tolist():
            blank[place] = not lines[place].replace(self.layout.delimiter, "").strip()
        return blank

    def _misfits(self, cells: Numbers, wrong: Bits) -> list[Misfit]:
        lines, found = _Lines(self), []
        for place in np.flatnonzero(wrong).tolist():
            text = lines[place].strip()
            if text.replace(self.layout.delimiter, "").strip():  # a blank line is no row
                found.append(_misfit(self.line + place, text, int(cells[place]), self.layout))
        return found

    def _columns(
        self, starts: Numbers, ends: Numbers, lines: Numbers, misfits: list[Misfit]
    ) -> Chunk:
        words = np.ndarray(
            (len(self.data) - _WORD + 1,), dtype="<u8", buffer=self.data, strides=(1,)
        )
        dense = {}
        for name in self.layout.dense:
            place = self.layout.place(name)
            dense[name] = self._numbered(words, starts[:, place], ends[:, place])
        sparse = {}
        for name in self.layout.sparse:
            place = self.layout.place(name)
            sparse[name] = self._texts(starts[:, place], ends[:, place])
        return Chunk(lines, dense, sparse, misfits)

    def _numbered(self, words: NDArray[np.uint64], starts: Numbers, ends: Numbers) -> Column:
        """Number the different cells of a column. No byte is NUL, so padding is unambiguous."""
        import pandas as pd

        lengths = ends - starts
        widest = int(lengths.max(initial=0))
        codes, heads = pd.factorize(words[starts] & _KEEP[np.minimum(lengths, _WORD)])
        parts = [heads]
        if widest > _WORD:
            tail = words[np.minimum(starts + _WORD, len(words) - 1)]
            tail_codes, tails = pd.factorize(tail & _KEEP[np.clip(lengths - _WORD, 0, _WORD)])
            codes, pairs = pd.factorize(codes * len(tails) + tail_codes)
            parts = [heads[pairs // len(tails)], tails[pairs % len(tails)]]
        unique = np.column_stack(parts).astype("<u8")
        values = [
            cell.tobytes().rstrip(b"\0").decode("utf-8", errors="replace").strip()
            for cell in unique
        ]
        if widest > _WIDEST:
            codes = self._number_long(starts, ends, codes, values)
        return Column(codes, values)

    def _number_long(
        self, starts: Numbers, ends: Numbers, codes: Numbers, values: list[str]
    ) -> Numbers:
        """Cells of more than two words are rare, and nearly always wrong: one by one."""
        codes, known = codes.copy(), dict[bytes, int]()
        for row in np.flatnonzero(ends - starts > _WIDEST).tolist():
            cell = self.content[starts[row] : ends[row]]
            if cell not in known:
                known[cell] = len(values)
                values.append(cell.decode().strip())
            codes[row] = known[cell]
        return codes

    def _texts(self, starts: Numbers, ends: Numbers) -> SparseColumn:
        texts = {}
        for row in np.flatnonzero(ends > starts).tolist():
            text = self.content[starts[row] : ends[row]].decode().strip()
            if text:
                texts[row] = text
        return SparseColumn(texts)


class _Lines(Sequence[str]):
    """The lines of a piece as text, decoded one by one when asked for."""

    def __init__(self, piece: _Piece) -> None:
        self._content, self._ends = piece.content, piece.row_ends

    def __len__(self) -> int:
        return len(self._ends)

    def start(self, place: int) -> int:
        """The byte at which a line starts."""
        return int(self._ends[place - 1]) + 1 if place else 0

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        return self._content[self.start(place) : int(self._ends[place]) + 1].decode()


def _misfit(line: int, text: str, cells: int, layout: Layout) -> Misfit:
    parts = text.split(layout.delimiter)
    place = layout.place("upn") if "upn" in layout.columns else 0
    return Misfit(
        line,
        parts[place].strip()[:40] if place < len(parts) else "",
        f"This row has {cells} values and the header {len(layout.columns)}. A value that contains "
        "the separator needs quotation marks round it.",
    )


def _joined(plain: Chunk, quoted: list[Record], layout: Layout) -> Chunk:
    """The rows without quotation marks, then those with."""
    if not quoted:
        return plain
    good = [record for record in quoted if not record.problem]
    misfits = [Misfit(record.line, "", record.problem) for record in quoted if record.problem]
    dense, sparse = {}, {}
    for name, column in plain.columns.items():
        place = layout.place(name)
        dense[name] = column.followed_by(Column.of_texts([row.cells[place] for row in good]))
    for name, thin in plain.sparse.items():
        place = layout.place(name)
        more = SparseColumn.of_texts([row.cells[place] for row in good]).texts
        moved = {len(plain) + row: text for row, text in more.items()}
        sparse[name] = SparseColumn({**thin.texts, **moved})
    lines = np.concatenate((plain.lines, np.array([row.line for row in good], dtype=np.int64)))
    return Chunk(lines, dense, sparse, plain.misfits + misfits)
