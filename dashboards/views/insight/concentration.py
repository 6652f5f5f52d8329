"""P16: how few children carry most of the absence."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render

from accounts.roles import Permission
from dashboards.read_models.insight.concentration import ConcentrationPage, concentration_page
from dashboards.views.slices import AskedSlice, asked_slice
from schools.permissions import GuardedView, SignedInRequest


class ConcentrationView(GuardedView):
    """The curve of the slice that the address asks for; a school sees its own pupils."""

    permission = Permission.SEE_SCHOOLS

    def get(self, request: SignedInRequest) -> HttpResponse:
        asked = asked_slice(request)
        page = page_of(asked, is_protected=asked.is_protected)
        return render(
            request, "dashboards/insight/concentration.html", {**asked.context, "page": page}
        )


def page_of(asked: AskedSlice, *, is_protected: bool) -> ConcentrationPage | None:
    """The page of an address; None before the first run, and where a filter is not filled right."""
    if asked.now is None:
        return None
    now = replace(asked.now, is_protected=is_protected)
    wider = [count for _, count in asked.without_each()] if is_protected else []
    return concentration_page(now, asked.standing.marks_to, wider)
