"""The pupil list."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render

from accounts.roles import Permission
from attendance.filters import EnrolmentFilter
from attendance.selectors import figures_date
from attendance_portal.shared import clock
from dashboards import listing
from dashboards.read_models import pupil_list as lists
from dashboards.read_models.rolls import awaiting_confirmation, enrolments_of_year, with_year
from dashboards.read_models.standing import standing
from schools.models import Enrolment
from schools.permissions import GuardedView, SignedInRequest, permissions_of
from schools.rules.calendar import academic_year


class PupilListView(GuardedView):
    """Enrolments of the year in scope, filtered and sorted by the address."""

    permission = Permission.SEE_PUPILS

    def get(self, request: SignedInRequest) -> HttpResponse:
        today = clock.today()
        found = self._filtered(request)
        sort = listing.chosen_sort(request.GET, lists.COLUMNS, lists.DEFAULT_SORT)
        minimum = settings.MINIMUM_POSSIBLE_SESSIONS
        figured = with_year(found.qs, academic_year(figures_date() or today))
        rows = lists.ordered(figured, sort, minimum=minimum).select_related("pupil", "school")
        paginator: Paginator[Enrolment] = Paginator(rows, listing.PER_PAGE)
        paginator.count = found.qs.count()  # counting needs no figures
        page: Page[Enrolment] = paginator.get_page(request.GET.get("page"))
        chips = filter_chips(found, request)
        context = {
            "standing": standing(None, user=request.user, latest_href=request.path),
            "count": page.paginator.count,
            "rows": lists.pupil_rows(list(page), on=today, minimum=minimum),
            "headers": listing.headers(lists.COLUMNS, request.GET, sort),
            "pages": listing.page_links(page, request.GET),
            "filter_form": found.form,
            "chips": chips,
            "clear": request.path,
            "kept": [(listing.SORT, sort)] if sort != lists.DEFAULT_SORT else [],
            "awaiting": awaiting_confirmation(request.user) if not _may_confirm(request) else [],
        }
        return render(request, "dashboards/pupil_list.html", context)

    def _filtered(self, request: SignedInRequest) -> EnrolmentFilter:
        today = clock.today()
        rows = enrolments_of_year(request.user, as_of=figures_date() or today, on=today)
        sees_sensitive = Permission.SEE_SENSITIVE in permissions_of(request.user)
        without = frozenset() if sees_sensitive else EnrolmentFilter.SENSITIVE
        return EnrolmentFilter(request.GET, rows, request=request, on=today, without=without)


def filter_chips(found: EnrolmentFilter, request: SignedInRequest) -> list[listing.Chip]:
    """The filters that are on, each in words and with the address without it."""
    form = found.form
    if not form.is_valid():
        return []
    on = [(name, value) for name, value in form.cleaned_data.items() if value not in ("", None)]
    return [
        listing.Chip(
            f"{form.fields[name].label}: {_in_words(form.fields[name], value)}",
            listing.address(request.GET, **{name: None}),
        )
        for name, value in on
    ]


def _in_words(field: Any, value: Any) -> str:
    choices = getattr(field, "choices", None)
    if isinstance(value, str) and choices:
        return str(dict(choices).get(value, value))
    return str(value)


def _may_confirm(request: SignedInRequest) -> bool:
    return Permission.CONFIRM_ENROLMENTS in permissions_of(request.user)
