"""How long help takes: the report of the year for whoever gives out cases."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from accounts.roles import Permission
from attendance_portal.shared import clock
from dashboards.frame import NavigationItem
from dashboards.read_models.cases.help_report import MONTH, TERM, help_report
from schools.permissions import GuardedView, SignedInRequest

BY = "by"


class CaseReportView(GuardedView):
    """Time to first help, cases that came back, how they ended. It names no child."""

    permission = Permission.ALLOCATE_CASES

    def get(self, request: SignedInRequest) -> HttpResponse:
        """The year so far, by month or by term."""
        by = TERM if request.GET.get(BY) == TERM else MONTH
        context = {
            "page": help_report(request.user, by=by, on=clock.today()),
            "periods": [
                NavigationItem("Month", f"?{BY}={MONTH}", by == MONTH),
                NavigationItem("Term", f"?{BY}={TERM}", by == TERM),
            ],
            "by": "Term" if by == TERM else "Month",
        }
        return render(request, "dashboards/cases/report.html", context)
