"""The first screen: since yesterday, or where a role that has no worklist begins."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.roles import DESCRIPTIONS, ROLES, Permission
from attendance.read_models.calendar import ExpectedDays
from attendance.selectors import latest_run
from attendance_portal.shared import clock
from dashboards.read_models.standing import standing
from dashboards.read_models.worklist import worklist
from dashboards.read_models.worklist_team import UnansweredAt, unanswered_at
from dashboards.worklists import worklists
from schools.permissions import NO_ACCESS, GuardedView, SignedInRequest, permissions_of
from schools.scoping import roles_of

LONGEST_URN = 9  # digits: what the database can hold


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
            return redirect("family_list")
        if Permission.SEE_PEOPLE in permissions:
            return redirect("people")
        return self._own_access(request, permissions)

    def _since_yesterday(self, request: SignedInRequest) -> HttpResponse:
        run = latest_run()
        context = {
            "standing": standing(None, user=request.user, latest_href=request.path),
            "work": worklist(request.user, run, on=clock.today()) if run else None,
            "unanswered": self._unanswered(request),
            "worklists": worklists(request.user, on=clock.today()),
            "may_upload": Permission.UPLOAD_REGISTERS in permissions_of(request.user),
        }
        return render(request, "dashboards/worklist.html", context)

    def _unanswered(self, request: SignedInRequest) -> UnansweredAt | None:
        """The school whose unanswered flags a manager has opened."""
        asked = request.GET.get("unanswered", "")
        if not asked:
            return None
        urn = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_URN else 0
        found = unanswered_at(request.user, urn, on=clock.today(), days=ExpectedDays())
        if found is None:
            raise Http404
        return found

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
