"""P16: how few children carry most of the absence."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from accounts.roles import Permission
from dashboards.read_models.insight.concentration import concentration_page
from dashboards.views.slices import asked_slice
from schools.permissions import GuardedView, SignedInRequest


class ConcentrationView(GuardedView):
    """The curve of the slice that the address asks for; a school sees its own pupils."""

    permission = Permission.SEE_SCHOOLS

    def get(self, request: SignedInRequest) -> HttpResponse:
        asked = asked_slice(request)
        page = None
        if asked.now is not None:
            page = concentration_page(asked.now, asked.standing.marks_to)
        return render(
            request, "dashboards/insight/concentration.html", {**asked.context, "page": page}
        )
