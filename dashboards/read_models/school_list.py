"""`/schools/`: the schools in scope, A to Z, each with the figures of its year so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.urls import reverse

from accounts.roles import Role
from attendance.read_models import SchoolTotals, school_totals
from attendance.read_models.feeds import Feed, feeds
from attendance.rules.percent import shown_percent
from attendance.states import FEEDS, Tag
from attendance_portal.shared import wording
from dashboards.listing import Column
from dashboards.read_models.rolls import enrolments_of_year
from schools.choices import PHASE
from schools.models import Membership, School
from schools.scoping import membership_in_force

if TYPE_CHECKING:
    from accounts.models import User

DEFAULT_SORT: Final = "name"
COLUMNS: Final = (
    Column("School", "name"),
    Column("On roll", "on_roll", is_numeric=True),
    Column("Absence", "absence", is_numeric=True),
    Column("Persistent", "persistent", is_numeric=True),
    Column("Severe", "severe", is_numeric=True),
    Column("Marks to", "last"),
    Column("Council contact"),
)


@dataclass(frozen=True)
class Cell:
    """A rate with the counts it rests on, and the list that makes them up."""

    rate: str
    count: str
    href: str = ""


@dataclass(frozen=True)
class SchoolLine:
    """One school as printed."""

    urn: int
    name: str
    phase: str
    on_roll: int
    on_roll_href: str
    absence: Cell
    persistent: Cell
    severe: Cell
    marks_to: str
    behind: str
    tag: Tag
    contact: str
    last_mark_on: date | None = None


def pupils_of(urn: int, **filters: str) -> str:
    """The pupil list of one school."""
    return f"{reverse('pupil_list')}?{urlencode({'school': urn, **filters})}"


def school_lines(
    schools: QuerySet[School], user: User, *, as_of: date, on: date, sort: str, has_lists: bool
) -> list[SchoolLine]:
    """These schools with their year so far. `has_lists`: whether lists stand at the same date."""
    found = list(schools.order_by("folded_name", "urn"))
    totals = {row.urn: row for row in school_totals(user, as_of=as_of)}
    rolls = on_roll(user, as_of=as_of, on=on)
    state = {feed.urn: feed for feed in feeds(found, as_of=as_of)}
    contacts = council_contacts([school.pk for school in found], on=on)
    lines = [
        _line(school, totals.get(school.pk), rolls.get(school.pk, 0), state[school.pk],
              contacts.get(school.pk, []), has_lists=has_lists)
        for school in _sorted(found, totals, rolls, state, sort)
    ]  # fmt: skip
    return lines


def on_roll(user: User, *, as_of: date, on: date) -> dict[int, int]:
    """URN to how many of the person's own enrolments are on roll there on a day."""
    rows = enrolments_of_year(user, as_of=as_of, on=on).on_roll(on)  # type: ignore[attr-defined]
    counted = rows.order_by().values("school").annotate(number=Count("pk"))
    return dict(counted.values_list("school", "number"))


def council_contacts(urns: Collection[int], *, on: date) -> dict[int, list[str]]:
    """URN to whom a school rings: its link officer, and the officers whose patch it is in."""
    found: dict[int, list[str]] = defaultdict(list)
    linked = School.objects.filter(pk__in=urns, link_officer__isnull=False)
    for urn, name in linked.values_list("pk", "link_officer__name"):
        found[urn].append(name)
    officers = (
        Membership.objects.filter(
            membership_in_force(on),
            role=Role.ATTENDANCE_OFFICER,
            patch__schools__in=urns,
            user__is_active=True,
        )
        .order_by("user__name", "pk")
        .values_list("patch__schools", "user__name")
    )
    for urn, name in officers:
        if name and name not in found[urn]:
            found[urn].append(name)
    return found


def _line(
    school: School,
    row: SchoolTotals | None,
    number: int,
    feed: Feed,
    contacts: Sequence[str],
    *,
    has_lists: bool,
) -> SchoolLine:
    def list_of(**filters: str) -> str:
        return pupils_of(school.pk, **filters) if has_lists else ""

    behind = feed.school_days_behind if feed.last_mark_on else 0
    return SchoolLine(
        urn=school.pk,
        name=school.name,
        phase=PHASE.get(school.phase, "Post-16"),
        on_roll=number,
        on_roll_href=list_of(on_roll="true"),
        absence=absence_of(row, list_of(sort="-absence"), unit=""),
        persistent=_over(row, "persistent", list_of(persistent="true")),
        severe=_over(row, "severe", list_of(severe="true")),
        marks_to=wording.short_day(feed.last_mark_on) if feed.last_mark_on else "No data",
        behind=f"{wording.counted(behind, 'school day')} behind" if behind else "",
        tag=FEEDS[feed.state],
        contact=wording.listed(contacts) if contacts else "Nobody named yet",
        last_mark_on=feed.last_mark_on,
    )


def _over(row: SchoolTotals | None, line: str, href: str) -> Cell:
    """The column's heading says what is counted, so the cell is short."""
    return enrolments_of(row, getattr(row, line, 0), href, unit="")


def absence_of(row: SchoolTotals | None, href: str, *, unit: str = " sessions") -> Cell:
    """All absence, in sessions."""
    if row is None or not row.possible:
        return Cell("No data", "")
    absent = row.authorised + row.unauthorised
    count = f"{absent:,} of {row.possible:,}{unit}"
    return Cell(shown_percent(absent, row.possible), count, href)


def enrolments_of(
    row: SchoolTotals | None, part: int, href: str, *, unit: str = " enrolments"
) -> Cell:
    """Enrolments over a line, of those with a possible session."""
    if row is None or not row.enrolments:
        return Cell("No data", "")
    count = f"{part:,} of {row.enrolments:,}{unit}"
    return Cell(shown_percent(part, row.enrolments), count, href)


def _sorted(
    schools: Sequence[School],
    totals: Mapping[int, SchoolTotals],
    rolls: Mapping[int, int],
    state: Mapping[int, Feed],
    sort: str,
) -> list[School]:
    """A to Z, or by the column asked for; equal ones stay A to Z. No ranks are shown."""
    key = sort.removeprefix("-")
    if key == "name":
        return list(schools)[::-1] if sort.startswith("-") else list(schools)

    def share(part: str, whole: str) -> Any:
        def of(school: School) -> Fraction:
            row = totals.get(school.pk)
            if row is None or not getattr(row, whole):
                return Fraction(-1)  # no data comes before nought
            return Fraction(sum(getattr(row, name) for name in part.split()), getattr(row, whole))

        return of

    keys = {
        "on_roll": lambda school: rolls.get(school.pk, 0),
        "absence": share("authorised unauthorised", "possible"),
        "persistent": share("persistent", "enrolments"),
        "severe": share("severe", "enrolments"),
        "last": lambda school: state[school.pk].last_mark_on or date.min,
    }
    return sorted(schools, key=keys[key], reverse=sort.startswith("-"))
