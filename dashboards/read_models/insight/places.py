"""P18: where do absent children live, or go to school? Wards on a map and in a table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from attendance.read_models.figures import ABSENT
from attendance.rules import protection
from attendance.rules.chance import SESSIONS_A_DRAW
from attendance.rules.percent import shown_percent
from attendance.rules.ratios import RateRatio, lowest_share, rate_ratio
from dashboards.charts import Chart, WardFacts, WardRow, wards_on_a_map, words
from dashboards.charts.wards import hidden_wards
from dashboards.deprivation import SOURCE, deprivation_of
from dashboards.listing import Column
from dashboards.read_models.better import better_places
from dashboards.read_models.borough_tables import Rate
from dashboards.read_models.insight.quadrants import Quadrants, quadrants_of
from dashboards.read_models.insight.whom import BOROUGH, count_of, heading_of, is_too_few, whom
from dashboards.read_models.slices import Slice, Sums, sums
from dashboards.read_models.slices.protection import TOO_SMALL
from dashboards.read_models.slices.sums import grouped
from dashboards.ward_shapes import BOUNDARIES, LICENCE
from schools.models import Place

HOME: Final = "home"
SCHOOL: Final = "school"
DEFAULT_SORT: Final = "name"
COLUMNS: Final = (
    Column("Ward", "name"),
    Column("Pupils", "pupils", is_numeric=True),
    Column("Absence", "absence", is_numeric=True),
    Column("Persistent", "persistent", is_numeric=True),
    Column("Severe", "severe", is_numeric=True),
    Column("Unauthorised", "unauthorised", is_numeric=True),
    Column("Times the lowest", is_numeric=True),
    Column("IDACI", "idaci", is_numeric=True),
)
NOT_KNOWN: Final = "Not known"
OF_ALL: Final = (
    "Hidden to protect children: people outside the team see places of all pupils together, as "
    "those of some could give hidden counts away."
)
LOWEST: Final = "Lowest"
NO_DATA: Final = "No data"
NONE_RECORDED: Final = "None recorded"
_NOT_ON_THE_MAP: Final = "No ward of the map has pupils of this choice."
_PATHS: Final = {HOME: "pupil__ward__code", SCHOOL: "school__ward__code"}
_PROTECTED_NOTE: Final = (
    f"Counts are to the nearest 5. {protection.HIDDEN} means "
    f"{protection.MEANINGS[protection.HIDDEN]}. The team's table and localities are left out: with "
    "the map's numbers they could give hidden counts away."
)


@dataclass(frozen=True)
class PlaceLine:
    """One ward or locality: its pupils (enrolments), rates with the lists behind them, the ratio of
    unauthorised absence to the lowest ward, and the tenth of England it lies in by IDACI."""

    name: str
    href: str
    pupils: str
    pupils_href: str
    rates: list[Rate]
    ratio: str = ""
    ratio_range: str = ""
    idaci: str = ""


@dataclass(frozen=True)
class BetterLine:
    """A ward or school with fewer persistently absent pupils than expected, beyond chance."""

    name: str
    href: str
    said: str


@dataclass(frozen=True)
class PlacesPage:
    """The whole page. `empty` says why there is no map; `lowest` names the ward that others are set
    to."""

    count: str
    boundaries: str
    idaci_source: str
    chart: Chart | None = None
    empty: str = ""
    lines: list[PlaceLine] = field(default_factory=list)
    localities: list[PlaceLine] = field(default_factory=list)
    quadrants: Quadrants | None = None
    better: list[BetterLine] = field(default_factory=list)
    lowest: str = ""
    note: str = ""


@dataclass(frozen=True)
class Wards:
    """Every ward with a child of the slice, by code; `unknown` are those of no known ward."""

    asked: Slice
    by: str
    places: Mapping[str, Place]
    sums: Mapping[str, Sums]
    unknown: Sums

    def ratio(self, code: str) -> RateRatio | None:
        """Unauthorised absence of a ward over that of the lowest."""
        lowest = self.lowest
        if lowest is None:
            return None
        return rate_ratio(
            _unauthorised(self.sums[code]),
            _unauthorised(self.sums[lowest]),
            units_a_draw=SESSIONS_A_DRAW,
        )

    @property
    def lowest(self) -> str | None:
        """The ward of the smallest unauthorised share above 0, of those of enough children."""
        fewest = words.thresholds().smallest_group
        by_name = sorted(self.sums, key=lambda code: self.places[code].name)
        return lowest_share(
            {
                code: _unauthorised(self.sums[code])
                for code in by_name
                if self.sums[code].enrolments >= fewest
            }
        )

    def ratio_words(self, code: str) -> tuple[str, str]:
        """('22 times', '5.5 to 88'); 'Lowest' and 'None recorded' have no range."""
        found = self.sums[code]
        if not found.possible:
            return NO_DATA, ""
        if code == self.lowest:
            return LOWEST, ""
        if not found.unauthorised:
            return NONE_RECORDED, ""
        ratio = self.ratio(code)
        return (NO_DATA, "") if ratio is None else (ratio.words, ratio.range_words)


def _unauthorised(found: Sums) -> tuple[int, int]:
    return found.unauthorised, found.possible


def wards_of(asked: Slice, by: str) -> Wards:
    """The slice by ward of home, or by the ward that the school stands in."""
    found = grouped(asked, _PATHS[by])
    places = Place.objects.filter(kind=Place.Kind.WARD, code__in=list(found))
    by_code = {place.code: place for place in places.select_related("part_of")}
    return Wards(
        asked=asked,
        by=by,
        places=by_code,
        sums={code: one for code, one in found.items() if code in by_code},
        unknown=added(one for code, one in found.items() if code not in by_code),
    )


def added(parts: Iterable[Sums]) -> Sums:
    """Sums of the parts; percentages are never averaged."""
    rows = list(parts)
    names = Sums.__dataclass_fields__
    return Sums(**{name: sum(getattr(row, name) for row in rows) for name in names})


@dataclass(frozen=True)
class View:
    """How the places of a slice are shown. `by`: `home` or `school`; `wider`: for protected views,
    how many the same filters name with one of them off."""

    by: str = HOME
    sort: str = DEFAULT_SORT
    marks_to: date | None = None
    wider: Sequence[int] = ()


def places_page(asked: Slice, view: View) -> PlacesPage:
    """The places of a slice."""
    boundaries = f"{BOUNDARIES[0].upper()}{BOUNDARIES[1:]}. {LICENCE}."
    if view.wider:  # a ward of girls would follow from those of everyone and of boys
        count = f"{protection.HIDDEN} pupils"
        return PlacesPage(count, boundaries, SOURCE, empty=OF_ALL, note=_PROTECTED_NOTE)
    if is_too_few(asked, view.wider):
        count = f"{protection.HIDDEN} pupils"
        return PlacesPage(count, boundaries, SOURCE, empty=TOO_SMALL, note=_PROTECTED_NOTE)
    wards = wards_of(asked, view.by)
    everyone, lowest = sums(asked), wards.lowest
    chart = _map(wards, everyone, view.marks_to)
    page = PlacesPage(
        count=count_of(asked, everyone.enrolments),
        boundaries=boundaries,
        idaci_source=SOURCE,
        chart=chart,
        empty="" if chart else _NOT_ON_THE_MAP,
        quadrants=_quadrants(wards, everyone),
    )
    if asked.is_protected:
        return replace(page, note=_PROTECTED_NOTE)
    return replace(
        page,
        lines=ward_lines(wards, view.sort),
        localities=_localities(wards),
        better=_better(wards),
        lowest="" if lowest is None else wards.places[lowest].name,
    )


def place_href(asked: Slice, code: str, by: str) -> str:
    """A place's own page, of the same slice."""
    address = {name: value for name, value in asked.address.items() if name != "place"}
    return f"{reverse('place', args=[code])}?{urlencode({**address, 'place_by': by})}"


def map_rows(wards: Wards) -> list[WardRow]:
    """What the map shows of each ward."""
    asked = wards.asked
    return [
        WardRow(
            code,
            wards.places[code].name,
            found.enrolments,
            found.missed(asked.missed),
            "" if asked.is_protected else place_href(asked, code, wards.by),
        )
        for code, found in wards.sums.items()
    ]


def _map(wards: Wards, everyone: Sums, marks_to: date | None) -> Chart | None:
    asked, rows = wards.asked, map_rows(wards)
    whole = "Borough" if whom(asked) == BOROUGH else "All wards"
    facts = WardFacts(
        heading_of(asked, marks_to), rows, everyone.missed(asked.missed), SESSIONS_A_DRAW, whole
    )
    return wards_on_a_map(facts, protected=asked.is_protected)


def ward_lines(wards: Wards, sort: str, *, only: Collection[str] | None = None) -> list[PlaceLine]:
    """A line a ward, A to Z or as sorted; whoever has no known ward stands last. `only`: these
    wards, still set to the lowest of all."""
    codes = [code for code in _sorted(wards, sort) if only is None or code in only]
    lines = [_ward_line(wards, code) for code in codes]
    if wards.unknown.enrolments and only is None:
        line = place_line(wards.asked, NOT_KNOWN, wards.unknown)
        lines.append(line)
    return lines


def _ward_line(wards: Wards, code: str) -> PlaceLine:
    line = place_line(
        wards.asked,
        wards.places[code].name,
        wards.sums[code],
        href=place_href(wards.asked, code, wards.by),
        filters={"place": code, "place_by": wards.by},
    )
    found = deprivation_of([code])
    return PlaceLine(
        line.name,
        line.href,
        line.pupils,
        line.pupils_href,
        line.rates,
        *wards.ratio_words(code),
        NO_DATA if found is None else str(found.tenth),
    )


def place_line(
    asked: Slice,
    name: str,
    found: Sums,
    *,
    href: str = "",
    filters: Mapping[str, str] | None = None,
) -> PlaceLine:
    """A place with its rates. `filters` name it in the bar; None: no list can be opened."""

    def list_of(**more: str) -> str:
        return "" if filters is None else asked.list_of(**filters, **more)

    return PlaceLine(
        name,
        href,
        f"{found.enrolments:,}",
        list_of() if found.enrolments else "",
        rates_of(asked, found, list_of),
    )


def rates_of(asked: Slice, found: Sums, list_of: Callable[..., str]) -> list[Rate]:
    """The four figures; those of enrolments open to the list that makes them up."""
    missed = found.missed(asked.missed)
    label = "Absence" if asked.missed == ABSENT else asked.measure
    return [
        _rate(label, missed.part, missed.whole),
        _rate(
            "Persistent",
            found.persistent,
            found.enrolments,
            list_of(persistent="true") if found.persistent else "",
        ),
        _rate(
            "Severe",
            found.severe,
            found.enrolments,
            list_of(severe="true") if found.severe else "",
        ),
        _rate("Unauthorised", found.unauthorised, found.possible),
    ]


def _rate(label: str, part: int, whole: int, href: str = "") -> Rate:
    if not whole:
        return Rate(label, NO_DATA)
    return Rate(label, shown_percent(part, whole), f"{part:,} of {whole:,}", href)


def _better(wards: Wards) -> list[BetterLine]:
    """Wards better than expected, A to Z: where to ask what works."""
    asked = wards.asked
    found = better_places(asked.user, asked.as_of).wards
    lines = [
        BetterLine(found[place.pk].name, place_href(asked, code, HOME), found[place.pk].said)
        for code, place in wards.places.items()
        if place.pk in found
    ]
    return sorted(lines, key=lambda line: line.name.lower())


def _localities(wards: Wards) -> list[PlaceLine]:
    """Those that group wards of the slice, A to Z."""
    grouping: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for code, place in wards.places.items():
        if place.part_of is not None and code in wards.sums:
            grouping.setdefault(place.part_of.code, []).append(code)
            names[place.part_of.code] = place.part_of.name
    return [
        place_line(
            wards.asked,
            names[code],
            added(wards.sums[ward] for ward in grouping[code]),
            href=place_href(wards.asked, code, wards.by),
            filters={"place": code, "place_by": wards.by},
        )
        for code in sorted(grouping, key=lambda code: names[code].lower())
    ]


def _quadrants(wards: Wards, everyone: Sums) -> Quadrants | None:
    """Wards by absence and deprivation; in the protected view those that the map shows."""
    hidden = hidden_wards(map_rows(wards)) if wards.asked.is_protected else set()
    shown = set(wards.sums) - hidden
    return quadrants_of(
        {
            wards.places[code].name: (code, wards.sums[code].missed(wards.asked.missed))
            for code in shown
            if wards.sums[code].enrolments >= words.thresholds().smallest_group
        },
        everyone.missed(wards.asked.missed),
    )


def _share(part: int, whole: int) -> tuple[bool, int, int]:
    """A sort key for a rate without division: exact to one in ten million."""
    return (whole > 0, part * 10_000_000 // whole if whole else 0, part)


def _keys(asked: Slice) -> dict[str, Callable[[Sums], object]]:
    return {
        "pupils": lambda found: found.enrolments,
        "absence": lambda found: _share(
            found.missed(asked.missed).part, found.missed(asked.missed).whole
        ),
        "persistent": lambda found: _share(found.persistent, found.enrolments),
        "severe": lambda found: _share(found.severe, found.enrolments),
        "unauthorised": lambda found: _share(found.unauthorised, found.possible),
    }


def _sorted(wards: Wards, sort: str) -> Sequence[str]:
    """Codes A to Z by name, or by the column asked for; equal ones stay A to Z."""
    a_to_z = sorted(wards.sums, key=lambda code: (wards.places[code].name.lower(), code))
    key, descends = sort.removeprefix("-"), sort.startswith("-")
    if key == DEFAULT_SORT:
        return a_to_z[::-1] if descends else a_to_z
    if key == "idaci":
        tenths = {code: found.tenth if (found := deprivation_of([code])) else 0 for code in a_to_z}
        return sorted(a_to_z, key=tenths.__getitem__, reverse=descends)
    measure = _keys(wards.asked)[key]
    return sorted(a_to_z, key=lambda code: measure(wards.sums[code]), reverse=descends)  # type: ignore[arg-type,return-value]
