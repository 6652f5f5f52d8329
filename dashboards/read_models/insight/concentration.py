"""P16: do a few children carry most of the absence? The curve, and the same by school and ward."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from attendance.rules import concentration, protection
from attendance.rules.concentration import Holding
from attendance_portal.shared import wording
from dashboards.charts import Chart, ConcentrationFacts, absence_held_by_few, words
from dashboards.charts.concentration import FEWEST_PROTECTED, FEWEST_PUPILS
from dashboards.read_models.insight.whom import count_of, heading_of, is_too_few, shown_total
from dashboards.read_models.slices import Slice
from dashboards.read_models.slices.protection import TOO_SMALL
from dashboards.read_models.slices.slice import MISSED
from dashboards.read_models.slices.sums import histogram, histograms
from schools.models import Place, School

ROUTE: Final = "concentration"
NOT_KNOWN: Final = "Not known"
TOO_FEW: Final = "Too few to say"
NOBODY: Final = "Nobody missed any"
NOT_ONE_GROUP: Final = "Not one group"
_BY_SCHOOL: Final = "school_id"
_BY_WARD: Final = "pupil__ward__code"
_ALL: Final = "all absence"
_NOTE: Final = (
    f"Counts are to the nearest 5. {protection.HIDDEN} means "
    f"{protection.MEANINGS[protection.HIDDEN]}. A curve takes {FEWEST_PROTECTED} pupils here."
)


@dataclass(frozen=True)
class Kind:
    """One kind of absence: how few pupils hold 80% of it. `href` its own curve."""

    name: str
    shown: str
    is_current: bool
    href: str


@dataclass(frozen=True)
class PartLine:
    """One school or ward: its pupils, and the smallest number of them that holds 80%."""

    name: str
    href: str
    pupils: str
    holders: str
    percent: str


@dataclass(frozen=True)
class ConcentrationPage:
    """The whole page. `empty` says why there is no curve; `open_href` leads to the children, and
    `ties` says why they are more than the figure."""

    count: str
    chart: Chart | None = None
    empty: str = ""
    open_words: str = ""
    open_href: str = ""
    ties: str = ""
    kinds: list[Kind] = field(default_factory=list)
    schools: list[PartLine] = field(default_factory=list)
    wards: list[PartLine] = field(default_factory=list)
    note: str = ""


def concentration_page(
    asked: Slice, marks_to: date | None, wider: Sequence[int] = ()
) -> ConcentrationPage:
    """The page of a slice, of its kind of absence. `wider`: for protected views, how many the same
    filters name with one of them off."""
    if is_too_few(asked, wider):
        return ConcentrationPage(f"{protection.HIDDEN} pupils", empty=TOO_SMALL, note=_NOTE)
    found = histogram(asked, asked.missed)
    facts = ConcentrationFacts(heading_of(asked, marks_to), found)
    chart = absence_held_by_few(facts, protected=asked.is_protected)
    holding = None if chart is None else concentration.smallest_holding(found)
    return ConcentrationPage(
        count=count_of(asked, concentration.pupils_in(found)),
        chart=chart,
        empty="" if chart else _empty(asked, found),
        open_words=_open_words(holding),
        open_href=_open_href(asked, holding),
        ties=_ties(asked, holding),
        kinds=[_kind(asked, kind) for kind in MISSED],
        schools=_lines(asked, histograms(asked, _BY_SCHOOL, asked.missed), _schools(asked)),
        wards=_lines(asked, histograms(asked, _BY_WARD, asked.missed), _wards()),
        note=_NOTE if asked.is_protected else "",
    )


def _fewest(asked: Slice) -> int:
    return FEWEST_PROTECTED if asked.is_protected else FEWEST_PUPILS


def _empty(asked: Slice, found: concentration.Histogram) -> str:
    if concentration.pupils_in(found) < _fewest(asked):
        return "Too few to draw a curve."
    return "No session was missed in this way."


def _open_words(holding: Holding | None) -> str:
    if holding is None:
        return ""
    return f"Open the {wording.counted(holding.at_or_above, 'pupil')}"


def _open_href(asked: Slice, holding: Holding | None) -> str:
    """The list of everyone who missed as much as the last of them, or more."""
    return "" if holding is None else asked.list_of(missed=str(holding.least_missed))


def _ties(asked: Slice, holding: Holding | None) -> str:
    """Why the list is longer than the figure, where it is."""
    if holding is None or asked.is_protected or not holding.ties:
        return ""
    hold = "holds" if holding.pupils == 1 else "hold"
    sessions = wording.counted(holding.least_missed, "session")
    return (
        f"{wording.counted(holding.pupils, 'pupil')} {hold} 80%. {holding.ties:,} more missed as "
        f"many sessions as the last of them, {sessions}, so the list has {holding.at_or_above:,}."
    )


def _kind(asked: Slice, kind: str) -> Kind:
    is_all = kind not in ("authorised", "unauthorised", "illness")
    pupils, holders, percent = _held(histogram(asked, kind), is_protected=asked.is_protected)
    shown = f"{percent} of pupils, {holders} of {pupils}" if holders else percent
    return Kind(
        name=_ALL.capitalize() if is_all else MISSED[kind],
        shown=shown,
        is_current=kind == asked.missed,
        href=asked.link(ROUTE, absence="" if is_all else kind) if not asked.is_protected else "",
    )


def _held(found: concentration.Histogram, *, is_protected: bool) -> tuple[str, str, str]:
    """Pupils, the smallest number of them that holds 80%, and its percentage; where there is none
    the percentage says why."""
    pupils, limits = concentration.pupils_in(found), words.thresholds()
    shown = shown_total(pupils) if is_protected else f"{pupils:,}"
    holding = concentration.smallest_holding(found)
    if pupils < (FEWEST_PROTECTED if is_protected else FEWEST_PUPILS):
        return shown, "", TOO_FEW
    if holding is None:
        return shown, "", NOBODY
    if not is_protected:
        return shown, f"{holding.pupils:,}", words.plain_percent(holding.pupils, pupils)
    held = protection.protected_share(holding.pupils, pupils, limits)
    if held is None:
        return shown, protection.HIDDEN, protection.HIDDEN
    return shown, f"{held[0]:,}", f"{protection.whole_percent(*held)}%"


@dataclass(frozen=True)
class _Named:
    """What a group is called, where it stands, and how the bar names it."""

    name: str
    order: str
    filters: Mapping[str, str]
    is_group: bool = True


def _schools(asked: Slice) -> dict[str, _Named]:
    schools = School.objects.visible_to(asked.user).values_list("urn", "name", "folded_name")
    return {str(urn): _Named(name, folded, {"school": str(urn)}) for urn, name, folded in schools}


def _wards() -> dict[str, _Named]:
    wards = Place.objects.filter(kind=Place.Kind.WARD).values_list("code", "name")
    return {
        code: _Named(name, name.lower(), {"place": code, "place_by": ""}) for code, name in wards
    }


def _lines(
    asked: Slice, groups: Mapping[str, concentration.Histogram], named: Mapping[str, _Named]
) -> list[PartLine]:
    """A to Z, never by size. Wards of too few children, and whom no group is known of, stand
    together at the end. None where the slice is not divided further."""
    if not asked.has_parts:
        return []
    large = {key for key, found in groups.items() if _is_told(asked, named.get(key), found)}
    known = sorted(large, key=lambda key: named[key].order)
    parts = [(named[key], groups[key]) for key in known]
    small = [found for key, found in groups.items() if key in named and key not in large]
    unknown = [found for key, found in groups.items() if key not in named]
    if small:
        wards = wording.counted(len(small), "ward")
        few = f"{wards} with fewer than {_fewest(asked)} pupils"
        parts.append((_Named(few, "", {}, is_group=False), _added(small)))
    if unknown:
        parts.append((_Named(NOT_KNOWN, "", {}, is_group=False), _added(unknown)))
    pupils = _pupils(asked, [concentration.pupils_in(found) for _, found in parts])
    return [
        _line(asked, one, found, shown) for (one, found), shown in zip(parts, pupils, strict=True)
    ]


def _is_told(asked: Slice, one: _Named | None, found: concentration.Histogram) -> bool:
    """Whether a group has a line of its own: every school, and wards of enough children."""
    if one is None:
        return False
    return "school" in one.filters or concentration.pupils_in(found) >= _fewest(asked)


def _added(groups: Iterable[concentration.Histogram]) -> dict[int, int]:
    both: dict[int, int] = {}
    for found in groups:
        for missed, pupils in found.items():
            both[missed] = both.get(missed, 0) + pupils
    return both


def _pupils(asked: Slice, counts: Sequence[int]) -> list[str]:
    """The size of each group; in the protected view none follows from the others."""
    if not asked.is_protected:
        return [f"{count:,}" for count in counts]
    shown, _ = protection.protected_row(counts, words.thresholds())
    return [protection.HIDDEN if count is None else f"{count:,}" for count in shown]


def _line(asked: Slice, one: _Named, found: concentration.Histogram, pupils: str) -> PartLine:
    href = "" if asked.is_protected or not one.filters else asked.link(ROUTE, **one.filters)
    if pupils == protection.HIDDEN:
        return PartLine(one.name, href, pupils, protection.HIDDEN, protection.HIDDEN)
    if not one.is_group:
        return PartLine(one.name, "", pupils, protection.NOT_APPLICABLE, NOT_ONE_GROUP)
    _, holders, percent = _held(found, is_protected=asked.is_protected)
    return PartLine(one.name, href, pupils, holders or protection.NOT_APPLICABLE, percent)
