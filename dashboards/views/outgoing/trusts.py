"""The charts and tables of one trust: those of the borough, for whoever sees one of its schools."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.roles import Permission
from dashboards import listing
from dashboards.charts import Chart
from dashboards.exports import registry
from dashboards.exports.tables import Table
from dashboards.read_models.borough import BoroughPage
from dashboards.read_models.borough_tables import COLUMNS, DEFAULT_SORT
from dashboards.read_models.three_charts import Charts
from dashboards.views import borough
from dashboards.views.outgoing.comparisons import codes_table, days_table
from dashboards.views.outgoing.tables import lines_table, part_table
from dashboards.views.slices import AskedSlice, Only, asked_slice
from schools.models import School, Trust
from schools.permissions import SignedInRequest

_LONGEST_UID = 20  # digits and letters; five today


def trust_asked(request: SignedInRequest, *, is_protected: bool) -> tuple[Trust, AskedSlice]:
    """The trust that the page is about, and its slice. Raises Http404 where none of its schools is
    in scope."""
    uid = request.GET.get("uid", "")
    if not uid.isalnum() or len(uid) > _LONGEST_UID:
        raise Http404
    schools = School.objects.visible_to(request.user)
    trust = get_object_or_404(Trust.objects.filter(schools__in=schools).distinct(), uid=uid)
    return trust, asked_slice(request, only=Only.trust(trust), is_protected=is_protected)


def trust_of(request: SignedInRequest, *, is_protected: bool) -> BoroughPage | None:
    """The trust's page as the address asks for it."""
    trust, asked = trust_asked(request, is_protected=is_protected)
    sort = listing.chosen_sort(request.GET, COLUMNS, DEFAULT_SORT)
    return borough.page_of(asked, sort, trust)


def _table(name: str, label: str) -> Callable[[registry.Build[Table]], registry.Build[Table]]:
    return registry.table(
        name, label, Permission.SEE_SCHOOLS, page="trust", args=("uid",), protects=True
    )


def _part(name: str, label: str) -> Callable[[registry.Build[Table]], registry.Build[Table]]:
    """Never protected: with the schools, the parts would give counts away."""
    return registry.table(name, label, Permission.SEE_SCHOOLS, page="trust", args=("uid",))


def _chart(name: str, label: str) -> Callable[[registry.Build[Chart]], registry.Build[Chart]]:
    return registry.chart(
        name, label, Permission.SEE_SCHOOLS, page="trust", args=("uid",), protects=True
    )


def _charts(request: SignedInRequest, is_protected: bool) -> Charts:
    page = trust_of(request, is_protected=is_protected)
    return page.charts if page else Charts(None, None, None)


@_chart("trust-absence-by-week", "Absence by week, a trust")
def by_week(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F1 of a trust."""
    return _charts(request, is_protected).by_week


@_chart("trust-children-over-the-lines", "Children over the lines, a trust")
def over_the_lines(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F2 of a trust."""
    return _charts(request, is_protected).over_the_lines


@_chart("trust-spread", "How absence is spread, a trust")
def spread(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F3 of a trust."""
    return _charts(request, is_protected).spread


@_table("trust_schools", "Schools of a trust")
def schools(request: SignedInRequest, is_protected: bool) -> Table | None:
    """By school, and all of them together."""
    page = trust_of(request, is_protected=is_protected)
    if page is None or not page.schools:
        return None
    lines = [*page.schools, *([page.total] if page.total else [])]
    return lines_table(request, "Absence by school", page, lines)


@_part("trust_phases", "Phases of a trust")
def phases(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """By phase."""
    return part_table(request, trust_of(request, is_protected=False), "phases")


@_part("trust_localities", "Localities of a trust")
def localities(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """By locality of the school."""
    return part_table(request, trust_of(request, is_protected=False), "localities")


@_table("trust_reasons", "Absence by reason, a trust")
def reasons(request: SignedInRequest, is_protected: bool) -> Table | None:
    """By code, of a trust."""
    page = trust_of(request, is_protected=is_protected)
    return None if page is None else codes_table(request, page.reasons, page.whose)


@_table("trust_days", "Absence by day of the week, a trust")
def days(request: SignedInRequest, is_protected: bool) -> Table | None:
    """By day of the week, of a trust."""
    page = trust_of(request, is_protected=is_protected)
    return None if page is None else days_table(request, page.reasons, page.whose)
