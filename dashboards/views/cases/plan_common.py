"""What every page of a plan does first: find it in scope, and write the reading down."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypedDict

from django.http import Http404, HttpResponse
from django.urls import reverse

from accounts.models import AuditEvent, User
from accounts.roles import Permission
from accounts.services import log_view
from attendance_portal.shared import clock, wording
from cases.models import SupportPlan
from dashboards.conflicts import changed_meanwhile
from dashboards.parts import BothVersions, Version
from dashboards.views.cases.common import back_to
from dashboards.views.cases.plan_forms import PartForm
from schools.permissions import GuardedView, SignedInRequest

CHANGED = "changed_meanwhile"


class Deed(TypedDict):
    """Who does it, on which day, at which moment: what every service is given."""

    by: User
    on: date
    at: datetime


def deed(request: SignedInRequest) -> Deed:
    """The person who asks, now."""
    return {"by": request.user, "on": clock.today(), "at": clock.now()}


class PlanView(GuardedView):
    """A page of one plan, or a form about it. A plan out of scope is a page that never was."""

    permission = Permission.EDIT_PLANS

    def plan_of(self, request: SignedInRequest, plan_id: int) -> SupportPlan:
        """The plan with its child, case and school. Raises Http404. The reading is logged."""
        found: SupportPlan | None = (
            SupportPlan.objects.visible_to(request.user)
            .filter(pk=plan_id)
            .select_related(
                "pupil", "case__pupil", "case__school", "case__lead", "case__cover", "agreed_by"
            )
            .first()
        )
        if found is None:
            raise Http404
        route = request.resolver_match.url_name if request.resolver_match else "plan"
        log_view(
            user=request.user,
            subject_ref=str(found.pupil.public_id),
            page=route or "plan",
            at=clock.now(),
        )
        return found

    def back(self, request: SignedInRequest, plan: SupportPlan) -> str:
        """Where the person came from, inside the portal; the plan otherwise."""
        return back_to(request, reverse("plan", args=[plan.pk]))


def both_versions(request: SignedInRequest, plan_id: int, form: PartForm) -> HttpResponse:
    """409: what somebody else saved of this part, beside what was typed here."""
    plan = SupportPlan.objects.get(pk=plan_id)
    last = AuditEvent.objects.filter(object_kind="supportplan", object_ref=str(plan_id))
    entry = last.order_by("-pk").first()
    fields = [
        Version(
            label=str(form.fields[name].label),
            theirs=_shown(getattr(plan, name)),
            yours=_shown(form.cleaned_data[name]),
        )
        for name in form.names
    ]
    versions = BothVersions(
        who=entry.actor_label if entry else "somebody else",
        when=wording.moment(plan.updated_at),
        fields=fields,
        href=request.path,
    )
    return changed_meanwhile(request, thing="This part of the plan", versions=versions)


def _shown(value: Any) -> str:
    return wording.day(value) if isinstance(value, date) else str(value or "")
