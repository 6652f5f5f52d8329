"""The borough's four figures, each beside the same time last year and England."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from attendance.read_models.by_school import YearSums
from attendance.rules.percent import shown_percent
from attendance.rules.protection import HIDDEN, protected_percent, protected_share, whole_percent
from attendance_portal.shared import wording
from dashboards import benchmarks
from dashboards.read_models.borough_tables import Links
from dashboards.read_models.slices.protection import ProtectedCounts

NOT_PUBLISHED: Final = "England: none published for this choice of children"
NOT_TOLD_THEN: Final = "Same time last year: left out to protect children"


@dataclass(frozen=True)
class Figure:
    """A rate with its count, the list that makes it up, and what it stands beside, in words."""

    name: str
    rate: str
    count: str
    href: str
    last_year: str
    england: str


@dataclass(frozen=True)
class _Measure:
    """One of the four: how its count comes from sums, and what England publishes it as."""

    name: str
    unit: str
    counts: Callable[[YearSums], tuple[int, int]]
    published: str
    filters: dict[str, str]


_MEASURES: Final = (
    _Measure(
        "Absence",
        "sessions",
        lambda sums: (sums.absent, sums.possible),
        benchmarks.ABSENCE,
        {"sort": "-absence"},
    ),
    _Measure(
        "Persistent absence",
        "enrolments",
        lambda sums: (sums.persistent, sums.enrolments),
        benchmarks.PERSISTENT,
        {"persistent": "true"},
    ),
    _Measure(
        "Severe absence",
        "enrolments",
        lambda sums: (sums.severe, sums.enrolments),
        benchmarks.SEVERE,
        {"severe": "true"},
    ),
    _Measure(
        "Unauthorised absence",
        "sessions",
        lambda sums: (sums.unauthorised, sums.possible),
        benchmarks.UNAUTHORISED,
        {"sort": "-unauthorised"},
    ),
)


@dataclass(frozen=True)
class Beside:
    """What figures stand beside: the day last year and its sums; the phase and day for England.

    `then` is None where last year's terms are not known, and its sums are empty where no marks of
    that time are. `is_published`: whether England has figures of such children.
    """

    as_of: date
    then: date | None
    sums_then: YearSums
    phase: str | None
    is_published: bool = True


def four_figures(
    sums: YearSums,
    beside: Beside,
    *,
    links: Links,
    is_protected: bool,
    told: ProtectedCounts | None = None,
) -> list[Figure]:
    """Absence, persistent, severe, unauthorised, each with the list that makes it up. `told`: what
    may be told of a choice of children in a protected view."""
    if told is not None:
        return [_told_figure(each, sums, told) for each in _MEASURES]
    return [_figure(each, sums, beside, links, is_protected) for each in _MEASURES]


def _told_figure(measure: _Measure, sums: YearSums, told: ProtectedCounts) -> Figure:
    part, whole = measure.counts(sums)
    if measure.unit == "sessions":
        rate, count = protected_percent(part, whole), ""
    else:
        shown = told.severe if measure.published == benchmarks.SEVERE else told.persistent
        if shown is None or not told.enrolments:
            rate, count = HIDDEN, f"{HIDDEN} {measure.unit}"
        else:
            rate = f"{whole_percent(shown, told.enrolments)}%"
            count = f"{shown:,} of {told.enrolments:,} {measure.unit}"
    return Figure(measure.name, rate, count, "", NOT_TOLD_THEN, NOT_PUBLISHED)


def _figure(
    measure: _Measure,
    sums: YearSums,
    beside: Beside,
    links: Links,
    is_protected: bool,
) -> Figure:
    part, whole = measure.counts(sums)
    rate, count = _shown(part, whole, measure.unit, is_protected)
    published = england(measure.published, phase=beside.phase, on=beside.as_of)
    return Figure(
        name=measure.name,
        rate=rate,
        count=count,
        href="" if is_protected else links.list(**measure.filters),
        last_year=_last_year(measure, beside, is_protected),
        england=published if beside.is_published else NOT_PUBLISHED,
    )


def _shown(part: int, whole: int, unit: str, is_protected: bool) -> tuple[str, str]:
    """Rate and count as printed."""
    if not is_protected:
        return shown_percent(part, whole), f"{part:,} of {whole:,} {unit}"
    share = protected_share(part, whole)
    count = HIDDEN if share is None else f"{share[0]:,} of {share[1]:,}"
    return protected_percent(part, whole), f"{count} {unit}"


def _last_year(measure: _Measure, beside: Beside, is_protected: bool) -> str:
    part, whole = measure.counts(beside.sums_then)
    if beside.then is None or whole == 0:
        return "Same time last year: no figures"
    rate, count = _shown(part, whole, measure.unit, is_protected)
    return f"Same time last year: {rate}, {count}, to {wording.day(beside.then)}"


def england(measure: str, *, phase: str | None, on: date) -> str:
    """England's figure with its year, day and series; or that there is none."""
    found = benchmarks.latest_by(measure, phase=phase, on=on)
    if found is None:
        return "England: none published for this phase"
    return f"England: {found.shown}, {found.of} ({found.series})"
