"""Absence by enrolment and period, as of any date: the rows of `export_periods`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet

from attendance.models import EnrolmentPeriod, PeriodKind
from attendance.rules.absence import absence_percent
from attendance.selectors import figures_date
from attendance.sql.working import PERIOD_STATEMENTS, TEMPORARY, WEEK_STATEMENTS, Question, answers
from schools.models import Enrolment
from schools.rules.calendar import academic_year

_WEEK: Final = "week"
_STORED_KINDS: Final = {str(kind.label): kind.value for kind in PeriodKind}
_COLUMNS: Final = (
    "enrolment_id",
    "academic_year",
    "kind",
    "key",
    "possible",
    "attended",
    "authorised",
    "unauthorised",
    "persistent",
    "severe",
)


@dataclass(frozen=True)
class AbsenceRow:
    """One enrolment's sessions in one period. `kind` and `key` as in `export_periods`."""

    upn: str
    urn: int
    enrolment_start: date
    academic_year: int
    kind: str
    key: str
    possible: int
    attended: int
    authorised: int
    unauthorised: int
    absence_pct: Decimal | None
    persistent: bool
    severe: bool


@dataclass(frozen=True)
class YearCount:
    """One enrolment's sessions in the academic year of the date asked, up to it."""

    possible: int = 0
    attended: int = 0
    authorised: int = 0
    unauthorised: int = 0
    persistent: bool = False
    severe: bool = False


class _Counted(NamedTuple):
    """A row as the statements give it; `kind` and `key` already in words."""

    enrolment_id: int
    academic_year: int
    kind: str
    key: str
    possible: int
    attended: int
    authorised: int
    unauthorised: int
    persistent: bool
    severe: bool


def absence_rows(
    enrolments: QuerySet[Enrolment], *, as_of: date, kinds: Sequence[str]
) -> list[AbsenceRow]:
    """Rows of these kinds (year, term, half_term, week), in the order of the export.

    At the figures' date years, terms and half-terms come from the stored summaries; weeks, and
    every figure of another date, from the export's own statements, for these enrolments only.
    """
    chosen = {
        pk: (upn, urn, start)
        for pk, upn, urn, start in enrolments.values_list(
            "pk", "pupil__upn", "school_id", "starts_on"
        )
    }
    if not chosen:
        return []
    rows = [_row(*chosen[row.enrolment_id], row) for row in _counted(list(chosen), as_of, kinds)]
    return sorted(
        rows,
        key=lambda row: (
            row.upn, str(row.urn), row.enrolment_start, row.kind, row.key, row.academic_year,
        ),
    )  # fmt: skip


def year_counts(enrolments: QuerySet[Enrolment], *, as_of: date) -> dict[int, YearCount]:
    """Enrolment id to its counts in the year of `as_of`; none where nothing was possible."""
    year = academic_year(as_of)
    chosen = list(enrolments.values_list("pk", flat=True))
    return {
        row.enrolment_id: YearCount(*row[4:])
        for row in _counted(chosen, as_of, ("year",))
        if row.academic_year == year
    }


def _row(upn: str, urn: int, enrolment_start: date, counted: _Counted) -> AbsenceRow:
    return AbsenceRow(
        upn=upn,
        urn=urn,
        enrolment_start=enrolment_start,
        academic_year=counted.academic_year,
        kind=counted.kind,
        key=counted.key,
        possible=counted.possible,
        attended=counted.attended,
        authorised=counted.authorised,
        unauthorised=counted.unauthorised,
        absence_pct=absence_percent(counted.authorised + counted.unauthorised, counted.possible),
        persistent=counted.persistent,
        severe=counted.severe,
    )


def _counted(chosen: list[int], as_of: date, kinds: Sequence[str]) -> Iterator[_Counted]:
    stored = tuple(_STORED_KINDS[kind] for kind in kinds if kind != _WEEK)
    if stored and as_of == figures_date():
        periods = EnrolmentPeriod.objects.filter(enrolment_id__in=chosen, kind__in=stored)
        yield from (_in_words(row) for row in periods.values_list(*_COLUMNS))
    elif stored:
        yield from (_in_words(row) for row in _asked_periods(chosen, as_of, stored))
    if _WEEK in kinds:
        yield from _asked_weeks(chosen, as_of)


def _in_words(row: tuple[Any, ...]) -> _Counted:
    enrolment_id, year, kind, key, *counts = row
    return _Counted(enrolment_id, year, str(PeriodKind(kind).label), str(key), *counts)


def _asked_periods(
    chosen: list[int], as_of: date, stored: tuple[int, ...]
) -> list[tuple[Any, ...]]:
    question = Question(as_of=as_of, enrolments=chosen)
    with answers(question, PERIOD_STATEMENTS) as cursor:
        cursor.execute(
            f"SELECT {', '.join(_COLUMNS)} FROM {TEMPORARY.name('period')} WHERE kind = ANY (%s)",  # noqa: S608 - our own names
            [list(stored)],
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _asked_weeks(chosen: list[int], as_of: date) -> list[_Counted]:
    with answers(Question(as_of=as_of, enrolments=chosen), WEEK_STATEMENTS) as cursor:
        cursor.execute(
            "SELECT enrolment_id, academic_year, 'week', week_start::text, possible, attended, "  # noqa: S608 - our own names
            f"authorised, unauthorised, persistent, severe FROM {TEMPORARY.name('week')}"
        )
        return [_Counted(*row) for row in cursor.fetchall()]
