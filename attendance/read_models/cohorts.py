"""The named cohorts at the figures' date: how many, and which one child is in and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from attendance.cohorts import COHORTS, LINES, Cohort
from attendance.models import EnrolmentCohort
from attendance.read_models.past import PastFigures
from attendance.rules.pattern_words import reason
from attendance.rules.patterns import CohortKey
from schools.models import Enrolment


@dataclass(frozen=True)
class Verdict:
    """One cohort that an enrolment is in, and the sentence that shows why."""

    cohort: Cohort
    reason: str


def cohort_counts(
    enrolments: QuerySet[Enrolment], *, past: PastFigures | None = None
) -> dict[str, int]:
    """Every cohort's key to how many of these enrolments are in it; in order, 0 where nobody is.

    Start from `.visible_to(user)`: the counts are of whatever is passed. One query. At the figures'
    date, or by the `past` figures of another.
    """
    if past is not None:
        chosen = set(enrolments.order_by().values_list("pk", flat=True))
        return {key: len(chosen.intersection(past.in_cohort(key))) for key in COHORTS}
    rows = EnrolmentCohort.objects.filter(enrolment__in=enrolments.order_by().values("pk"))
    found = dict(rows.values_list("cohort").annotate(Count("enrolment_id")).order_by("cohort"))
    return {key: found.get(key, 0) for key in COHORTS}


def verdicts(enrolment: Enrolment, *, on: date) -> list[Verdict]:
    """The cohorts one enrolment, seen by whom it may be, is in at the figures' date, `on`."""
    rows = EnrolmentCohort.objects.filter(enrolment=enrolment)
    evidence = dict(rows.values_list("cohort", "evidence"))
    return [
        Verdict(cohort, reason(CohortKey(key), evidence[key], on=on, lines=LINES))
        for key, cohort in COHORTS.items()
        if key in evidence
    ]
