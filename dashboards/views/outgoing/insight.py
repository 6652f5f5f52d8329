"""The charts and tables of the pages that say where absence lies."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.roles import Permission
from dashboards.charts import Chart
from dashboards.exports import registry
from dashboards.exports.tables import Cell, Column, Kind, Row, Table
from dashboards.read_models.borough_tables import Rate
from dashboards.read_models.insight.concentration import ConcentrationPage, PartLine
from dashboards.read_models.insight.place import PlacePage
from dashboards.read_models.insight.places import PlaceLine
from dashboards.views.insight import concentration, places
from dashboards.views.outgoing.common import SYMBOLS, in_words, rate_cells, rate_columns
from dashboards.views.slices import AskedSlice, asked_slice
from schools.models import Place
from schools.permissions import SignedInRequest

_LONGEST_CODE = 20  # characters
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
    asked, page = _concentration(request)
    return _of_parts(asked, page.schools, "School") if page else None


@registry.table(
    "concentration_wards",
    "Concentration by ward of home",
    Permission.SEE_SCHOOLS,
    page="concentration",
)
def by_ward_of_home(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """The same, ward by ward."""
    asked, page = _concentration(request)
    return _of_parts(asked, page.wards, "Ward") if page else None


def _concentration(request: SignedInRequest) -> tuple[AskedSlice, ConcentrationPage | None]:
    asked = asked_slice(request)
    return asked, concentration.page_of(asked, is_protected=False)


def _of_parts(asked: AskedSlice, lines: Sequence[PartLine], first: str) -> Table | None:
    if asked.standing.as_of is None or not lines:
        return None
    return Table(
        title=f"The smallest number of pupils with 80% of the sessions missed, by {first.lower()}",
        as_of=asked.standing.as_of,
        columns=[
            Column(first),
            Column("Pupils", Kind.NUMBER),
            Column("Pupils with 80%", Kind.NUMBER),
            Column("% of pupils", Kind.PERCENT),
        ],
        rows=[Row([line.name, line.pupils, line.holders, line.percent]) for line in lines],
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
    return Table(
        title="Absence by ward",
        as_of=asked.standing.as_of,
        columns=_ward_columns(page.lines),
        rows=[Row(_cells(line)) for line in page.lines],
        about=_about(asked),
        notes=[_EACH_ONCE, page.boundaries, page.idaci_source, SYMBOLS],
    )


def _ward_columns(lines: Sequence[PlaceLine]) -> list[Column]:
    return [
        *_place_columns("Ward", lines),
        Column("Unauthorised, times the lowest ward"),
        Column("95% range"),
        Column("IDACI tenth (1: most deprived)", Kind.NUMBER),
    ]


def _place_columns(first: str, lines: Sequence[PlaceLine]) -> list[Column]:
    rates = [column for rate in lines[0].rates for column in rate_columns(rate.label)]
    return [Column(first), Column("Pupils", Kind.NUMBER), *rates]


def _cells(line: PlaceLine) -> list[Cell]:
    return [*_place_cells(line), *(each or "z" for each in _others(line))]


def _place_cells(line: PlaceLine) -> list[Cell]:
    return [line.name, line.pupils, *(cell for rate in line.rates for cell in _rate(rate))]


@registry.table(
    "place", "Figures of a place", Permission.SEE_BOROUGH, args=("place_code",), protects=True
)
def of_place(request: SignedInRequest, is_protected: bool) -> Table | None:
    """The four figures of a place beside all places together."""
    asked, page = _place(request, is_protected=is_protected)
    if page is None or asked.standing.as_of is None:
        return None
    return Table(
        title=f"{page.name} beside all places together",
        as_of=asked.standing.as_of,
        columns=[
            Column("Figure"),
            *rate_columns("Here"),
            *rate_columns("All places together"),
        ],
        rows=[
            Row([one.here.label, *_rate(one.here), *_rate(one.everywhere)]) for one in page.figures
        ],
        about=[page.kind, *_about(asked)],
        notes=[_EACH_ONCE, SYMBOLS, *([page.note] if page.note else []), page.boundaries],
    )


@registry.table(
    "place_wards", "Wards of a place", Permission.SEE_BOROUGH, page="place", args=("place_code",)
)
def wards_of_place(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """The wards of a locality; never protected, as its own figures would give counts away."""
    asked, page = _place(request, is_protected=False)
    if page is None or asked.standing.as_of is None or not page.wards:
        return None
    return Table(
        title=f"Wards of {page.name}",
        as_of=asked.standing.as_of,
        columns=_ward_columns(page.wards),
        rows=[Row(_cells(line)) for line in page.wards],
        about=_about(asked),
        notes=[_EACH_ONCE, page.boundaries, page.idaci_source, SYMBOLS],
    )


@registry.table(
    "place_schools", "Schools of a place", Permission.SEE_BOROUGH, page="place",
    args=("place_code",),
)  # fmt: skip
def schools_of_place(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """The schools that stand there."""
    asked, page = _place(request, is_protected=False)
    if page is None or asked.standing.as_of is None or not page.schools:
        return None
    return Table(
        title=f"Schools in {page.name}",
        as_of=asked.standing.as_of,
        columns=_place_columns("School", page.schools),
        rows=[Row(_place_cells(line)) for line in page.schools],
        about=_about(asked),
        notes=[_EACH_ONCE, SYMBOLS],
    )


def _place(request: SignedInRequest, *, is_protected: bool) -> tuple[AskedSlice, PlacePage | None]:
    code = request.GET.get("place_code", "")
    if "\0" in code or len(code) > _LONGEST_CODE:
        raise Http404
    place = get_object_or_404(Place, code=code)
    asked = asked_slice(request)
    return asked, places.place_of(asked, place, is_protected=is_protected)


def _rate(rate: Rate) -> list[Cell]:
    return rate_cells(rate.shown, rate.count)


def _others(line: PlaceLine) -> tuple[str, str, str]:
    return line.ratio, line.ratio_range, line.idaci


def _about(asked: AskedSlice) -> list[str]:
    period = [asked.now.period] if asked.now else []
    return [*period, *in_words(asked.chips)]
