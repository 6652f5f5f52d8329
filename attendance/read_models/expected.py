"""Persistent absentees of schools and wards against what their pupils would lead one to expect.

For the whole borough: each place is measured by everyone's rates. Kept until the next run or
import. Scope is the caller's: only readers of the whole authority may ask.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.core.cache import cache
from django.db import connection

from attendance.read_models.keeping import KEPT_SECONDS, Rows, last_run_id, told
from attendance.rules.expected import Cell, Standing, standings
from attendance.selectors import figures_date, last_import_id
from attendance.sql.working import (
    TEMPORARY,
    YEAR_SO_FAR_STATEMENTS,
    Question,
    answers,
    statement,
)
from schools.choices import STATISTICAL_PHASE_OF
from schools.rules.calendar import academic_year

_STORED: Final = "enrolment_period"


@dataclass(frozen=True)
class Expected:
    """Standings by URN, and by the number of the ward where pupils live."""

    schools: dict[int, Standing]
    wards: dict[int, Standing]


def expected_on(urns: Collection[int], as_of: date) -> Expected:
    """These schools, and the wards of their pupils, in the year of a day up to it."""
    key = f"expected:{as_of.isoformat()}:{last_import_id()}:{last_run_id()}:{told(urns)}"
    found: Expected | None = cache.get(key)
    if found is None:
        rows = _rows(urns, as_of)
        found = Expected(schools=_of("school", rows), wards=_of("ward", rows))
        cache.set(key, found, KEPT_SECONDS)
    return found


def _of(kind: str, rows: Rows) -> dict[int, Standing]:
    cells = [
        Cell(place, (STATISTICAL_PHASE_OF[phase], *stratum), *counts)
        for of_kind, place, phase, *stratum, counts in _split(rows)
        if of_kind == kind
    ]
    return {int(str(place)): standing for place, standing in standings(cells).items()}


def _split(rows: Rows) -> list[list[Any]]:
    """Each row with its two counts in one."""
    return [[*row[:-2], row[-2:]] for row in rows]


def _rows(urns: Collection[int], as_of: date) -> Rows:
    if as_of == figures_date():
        with connection.cursor() as cursor:
            return _read(cursor, _STORED, urns, as_of)
    question = Question(as_of=as_of, schools=list(urns), milestones=[as_of])
    with answers(question, YEAR_SO_FAR_STATEMENTS) as cursor:
        return _read(cursor, TEMPORARY.name("year_so_far"), urns, as_of)


def _read(cursor: Any, periods: str, urns: Collection[int], as_of: date) -> Rows:
    cursor.execute(
        statement("strata").replace("{period}", periods),
        {"academic_year": academic_year(as_of), "schools": list(urns)},
    )
    rows: Rows = cursor.fetchall()
    return rows
