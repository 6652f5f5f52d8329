"""P5: the list of cases."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from accounts.roles import Permission
from cases.models import Case
from schools.permissions import GuardedView, SignedInRequest


class CaseListView(GuardedView):
    """Cases in scope."""

    permission = Permission.SEE_CASES

    def get(self, request: SignedInRequest) -> HttpResponse:
        rows = Case.objects.visible_to(request.user).live().select_related("pupil")
        context = {"rows": rows.order_by("next_review_on", "pk")[:25]}
        return render(request, "dashboards/cases/case_list.html", context)
