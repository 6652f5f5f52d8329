"""The first screen: since yesterday, or where a role that has no worklist begins."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.roles import DESCRIPTIONS, ROLES, Permission
from attendance.selectors import latest_run
from attendance_portal.shared import clock
from dashboards.read_models.standing import standing
from dashboards.read_models.worklist import worklist
from schools.permissions import NO_ACCESS, GuardedView, SignedInRequest, permissions_of
from schools.scoping import roles_of


class WorklistView(GuardedView):
    """P1. Whoever has no worklist goes to their own first page, or is told what they may do."""

    permission = None

    def get(self, request: SignedInRequest) -> HttpResponse:
        permissions = permissions_of(request.user)
        if Permission.SEE_WORKLIST in permissions:
            return self._since_yesterday(request)
        if Permission.SEE_BOROUGH in permissions:
            return redirect("borough")
        if Permission.SEE_PUPILS in permissions:
            return redirect("pupil_list")
        return self._own_access(request, permissions)

    def _since_yesterday(self, request: SignedInRequest) -> HttpResponse:
        run = latest_run()
        context = {
            "standing": standing(None, user=request.user, latest_href=request.path),
            "work": worklist(request.user, run, on=clock.today()) if run else None,
        }
        return render(request, "dashboards/worklist.html", context)

    def _own_access(
        self, request: SignedInRequest, permissions: frozenset[Permission]
    ) -> HttpResponse:
        held = roles_of(request.user)
        context = {
            "no_access": NO_ACCESS,
            "roles": [facts.label for role, facts in ROLES.items() if role in held],
            "may": [text for needed, text in DESCRIPTIONS.items() if needed in permissions],
        }
        return render(request, "dashboards/own_access.html", context)
