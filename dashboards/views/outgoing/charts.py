"""The charts of the borough, of a school and of registers coming in."""

from __future__ import annotations

from accounts.roles import Permission
from attendance_portal.shared import clock
from dashboards.charts import Chart
from dashboards.exports import registry
from dashboards.read_models.registers_page import registers_page
from dashboards.read_models.school_page import groups_chart, school_charts
from dashboards.read_models.standing import standing
from dashboards.read_models.three_charts import Charts
from dashboards.views import borough, feeds, schools
from dashboards.views.outgoing.common import day_of, school_of
from dashboards.views.outgoing.tables import borough_of
from dashboards.views.slices import Only, asked_slice
from schools.permissions import SignedInRequest

_WEEKS, _LINES, _SPREAD = "Absence by week", "Children over the lines", "How absence is spread"


def _of_borough(request: SignedInRequest, is_protected: bool) -> Charts:
    page = borough_of(request, is_protected=is_protected)
    return page.charts if page else Charts(None, None, None)


@registry.chart(
    "borough-absence-by-week", _WEEKS, Permission.SEE_BOROUGH, page="borough", protects=True
)
def borough_by_week(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F1 of the borough."""
    return _of_borough(request, is_protected).by_week


@registry.chart(
    "borough-children-over-the-lines", _LINES, Permission.SEE_BOROUGH, page="borough", protects=True
)
def borough_over_the_lines(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F2 of the borough."""
    return _of_borough(request, is_protected).over_the_lines


@registry.chart("borough-spread", _SPREAD, Permission.SEE_BOROUGH, page="borough", protects=True)
def borough_spread(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F3 of the borough."""
    return _of_borough(request, is_protected).spread


@registry.chart(
    "cases-by-stage", "Where cases wait", Permission.SEE_CASES, page="borough", names_children=True
)
def cases_by_stage(request: SignedInRequest, _is_protected: bool) -> Chart | None:
    """F13, each dot a case: never for readers who may not open them."""
    return borough.stuck_of(asked_slice(request, is_protected=False))


def _of_school(request: SignedInRequest, is_protected: bool) -> Charts:
    school = school_of(request)
    asked = asked_slice(request, only=Only.school(school), is_protected=is_protected)
    if asked.now is None or asked.is_hidden:
        return Charts(None, None, None)
    return school_charts(school, asked.now, asked.then)


@registry.chart(
    "school-absence-by-week",
    f"{_WEEKS}, a school",
    Permission.SEE_SCHOOLS,
    page="school",
    args=("urn",),
    protects=True,
)
def school_by_week(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F1 of a school."""
    return _of_school(request, is_protected).by_week


@registry.chart(
    "school-children-over-the-lines",
    f"{_LINES}, a school",
    Permission.SEE_SCHOOLS,
    page="school",
    args=("urn",),
    protects=True,
)
def school_over_the_lines(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F2 of a school."""
    return _of_school(request, is_protected).over_the_lines


@registry.chart(
    "school-spread",
    f"{_SPREAD}, a school",
    Permission.SEE_SCHOOLS,
    page="school",
    args=("urn",),
    protects=True,
)
def school_spread(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F3 of a school."""
    return _of_school(request, is_protected).spread


@registry.chart(
    "school-group-gaps",
    "Groups beside everyone else, a school",
    Permission.SEE_SCHOOLS,
    page="school_cohorts",
    args=("urn",),
    protects=True,
)
def school_groups(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F8 of a school."""
    school, on = school_of(request), day_of(request)
    if on is None:
        return None
    measure = schools.measure_asked(request)
    return groups_chart(school, request.user, as_of=on, measure=measure, is_protected=is_protected)


@registry.chart(
    "feed-grid",
    "Registers received, day by day",
    Permission.SEE_FEEDS,
    page="feed_health",
    protects=True,
)
def feed_grid(request: SignedInRequest, _is_protected: bool) -> Chart | None:
    """F14, which counts no child: the same for every reader."""
    page = feeds.page_of(request, standing(None, user=request.user, latest_href=""))
    return page.grid if page else None


@registry.chart(
    "school-feed-grid",
    "Registers received, a school",
    Permission.SEE_SCHOOLS,
    page="school_registers",
    args=("urn",),
    protects=True,
)
def school_feed_grid(request: SignedInRequest, _is_protected: bool) -> Chart | None:
    """F14 of a school, which counts no child."""
    school, on = school_of(request), day_of(request)
    if on is None:
        return None
    return registers_page(school, request.user, as_of=on, on=clock.today()).grid
