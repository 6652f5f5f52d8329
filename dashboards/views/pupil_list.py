"""The pupil list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from accounts.roles import Permission
from attendance.cohorts import COHORTS
from attendance.read_models.cohorts import cohort_counts
from attendance.read_models.past import PastFigures
from dashboards import listing
from dashboards.filters import RecordFilter
from dashboards.read_models import pupil_list as lists
from dashboards.read_models.rolls import awaiting_confirmation
from dashboards.read_models.standing import Standing, standing
from dashboards.views.chips import filter_chips
from dashboards.views.dates import asked_as_of
from dashboards.views.slices import AS_OF, Rows, rows_of
from dashboards.waiting import wait_for
from schools.models import Enrolment
from schools.permissions import GuardedView, SignedInRequest, permissions_of

_COHORT = "cohort"


@dataclass(frozen=True)
class AskedList:
    """What the address asks: of whom, and as of which day."""

    standing: Standing
    rows: Rows

    @property
    def request(self) -> SignedInRequest:
        return self.rows.request

    @property
    def past(self) -> PastFigures | None:
        return self.rows.past


class PupilListView(GuardedView):
    """Enrolments of the year in scope, filtered and sorted by the address, as of any date."""

    permission = Permission.SEE_PUPILS

    def get(self, request: SignedInRequest) -> HttpResponse:
        asked = asked_of(request)
        found = asked.rows.filtered(request.GET)
        question = question_of(asked, found)
        sort = listing.chosen_sort(request.GET, question.columns, lists.DEFAULT_SORT)
        page = _page(asked, found.qs, sort, question)
        chips = filter_chips(found.form, request.GET)
        context = {
            "standing": asked.standing,
            "count": page.paginator.count,
            "rows": lists.pupil_rows(list(page), question),
            "missed_label": question.missed_label,
            "headers": listing.headers(question.columns, request.GET, sort),
            "pages": listing.page_links(page, request.GET),
            "filter_form": found.form,
            "chips": chips,
            "cohort": COHORTS.get(question.cohort),
            "cohorts": _cohort_links(asked, question.cohort),
            "clear": request.path,
            "kept": _kept(sort),
            "awaiting": awaiting_confirmation(request.user) if not _may_confirm(request) else [],
        }
        return render(request, "dashboards/pupil_list.html", context)


def asked_of(request: SignedInRequest) -> AskedList:
    """What the address of the list asks for."""
    where = standing(
        asked_as_of(request),
        user=request.user,
        latest_href=listing.address(request.GET, **{AS_OF: None}),
    )
    wait_for(request, where.as_of)
    return AskedList(where, rows_of(request, where.as_of, is_latest=where.is_latest))


def question_of(asked: AskedList, found: RecordFilter) -> lists.Question:
    """What the rows of the list are asked."""
    is_valid = found.form.is_valid()
    return lists.Question(
        user=asked.request.user,
        as_of=asked.standing.as_of,
        on=asked.rows.today,
        minimum=settings.MINIMUM_POSSIBLE_SESSIONS,
        cohort=found.form.cleaned_data.get(_COHORT, "") if is_valid else "",
        past=asked.past,
        figures=found.figures,
        missed=found.absence_kind,
    )


def _page(
    asked: AskedList, found: QuerySet[Enrolment], sort: str, question: lists.Question
) -> Page[Any]:
    """One page of the list, with what a line needs."""
    rows = lists.ordered(found, sort, question).select_related("pupil", "school")
    paginator: Paginator[Any] = Paginator(rows, listing.PER_PAGE)
    paginator.count = found.count()  # counting needs no figures
    return paginator.get_page(asked.request.GET.get("page"))


def _cohort_links(asked: AskedList, current: str) -> list[lists.CohortLink]:
    """The named cohorts among the list without its cohort: each count is the length of its list.

    Those of everyone on a past day take seconds to work out, so they are counted once asked for.
    """
    if asked.standing.as_of is None:
        return []
    query = asked.request.GET.copy()
    query.pop(_COHORT, None)
    counts: dict[str, int] | None = None
    if current or asked.past is None or not asked.past.is_of_everyone:
        counts = cohort_counts(asked.rows.filtered(query).qs, past=asked.past)
    return [
        lists.CohortLink(
            label=cohort.label,
            shown="" if counts is None else f"{counts[key]:,}",
            href=listing.address(query, **{_COHORT: key}) if counts is None or counts[key] else "",
            is_current=key == current,
        )
        for key, cohort in COHORTS.items()
    ]


def _kept(sort: str) -> list[tuple[str, str]]:
    """What filtering anew must not lose: the order. The date is a field of the bar."""
    return [(listing.SORT, sort)] if sort != lists.DEFAULT_SORT else []


def _may_confirm(request: SignedInRequest) -> bool:
    return Permission.CONFIRM_ENROLMENTS in permissions_of(request.user)
