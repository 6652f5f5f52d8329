"""Writes a bundle's files: small ones row by row, the marks as whole blocks of bytes."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from attendance.borough import marks
from attendance.borough.marks import NO_MARK
from attendance.borough.registers import Sheet

MARK_COLUMNS: Final = ("upn", "urn", "date", "session", "code", "minutes_late", "comment")

# upn(13),urn(6),date(10),session(2),code(2),minutes(2),\n with a nought byte wherever one is empty.
_WIDTH: Final = 42
_ROWS_AT_ONCE: Final = 400_000
_COMMENT_SHARE: Final = 0.01
_COMMENTS: Final = {
    "I": ("Rang at 8.20", "Sickness bug", "High temperature", "Asthma", "Sent home yesterday"),
    "O": ("No reply to two calls", "Home visit: nobody in", "Reason given was not accepted"),
    "G": ("Leave was asked for and not granted",),
    "Y7": ("Flooded home, family moved for the week", "House fire next door, road closed"),
}
_ALWAYS_COMMENTED: Final = "Y7"  # the nature of the cause must be recorded

Bytes = NDArray[np.uint8]


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """One small file; answers the number of rows."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def write_header(out: BinaryIO) -> None:
    out.write((",".join(MARK_COLUMNS) + "\n").encode())


def write_sheet(out: BinaryIO, urn: int, sheet: Sheet, random: np.random.Generator) -> int:
    """A school's marks, child by child, those with a comment last. Answers their number."""
    commented = _choose_commented(sheet, random)
    notes = _commented_lines(urn, sheet, commented, random)
    codes = np.where(commented, NO_MARK, sheet.codes).astype(np.uint8)
    upns = _letters([place.child.upn for place in sheet.places], 13)
    dates = _letters([day.isoformat() for day in sheet.days], 10)
    step = max(1, _ROWS_AT_ONCE // max(1, codes.shape[1]))
    for first in range(0, len(sheet.places), step):
        part = slice(first, first + step)
        out.write(_lines(upns[part], urn, dates, codes[part], sheet.minutes[part]))
    out.write("".join(notes).encode())
    return int((sheet.codes != NO_MARK).sum())


def _letters(values: Sequence[str], width: int) -> Bytes:
    """Texts as rows of bytes, nought bytes after the shorter ones."""
    joined = b"".join(value.encode().ljust(width, b"\0") for value in values)
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(values), width)


_CODE_LETTERS: Final = _letters([*marks.ALL, *[""] * (256 - len(marks.ALL))], 2)
_MINUTE_LETTERS: Final = _letters(["", *(str(minute) for minute in range(1, 100))], 2)


def _lines(upns: Bytes, urn: int, dates: Bytes, codes: Bytes, minutes: Bytes) -> bytes:
    rows, sessions = codes.shape
    line = np.zeros((rows, sessions, _WIDTH), dtype=np.uint8)
    line[:] = _letters(["\0" * 13 + f",{urn:06d}," + "\0" * 10 + ",\0M,\0\0,\0\0,\n"], _WIDTH)[0]
    line[:, :, 0:13] = upns[:, None, :]
    line[:, :, 21:31] = np.repeat(dates, 2, axis=0)
    line[:, 0::2, 32] = ord("A")
    line[:, 1::2, 32] = ord("P")
    line[:, :, 35:37] = _CODE_LETTERS[codes]
    late = np.nonzero(minutes)
    line[late[0], late[1], 38:40] = _MINUTE_LETTERS[minutes[late]]
    kept = line[codes != NO_MARK].ravel()
    written: bytes = kept[kept != 0].tobytes()
    return written


def _choose_commented(sheet: Sheet, random: np.random.Generator) -> NDArray[np.bool_]:
    commentable = np.isin(sheet.codes, [marks.NUMBER[code] for code in _COMMENTS])
    chosen = random.random(sheet.codes.shape, dtype=np.float32) < _COMMENT_SHARE
    always: NDArray[np.bool_] = sheet.codes == marks.NUMBER[_ALWAYS_COMMENTED]
    return (commentable & chosen) | always


def _commented_lines(
    urn: int, sheet: Sheet, commented: NDArray[np.bool_], random: np.random.Generator
) -> list[str]:
    rows, columns = np.nonzero(commented)
    lots = random.random(rows.size)
    lines = []
    for row, column, lot in zip(rows.tolist(), columns.tolist(), lots.tolist(), strict=True):
        code = marks.ALL[sheet.codes[row, column]]
        texts = _COMMENTS[code]
        text = texts[int(lot * len(texts))]
        quoted = f'"{text}"' if "," in text else text
        day, half = sheet.days[column // 2].isoformat(), "AP"[column % 2]
        upn = sheet.places[row].child.upn
        lines.append(f"{upn},{urn:06d},{day},{half}M,{code},,{quoted}\n")
    return lines
