"""The explorer's charts and its table of two groupings, of the slice that the address names."""

from __future__ import annotations

from copy import copy

from accounts.roles import Permission
from dashboards.charts import Chart
from dashboards.exports import registry
from dashboards.exports.tables import Column, Row, Table
from dashboards.read_models.explore.page import ExplorePage
from dashboards.views.explore.cohort import page_of
from dashboards.views.outgoing.common import SYMBOLS, in_words, rate_cells, rate_columns
from dashboards.views.slices import PROTECTED, AskedSlice, asked_slice
from schools.permissions import SignedInRequest


def _asked(
    request: SignedInRequest, *, is_protected: bool
) -> tuple[AskedSlice, ExplorePage] | None:
    """The page as the address asks for it, or its protected form; None before the first run."""
    own = copy(request)
    query = request.GET.copy()
    query.pop(PROTECTED, None)
    if is_protected:
        query[PROTECTED] = "1"
    own.GET = query  # type: ignore[assignment] # as a request of that address would have it
    asked = asked_slice(own)
    return None if asked.now is None else (asked, page_of(own, asked, asked.now)["page"])


def _chart(request: SignedInRequest, key: str, *, is_protected: bool) -> Chart | None:
    found = _asked(request, is_protected=is_protected)
    if found is None:
        return None
    _, page = found
    drawn = [*page.charts, *([page.groups] if page.groups else [])]
    return next((chart for chart in drawn if chart.key == key), None)


@registry.chart(
    "explore-group-gaps",
    "Groups beside everyone else",
    Permission.SEE_SCHOOLS,
    page="explore",
    protects=True,
)
def group_gaps(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F8 of the slice."""
    return _chart(request, "group-gaps", is_protected=is_protected)


@registry.chart(
    "explore-absence-by-week",
    "Absence by week, explorer",
    Permission.SEE_SCHOOLS,
    page="explore",
    protects=True,
)
def by_week(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F1 of the slice."""
    return _chart(request, "absence-by-week", is_protected=is_protected)


@registry.chart(
    "explore-children-over-the-lines",
    "Children over the lines, explorer",
    Permission.SEE_SCHOOLS,
    page="explore",
    protects=True,
)
def over_the_lines(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F2 of the slice."""
    return _chart(request, "children-over-the-lines", is_protected=is_protected)


@registry.chart(
    "explore-spread",
    "How absence is spread, explorer",
    Permission.SEE_SCHOOLS,
    page="explore",
    protects=True,
)
def spread(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F3 of the slice."""
    return _chart(request, "spread", is_protected=is_protected)


@registry.table("explore", "Explorer: two groupings", Permission.SEE_SCHOOLS)
def cross_table(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """Two groupings of the slice, which have no protected form."""
    found = _asked(request, is_protected=False)
    if found is None:
        return None
    asked, page = found
    table, on = page.cross, asked.standing.as_of
    if table is None or on is None:
        return None
    return Table(
        title=table.caption,
        as_of=on,
        columns=[
            Column(table.corner),
            *(column for name in table.columns for column in rate_columns(name)),
        ],
        rows=[
            Row(
                [
                    row.label,
                    *(part for cell in row.cells for part in rate_cells(cell.rate, cell.count)),
                ]
            )
            for row in table.rows
        ],
        about=in_words(asked.chips),
        notes=[SYMBOLS],
    )
