"""P18, one place: its figures, its wards, the schools that stand there, and whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Q
from django.urls import reverse

from attendance.rules import protection
from attendance_portal.shared import wording
from dashboards.charts import Share, words
from dashboards.charts.wards import hidden_wards
from dashboards.deprivation import SOURCE, deprivation_of
from dashboards.read_models.better import better_places
from dashboards.read_models.borough_tables import Rate
from dashboards.read_models.insight.places import (
    DEFAULT_SORT,
    HOME,
    SCHOOL,
    BetterLine,
    PlaceLine,
    map_rows,
    place_href,
    place_line,
    rates_of,
    ward_lines,
    wards_of,
)
from dashboards.read_models.insight.whom import count_of, is_too_few
from dashboards.read_models.slices import Slice, Sums, sums
from dashboards.read_models.slices.protection import is_too_small, protected_counts
from dashboards.read_models.slices.sums import grouped
from dashboards.ward_shapes import BOUNDARIES, LICENCE, ward_shapes
from schools.models import Place, School

_NOT_DRAWN: Final = "The map has no outline of this ward."
_PROTECTED_NOTE: Final = (
    f"Counts are to the nearest 5. {protection.HIDDEN} means "
    f"{protection.MEANINGS[protection.HIDDEN]}. Wards and schools are left out: with the place's "
    "own figures they could give hidden counts away. A choice of children is told of no place."
)


@dataclass(frozen=True)
class OtherWay:
    """The same place by home instead of by school, or the other way about."""

    words: str
    href: str


@dataclass(frozen=True)
class FigureRow:
    """One figure of the place beside that of all places together."""

    here: Rate
    everywhere: Rate


@dataclass(frozen=True)
class PlacePage:
    """One place. `empty`: why there are no figures."""

    name: str
    kind: str
    part_of: str
    part_of_href: str
    count: str
    empty: str
    figures: list[FigureRow]
    ratio: str
    deprivation: str
    idaci_source: str
    other_way: OtherWay | None
    wards: list[PlaceLine]
    schools: list[PlaceLine]
    better: list[BetterLine]
    boundaries: str
    note: str


def in_place(asked: Slice, place: Place, by: str) -> Slice:
    """The slice's children who live in a place or go to school there."""
    path = "school" if by == SCHOOL else "pupil"
    inside = Q(**{f"{path}__ward": place}) | Q(**{f"{path}__ward__part_of": place})
    return replace(
        asked,
        rows=asked.rows.filter(inside),
        peers=asked.peers.filter(inside),
        is_of_whole_schools=False,
        address={**asked.address, "place": place.code, "place_by": by},
    )


def place_page(asked: Slice, place: Place, by: str, wider: Sequence[int] = ()) -> PlacePage:
    """A place as the slice sees it. `asked`: without the place; `by`: `home` or `school`; `wider`:
    for protected views, how many the same filters name with one of them off."""
    here = in_place(asked, place, by)
    found, everywhere, is_protected = sums(here), sums(asked), asked.is_protected
    wards = _ward_codes(place)
    is_hidden = is_protected and (
        bool(wider) or is_too_few(asked, wider) or _is_hidden(asked, here, wards, by)
    )
    deprivation = deprivation_of(wards)
    return PlacePage(
        name=place.name,
        kind=_kind(place, wards),
        part_of=place.part_of.name if place.part_of else "",
        part_of_href=place_href(asked, place.part_of.code, by) if place.part_of else "",
        count=f"{protection.HIDDEN} pupils" if is_hidden else count_of(here, found.enrolments),
        empty="" if found.enrolments else _empty(by),
        figures=[
            FigureRow(one, other)
            for one, other in zip(
                _figures(here, found, everywhere.without(found), is_hidden=is_hidden),
                _figures(replace(asked, has_lists=False), everywhere, is_hidden=is_hidden),
                strict=True,
            )
        ],
        ratio="" if is_protected else _ratio(asked, place, by),
        deprivation="" if deprivation is None else deprivation.words,
        idaci_source=SOURCE,
        other_way=None if is_protected else _other_way(asked, place, by),
        wards=[] if is_protected or place.kind == Place.Kind.WARD else _wards(asked, wards, by),
        schools=[] if is_protected else _schools(asked, place),
        better=[] if is_protected else _better(asked, place),
        boundaries=_boundaries(wards),
        note=_PROTECTED_NOTE if is_protected else "",
    )


def _ward_codes(place: Place) -> list[str]:
    if place.kind == Place.Kind.WARD:
        return [place.code]
    return list(place.wards.order_by("name").values_list("code", flat=True))


def _kind(place: Place, wards: Sequence[str]) -> str:
    if place.kind == Place.Kind.WARD:
        return "Ward"
    return f"Locality of {wording.counted(len(wards), 'ward')}"


def _empty(by: str) -> str:
    doing = "live here" if by == HOME else "go to school here"
    return f"No pupils of yours {doing}."


def _is_hidden(asked: Slice, here: Slice, wards: Sequence[str], by: str) -> bool:
    """Whether the place or all others are too few, or the map hides the ward, or just one of the
    locality's wards: the figures of the place would then be those of that ward, less what is shown
    of the others."""
    if is_too_small(sums(here).enrolments, [sums(asked).enrolments]):
        return True
    hidden = hidden_wards(map_rows(wards_of(asked, by)))
    return len(hidden & set(wards)) == 1


def _figures(
    asked: Slice, found: Sums, others: Sums | None = None, *, is_hidden: bool = False
) -> list[Rate]:
    """The four figures, protected where asked, so that nothing follows of the `others` either."""
    if not asked.is_protected:
        return rates_of(asked, found, asked.list_of)
    told = protected_counts(found, others or Sums())
    shares = (
        (asked.measure, found.missed(asked.missed), False),
        ("Persistent", found.of_enrolments("persistent"), told.persistent is None),
        ("Severe", found.of_enrolments("severe"), told.severe is None),
        ("Unauthorised", found.missed("unauthorised"), False),
    )
    return [
        _protected(label, share, is_hidden=is_hidden or is_telling)
        for label, share, is_telling in shares
    ]


def _protected(label: str, share: Share, *, is_hidden: bool) -> Rate:
    figure = words.figure(share, protected=True)
    if is_hidden or figure.is_hidden:
        return Rate(label, protection.HIDDEN)
    return Rate(label, figure.percent, f"{figure.part} of {figure.whole}")


def _ratio(asked: Slice, place: Place, by: str) -> str:
    """'22 times that of Wheatlands, 5.5 to 88', for a ward."""
    if place.kind != Place.Kind.WARD:
        return ""
    wards = wards_of(asked, by)
    lowest = wards.lowest
    if place.code not in wards.sums or lowest is None:
        return ""
    if lowest == place.code:
        return "The lowest ward"
    found = wards.ratio(place.code)
    if found is None:
        return ""
    return f"{found.words} that of {wards.places[lowest].name} (95% range {found.range_words})"


def _other_way(asked: Slice, place: Place, by: str) -> OtherWay:
    other = SCHOOL if by == HOME else HOME
    number = sums(in_place(asked, place, other)).enrolments
    do = {True: ("lives", "goes"), False: ("live", "go")}[number == 1][other == SCHOOL]
    doing = f"{do} to school here" if other == SCHOOL else f"{do} here"
    return OtherWay(
        f"{wording.counted(number, 'pupil')} {doing}", place_href(asked, place.code, other)
    )


def _wards(asked: Slice, wards: Sequence[str], by: str) -> list[PlaceLine]:
    return ward_lines(wards_of(asked, by), DEFAULT_SORT, only=wards)


def _schools(asked: Slice, place: Place) -> list[PlaceLine]:
    """The schools that stand here, A to Z, with their own pupils of the slice."""
    inside = Q(ward=place) | Q(ward__part_of=place)
    schools = School.objects.visible_to(asked.user).filter(inside).order_by("folded_name", "urn")
    found = grouped(in_place(asked, place, SCHOOL), "school_id")
    return [
        place_line(
            asked,
            school.name,
            found.get(str(school.pk), Sums()),
            href=reverse("school", args=[school.pk]),
            filters={"school": str(school.pk), "place": "", "place_by": ""},
        )
        for school in schools
    ]


def _better(asked: Slice, place: Place) -> list[BetterLine]:
    """The place's wards and schools that are better than expected, wards first, A to Z."""
    found = better_places(asked.user, asked.as_of)
    wards = Place.objects.filter(Q(pk=place.pk) | Q(part_of=place)).order_by("name")
    inside = Q(ward=place) | Q(ward__part_of=place)
    schools = School.objects.visible_to(asked.user).filter(inside).order_by("folded_name", "urn")
    lines = [
        BetterLine(ward.name, place_href(asked, ward.code, HOME), found.wards[ward.pk].said)
        for ward in wards
        if ward.pk in found.wards
    ]
    return lines + [
        BetterLine(school.name, reverse("school", args=[school.pk]), found.schools[school.pk].said)
        for school in schools
        if school.pk in found.schools
    ]


def _boundaries(wards: Sequence[str]) -> str:
    if not any(code in ward_shapes() for code in wards):
        return _NOT_DRAWN
    return f"{BOUNDARIES[0].upper()}{BOUNDARIES[1:]}. {LICENCE}."
