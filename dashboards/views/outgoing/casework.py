"""The charts of casework: where a team's cases wait, how long a child has waited for help, and the
weeks of a child with a plan. Never for readers who may not open those cases."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.roles import Permission
from attendance_portal.shared import clock
from cases.models import Case, Referral, SupportPlan
from dashboards.charts import Chart
from dashboards.exports import registry
from dashboards.read_models.cases.partners import waits_chart
from dashboards.read_models.cases.plan_page import plan_page
from dashboards.read_models.cases.stuck import stuck_cases
from dashboards.views.cases.common import visible_case
from schools.permissions import SignedInRequest

_LONGEST_ID = 9  # digits


@registry.chart(
    "team-cases-by-stage",
    "Where a team's cases wait",
    Permission.MANAGE_TEAM,
    page="worklist",
    names_children=True,
    is_of_today=True,
)
def cases_of_team(request: SignedInRequest, _is_protected: bool) -> Chart | None:
    """F13 of every case in scope."""
    return stuck_cases(request.user, clock.today())


def _case(request: SignedInRequest) -> Case:
    return visible_case(request, request.GET.get("reference", ""))


@registry.chart(
    "case-waits",
    "How long one child has waited for help",
    Permission.SEE_CASES,
    page="case",
    args=("reference",),
    names_children=True,
    is_of_today=True,
    children=lambda request: [str(_case(request).pupil.public_id)],
)
def waits(request: SignedInRequest, _is_protected: bool) -> Chart | None:
    """F15 of a case."""
    case = _case(request)
    referrals = list(Referral.objects.visible_to(request.user).filter(case=case))
    return waits_chart(case, referrals, on=clock.today())


def _plan(request: SignedInRequest) -> SupportPlan:
    key = request.GET.get("plan_id", "")
    if not key.isdecimal() or len(key) > _LONGEST_ID:
        raise Http404
    rows = SupportPlan.objects.visible_to(request.user)
    found: SupportPlan = get_object_or_404(
        rows.select_related("pupil", "case__pupil", "case__school"), pk=int(key)
    )
    return found


@registry.chart(
    "plan-weeks-missed",
    "Which weeks, a child with a plan",
    Permission.SEE_CASES,
    page="plan",
    args=("plan_id",),
    names_children=True,
    children=lambda request: [str(_plan(request).pupil.public_id)],
)
def weeks_of_plan(request: SignedInRequest, _is_protected: bool) -> Chart | None:
    """F5 with the plan and its reviews marked."""
    return plan_page(_plan(request), request.user, on=clock.today()).progress.chart
