"""The borough, and its trusts: where they stand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.roles import Permission
from dashboards import listing
from dashboards.charts import Chart
from dashboards.read_models.borough import BoroughPage, View, borough_page
from dashboards.read_models.borough_tables import COLUMNS, DEFAULT_SORT, PROTECTED_COLUMNS
from dashboards.read_models.cases.stuck import stuck_cases
from dashboards.read_models.explore.movement import movement_block
from dashboards.views.board_report import board_report_href
from dashboards.views.exports import export_of
from dashboards.views.slices import AskedSlice, Only, asked_slice
from schools.models import School, Trust
from schools.permissions import GuardedView, SignedInRequest, has_permission


class BoroughView(GuardedView):
    """P14: four figures, three charts, by phase, locality, trust and school, as of any date."""

    permission = Permission.SEE_BOROUGH

    def get(self, request: SignedInRequest) -> HttpResponse:
        return self._page(request, asked_slice(request))

    def _page(
        self, request: SignedInRequest, asked: AskedSlice, trust: Trust | None = None
    ) -> HttpResponse:
        columns = PROTECTED_COLUMNS if asked.is_protected else COLUMNS
        sort = listing.chosen_sort(request.GET, columns, DEFAULT_SORT)
        context: dict[str, Any] = {
            **asked.context,
            "title": trust.name if trust else "Borough",
            "is_trust": trust is not None,
            "trust_uid": trust.uid if trust else "",
            "page": page_of(asked, sort, trust),
            "headers": listing.headers(columns, request.GET, sort),
            "movement": movement_block(asked.now) if asked.now else None,
            "stuck": stuck_of(asked),
            "export_href": _export(asked),
            "board_report_href": "" if trust else board_report_href(request.user),
        }
        return render(request, "dashboards/borough.html", context)


class TrustView(BoroughView):
    """The same of one trust's schools, for whoever sees at least one of them."""

    permission = Permission.SEE_SCHOOLS

    def get(self, request: SignedInRequest, uid: str) -> HttpResponse:  # type: ignore[override]
        schools = School.objects.visible_to(request.user)
        trust = get_object_or_404(Trust.objects.filter(schools__in=schools).distinct(), uid=uid)
        return self._page(request, asked_slice(request, only=Only.trust(trust)), trust)


def page_of(asked: AskedSlice, sort: str, trust: Trust | None = None) -> BoroughPage | None:
    """The borough, or one trust, as asked; None before the first figures, or where nothing may be
    shown."""
    if asked.now is None or asked.is_hidden:
        return None
    left_out = asked.left_out if asked.is_protected else []
    view = View(asked.now, asked.then, sort, left_out=left_out)
    if trust is not None:
        view = replace(view, part=trust.name, route="trust", given=(trust.uid,))
    return borough_page(view)


def stuck_of(asked: AskedSlice) -> Chart | None:
    """F13: cases as they stand today, so only beside the latest figures of whole schools, and never
    protected."""
    now = asked.now
    if now is None or now.is_protected or not asked.standing.is_latest:
        return None
    if not now.is_of_whole_schools or not has_permission(now.user, Permission.SEE_CASES):
        return None
    return stuck_cases(now.user, now.today, schools=now.schools)


def _export(asked: AskedSlice) -> str:
    """The form of a file of the same figures, where the file can be of the same choice."""
    names = {"phase", "school", "trust", "year_group"}
    if asked.now is None or not asked.now.address.keys() <= names | {"as_of"}:
        return ""
    part = {name: value for name, value in asked.now.address.items() if name in names}
    return export_of(asked.request.user, asked.now.as_of, **part)
