"""Where the borough stands: four figures, by phase and by school. Sums of the schools' own sums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from attendance.read_models import SchoolTotals, school_totals
from attendance.rules.percent import shown_percent
from attendance.selectors import SchoolFeed, schools_behind
from attendance_portal.shared import wording
from dashboards.listing import Column
from schools.choices import PHASE, STATISTICAL_PHASE, STATISTICAL_PHASE_OF
from schools.models import School
from schools.rules.calendar import academic_year, academic_year_label
from schools.scoping import access_of

if TYPE_CHECKING:
    from accounts.models import User

DEFAULT_SORT = "name"
COLUMNS = (
    Column("School", "name"),
    Column("Phase"),
    Column("Enrolments", "enrolments", is_numeric=True),
    Column("Absence", "absence", is_numeric=True),
    Column("Persistent", "persistent", is_numeric=True),
    Column("Severe", "severe", is_numeric=True),
    Column("Unauthorised", "unauthorised", is_numeric=True),
    Column("Marks to"),
)


@dataclass(frozen=True)
class Sums:
    """Sessions and enrolments of some schools added up."""

    enrolments: int = 0
    possible: int = 0
    authorised: int = 0
    unauthorised: int = 0
    persistent: int = 0
    severe: int = 0

    @property
    def absent(self) -> int:
        return self.authorised + self.unauthorised


@dataclass(frozen=True)
class Figure:
    """A rate with its count, and the list that makes it up."""

    name: str
    rate: str
    count: str
    href: str


@dataclass(frozen=True)
class Line:
    """One row of a table: a phase or a school. Rates and counts as printed."""

    name: str
    href: str
    phase: str
    enrolments: int
    absence: str
    absence_count: str
    persistent: str
    persistent_count: str
    severe: str
    severe_count: str
    unauthorised: str
    unauthorised_count: str
    marks_to: date | None


@dataclass(frozen=True)
class BoroughPage:
    """The whole page."""

    headline: str
    whose: str
    year: str
    figures: list[Figure]
    phases: list[Line]
    schools: list[Line]
    feeds: str
    behind: list[SchoolFeed]


def borough_page(user: User, *, as_of: date, sort: str, has_lists: bool) -> BoroughPage:
    """The borough as of a date. `has_lists`: whether the pupil list stands at the same date."""
    totals = school_totals(user, as_of=as_of)
    schools = School.objects.visible_to(user).in_bulk([row.urn for row in totals])
    everything = added(totals)
    behind = schools_behind(user, as_of)
    lines = [_school_line(schools[row.urn], row) for row in _sorted(totals, schools, sort)]
    year = academic_year_label(academic_year(as_of))
    return BoroughPage(
        headline=_headline(everything, year),
        whose=_whose(user, len(totals)),
        year=year,
        figures=_four_figures(everything, has_lists=has_lists),
        phases=_phases(totals, schools),
        schools=lines,
        feeds=_feeds(len(totals), behind),
        behind=behind,
    )


def _whose(user: User, schools: int) -> str:
    """Someone with a patch reads the sums of their own schools, and is told so."""
    if access_of(user).everything:
        return "The whole borough"
    return f"Your {wording.counted(schools, 'school')}"


def added(totals: Iterable[SchoolTotals]) -> Sums:
    """Sums of the parts; percentages are never averaged."""
    rows = list(totals)
    return Sums(
        enrolments=sum(row.enrolments for row in rows),
        possible=sum(row.possible for row in rows),
        authorised=sum(row.authorised for row in rows),
        unauthorised=sum(row.unauthorised for row in rows),
        persistent=sum(row.persistent for row in rows),
        severe=sum(row.severe for row in rows),
    )


def _headline(sums: Sums, year: str) -> str:
    if sums.possible == 0:
        return f"No sessions are recorded yet for {year}"
    absence = shown_percent(sums.absent, sums.possible)
    pupils = shown_percent(sums.persistent, sums.enrolments)
    return f"{absence} of sessions were missed in {year}; {pupils} of enrolments missed 10% or more"


def _list_of(**filters: str) -> str:
    query = f"?{urlencode(filters)}" if filters else ""
    return f"{reverse('pupil_list')}{query}"


def _sessions(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} sessions"


def _enrolments(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} enrolments"


def _four_figures(sums: Sums, *, has_lists: bool) -> list[Figure]:
    figures = [
        Figure(
            "Absence",
            shown_percent(sums.absent, sums.possible),
            _sessions(sums.absent, sums.possible),
            _list_of(sort="-absence"),
        ),
        Figure(
            "Persistent absence",
            shown_percent(sums.persistent, sums.enrolments),
            _enrolments(sums.persistent, sums.enrolments),
            _list_of(persistent="true"),
        ),
        Figure(
            "Severe absence",
            shown_percent(sums.severe, sums.enrolments),
            _enrolments(sums.severe, sums.enrolments),
            _list_of(severe="true"),
        ),
        Figure(
            "Unauthorised absence",
            shown_percent(sums.unauthorised, sums.possible),
            _sessions(sums.unauthorised, sums.possible),
            _list_of(sort="-unauthorised"),
        ),
    ]
    if has_lists:
        return figures
    return [Figure(figure.name, figure.rate, figure.count, "") for figure in figures]


def _line(name: str, href: str, phase: str, sums: Sums, marks_to: date | None) -> Line:
    return Line(
        name=name,
        href=href,
        phase=phase,
        enrolments=sums.enrolments,
        absence=shown_percent(sums.absent, sums.possible),
        absence_count=f"{sums.absent:,} of {sums.possible:,}",
        persistent=shown_percent(sums.persistent, sums.enrolments) if sums.enrolments else "",
        persistent_count=f"{sums.persistent:,} of {sums.enrolments:,}",
        severe=shown_percent(sums.severe, sums.enrolments) if sums.enrolments else "",
        severe_count=f"{sums.severe:,} of {sums.enrolments:,}",
        unauthorised=shown_percent(sums.unauthorised, sums.possible),
        unauthorised_count=f"{sums.unauthorised:,} of {sums.possible:,}",
        marks_to=marks_to,
    )


def _school_line(school: School, row: SchoolTotals) -> Line:
    phase = PHASE.get(school.phase, "Post-16")
    href = _list_of(school=str(school.pk))
    return _line(school.name, href, phase, added([row]), row.last_mark_on)


def _phases(totals: Sequence[SchoolTotals], schools: dict[int, School]) -> list[Line]:
    """One line a statistical phase, in the order of statistics."""
    lines = []
    for code, label in STATISTICAL_PHASE.items():
        mine = [row for row in totals if STATISTICAL_PHASE_OF[schools[row.urn].phase] == code]
        if mine:
            lines.append(_line(label, "", label, added(mine), None))
    return lines


def _share(part: int, whole: int) -> tuple[bool, int, int]:
    """A sort key for a rate without division: exact to one in ten million."""
    return (whole > 0, part * 10_000_000 // whole if whole else 0, part)


def _sorted(
    totals: Sequence[SchoolTotals], schools: dict[int, School], sort: str
) -> list[SchoolTotals]:
    """A to Z, or by the column asked for; equal ones stay A to Z. No ranks are shown."""
    a_to_z = sorted(totals, key=lambda row: (schools[row.urn].folded_name, row.urn))
    key = sort.removeprefix("-")
    if key == "name":
        return a_to_z[::-1] if sort.startswith("-") else a_to_z
    keys = {
        "enrolments": lambda row: row.enrolments,
        "absence": lambda row: _share(row.authorised + row.unauthorised, row.possible),
        "persistent": lambda row: _share(row.persistent, row.enrolments),
        "severe": lambda row: _share(row.severe, row.enrolments),
        "unauthorised": lambda row: _share(row.unauthorised, row.possible),
    }
    return sorted(a_to_z, key=keys[key], reverse=sort.startswith("-"))


def _feeds(schools: int, behind: Sequence[SchoolFeed]) -> str:
    up_to_date = schools - len(behind)
    if not behind:
        return f"All {wording.counted(schools, 'school')} are up to date."
    return f"{up_to_date:,} of {wording.counted(schools, 'school')} are up to date."
