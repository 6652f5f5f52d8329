"""The charts and tables of the cohort explorer, and the list of those at risk."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.roles import Permission
from attendance.read_models.days_left import DaysLeft
from dashboards import listing
from dashboards.charts import Chart
from dashboards.exports import registry
from dashboards.exports.tables import Cell, Column, Kind, Row, Table
from dashboards.read_models.explore import at_risk
from dashboards.read_models.explore.groups import NOBODY, CrossCell
from dashboards.read_models.explore.page import ExplorePage
from dashboards.read_models.reasons_panel import ReasonsPanel
from dashboards.read_models.slices import Slice
from dashboards.views.explore.cohort import page_of
from dashboards.views.outgoing.common import SYMBOLS, in_words, rate_cells, rate_columns
from dashboards.views.slices import AskedSlice, asked_slice
from schools.permissions import SignedInRequest

_EACH_ONCE = "Each enrolment counts once, so a child on two rolls counts at both schools."
_SEES = Permission.SEE_SCHOOLS


def _page(
    request: SignedInRequest, *, is_protected: bool = False
) -> tuple[AskedSlice, ExplorePage | None]:
    asked = asked_slice(request, is_protected=is_protected)
    return asked, page_of(asked)


def _chart(request: SignedInRequest, key: str, *, is_protected: bool) -> Chart | None:
    _, page = _page(request, is_protected=is_protected)
    return next((each for each in page.charts if each.key == key), None) if page else None


@registry.chart(
    "explore-absence-by-week", "Absence by week, of a cohort", _SEES, page="explore", protects=True
)
def by_week(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F1 of the slice."""
    return _chart(request, "absence-by-week", is_protected=is_protected)


@registry.chart(
    "explore-children-over-the-lines",
    "Children over the lines, of a cohort",
    _SEES,
    page="explore",
    protects=True,
)
def over_the_lines(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F2 of the slice."""
    return _chart(request, "children-over-the-lines", is_protected=is_protected)


@registry.chart(
    "explore-spread", "How absence is spread, of a cohort", _SEES, page="explore", protects=True
)
def spread(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F3 of the slice."""
    return _chart(request, "spread", is_protected=is_protected)


@registry.chart(
    "explore-group-gaps",
    "Groups beside everyone else, of a cohort",
    _SEES,
    page="explore",
    protects=True,
)
def groups(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F8 of the slice."""
    _, page = _page(request, is_protected=is_protected)
    return page.groups if page else None


@registry.table("explore", "Cohort by two groupings", _SEES)
def cross_table(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """The table of two groupings, which has no protected form."""
    asked, page = _page(request)
    if page is None or page.cross is None or asked.now is None:
        return None
    table = page.cross
    return Table(
        title=table.caption,
        as_of=asked.now.as_of,
        columns=[
            Column(table.corner),
            *(column for label in table.columns for column in rate_columns(label)),
        ],
        rows=[
            Row([row.label, *(cell for each in row.cells for cell in _cells(each))])
            for row in table.rows
        ],
        about=in_words(asked.chips),
        notes=[_EACH_ONCE, SYMBOLS],
    )


def _cells(cell: CrossCell) -> list[Cell]:
    """Nobody in a cell: not applicable, in all three."""
    return ["z"] * 3 if cell.rate == NOBODY else rate_cells(cell.rate, cell.count)


@registry.table("explore_reasons", "Absence by reason, of a cohort", _SEES, page="explore")
def reasons(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """By code of absence."""
    columns = [
        Column("Reason"),
        Column("Counts as"),
        Column("Of possible sessions", Kind.PERCENT),
        Column("Sessions", Kind.NUMBER),
    ]

    def rows(panel: ReasonsPanel) -> list[Row]:
        return [
            Row([f"{line.name} ({line.code})", line.kind, line.rate, line.sessions])
            for line in panel.codes
        ]

    asked, page = _page(request)
    if page is None or page.reasons is None or asked.now is None:
        return None
    return _of_panel("Absence by reason", asked, asked.now, columns, rows(page.reasons))


@registry.table("explore_days", "Absence by day of the week, of a cohort", _SEES, page="explore")
def days(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """By day of the week."""
    columns = [
        Column("Day"),
        Column("Absence", Kind.PERCENT),
        Column("Authorised", Kind.PERCENT),
        Column("Unauthorised", Kind.PERCENT),
        Column("Sessions missed", Kind.NUMBER),
        Column("Possible", Kind.NUMBER),
    ]
    asked, page = _page(request)
    if page is None or page.reasons is None or asked.now is None:
        return None
    rows = [
        Row([
            line.day, line.rate, line.authorised, line.unauthorised, line.sessions, line.possible,
        ])
        for line in page.reasons.days
    ]  # fmt: skip
    return _of_panel("Absence by day of the week", asked, asked.now, columns, rows)


def _of_panel(
    title: str, asked: AskedSlice, now: Slice, columns: list[Column], rows: list[Row]
) -> Table:
    about = [now.period, *in_words(asked.chips)]
    return Table(title, now.as_of, columns, rows, about, [_EACH_ONCE])


@registry.table("explore_at_risk", "At risk", _SEES, names_children=True)
def near_the_line(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """The whole list in its order, each child with what is still ahead."""
    asked = asked_slice(request, is_protected=False)
    if asked.now is None:
        return None
    sort = listing.chosen_sort(request.GET, at_risk.COLUMNS, at_risk.DEFAULT_SORT)
    return Table(
        title="At risk of persistent absence, or just over the line",
        as_of=asked.now.as_of,
        columns=[
            Column("Pupil"),
            Column("Note"),
            Column("School"),
            Column("Year"),
            *rate_columns("Absence this year"),
            Column("Can still miss", Kind.NUMBER),
            Column("Sessions left", Kind.NUMBER),
            Column("Under 10% from, if at school every day"),
        ],
        rows=_near_the_line(asked.now, sort),
        about=in_words(asked.chips),
        notes=["Sessions left are those of the school days ahead, by the terms that are known."],
    )


def _near_the_line(now: Slice, sort: str) -> Iterator[Row]:
    ahead = DaysLeft(now.as_of)
    found = at_risk.ordered(at_risk.at_risk(now), sort, now, ahead)
    for line in at_risk.at_risk_rows(list(found.select_related("pupil", "school")), now, ahead):
        yield Row(
            [
                line.name,
                "; ".join(line.notes),
                line.school,
                line.year_group or "Not known",
                *rate_cells(line.absence, line.sessions),
                line.can_miss,
                line.sessions_left,
                line.under_from,
            ],
            child=str(line.public_id),
        )
