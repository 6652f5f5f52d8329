"""Codes in a register that the guidance keeps for other children: questions to ask, not faults.

Each rule looks at one mark of one child.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attendance.rules.marks import Mark
from schools.rules.compulsory_age import is_of_compulsory_age

#: Year groups that may sit public examinations; blank, unknown and X (not following year groups)
#: are not asked about.
_BEFORE_EXAMINATIONS: Final = frozenset(
    {"E1", "E2", "N1", "N2", "R", *(str(year) for year in range(1, 11))}
)


class QueryKind(StrEnum):
    """What is asked about."""

    X_OF_COMPULSORY_AGE = "x_of_compulsory_age"
    STUDY_LEAVE_BEFORE_YEAR_11 = "study_leave_before_year_11"


@dataclass(frozen=True)
class QueryWords:
    """The question and where it comes from."""

    question: str
    source: str


QUERIES: Final = MappingProxyType(
    {
        QueryKind.X_OF_COMPULSORY_AGE: QueryWords(
            "X is for children who are not of compulsory school age. "
            "Is it a part-time timetable (C2), or an absence?",
            "REG-14",
        ),
        QueryKind.STUDY_LEAVE_BEFORE_YEAR_11: QueryWords(
            "S is leave to study for public examinations. Which examination is it?",
            "DfE code table, S",
        ),
    }
)
#: The codes that a rule asks about.
CODES_ASKED_ABOUT: Final = ("X", "S")


def queries_of(
    marks: Iterable[Mark], *, date_of_birth: date, year_group: str
) -> dict[QueryKind, list[Mark]]:
    """The marks of one child that raise a question, by question, in the order of `marks`."""
    found: dict[QueryKind, list[Mark]] = {}
    for mark in marks:
        kind = _query(mark, date_of_birth, year_group)
        if kind is not None:
            found.setdefault(kind, []).append(mark)
    return found


def _query(mark: Mark, date_of_birth: date, year_group: str) -> QueryKind | None:
    if mark.code == "X" and is_of_compulsory_age(date_of_birth, mark.date):
        return QueryKind.X_OF_COMPULSORY_AGE
    if mark.code == "S" and year_group in _BEFORE_EXAMINATIONS:
        return QueryKind.STUDY_LEAVE_BEFORE_YEAR_11
    return None
