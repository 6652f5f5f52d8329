"""Whole schools in the academic year of a date: stored at the figures' date, else worked out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.core.cache import cache

from accounts.models import User
from attendance.models import SchoolYear
from attendance.selectors import figures_date, last_import_until
from attendance.sql.working import (
    PERIOD_STATEMENTS,
    SCHOOL_STATEMENTS,
    TEMPORARY,
    Question,
    answers,
)
from schools.models import School
from schools.rules.calendar import academic_year

_KEPT_SECONDS: Final = 24 * 3600
_COLUMNS: Final = (
    "school_id",
    "enrolments",
    "possible",
    "attended",
    "authorised",
    "unauthorised",
    "persistent",
    "severe",
    "last_mark_on",
)


@dataclass(frozen=True)
class SchoolTotals:
    """Sums of one school in the academic year of the date asked, up to it.

    `enrolments`, `persistent` and `severe` count enrolments with at least one possible session.
    """

    urn: int
    enrolments: int
    possible: int
    attended: int
    authorised: int
    unauthorised: int
    persistent: int
    severe: int
    last_mark_on: date | None


def school_totals(user: User, *, as_of: date) -> list[SchoolTotals]:
    """Every school this person sees that had a session this year, by URN.

    Sums of another date than the figures' date are kept until an import reaches it.
    """
    visible = set(School.objects.visible_to(user).values_list("urn", flat=True))
    stands_at_figures = as_of == figures_date()
    rows = _stored(as_of) if stands_at_figures else _asked(as_of)
    return [SchoolTotals(*row) for row in rows if row[0] in visible]


def _stored(as_of: date) -> list[tuple[Any, ...]]:
    years = SchoolYear.objects.filter(academic_year=academic_year(as_of)).order_by("school_id")
    return list(years.values_list(*_COLUMNS))


def _asked(as_of: date) -> list[tuple[Any, ...]]:
    key = f"school-totals:{as_of.isoformat()}:{last_import_until(as_of)}"
    rows: list[tuple[Any, ...]] | None = cache.get(key)
    if rows is None:
        rows = _work_out(as_of)
        cache.set(key, rows, _KEPT_SECONDS)
    return rows


def _work_out(as_of: date) -> list[tuple[Any, ...]]:
    statements = (*PERIOD_STATEMENTS, "last_mark", *SCHOOL_STATEMENTS)
    with answers(Question(as_of=as_of, is_of_one_year=True), statements) as cursor:
        cursor.execute(
            f"SELECT {', '.join(_COLUMNS)} FROM {TEMPORARY.name('school_year')} "  # noqa: S608
            "WHERE academic_year = %s ORDER BY school_id",
            [academic_year(as_of)],
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
