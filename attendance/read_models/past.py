"""Named cohorts as of a day that is not the figures' date, kept until an import reaches that day.

Worked out by the statements of the night, for whole schools since their weeks depend on every
child; only what is asked for, and once for whoever asks of the same schools. The figures of such a
day are `figures.Figures`.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection
from datetime import date
from functools import cached_property
from typing import Any, Final

from django.core.cache import cache

from attendance import cohorts
from attendance.read_models.figures import Figures, figures_on
from attendance.selectors import last_import_until
from attendance.sql.working import (
    PATTERN_STATEMENTS,
    PERIOD_STATEMENTS,
    TEMPORARY,
    Question,
    answers,
)

_KEPT_SECONDS: Final = 24 * 3600
_COHORT_STATEMENTS: Final = (
    *PERIOD_STATEMENTS,
    "school_week",
    "school_day",
    "school",
    "absence_week",
    *PATTERN_STATEMENTS,
)


class PastFigures:
    """One day of the past, by today's marks. Scope is the caller's.

    `urns`: the schools in question, None for all.
    """

    def __init__(self, as_of: date, *, urns: Collection[int] | None) -> None:
        self.as_of = as_of
        self.is_of_everyone = urns is None
        self._urns = None if urns is None else sorted(set(urns))

    @cached_property
    def figures(self) -> Figures:
        """The year of the day, up to it."""
        return figures_on(self.as_of, urns=self._urns)

    @cached_property
    def cohorts(self) -> dict[int, dict[str, Any]]:
        """The cohorts that each enrolment was in, with their figures."""
        digest = hashlib.sha256(repr((self._urns, cohorts.lines())).encode()).hexdigest()
        key = f"past-cohorts:{self.as_of.isoformat()}:{last_import_until(self.as_of)}:{digest}"
        kept: dict[int, dict[str, Any]] | None = cache.get(key)
        if kept is None:
            kept = self._work_out_cohorts()
            cache.set(key, kept, _KEPT_SECONDS)
        return kept

    def in_cohort(self, key: str) -> list[int]:
        """The enrolments in a cohort on that day."""
        return [pk for pk, held in self.cohorts.items() if key in held]

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
