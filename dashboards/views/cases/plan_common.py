"""What every page of a plan does first: find it in scope, and write the reading down."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse

from accounts.models import AuditEvent, Draft
from accounts.roles import Permission
from accounts.services.drafts import save_draft
from attendance_portal.shared import clock, wording
from cases.models import SupportPlan
from cases.services.plans import digest_of
from dashboards.conflicts import changed_meanwhile
from dashboards.parts import BothVersions, Version
from dashboards.views.cases.common import back_to, log_reading
from dashboards.views.cases.plan_forms import PartForm
from dashboards.views.drafts import typed
from schools.permissions import GuardedView, SignedInRequest

CHANGED = "changed_meanwhile"
DRAFT_TITLE = "Support plan, a part"


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
        log_reading(request, found.pupil)
        return found

    def back(self, request: SignedInRequest, plan: SupportPlan) -> str:
        """Where the person came from, inside the portal; the plan otherwise."""
        return back_to(request, reverse("plan", args=[plan.pk]))


def both_versions(request: SignedInRequest, plan_id: int, form: PartForm) -> HttpResponse:
    """409: what somebody else saved of this part, beside what was typed here.

    What was typed stays as a draft of the plan as it is now: its writer has seen the other.
    """
    plan = SupportPlan.objects.get(pk=plan_id)
    _keep_typed(request, plan, form)
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


def _keep_typed(request: SignedInRequest, plan: SupportPlan, form: PartForm) -> None:
    now = {"version": [str(plan.version)], "seen": [digest_of(plan, form.names)]}
    save_draft(
        user=request.user,
        form=request.path,
        title=DRAFT_TITLE,
        typed={**typed(request), **now},
        at=clock.now(),
    )


def said_now(plan: SupportPlan, form: PartForm, draft: Draft | None) -> list[tuple[str, str]]:
    """What the plan says where a draft says something else: nobody overwrites unseen."""
    if draft is None:
        return []
    found = []
    for name in form.names:
        saved = getattr(plan, name)
        as_typed = saved.isoformat() if isinstance(saved, date) else str(saved or "")
        if saved and draft.typed.get(name, [""]) != [as_typed]:
            found.append((str(form.fields[name].label), _shown(saved)))
    return found


def _shown(value: Any) -> str:
    return wording.day(value) if isinstance(value, date) else str(value or "")
