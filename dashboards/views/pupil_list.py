"""The pupil list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from accounts.roles import Permission
from attendance.cohorts import COHORTS
from attendance.read_models.cohorts import cohort_counts
from attendance.read_models.past import PastFigures
from attendance_portal.shared import clock
from dashboards import listing
from dashboards.filters import RecordFilter
from dashboards.read_models import pupil_list as lists
from dashboards.read_models.rolls import awaiting_confirmation, enrolments_of_year, with_year
from dashboards.read_models.standing import Standing, standing
from dashboards.views.dates import asked_as_of
from schools.models import Enrolment
from schools.permissions import GuardedView, SignedInRequest, permissions_of
from schools.rules.calendar import academic_year
from schools.scoping import access_of

_AS_OF = "as_of"
_COHORT = "cohort"


@dataclass(frozen=True)
class _Asked:
    """What the address asks: of whom, as of which day, by which figures if it is not the latest."""

    request: SignedInRequest
    today: date
    standing: Standing
    rows: QuerySet[Enrolment]
    past: PastFigures | None

    @property
    def day(self) -> date:
        """The day of the figures; today before the first run."""
        return self.standing.as_of or self.today

    def filtered(self, query: QueryDict) -> RecordFilter:
        """The list that an address asks for, by the filters that this person may use."""
        may = permissions_of(self.request.user)
        is_now = self.past is None  # plans stand as they are today, and not as of another day
        return RecordFilter(
            query,
            self.rows,
            request=self.request,
            on=self.today if self.past is None else self.past.as_of,
            without=(frozenset() if Permission.SEE_SENSITIVE in may else RecordFilter.SENSITIVE)
            | (frozenset() if Permission.SEE_CASES in may and is_now else RecordFilter.CASEWORK),
            past=self.past,
        )


class PupilListView(GuardedView):
    """Enrolments of the year in scope, filtered and sorted by the address, as of any date."""

    permission = Permission.SEE_PUPILS

    def get(self, request: SignedInRequest) -> HttpResponse:
        asked = _asked(request)
        found = asked.filtered(request.GET)
        chips = filter_chips(found, request)
        cohort = found.form.cleaned_data.get(_COHORT, "") if found.form.is_valid() else ""
        columns = lists.COHORT_COLUMNS if cohort else lists.COLUMNS
        sort = listing.chosen_sort(request.GET, columns, lists.DEFAULT_SORT)
        page, enrolments = _page(asked, found.qs, sort)
        question = lists.Question(
            user=request.user,
            as_of=asked.standing.as_of,
            on=asked.today,
            minimum=settings.MINIMUM_POSSIBLE_SESSIONS,
            cohort=cohort,
            past=asked.past,
        )
        context = {
            "standing": asked.standing,
            "count": page.paginator.count,
            "rows": lists.pupil_rows(enrolments, question),
            "headers": listing.headers(columns, request.GET, sort),
            "pages": listing.page_links(page, request.GET),
            "filter_form": found.form,
            "chips": chips,
            "cohort": COHORTS.get(cohort),
            "cohorts": _cohort_links(asked, cohort),
            "clear": request.path,
            "kept": _kept(sort, asked.past),
            "awaiting": awaiting_confirmation(request.user) if not _may_confirm(request) else [],
        }
        return render(request, "dashboards/pupil_list.html", context)


def _asked(request: SignedInRequest) -> _Asked:
    today = clock.today()
    where = standing(
        asked_as_of(request),
        user=request.user,
        latest_href=listing.address(request.GET, **{_AS_OF: None}),
    )
    rows = enrolments_of_year(request.user, as_of=where.as_of or today, on=today)
    past = None
    if not where.is_latest and where.as_of is not None:
        rows = rows.filter(starts_on__lte=where.as_of)
        past = PastFigures(where.as_of, urns=_urns(request, rows))
    return _Asked(request, today, where, rows, past)


def _urns(request: SignedInRequest, rows: QuerySet[Enrolment]) -> list[int] | None:
    """The schools whose figures the list needs; None for all."""
    if access_of(request.user).everything:
        return None
    return list(rows.order_by().values_list("school_id", flat=True).distinct())


def _page(
    asked: _Asked, found: QuerySet[Enrolment], sort: str
) -> tuple[Page[Any], Sequence[Enrolment]]:
    """One page of the list, and its enrolments with what a line needs."""
    minimum = settings.MINIMUM_POSSIBLE_SESSIONS
    rows: Any
    if asked.past is None:
        figured = with_year(found, academic_year(asked.day))
        rows = lists.ordered(figured, sort, minimum=minimum).select_related("pupil", "school")
    else:
        rows = lists.ordered_then(found, sort, past=asked.past, minimum=minimum)
    paginator: Paginator[Any] = Paginator(rows, listing.PER_PAGE)
    paginator.count = found.count()  # counting needs no figures
    page = paginator.get_page(asked.request.GET.get("page"))
    if asked.past is None:
        return page, list(page)
    return page, _enrolments(asked.rows, page)


def _enrolments(rows: QuerySet[Enrolment], page: Iterable[Any]) -> list[Enrolment]:
    """The enrolments of a page of rows or of their ids, in its order."""
    pks = [row.pk if isinstance(row, Enrolment) else row for row in page]
    found = rows.filter(pk__in=pks).select_related("pupil", "school").in_bulk()
    return [found[pk] for pk in pks]


def _cohort_links(asked: _Asked, current: str) -> list[lists.CohortLink]:
    """The named cohorts among the list without its cohort: each count is the length of its list.

    Those of everyone on a past day take seconds to work out, so they are counted once asked for.
    """
    if asked.standing.as_of is None:
        return []
    query = asked.request.GET.copy()
    query.pop(_COHORT, None)
    counts: dict[str, int] | None = None
    if current or asked.past is None or not asked.past.is_of_everyone:
        counts = cohort_counts(asked.filtered(query).qs, past=asked.past)
    return [
        lists.CohortLink(
            label=cohort.label,
            shown="" if counts is None else f"{counts[key]:,}",
            href=listing.address(query, **{_COHORT: key}) if counts is None or counts[key] else "",
            is_current=key == current,
        )
        for key, cohort in COHORTS.items()
    ]


def _kept(sort: str, past: PastFigures | None) -> list[tuple[str, str]]:
    """What filtering anew must not lose: the order, and the date."""
    kept = [(listing.SORT, sort)] if sort != lists.DEFAULT_SORT else []
    return kept if past is None else [*kept, (_AS_OF, past.as_of.isoformat())]


def filter_chips(found: RecordFilter, request: SignedInRequest) -> list[listing.Chip]:
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
