"""F13 of the cases that somebody sees: where they wait."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from cases.models import Case
from cases.states import FIRST_STAGE, STAGES, Stage, StageFacts
from dashboards.charts import Chart, StageCase, StageRow, cases_by_stage
from dashboards.charts import StageFacts as ChartFacts
from dashboards.charts.stages import MOST_CASES
from schools.scoping import casework_access_of

if TYPE_CHECKING:
    from accounts.models import User

DAYS_A_WEEK = 7


def stuck_cases(user: User, on: date, *, schools: Collection[int] | None = None) -> Chart | None:
    """A dot a case in its stage, longest first where not all fit; None without open cases, or for
    a reader who sees none. Two queries, whatever the number of cases. `schools`: URNs, or None
    for all."""
    cases = Case.objects.visible_to(user).live()
    if schools is not None:
        cases = cases.filter(school__in=schools)
    counts = {
        stage: (total, past)
        for stage, total, past in cases.values("stage")
        .annotate(total=Count("pk"), past=Count("pk", filter=past_usual(on)))
        .values_list("stage", "total", "past")
    }
    drawn = _longest(cases, on)
    rows = [
        _row(STAGES[stage], counts.get(stage, (0, 0)), drawn.get(stage, []))
        for stage in Stage
        if stage >= FIRST_STAGE
    ]
    who = "All schools" if casework_access_of(user).everything else "Your schools"
    return cases_by_stage(ChartFacts(who, on, rows))


def past_usual(on: date) -> Q:
    """The condition that a case has been in its stage for more whole weeks than is usual."""
    late = Q()
    for stage, facts in STAGES.items():
        last = on - timedelta(days=DAYS_A_WEEK * (facts.usual_weeks + 1))
        late |= Q(stage=stage.value, stage_since__lte=last)
    return late


def weeks_in_stage(since: date, on: date) -> int:
    """Whole weeks."""
    return max(0, (on - since).days // DAYS_A_WEEK)


def _longest(cases: QuerySet[Case], on: date) -> dict[int, list[StageCase]]:
    rows = cases.select_related("lead").order_by("stage_since", "pk")[:MOST_CASES]
    found: dict[int, list[StageCase]] = {}
    for case in rows:
        found.setdefault(case.stage, []).append(
            StageCase(
                reference=case.reference,
                lead=str(case.lead) if case.lead else "",
                weeks=weeks_in_stage(case.stage_since, on),
                href=reverse("case", args=[case.reference]),
            )
        )
    return found


def _row(facts: StageFacts, counts: tuple[int, int], cases: list[StageCase]) -> StageRow:
    total, past = counts
    return StageRow(facts.tag.label, facts.usual_weeks, total, past, cases)
