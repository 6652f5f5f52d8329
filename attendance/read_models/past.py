"""Years and named cohorts as of a day that is not the figures' date, kept until the next import.

Worked out by the statements of the night, for whole schools since their weeks depend on every
child; only what is asked for, and once for whoever asks of the same schools.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date
from functools import cached_property
from typing import Any, Final

from django.core.cache import cache

from attendance import cohorts
from attendance.read_models.absence import YearCount, year_counts
from attendance.selectors import last_import_id
from attendance.sql.working import (
    PATTERN_STATEMENTS,
    PERIOD_STATEMENTS,
    TEMPORARY,
    Question,
    answers,
)
from schools.models import Enrolment
from schools.rules.calendar import academic_year

_KEPT_SECONDS: Final = 24 * 3600
_COHORT_STATEMENTS: Final = (
    *PERIOD_STATEMENTS,
    "school_week",
    "school_day",
    "school",
    "absence_week",
    *PATTERN_STATEMENTS,
)
_NOTHING: Final = YearCount()


class PastFigures:
    """Figures by enrolment as of one day, by today's marks. Scope is the caller's.

    `urns`: the schools in question, None for all.
    """

    def __init__(self, as_of: date, *, urns: Collection[int] | None) -> None:
        self.as_of = as_of
        self.is_of_everyone = urns is None
        self._urns = None if urns is None else sorted(set(urns))

    @cached_property
    def years(self) -> dict[int, YearCount]:
        """The sessions of the academic year up to the day, of everyone with one possible."""
        kept: dict[int, YearCount] = self._kept("years", self._work_out_years)
        return kept

    @cached_property
    def cohorts(self) -> dict[int, dict[str, Any]]:
        """The cohorts that each enrolment was in, with their figures."""
        kept: dict[int, dict[str, Any]] = self._kept("cohorts", self._work_out_cohorts)
        return kept

    def year(self, enrolment_id: int) -> YearCount:
        """The year so far of one of all; noughts where nothing was possible."""
        return self.years.get(enrolment_id, _NOTHING)

    def years_of(self, enrolment_ids: Collection[int]) -> dict[int, YearCount]:
        """The year so far of a few: without working out everyone's."""
        found = (
            self.years
            if "years" in self.__dict__
            else year_counts(Enrolment.objects.filter(pk__in=list(enrolment_ids)), as_of=self.as_of)
        )
        return {pk: found.get(pk, _NOTHING) for pk in enrolment_ids}

    def in_cohort(self, key: str) -> list[int]:
        """The enrolments in a cohort on that day."""
        return [pk for pk, held in self.cohorts.items() if key in held]

    def that_are(self, name: str) -> list[int]:
        """The enrolments that are `persistent` or `severe` on that day."""
        return [pk for pk, year in self.years.items() if getattr(year, name)]

    def _kept(self, what: str, work_out: Callable[[], Any]) -> Any:
        digest = hashlib.sha256(repr((self._urns, cohorts.lines())).encode()).hexdigest()
        key = f"past-{what}:{self.as_of.isoformat()}:{last_import_id()}:{digest}"
        kept = cache.get(key)
        if kept is None:
            kept = work_out()
            cache.set(key, kept, _KEPT_SECONDS)
        return kept

    def _work_out_years(self) -> dict[int, YearCount]:
        question = Question(as_of=self.as_of, schools=self._urns)
        with answers(question, PERIOD_STATEMENTS) as cursor:
            cursor.execute(
                "SELECT enrolment_id, possible, attended, authorised, unauthorised, persistent, "  # noqa: S608 - our own names
                f"severe FROM {TEMPORARY.name('period')} WHERE kind = 1 AND academic_year = %s",
                [academic_year(self.as_of)],
            )
            return {row[0]: YearCount(*row[1:]) for row in cursor.fetchall()}

    def _work_out_cohorts(self) -> dict[int, dict[str, Any]]:
        question = Question(as_of=self.as_of, schools=self._urns)
        held: dict[int, dict[str, Any]] = defaultdict(dict)
        with answers(question, _COHORT_STATEMENTS, lines=cohorts.lines()) as cursor:
            cursor.execute(
                f"SELECT enrolment_id, cohort, evidence::text FROM {TEMPORARY.name('pattern')}"  # noqa: S608
            )
            for enrolment_id, cohort, evidence in cursor.fetchall():
                held[enrolment_id][cohort] = json.loads(evidence)
        return dict(held)
