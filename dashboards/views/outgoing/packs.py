"""The figures and charts of a pack, as they were frozen. They have no protected form: the frozen
facts are those of the people at the table."""

from __future__ import annotations

from datetime import date

from accounts.roles import Permission
from dashboards.charts import Chart
from dashboards.exports import registry
from dashboards.exports.tables import Cell, Column, Row, Table
from dashboards.read_models.meetings.pack_opened import Opened
from dashboards.read_models.meetings.pack_page import FigureRow
from dashboards.views.meetings.pack import open_pack
from dashboards.views.outgoing.common import rate_cells, rate_columns
from dashboards.views.outgoing.meetings import meeting_of
from schools.permissions import SignedInRequest


def _opened(request: SignedInRequest) -> Opened | None:
    """The pack that the address asks for; None before the first marks, and for a version in a form
    that is no longer read, of which the page says so."""
    try:
        return open_pack(request, meeting_of(request))
    except ValueError:
        return None


def _day(request: SignedInRequest) -> date | None:
    found = _opened(request)
    return found.pack.as_of if found else None


@registry.table(
    "pack_figures",
    "Figures of a pack",
    Permission.SEE_MEETINGS,
    page="meeting_pack",
    args=("meeting_id",),
)
def figures(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """The figures beside last year, the borough and England."""
    found = _opened(request)
    page = found.page() if found else None
    if found is None or page is None or page.is_empty:
        return None
    return Table(
        title=f"The year so far, {page.school}",
        as_of=page.as_of,
        columns=[
            Column("Figure"),
            *rate_columns("The year so far"),
            Column("Since frozen"),
            Column("Same time last year"),
            Column("Borough"),
            Column("England"),
        ],
        rows=[Row(_cells(one)) for one in page.figures],
        about=[_version(found)],
    )


def _cells(one: FigureRow) -> list[Cell]:
    since = one.since or "No change"
    return [
        one.name, *rate_cells(one.rate, one.count), since, one.last_year, one.borough, one.england,
    ]  # fmt: skip


def _version(found: Opened) -> str:
    if found.snapshot is None:
        return "Not frozen yet"
    return f"Version {found.snapshot.version} of the pack"


def _register(name: str, key: str, label: str) -> None:
    """One chart of the pack, by its key."""

    @registry.chart(
        name,
        label,
        Permission.SEE_MEETINGS,
        page="meeting_pack",
        args=("meeting_id",),
        day=_day,
    )
    def build(request: SignedInRequest, _is_protected: bool) -> Chart | None:
        found = _opened(request)
        page = found.page() if found else None
        drawn = page.charts_and_groups if page else []
        return next((chart for chart in drawn if chart.key == key), None)


#: By the chart's own key: F1, F2, F3 and F8.
CHARTS = {
    "absence-by-week": "Absence by week, of a pack",
    "children-over-the-lines": "Children over the lines, of a pack",
    "spread": "How absence is spread, of a pack",
    "group-gaps": "Groups beside everyone else, of a pack",
}
for _key, _label in CHARTS.items():
    _register(f"pack-{_key}", _key, _label)
