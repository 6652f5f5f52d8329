"""The charts and tables of the pages that say where absence lies."""

from __future__ import annotations

from accounts.roles import Permission
from dashboards.charts import Chart
from dashboards.exports import registry
from dashboards.exports.tables import Cell, Column, Kind, Row, Table
from dashboards.read_models.borough_tables import Rate
from dashboards.read_models.insight.places import PlaceLine
from dashboards.views.insight import concentration, places
from dashboards.views.outgoing.common import SYMBOLS, in_words, rate_cells, rate_columns
from dashboards.views.slices import AskedSlice, asked_slice
from schools.permissions import SignedInRequest

_EACH_ONCE = "Each enrolment counts once, so a child on two rolls counts at both schools."


@registry.chart(
    "concentration-curve",
    "How few children carry most of the absence",
    Permission.SEE_SCHOOLS,
    page="concentration",
    protects=True,
)
def curve(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F9 of the slice."""
    page = concentration.page_of(asked_slice(request), is_protected=is_protected)
    return page.chart if page else None


@registry.chart(
    "places-map", "Absence by ward", Permission.SEE_BOROUGH, page="place_list", protects=True
)
def ward_map(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F12 of the slice."""
    page = places.page_of(asked_slice(request), is_protected=is_protected)
    return page.chart if page else None


@registry.table("concentration", "Concentration by school", Permission.SEE_SCHOOLS)
def by_school(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """The smallest number of pupils with 80%, school by school."""
    asked = asked_slice(request)
    page = concentration.page_of(asked, is_protected=False)
    if page is None or asked.standing.as_of is None or not page.schools:
        return None
    return Table(
        title="The smallest number of pupils with 80% of the sessions missed, by school",
        as_of=asked.standing.as_of,
        columns=[
            Column("School"),
            Column("Pupils", Kind.NUMBER),
            Column("Pupils with 80%", Kind.NUMBER),
            Column("% of pupils", Kind.PERCENT),
        ],
        rows=[Row([line.name, line.pupils, line.holders, line.percent]) for line in page.schools],
        about=_about(asked),
        notes=[_EACH_ONCE, SYMBOLS],
    )


@registry.table("place_list", "Places", Permission.SEE_BOROUGH)
def by_ward(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """Ward by ward, with the ratio to the lowest and IDACI. Protected, the map stands alone."""
    asked = asked_slice(request)
    page = places.page_of(asked, is_protected=False)
    if page is None or asked.standing.as_of is None or not page.lines:
        return None
    rates = [column for rate in page.lines[0].rates for column in rate_columns(rate.label)]
    return Table(
        title="Absence by ward",
        as_of=asked.standing.as_of,
        columns=[
            Column("Ward"),
            Column("Pupils", Kind.NUMBER),
            *rates,
            Column("Unauthorised, times the lowest ward"),
            Column("95% range"),
            Column("IDACI tenth (1: most deprived)", Kind.NUMBER),
        ],
        rows=[Row(_cells(line)) for line in page.lines],
        about=_about(asked),
        notes=[_EACH_ONCE, page.boundaries, page.idaci_source, SYMBOLS],
    )


def _cells(line: PlaceLine) -> list[Cell]:
    rates = [cell for rate in line.rates for cell in _rate(rate)]
    return [line.name, line.pupils, *rates, *(each or "z" for each in _others(line))]


def _rate(rate: Rate) -> list[Cell]:
    return rate_cells(rate.shown, rate.count)


def _others(line: PlaceLine) -> tuple[str, str, str]:
    return line.ratio, line.ratio_range, line.idaci


def _about(asked: AskedSlice) -> list[str]:
    period = [asked.now.period] if asked.now else []
    return [*period, *in_words(asked.chips)]
