"""The borough."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from accounts.roles import Permission
from dashboards import listing
from dashboards.read_models.borough import COLUMNS, DEFAULT_SORT, borough_page
from dashboards.read_models.standing import standing
from dashboards.views.dates import asked_as_of
from schools.permissions import GuardedView, SignedInRequest


class BoroughView(GuardedView):
    """P14: four figures, by phase and by school, as of any date."""

    permission = Permission.SEE_BOROUGH

    def get(self, request: SignedInRequest) -> HttpResponse:
        asked = asked_as_of(request)
        latest = listing.address(request.GET, as_of=None)
        where = standing(asked, user=request.user, latest_href=latest)
        sort = listing.chosen_sort(request.GET, COLUMNS, DEFAULT_SORT)
        page = None
        if where.as_of is not None:
            page = borough_page(
                request.user, as_of=where.as_of, sort=sort, has_lists=where.is_latest
            )
        headers = listing.headers(COLUMNS, request.GET, sort)
        context = {"page": page, "standing": where, "headers": headers}
        return render(request, "dashboards/borough.html", context)
