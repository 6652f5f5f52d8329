"""Checks marks by columns: each good row's place in the register, each bad row's reason.

A row has one reason, the first that holds in the order of `_ORDER`; its value and column are those
of that reason. The few different texts of a column are checked one by one, rows only by number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np

from attendance import codes
from attendance.imports.cells import Bits, Chunk, Column, Numbers, SparseColumn
from attendance.imports.enrolled import NO_ENROLMENT, Enrolled, day_number
from attendance_portal.shared.rejects import Reason, Rejected, rejected
from schools.rules import upn as upn_rules

REQUIRED: Final = ("upn", "date", "session", "code")
SLOTS: Final = 14  # of a week: Monday AM first
MOST_MINUTES_LATE: Final = 600
LONGEST_COMMENT: Final = 500
_SESSIONS: Final = {"AM": 0, "PM": 1}
_ISO_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MINUTES: Final = re.compile(r"\d{1,4}", re.ASCII)
_FINE: Final = 0

_ORDER: Final = (
    (Reason.MISSING_VALUE, "upn"),
    (Reason.MISSING_VALUE, "urn"),
    (Reason.MISSING_VALUE, "date"),
    (Reason.MISSING_VALUE, "session"),
    (Reason.MISSING_VALUE, "code"),
    (Reason.BAD_UPN, "upn"),
    (Reason.UNKNOWN_UPN, "upn"),
    (Reason.UNKNOWN_SCHOOL, "urn"),
    (Reason.BAD_DATE, "date"),
    (Reason.FUTURE_DATE, "date"),
    (Reason.BAD_SESSION, "session"),
    (Reason.UNKNOWN_CODE, "code"),
    (Reason.CODE_NOT_IN_FORCE, "code"),
    (Reason.NOT_A_SCHOOL_DAY, "date"),
    (Reason.NO_ENROLMENT, "upn"),
    (Reason.BAD_VALUE, "minutes_late"),
    (Reason.BAD_VALUE, "comment"),
)
_CODES: Final = codes.code_table()
_RANK: Final = {entry: rank for rank, entry in enumerate(_ORDER, start=1)}
_SAYS: Final = {
    "minutes_late": f"Minutes late must be a whole number from 0 to {MOST_MINUTES_LATE}.",
    "comment": f"The comment is longer than {LONGEST_COMMENT} characters. Shorten it.",
}


@dataclass(frozen=True)
class Placed:
    """The good rows of a chunk: where each mark stands in the register."""

    rows: Numbers  # of the chunk
    lines: Numbers
    enrolments: Numbers
    schools: Numbers
    days: Numbers
    sessions: Numbers
    symbols: Numbers  # the character's code point

    @cached_property
    def weeks(self) -> Numbers:
        """Weeks since 1 January 2001, a Monday."""
        return self.days // 7

    @cached_property
    def slots(self) -> Numbers:
        """0 (Monday AM) to 13 (Sunday PM)."""
        return self.days % 7 * 2 + self.sessions

    @cached_property
    def cells(self) -> Numbers:
        """One number for each place in any register."""
        return cell_number(self.enrolments, self.weeks, self.slots)


def cell_number(enrolments: Numbers, weeks: Numbers, slots: Numbers) -> Numbers:
    """Enrolment, week and slot in one number."""
    return ((enrolments << np.int64(16)) | weeks) * SLOTS + slots


class Checker:
    """Checks chunk after chunk of one file, with one memory of pupils and enrolments."""

    def __init__(self, *, file: str, school_urn: int | None, on: date) -> None:
        self._file, self._school_urn, self._on = file, school_urn, on
        self._enrolled = Enrolled()

    def check(self, chunk: Chunk) -> tuple[Placed, list[Rejected]]:
        """The good rows, and the bad ones in the order of their lines."""
        worst = np.zeros(len(chunk), dtype=np.int64)
        columns = self._with_school(chunk)
        pupils = self._each(columns["upn"], self._pupil_of, worst)
        schools = self._schools(columns["urn"], worst)
        days = self._each(columns["date"], self._day_of, worst)
        sessions = self._each(columns["session"], _session_of, worst)
        symbols = _symbols(columns["code"], columns["date"], worst)
        self._refuse_days_off(columns, schools, days, worst)
        _refuse_bad_notes(chunk.sparse, worst)
        enrolments = self._enrolments(pupils, schools, days, worst)
        rows = np.flatnonzero(worst == _FINE)
        placed = Placed(
            rows,
            chunk.lines[rows],
            enrolments[rows],
            schools[rows],
            days[rows],
            sessions[rows],
            symbols[rows],
        )
        return placed, list(self._rejected(chunk, columns, worst))

    def duplicate(self, chunk: Chunk, row: int) -> Rejected:
        """The refusal of one of several rows that say different things of the same session."""
        return self._refusal(chunk, chunk.columns, row, Reason.DUPLICATE_ROW, "code")

    def _with_school(self, chunk: Chunk) -> dict[str, Column]:
        columns = dict(chunk.columns)
        if "urn" not in columns:
            columns["urn"] = Column.constant(str(self._school_urn), len(chunk))
        return columns

    def _each(
        self, column: Column, check: Callable[[list[str]], list[tuple[int, int]]], worst: Numbers
    ) -> Numbers:
        """Check the different texts, then lay numbers and refusals over the rows."""
        found = np.array(check(column.values), dtype=np.int64).reshape(-1, 2)
        _refuse(worst, found[:, 1], column.codes)
        return found[:, 0][column.codes]

    def _pupil_of(self, values: list[str]) -> list[tuple[int, int]]:
        upns = [upn_rules.normalise(value) for value in values]
        pupils = self._enrolled.pupils(upn for upn in upns if upn)
        return [self._pupil(upn, pupils.get(upn)) for upn in upns]

    def _pupil(self, upn: str, pupil: int | None) -> tuple[int, int]:
        if pupil is not None:
            return pupil, _FINE
        if not upn:
            return 0, _RANK[Reason.MISSING_VALUE, "upn"]
        wrong = upn_rules.upn_problem(upn) is not None
        return 0, _RANK[Reason.BAD_UPN if wrong else Reason.UNKNOWN_UPN, "upn"]

    def _schools(self, column: Column, worst: Numbers) -> Numbers:
        numbers = [
            int(v) if v.isascii() and v.isdigit() and len(v) < 9 else 0 for v in column.values
        ]
        known = self._enrolled.meeting_days(numbers)
        found = np.array(
            [
                self._school(text, urn, known[urn])
                for text, urn in zip(column.values, numbers, strict=True)
            ],
            dtype=np.int64,
        ).reshape(-1, 2)
        _refuse(worst, found[:, 1], column.codes)
        return found[:, 0][column.codes]

    def _school(self, text: str, urn: int, meets: str | None) -> tuple[int, int]:
        if not text and self._school_urn is not None:
            return self._school_urn, _FINE
        if not text:
            return 0, _RANK[Reason.MISSING_VALUE, "urn"]
        if meets is None or (self._school_urn is not None and urn != self._school_urn):
            return 0, _RANK[Reason.UNKNOWN_SCHOOL, "urn"]
        return urn, _FINE

    def _day_of(self, values: list[str]) -> list[tuple[int, int]]:
        return [self._day(value) for value in values]

    def _day(self, text: str) -> tuple[int, int]:
        if not text:
            return 0, _RANK[Reason.MISSING_VALUE, "date"]
        day = iso_date(text)
        if day is None:
            return 0, _RANK[Reason.BAD_DATE, "date"]
        return day_number(day), _RANK[Reason.FUTURE_DATE, "date"] if day > self._on else _FINE

    def _refuse_days_off(
        self, columns: dict[str, Column], schools: Numbers, days: Numbers, worst: Numbers
    ) -> None:
        urns = np.unique(schools)
        known = self._enrolled.meeting_days(urns.tolist())
        meets = np.array(
            [[str(day) in (known[urn] or "") for day in range(1, 8)] for urn in urns.tolist()],
            dtype=bool,
        ).reshape(-1, 7)
        if meets[:, :5].all() and not (days % 7 > 4).any():
            return
        off = ~meets[np.searchsorted(urns, schools), days % 7]
        _refuse(worst, np.where(off, _RANK[Reason.NOT_A_SCHOOL_DAY, "date"], _FINE))

    def _enrolments(
        self, pupils: Numbers, schools: Numbers, days: Numbers, worst: Numbers
    ) -> Numbers:
        """Only for rows whose pupil, school and date are known: the others have their reason."""
        rank = _RANK[Reason.NO_ENROLMENT, "upn"]
        rows = np.flatnonzero((worst == _FINE) | (worst > rank))
        found = np.full(len(worst), NO_ENROLMENT, dtype=np.int64)
        found[rows] = self._enrolled.covering(pupils[rows], schools[rows], days[rows])
        none = rows[found[rows] == NO_ENROLMENT]
        worst[none] = rank
        return found

    def _rejected(
        self, chunk: Chunk, columns: dict[str, Column], worst: Numbers
    ) -> Iterator[Rejected]:
        for misfit in chunk.misfits:
            yield rejected(
                Reason.BAD_VALUE,
                file=self._file,
                line=misfit.line,
                column="",
                value="",
                upn=misfit.upn,
                says=misfit.problem,
            )
        for row in np.flatnonzero(worst).tolist():
            yield self._refusal(chunk, columns, row, *_ORDER[worst[row] - 1])

    def _refusal(
        self, chunk: Chunk, columns: dict[str, Column], row: int, reason: Reason, name: str
    ) -> Rejected:
        if name in chunk.sparse:
            value = chunk.sparse[name].texts.get(row, "")
        else:
            value = columns[name].text(row) if name in columns else ""
        return rejected(
            reason,
            file=self._file,
            line=int(chunk.lines[row]),
            column=name,
            value=value,
            upn=columns["upn"].text(row),
            says=_SAYS.get(name, ""),
        )


def iso_date(text: str) -> date | None:
    """A date written as 2026-03-02; None for anything else."""
    if _ISO_DATE.fullmatch(text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def minutes_late(text: str) -> int | None:
    """Whole minutes from 0 to `MOST_MINUTES_LATE`; None for anything else."""
    minutes = int(text) if _MINUTES.fullmatch(text) else MOST_MINUTES_LATE + 1
    return minutes if minutes <= MOST_MINUTES_LATE else None


def _refuse(worst: Numbers, ranks: Numbers, codes_of_rows: Numbers | None = None) -> None:
    """Note a reason in rows that have none, or one that comes later in the order."""
    if not ranks.any():
        return
    ranks = ranks if codes_of_rows is None else ranks[codes_of_rows]
    better: Bits = (ranks != _FINE) & ((worst == _FINE) | (ranks < worst))
    worst[better] = ranks[better]


def _session_of(values: list[str]) -> list[tuple[int, int]]:
    found = []
    for value in values:
        session = _SESSIONS.get(value.upper())
        if session is not None:
            found.append((session, _FINE))
        else:
            reason = Reason.BAD_SESSION if value else Reason.MISSING_VALUE
            found.append((0, _RANK[reason, "session"]))
    return found


def _symbols(code: Column, day: Column, worst: Numbers) -> Numbers:
    """The symbol of each code on its date, from a small table of every code with every date."""
    dates = (iso_date(text) for text in day.values)
    days = np.array([on.toordinal() if on else 0 for on in dates], dtype=np.int64)
    symbols = np.zeros((len(code.values), len(days)), dtype=np.int64)
    ranks = np.zeros_like(symbols)
    for row, text in enumerate(code.values):
        name = codes.normalise(text)
        if not codes.is_known(name):
            ranks[row] = _RANK[Reason.UNKNOWN_CODE if name else Reason.MISSING_VALUE, "code"]
            continue
        ranks[row] = _RANK[Reason.CODE_NOT_IN_FORCE, "code"]
        for valid_from, valid_to, symbol in _CODES[name]:
            last = (valid_to or date.max).toordinal()
            in_force = (days >= valid_from.toordinal()) & (days <= last)
            symbols[row, in_force] = ord(symbol)
            ranks[row, in_force] = _FINE
    place = code.codes * len(days) + day.codes
    _refuse(worst, ranks.ravel(), place)
    return symbols.ravel()[place] if symbols.size else np.zeros(len(place), dtype=np.int64)


def _refuse_bad_notes(sparse: dict[str, SparseColumn], worst: Numbers) -> None:
    ranks = np.zeros(len(worst), dtype=np.int64)
    for row, text in sparse["comment"].texts.items() if "comment" in sparse else ():
        if len(text) > LONGEST_COMMENT:
            ranks[row] = _RANK[Reason.BAD_VALUE, "comment"]
    for row, text in sparse["minutes_late"].texts.items() if "minutes_late" in sparse else ():
        if minutes_late(text) is None:
            ranks[row] = _RANK[Reason.BAD_VALUE, "minutes_late"]
    _refuse(worst, ranks)
