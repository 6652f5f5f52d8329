"""Sums of schools on the basis of the published statistics, in the year of a day up to it.

`attendance.rules.published` says who and what counts; `published.sql` is its statement, over the
stored periods at the figures' date and over the periods of the night's statements at another, kept
by school until an import touches it. Scope is the caller's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import astuple
from datetime import date
from typing import Any, Final

from django.core.cache import cache
from django.db import connection

from attendance.read_models.by_school import YearSums
from attendance.read_models.keeping import (
    KEPT_SECONDS,
    Rows,
    SchoolKey,
    kept_by_school,
    last_run_id,
    told,
)
from attendance.rules.published import CENSUS_PHASES
from attendance.selectors import figures_date, last_import_id, last_import_until
from attendance.sql.working import PERIOD_STATEMENTS, TEMPORARY, Question, answers, statement
from schools.choices import NOT_STATE_FUNDED
from schools.rules.calendar import academic_year, academic_year_end

_STORED: Final = "enrolment_period"


def published_sums(urns: Collection[int], as_of: date) -> dict[int, YearSums]:
    """URN to its sums; a school of which nothing counts is left out."""
    rows = (_of_stored if _is_stored(as_of) else _of_a_past_day)(urns, as_of)
    return {urn: YearSums(*sums) for urn, *sums in rows}


def _is_stored(as_of: date) -> bool:
    """Whether the stored periods stand at that day, or at the end of its year, which is over."""
    figures, end = figures_date(), academic_year_end(academic_year(as_of))
    return figures is not None and min(as_of, end) == min(figures, end)


def added_up(sums: Iterable[YearSums]) -> YearSums:
    """Schools together (STAT-07)."""
    rows = [astuple(each) for each in sums]
    return YearSums(*(sum(column) for column in zip(*rows, strict=True)))


def _of_stored(urns: Collection[int], as_of: date) -> Rows:
    """Stored periods change by runs, and what is known of a child by imports."""
    key = f"published:{as_of.isoformat()}:{last_run_id()}:{last_import_id()}:{told(urns)}"
    rows: Rows | None = cache.get(key)
    if rows is None:
        with connection.cursor() as cursor:
            rows = _read(cursor, _STORED, urns, as_of)
        cache.set(key, rows, KEPT_SECONDS)
    return rows


def _of_a_past_day(urns: Collection[int], as_of: date) -> Rows:
    # What is known of a school or a child may change without touching the school's registers.
    asked = f"{as_of.isoformat()}:{last_import_until(as_of)}"

    def work_out(pairs: Collection[SchoolKey]) -> dict[SchoolKey, Rows]:
        schools = sorted({urn for _, urn in pairs})
        question = Question(as_of=as_of, schools=schools, is_of_one_year=True)
        with answers(question, PERIOD_STATEMENTS) as cursor:
            rows = _read(cursor, TEMPORARY.name("period"), schools, as_of)
        return {(asked, row[0]): [row] for row in rows}

    return [
        row for rows in kept_by_school("published", {asked: as_of}, urns, work_out) for row in rows
    ]


def _read(cursor: Any, periods: str, urns: Collection[int], as_of: date) -> Rows:
    cursor.execute(
        statement("published").replace("{period}", periods),
        {
            "academic_year": academic_year(as_of),
            "schools": list(urns),
            "phases": list(CENSUS_PHASES),
            "not_state_funded": list(NOT_STATE_FUNDED),
        },
    )
    rows: Rows = cursor.fetchall()
    return rows
