"""Years and named cohorts as of a day that is not the figures' date, kept until the next import."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.core.cache import cache

from attendance import cohorts
from attendance.read_models.absence import YearCount
from attendance.selectors import last_import_id
from attendance.sql.working import (
    PATTERN_STATEMENTS,
    PERIOD_STATEMENTS,
    TEMPORARY,
    Question,
    answers,
)
from schools.rules.calendar import academic_year

_KEPT_SECONDS: Final = 24 * 3600
_STATEMENTS: Final = (
    *PERIOD_STATEMENTS,
    "school_week",
    "school_day",
    "school",
    *PATTERN_STATEMENTS,
)
_NOTHING: Final = YearCount()


@dataclass(frozen=True)
class PastFigures:
    """Figures by enrolment as of one day, by today's marks: the year so far, and the cohorts."""

    as_of: date
    years: dict[int, YearCount]
    cohorts: dict[int, dict[str, Any]]

    def year(self, enrolment_id: int) -> YearCount:
        """The sessions of the academic year up to the day; noughts where nothing was possible."""
        return self.years.get(enrolment_id, _NOTHING)

    def in_cohort(self, key: str) -> list[int]:
        """The enrolments in a cohort on that day."""
        return [pk for pk, held in self.cohorts.items() if key in held]

    def that_are(self, name: str) -> list[int]:
        """The enrolments that are `persistent` or `severe` on that day."""
        return [pk for pk, year in self.years.items() if getattr(year, name)]


def past_figures(as_of: date, *, urns: Collection[int] | None) -> PastFigures:
    """Every enrolment of these schools (None: of all) as of a day. Scope is the caller's.

    Worked out by the statements of the night, for whole schools since their weeks depend on every
    child; kept until the next import, for whoever asks of the same schools.
    """
    asked = None if urns is None else sorted(set(urns))
    digest = hashlib.sha256(repr((asked, cohorts.lines())).encode()).hexdigest()
    key = f"past-figures:{as_of.isoformat()}:{last_import_id()}:{digest}"
    kept: PastFigures | None = cache.get(key)
    if kept is None:
        kept = _work_out(as_of, asked)
        cache.set(key, kept, _KEPT_SECONDS)
    return kept


def _work_out(as_of: date, urns: list[int] | None) -> PastFigures:
    question = Question(as_of=as_of, schools=urns)
    with answers(question, _STATEMENTS, lines=cohorts.lines()) as cursor:
        cursor.execute(
            "SELECT enrolment_id, possible, attended, authorised, unauthorised, persistent, severe "  # noqa: S608 - our own names
            f"FROM {TEMPORARY.name('period')} WHERE kind = 1 AND academic_year = %s",
            [academic_year(as_of)],
        )
        years = {row[0]: YearCount(*row[1:]) for row in cursor.fetchall()}
        cursor.execute(
            f"SELECT enrolment_id, cohort, evidence::text FROM {TEMPORARY.name('pattern')}"  # noqa: S608
        )
        held = _by_enrolment(cursor.fetchall())
    return PastFigures(as_of, years, held)


def _by_enrolment(rows: list[tuple[int, str, str]]) -> dict[int, dict[str, Any]]:
    held: dict[int, dict[str, Any]] = defaultdict(dict)
    for enrolment_id, cohort, evidence in rows:
        held[enrolment_id][cohort] = json.loads(evidence)
    return dict(held)
