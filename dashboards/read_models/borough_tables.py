"""The borough's two tables: by phase and by school, as counted or protected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from attendance.read_models import SchoolTotals
from attendance.read_models.by_school import YearSums
from attendance.rules.percent import shown_percent
from attendance.rules.protection import (
    HIDDEN,
    NOT_APPLICABLE,
    protected_percent,
    protected_table,
    whole_percent,
)
from dashboards.listing import Column
from dashboards.read_models.slices import Slice, Sums
from schools.choices import PHASE, STATISTICAL_PHASE, STATISTICAL_PHASE_OF
from schools.models import Place, School, Trust

DEFAULT_SORT: Final = "name"
COLUMNS: Final = (
    Column("School", "name"),
    Column("Phase"),
    Column("Enrolments", "enrolments", is_numeric=True),
    Column("Absence", "absence", is_numeric=True),
    Column("Persistent", "persistent", is_numeric=True),
    Column("Severe", "severe", is_numeric=True),
    Column("Unauthorised", "unauthorised", is_numeric=True),
    Column("Marks to"),
)
PROTECTED_COLUMNS: Final = (
    Column("School"),
    Column("Phase"),
    Column("Enrolments", is_numeric=True),
    Column("Absence", is_numeric=True),
    Column("Persistent", is_numeric=True),
    Column("Marks to"),
)
POST_16: Final = "Post-16"
ALL_SCHOOLS: Final = "All schools"
#: Parameters of an address that choose a part of the authority.
PARTS: Final = frozenset({"school", "trust", "phase", "place", "place_by"})


@dataclass(frozen=True)
class Rate:
    """A rate and its count as printed, and the list that makes the count up, if there is one."""

    label: str
    shown: str
    count: str = ""
    href: str = ""


@dataclass(frozen=True)
class Line:
    """One row of a table: a phase, a school, or all of them."""

    name: str
    href: str
    phase: str
    enrolments: str
    rates: list[Rate]
    marks_to: date | None = None
    enrolments_href: str = ""


@dataclass(frozen=True)
class Links:
    """Where the lines of a page lead: the same choice of children, in a part of the authority.

    `given`: what the page's own address holds, as a trust's number; `to_lists`: whether the lists
    behind figures may be followed.
    """

    choice: Slice
    route: str
    given: tuple[str, ...] = ()
    to_lists: bool = True

    def page(self, **part: str) -> str:
        """The same page, of a part."""
        if not self.to_lists:
            return ""
        own = {"trust": ""} if self.given else {}
        return self.choice.link_to(self.route, self.given, **own, **part)

    def list(self, **filters: str) -> str:
        """The children behind a figure; empty where nobody may follow it."""
        return self.choice.list_of(**filters) if self.to_lists else ""

    def school(self, urn: int) -> str:
        """A school's page, of the same children."""
        return self.choice.link_to("school", [urn], **dict.fromkeys(PARTS, ""))

    def trust(self, uid: str) -> str:
        """A trust's page, of the same children."""
        return self.choice.link_to("trust", [uid], trust="") if self.to_lists else ""


def added(totals: Iterable[SchoolTotals]) -> YearSums:
    """Sums of the parts; percentages are never averaged."""
    rows = list(totals)
    return YearSums(
        enrolments=sum(row.enrolments for row in rows),
        possible=sum(row.possible for row in rows),
        attended=sum(row.attended for row in rows),
        authorised=sum(row.authorised for row in rows),
        unauthorised=sum(row.unauthorised for row in rows),
        persistent=sum(row.persistent for row in rows),
        severe=sum(row.severe for row in rows),
    )


def statistical_phase(school: School) -> str:
    """The phase that statistics put a school in (STAT-20)."""
    return STATISTICAL_PHASE_OF[school.phase]


def phase_lines(
    totals: Sequence[SchoolTotals], schools: Mapping[int, School], links: Links
) -> list[Line]:
    """One line a statistical phase, in the order of statistics."""
    lines = []
    for code, label in STATISTICAL_PHASE.items():
        mine = [row for row in totals if statistical_phase(schools[row.urn]) == code]
        if mine:
            codes = {schools[row.urn].phase for row in mine}
            filters = {"phase": next(iter(codes))} if len(codes) == 1 and code else None
            href = links.page(**filters) if filters else ""
            lines.append(sums_line(label, added(mine), href=href, links=links, filters=filters))
    return lines


def trust_lines(
    totals: Sequence[SchoolTotals], schools: Mapping[int, School], links: Links
) -> list[Line]:
    """One line a trust, A to Z; schools of no trust are left out."""
    found: dict[Trust, list[SchoolTotals]] = defaultdict(list)
    for row in totals:
        trust = schools[row.urn].trust
        if trust is not None:
            found[trust].append(row)
    return [
        sums_line(
            trust.name,
            added(mine),
            href=links.trust(trust.uid),
            links=links,
            filters={"trust": trust.uid},
        )
        for trust, mine in sorted(found.items(), key=lambda pair: (pair[0].name, pair[0].pk))
    ]


def locality_lines(
    totals: Sequence[SchoolTotals], schools: Mapping[int, School], links: Links
) -> list[Line]:
    """One line a locality in which schools stand, A to Z; the others are left out."""
    found: dict[Place, list[SchoolTotals]] = defaultdict(list)
    for row in totals:
        ward = schools[row.urn].ward
        if ward is not None and ward.part_of is not None:
            found[ward.part_of].append(row)
    by_name = sorted(found.items(), key=lambda pair: (pair[0].name, pair[0].pk))
    lines = []
    for place, mine in by_name:
        filters = {"place": place.code, "place_by": "school"}
        href = links.page(**filters)
        lines.append(sums_line(place.name, added(mine), href=href, links=links, filters=filters))
    return lines


def school_lines(
    totals: Sequence[SchoolTotals],
    schools: Mapping[int, School],
    sort: str,
    links: Links,
) -> list[Line]:
    """One line a school, A to Z or as sorted; no rank is given."""
    return [
        sums_line(
            schools[row.urn].name,
            added([row]),
            href=links.school(row.urn),
            phase=PHASE.get(schools[row.urn].phase, POST_16),
            links=links,
            filters={"school": str(row.urn)},
            marks_to=row.last_mark_on,
        )
        for row in _sorted(totals, schools, sort)
    ]


def total_line(totals: Sequence[SchoolTotals]) -> Line:
    """All schools of the table together; marks to the latest day that any of them sent."""
    return sums_line(ALL_SCHOOLS, added(totals), marks_to=_latest(totals))


def _latest(totals: Sequence[SchoolTotals]) -> date | None:
    return max((row.last_mark_on for row in totals if row.last_mark_on), default=None)


def sums_line(
    name: str,
    sums: YearSums | Sums,
    *,
    href: str = "",
    phase: str = "",
    links: Links | None = None,
    filters: Mapping[str, str] | None = None,
    marks_to: date | None = None,
) -> Line:
    """Enrolments and the four rates of one line. `filters`: those of the line's own list."""

    def list_of(part: int, **more: str) -> str:
        return links.list(**filters, **more) if links and filters is not None and part else ""

    return Line(
        name=name,
        href=href,
        phase=phase,
        enrolments=f"{sums.enrolments:,}",
        enrolments_href=list_of(sums.enrolments),
        rates=[
            _rate("Absence", sums.absent, sums.possible),
            _rate(
                "Persistent",
                sums.persistent,
                sums.enrolments,
                list_of(sums.persistent, persistent="true"),
            ),
            _rate("Severe", sums.severe, sums.enrolments, list_of(sums.severe, severe="true")),
            _rate("Unauthorised", sums.unauthorised, sums.possible),
        ],
        marks_to=marks_to,
    )


def _rate(label: str, part: int, whole: int, href: str = "") -> Rate:
    if whole == 0:
        return Rate(label, "No data")
    return Rate(label, shown_percent(part, whole), f"{part:,} of {whole:,}", href)


def protected_lines(totals: Sequence[SchoolTotals], schools: Mapping[int, School]) -> list[Line]:
    """The schools A to Z and their total, for readers outside the team.

    Severe and unauthorised absence are left out: the numbers of one school are too small.
    """
    rows = _sorted(totals, schools, DEFAULT_SORT)
    if not rows:
        return []
    cells = protected_table([[row.persistent, row.enrolments - row.persistent] for row in rows])
    lines = [
        Line(
            name=schools[row.urn].name,
            href="",
            phase=PHASE.get(schools[row.urn].phase, POST_16),
            enrolments=_shown(enrolments),
            rates=[_protected_absence(row, enrolments), _protected_rate(persistent, enrolments)],
            marks_to=row.last_mark_on,
        )
        for row, (persistent, _, enrolments) in zip(rows, cells, strict=False)
    ]
    persistent, _, enrolments = cells[-1]
    everything = added(rows)
    absence = Rate("Absence", protected_percent(everything.absent, everything.possible))
    rates = [absence, _protected_rate(persistent, enrolments)]
    return [*lines, Line(ALL_SCHOOLS, "", "", _shown(enrolments), rates, _latest(rows))]


def _shown(count: int | None) -> str:
    return HIDDEN if count is None else f"{count:,}"


def _protected_absence(row: SchoolTotals, enrolments: int | None) -> Rate:
    """Sessions of a group that is itself hidden are hidden with it."""
    if row.possible == 0:
        return Rate("Absence", NOT_APPLICABLE)
    if enrolments is None:
        return Rate("Absence", HIDDEN)
    return Rate("Absence", protected_percent(row.authorised + row.unauthorised, row.possible))


def _protected_rate(part: int | None, whole: int | None) -> Rate:
    if part is None or not whole:
        return Rate("Persistent", HIDDEN)
    return Rate("Persistent", f"{whole_percent(part, whole)}%", f"{part:,} of {whole:,}")


def _share(part: int, whole: int) -> tuple[bool, int, int]:
    """A sort key for a rate without division: exact to one in ten million."""
    return (whole > 0, part * 10_000_000 // whole if whole else 0, part)


_KEYS: Final[Mapping[str, Callable[[SchoolTotals], object]]] = {
    "enrolments": lambda row: row.enrolments,
    "absence": lambda row: _share(row.authorised + row.unauthorised, row.possible),
    "persistent": lambda row: _share(row.persistent, row.enrolments),
    "severe": lambda row: _share(row.severe, row.enrolments),
    "unauthorised": lambda row: _share(row.unauthorised, row.possible),
}


def _sorted(
    totals: Sequence[SchoolTotals], schools: Mapping[int, School], sort: str
) -> list[SchoolTotals]:
    """A to Z, or by the column asked for; equal ones stay A to Z."""
    a_to_z = sorted(totals, key=lambda row: (schools[row.urn].folded_name, row.urn))
    key = sort.removeprefix("-")
    if key == DEFAULT_SORT:
        return a_to_z[::-1] if sort.startswith("-") else a_to_z
    return sorted(a_to_z, key=_KEYS[key], reverse=sort.startswith("-"))  # type: ignore[arg-type]
