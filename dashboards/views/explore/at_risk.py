"""Who is at risk of persistent absence, or just over the line, and what is still ahead."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from accounts.roles import Permission
from attendance.cohorts import LINES
from attendance.read_models.days_left import DaysLeft
from dashboards import listing
from dashboards.read_models.explore.at_risk import (
    COLUMNS,
    DEFAULT_SORT,
    at_risk,
    at_risk_rows,
    ordered,
)
from dashboards.read_models.slices import Slice
from dashboards.views.explore.cohort import title_of
from dashboards.views.slices import asked_slice
from schools.permissions import GuardedView, SignedInRequest


class AtRiskView(GuardedView):
    """A list of children, so never a protected view: `protected=1` is not offered here."""

    permission = Permission.SEE_SCHOOLS

    def get(self, request: SignedInRequest) -> HttpResponse:
        asked = asked_slice(request)
        context = {
            **asked.context,
            "kept": [],
            "parent": title_of(request),
            "below": LINES.over_the_line_below_percent,
            "count": 0,
        }
        if asked.now is not None:
            context.update(_list(request, asked.now))
        return render(request, "dashboards/explore/at_risk.html", context)


def _list(request: SignedInRequest, now: Slice) -> dict[str, Any]:
    sort = listing.chosen_sort(request.GET, COLUMNS, DEFAULT_SORT)
    days = DaysLeft(now.as_of)
    found = at_risk(now)
    rows = ordered(found, sort, now, days).select_related("pupil", "school")
    paginator: Paginator[Any] = Paginator(rows, listing.PER_PAGE)
    paginator.count = found.count()
    page = paginator.get_page(request.GET.get(listing.PAGE))
    return {
        "count": paginator.count,
        "rows": at_risk_rows(list(page), now, days),
        "headers": listing.headers(COLUMNS, request.GET, sort),
        "pages": listing.page_links(page, request.GET),
        "kept": [(listing.SORT, sort)] if sort != DEFAULT_SORT else [],
        "explore_href": now.link("explore"),
        "who": now.who,
    }
