"""P5: one case, the shared record of one child's support."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from accounts.roles import Permission
from attendance_portal.shared import clock
from dashboards.read_models.cases.actions import action_block
from dashboards.read_models.cases.case_page import case_page
from dashboards.read_models.cases.contacts import contact_block
from dashboards.read_models.cases.ladder import ladder_of
from dashboards.read_models.cases.partners import partner_block
from dashboards.read_models.cases.plan import plan_card
from dashboards.read_models.cases.timeline import timeline_block
from dashboards.views.cases.common import CaseView, case_tabs
from schools.permissions import SignedInRequest, has_permission


class CasePageView(CaseView):
    """The case, its ladder, plan, actions, contacts, partners and latest lines."""

    def get(self, request: SignedInRequest, reference: str) -> HttpResponse:
        case = self.case_of(request, reference)
        on, user = clock.today(), request.user
        context = {
            "case": case,
            "pupil": case.pupil,
            "page": case_page(case, user, on=on),
            "tabs": case_tabs(case, "case"),
            "may_work": has_permission(user, Permission.LEAD_CASES),
            "ladder": ladder_of(case, user, on=on),
            "plan": plan_card(case, user, on=on),
            "actions": action_block(case, user, on=on),
            "contacts": contact_block(case, user, on=on),
            "partners": partner_block(case, user, on=on),
            "timeline": timeline_block(case, user, on=on),
        }
        return render(request, "dashboards/cases/case.html", context)
