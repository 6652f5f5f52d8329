"""Sums of schools up to any day: stored at the figures' date, else worked out and kept by school.

A school's sums of a past day are kept until an import stores something of that school up to that
day: registers of today, which come in all day long, make no past day be counted again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from django.core.cache import cache
from django.db import connection

from attendance.models import SchoolYear
from attendance.read_models.keeping import (
    KEPT_SECONDS,
    Rows,
    SchoolKey,
    kept_by_school,
    last_run_id,
    told,
)
from attendance.selectors import figures_date, last_import_until
from attendance.sql.working import (
    MILESTONE_STATEMENTS,
    TEMPORARY,
    YEAR_SO_FAR_STATEMENTS,
    Question,
    answers,
    statement,
)
from schools.rules.calendar import academic_year

_STORED_PERIODS: Final = "enrolment_period"
_SUMS: Final = (
    "enrolments",
    "possible",
    "attended",
    "authorised",
    "unauthorised",
    "persistent",
    "severe",
)


@dataclass(frozen=True)
class YearSums:
    """Schools in one academic year up to a day, added up; sessions, and enrolments.

    `enrolments`, `persistent` and `severe` count enrolments with at least one possible session.
    """

    enrolments: int = 0
    possible: int = 0
    attended: int = 0
    authorised: int = 0
    unauthorised: int = 0
    persistent: int = 0
    severe: int = 0

    @property
    def absent(self) -> int:
        """Sessions missed."""
        return self.authorised + self.unauthorised


class GroupSums(NamedTuple):
    """One school's enrolments of one group: `dimension` and `value` as in `export_dashboard`."""

    dimension: str
    value: str
    enrolments: int
    possible: int
    absent: int
    persistent: int
    severe: int


def sums_on(urns: Collection[int], days: Iterable[date]) -> dict[date, YearSums]:
    """These schools together, in the year of each day up to it. Every day asked has an answer."""
    wanted = sorted(set(days))
    at_figures = figures_date()
    asked = [day for day in wanted if day != at_figures]
    found: dict[date, list[Sequence[int]]] = {day: [] for day in wanted}
    for day, *sums in _milestones(urns, asked):
        found[day].append(sums)
    if at_figures in found:
        years = SchoolYear.objects.filter(school__in=urns, academic_year=academic_year(at_figures))
        found[at_figures].extend(years.values_list(*_SUMS))
    return {day: _added(rows) for day, rows in found.items()}


def band_counts(urns: Collection[int], as_of: date) -> dict[int, int]:
    """Band of absence (0 to 10, STAT-26) to enrolments, in the year of `as_of` up to it.

    Stored periods change by runs only, so what they add up to is kept until the next one.
    """
    key = f"band-counts:{as_of.isoformat()}:{last_run_id()}:{told(urns)}"
    is_stored = as_of == figures_date()
    counts: dict[int, int] | None = cache.get(key) if is_stored else None
    if counts is None:
        counts = {}
        for band, enrolments in _of_periods("spread", urns, as_of):
            counts[band] = counts.get(band, 0) + enrolments
        if is_stored:
            cache.set(key, counts, KEPT_SECONDS)
    return counts


def group_sums(
    urns: Collection[int], as_of: date, *, hidden: Collection[int] = ()
) -> list[GroupSums]:
    """Each school's sums by group, in the year of `as_of` up to it; add up what is wanted.

    `hidden`: pupils whose own facts are counted as not known, as the reader may not know them.
    """
    return [GroupSums(*row) for row in _of_periods("groups", urns, as_of, hidden=hidden)]


def _added(rows: Iterable[Sequence[int]]) -> YearSums:
    columns = zip(*rows, strict=True)
    return YearSums(*(sum(column) for column in columns))


def _milestones(urns: Collection[int], days: Sequence[date]) -> Rows:
    """The day and its sums, of each school on each day on which it had any."""

    def work_out(pairs: Collection[SchoolKey]) -> dict[SchoolKey, Rows]:
        missing_days = sorted({date.fromisoformat(day) for day, _ in pairs})
        schools = sorted({urn for _, urn in pairs})
        question = Question(as_of=missing_days[-1], schools=schools, milestones=missing_days)
        with answers(question, MILESTONE_STATEMENTS) as cursor:
            cursor.execute(
                f"SELECT milestone, school_id, {', '.join(_SUMS)} "  # noqa: S608 - our own names
                f"FROM {TEMPORARY.name('milestone')}"
            )
            return {(day.isoformat(), urn): [(day, *sums)] for day, urn, *sums in cursor.fetchall()}

    found = kept_by_school("milestone", {day.isoformat(): day for day in days}, urns, work_out)
    return [row for rows in found for row in rows]


def _of_periods(
    name: str, urns: Collection[int], as_of: date, *, hidden: Collection[int] = ()
) -> Rows:
    """What a statement adds up by school, over stored periods or those of a past day; no URNs."""
    if as_of == figures_date():
        with connection.cursor() as cursor:
            return [row[1:] for row in _read(cursor, name, _STORED_PERIODS, urns, as_of, hidden)]

    def work_out(pairs: Collection[SchoolKey]) -> dict[SchoolKey, Rows]:
        schools = sorted({urn for _, urn in pairs})
        question = Question(as_of=as_of, schools=schools, milestones=[as_of])
        with answers(question, YEAR_SO_FAR_STATEMENTS) as cursor:
            rows = _read(cursor, name, TEMPORARY.name("year_so_far"), schools, as_of, hidden)
        found: dict[SchoolKey, Rows] = {}
        for urn, *rest in rows:
            found.setdefault((asked, urn), []).append(tuple(rest))
        return found

    # What is known of a child may change without touching a school's figures.
    asked = f"{as_of.isoformat()}:{last_import_until(as_of)}{f':{told(hidden)}' if hidden else ''}"
    return [row for rows in kept_by_school(name, {asked: as_of}, urns, work_out) for row in rows]


def _read(
    cursor: Any,
    name: str,
    periods: str,
    urns: Collection[int],
    as_of: date,
    hidden: Collection[int],
) -> Rows:
    cursor.execute(
        statement(name).replace("{period}", periods),
        {"academic_year": academic_year(as_of), "schools": list(urns), "hidden": list(hidden)},
    )
    rows: Rows = cursor.fetchall()
    return rows
