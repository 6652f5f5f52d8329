"""The national attendance codes, with the dates each was in force and the symbol that stores it.

Pure: reads the one table, `data/attendance_codes.csv`, once, when first imported. Sources: SI
2024/208 reg 10 (from 19 August 2024); SI 2006/1751 (before); see `data/SOURCES.md`. A *code* is
what a register says ('C1'). A *symbol* is the one character that stands for it in a register week
('c'); a code whose statistical meaning changed has one symbol for each meaning, so the class of a
symbol never depends on a date.
"""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final

_TABLE: Final = Path(__file__).parent / "data" / "attendance_codes.csv"

NO_MARK: Final = " "  # the symbol of a session that has no mark
PRESENT_MORNING: Final = "/"
PRESENT_AFTERNOON: Final = "\\"
ILLNESS: Final = "I"
UNEXPLAINED: Final = "N"  # reason not yet established
LATE_AFTER_REGISTER: Final = "U"  # in after the register closed
NO_MARK_RECORDED: Final = "-"  # a gap that the school sent as a gap
_NEVER_A_SESSION: Final = frozenset({"#", "-", "Z"})  # these codes do not show that the school met

# translate() tries characters in order: the commonest go first. Symbols not named here follow.
_COMMONEST_FIRST: Final = "/\\IOLCNMBUVEGDpKXRSPTW"


class CodeNotInForceError(ValueError):
    """A mark bears a code that was not in force on its date."""


@dataclass(frozen=True)
class Code:
    """One code over one stretch of dates (both included; `valid_to` None while still in force)."""

    code: str
    symbol: str
    short_name: str
    category: str
    is_possible: bool
    is_attended: bool
    is_authorised: bool
    is_unauthorised: bool
    counts_for_penalty_notice: bool
    physically_present: bool
    valid_from: date
    valid_to: date | None
    notes: str

    def is_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    @property
    def makes_a_session(self) -> bool:
        """Whether such a mark shows that the school was due to meet (Y4 does; # - Z do not)."""
        return self.code not in _NEVER_A_SESSION


def _read_row(row: dict[str, str]) -> Code:
    def flag(column: str) -> bool:
        return {"true": True, "false": False}[row[column]]

    return Code(
        code=row["code"],
        symbol=row["symbol"],
        short_name=row["short_name"],
        category=row["category"],
        is_possible=flag("counts_as_possible"),
        is_attended=flag("counts_as_attended"),
        is_authorised=flag("counts_as_authorised"),
        is_unauthorised=flag("counts_as_unauthorised"),
        counts_for_penalty_notice=flag("counts_for_penalty_notice"),
        physically_present=flag("physically_present"),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        notes=row["notes"],
    )


def _read_table() -> tuple[Code, ...]:
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        return tuple(_read_row(row) for row in csv.DictReader(lines))


_ALL: Final = _read_table()
_BY_CODE: Final[dict[str, list[Code]]] = {}
for _row in sorted(_ALL, key=lambda row: row.valid_from, reverse=True):
    _BY_CODE.setdefault(_row.code, []).append(_row)
# Newest first, so that a symbol answers with its present name and note.
_BY_SYMBOL: Final = {row.symbol: row for rows in _BY_CODE.values() for row in reversed(rows)}


def all_codes() -> tuple[Code, ...]:
    """Every row of the table, in its order: the present set first."""
    return _ALL


def normalise(raw: str) -> str:
    """A code as a file wrote it, trimmed, in capitals (' c1 ' is C1). It may still be unknown."""
    trimmed = raw.strip()
    return trimmed.upper() if trimmed.isascii() else trimmed


def is_known(code: str) -> bool:
    """Whether the code was ever in force. Pass it through `normalise` first."""
    return code in _BY_CODE


def in_force(code: str, on: date) -> Code | None:
    """The row of this code on that day; None if unknown, not yet in force or retired."""
    for row in _BY_CODE.get(code, ()):
        if row.is_in_force(on):
            return row
    return None


def meaning(code: str, on: date) -> Code:
    """As `in_force`, for marks that were checked on arrival. Raises CodeNotInForceError."""
    row = in_force(code, on)
    if row is None:
        raise CodeNotInForceError(f"Code {code!r} was not in force on {on.isoformat()}.")
    return row


def symbol_for(code: str, on: date) -> str | None:
    """The character that stores this code on that day; None if it was not in force."""
    row = in_force(code, on)
    return None if row is None else row.symbol


def by_symbol(symbol: str) -> Code:
    """The code a symbol stands for, with its newest name. Raises KeyError, also for a space.

    How it counts is the same on every date; for the name of the day use `in_force(row.code, on)`.
    """
    return _BY_SYMBOL[symbol]


def code_table() -> dict[str, tuple[tuple[date, date | None, str], ...]]:
    """For importers by columns: code -> ((valid_from, valid_to, symbol), ...), oldest first."""
    return {
        code: tuple((row.valid_from, row.valid_to, row.symbol) for row in reversed(rows))
        for code, rows in sorted(_BY_CODE.items())
    }


def _frequency(symbol: str) -> tuple[int, str]:
    place = _COMMONEST_FIRST.find(symbol)
    return (place if place >= 0 else len(_COMMONEST_FIRST), symbol)


def _symbols_where(attribute: str) -> str:
    chosen = (symbol for symbol, row in _BY_SYMBOL.items() if getattr(row, attribute))
    return "".join(sorted(chosen, key=_frequency))


SYMBOLS_POSSIBLE: Final = _symbols_where("is_possible")
SYMBOLS_ATTENDED: Final = _symbols_where("is_attended")
SYMBOLS_AUTHORISED: Final = _symbols_where("is_authorised")
SYMBOLS_UNAUTHORISED: Final = _symbols_where("is_unauthorised")
SYMBOLS_ILLNESS: Final = ILLNESS
SYMBOLS_UNEXPLAINED: Final = UNEXPLAINED
SYMBOLS_NOT_A_SESSION: Final = NO_MARK + "".join(sorted(_NEVER_A_SESSION))
SYMBOLS_ALL: Final = "".join(sorted(_BY_SYMBOL, key=_frequency))
SYMBOLS_LATE: Final = "".join(
    symbol for symbol, row in _BY_SYMBOL.items() if row.code == LATE_AFTER_REGISTER
)
CODE_OF_SYMBOL: Final = MappingProxyType({s: row.code for s, row in _BY_SYMBOL.items()})
