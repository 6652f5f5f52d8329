"""Which signs our fonts can show. What a PDF cannot show is an error to its standards, and a child
may write anything: such a sign becomes a box, and the page that makes the paper says which.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

#: Stands for a sign that no font of ours has; the fonts of our PDFs have it.
BOX: Final = "◻"
#: Signs that people type and our fonts lack, and what says the same.
_SAME: Final = {"→": "->", "←": "<-", "✓": "✔", "□": BOX}
#: A word this long is broken, or it would run off the paper: an address somebody pasted.
_LONG_WORD: Final = re.compile(r"\S{40}(?=\S)")
_MAY_BREAK: Final = "\u200b"
#: Joiners, without which Urdu and Bengali words fall apart; and the ends of lines.
_KEPT: Final = frozenset("\n\t\u200c\u200d")
#: Kinds of signs that show nothing: controls, directions, halves of signs.
_SILENT: Final = frozenset({"Cc", "Cf", "Cs"})
#: For private use: a font may draw it, but nobody knows what it means, and PDF/A refuses it.
_PRIVATE: Final = "Co"
_PICTURE_VARIANTS: Final = range(0xFE00, 0xFE10)


def printable(value: Any, known: frozenset[int]) -> Any:
    """Data of a template with each text as it can be printed; all else as it was."""
    if isinstance(value, str):
        text = "".join(_printed(sign, known) for sign in value.replace("\r\n", "\n"))
        return _LONG_WORD.sub(rf"\g<0>{_MAY_BREAK}", text)
    if isinstance(value, dict):
        return {key: printable(one, known) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [printable(one, known) for one in value]
    return value


def unprintable(text: str, known: frozenset[int]) -> list[str]:
    """The signs of a text that become a box, each once, in order."""
    boxes = [sign for sign in text if _printed(sign, known) == BOX]
    return [sign for sign in dict.fromkeys(boxes) if sign not in (BOX, "□")]


def _printed(sign: str, known: frozenset[int]) -> str:
    if sign in _KEPT:
        return sign
    if ord(sign) in _PICTURE_VARIANTS or unicodedata.category(sign) in _SILENT:
        return ""
    if ord(sign) in known and unicodedata.category(sign) != _PRIVATE:
        return sign
    return " " if sign.isspace() else _SAME.get(sign, BOX)


@cache
def letters_of(folder: Path) -> frozenset[int]:
    """The signs, by number, that any TrueType font of a folder has."""
    return frozenset(sign for font in folder.glob("*.ttf") for sign in _signs(font.read_bytes()))


def _signs(font: bytes) -> Iterator[int]:
    """The characters of one font: its `cmap` table (OpenType specification, formats 4 and 12)."""
    tables = {
        font[place : place + 4]: struct.unpack_from(">L", font, place + 8)[0]
        for place in range(12, 12 + 16 * struct.unpack_from(">H", font, 4)[0], 16)
    }
    start = tables[b"cmap"]
    count = struct.unpack_from(">H", font, start + 2)[0]
    for place in range(start + 4, start + 4 + 8 * count, 8):
        subtable = start + struct.unpack_from(">L", font, place + 4)[0]
        form = struct.unpack_from(">H", font, subtable)[0]
        if form == 4:
            yield from _format_4(font, subtable)
        elif form == 12:
            yield from _format_12(font, subtable)


def _format_4(font: bytes, start: int) -> Iterator[int]:
    """Runs of characters: their ends, a gap of two bytes, their starts. The last run, which ends
    the table, is no character."""
    number = struct.unpack_from(">H", font, start + 6)[0] // 2
    ends = struct.unpack_from(f">{number}H", font, start + 14)
    starts = struct.unpack_from(f">{number}H", font, start + 16 + 2 * number)
    for first, last in zip(starts, ends, strict=True):
        if first != 0xFFFF:
            yield from range(first, last + 1)


def _format_12(font: bytes, start: int) -> Iterator[int]:
    """Groups of characters: first, last, and a glyph that is of no interest here."""
    for place in range(struct.unpack_from(">L", font, start + 12)[0]):
        first, last, _ = struct.unpack_from(">3L", font, start + 16 + 12 * place)
        yield from range(first, last + 1)
