"""P5: the list of cases, filtered and sorted by its address."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.roles import Permission
from attendance_portal.shared import clock
from cases.filters import CaseListFilter
from dashboards import listing
from dashboards.read_models.cases import case_list as lists
from dashboards.views.chips import filter_chips
from schools.permissions import GuardedView, SignedInRequest, has_permission


class CaseListView(GuardedView):
    """Cases in scope: those that are worked on, unless a state is asked for."""

    permission = Permission.SEE_CASES

    def get(self, request: SignedInRequest) -> HttpResponse:
        on = clock.today()
        found = found_cases(request, on)
        chips = filter_chips(found.form, request.GET)
        sort, rows = ordered_cases(request, found)
        paginator = Paginator(rows, listing.PER_PAGE)
        paginator.count = found.qs.count()  # type: ignore[method-assign] # without what rows show
        page = paginator.get_page(request.GET.get(listing.PAGE))
        context = {
            "count": paginator.count,
            "rows": lists.case_rows(list(page), on=on),
            "headers": listing.headers(lists.COLUMNS, request.GET, sort),
            "pages": listing.page_links(page, request.GET),
            "filter_form": found.form,
            "chips": chips,
            "clear": request.path,
            "kept": [(listing.SORT, sort)] if sort != lists.DEFAULT_SORT else [],
            "empty": None
            if paginator.count or chips
            else lists.empty_list(request.user, on=on, today_href=reverse("worklist")),
            "may_lead": has_permission(request.user, Permission.LEAD_CASES),
            "may_report": has_permission(request.user, Permission.ALLOCATE_CASES),
        }
        return render(request, "dashboards/cases/case_list.html", context)


def found_cases(request: SignedInRequest, on: date) -> CaseListFilter:
    """The cases that the address asks for."""
    listed = lists.listed_cases(request.user, status=request.GET.get("status", ""))
    return CaseListFilter(request.GET, listed, request=request, on=on)


def ordered_cases(request: SignedInRequest, found: CaseListFilter) -> tuple[str, Any]:
    """The order asked for, and the cases in it with what rows show."""
    sort = listing.chosen_sort(request.GET, lists.COLUMNS, lists.DEFAULT_SORT)
    return sort, lists.with_what_rows_show(lists.ordered(found.qs, sort))
