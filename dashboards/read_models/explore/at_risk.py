"""Children at risk of persistent absence, and those just over the line: what is still ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import OrderBy

from attendance.cohorts import LINES
from attendance.read_models.days_left import DaysLeft
from attendance.read_models.figures import WHOLE_YEAR, Figures
from attendance.rules.absence import AT_RISK_ONE_IN, PERSISTENT_ONE_IN, is_persistent
from attendance.rules.percent import shown_percent
from attendance.rules.projection import SESSIONS_A_DAY, can_still_miss, leaves_on
from attendance_portal.shared import wording
from dashboards.listing import Column
from dashboards.read_models.pupil_list import enrolment_notes
from dashboards.read_models.rolls import school_pages
from dashboards.read_models.slices import Slice
from schools.choices import YEAR_GROUP, year_group_label
from schools.models import Enrolment
from schools.rules.calendar import academic_year, academic_year_end
from schools.scoping import in_force

DEFAULT_SORT: Final = "left"
COLUMNS: Final = (
    Column("Pupil", "name"),
    Column("School", "school"),
    Column("Year", "year_group"),
    Column("Absence this year", "absence", is_numeric=True),
    Column("Can still miss", "left", is_numeric=True),
    Column("Under 10% from, if at school every day"),
)
_BY_NAME: Final = ("pupil__folded_name", "school__folded_name", "pk")
_ORDERS: Final = {
    "name": "pupil__folded_name",
    "school": "school__folded_name",
    "absence": "share",
    "left": "spare",
}
_WHOLE: Final = IntegerField()


@dataclass(frozen=True)
class AtRiskRow:
    """One line: the year so far and the two facts of what is ahead, in words."""

    public_id: UUID
    name: str
    notes: tuple[str, ...]
    school: str
    school_href: str
    year_group: str
    absence: str
    sessions: str
    can_miss: str
    sessions_left: str
    under_from: str


def at_risk(asked: Slice) -> QuerySet[Enrolment]:
    """Enrolments of the slice on roll that missed 5% or more of the year and less than the line of
    'just over' (12%), with enough sessions to say (STAT-25, STAT-28). In no order."""
    figures = _of_year(asked)
    missed = F("authorised") + F("unauthorised")
    near = figures.rows.annotate(missed=missed).filter(
        possible__gte=settings.MINIMUM_POSSIBLE_SESSIONS,
        missed__gte=(F("possible") + AT_RISK_ONE_IN - 1) / AT_RISK_ONE_IN,
    )
    under = near.annotate(hundredfold=100 * F("missed")).filter(
        hundredfold__lt=LINES.over_the_line_below_percent * F("possible")
    )
    return asked.rows.filter(
        Exists(under.filter(enrolment=OuterRef("pk"))),
        in_force(asked.as_of, "starts_on", "ends_on"),
    )


def _of_year(asked: Slice) -> Figures:
    """What is ahead hangs on the year, whatever period the bar asks for."""
    return asked.figures.of(WHOLE_YEAR)


def ordered(
    rows: QuerySet[Enrolment], sort: str, asked: Slice, days: DaysLeft
) -> QuerySet[Enrolment]:
    """With the year's figures and `spare`, the sessions that may still be missed, then by name."""
    key = sort.removeprefix("-")
    figured = _of_year(asked).on(rows).annotate(spare=_spare(rows, days))
    value = F(_ORDERS[key]) if key in _ORDERS else _year_group()
    return figured.order_by(OrderBy(value, descending=sort.startswith("-")), *_BY_NAME)


def _year_group() -> Case:
    return Case(*(When(year_group=code, then=place) for place, code in enumerate(YEAR_GROUP)))


def _spare(rows: QuerySet[Enrolment], days: DaysLeft) -> Case:
    """`projection.can_still_miss`, below nothing too, so that those beyond it come first."""
    whens = [
        When(
            Q(school__meeting_days=meeting_days, ends_on=ends_on)
            if ends_on
            else Q(school__meeting_days=meeting_days),
            then=(F("possible") + SESSIONS_A_DAY * len(days.of(meeting_days, ends_on)) - 1)
            / PERSISTENT_ONE_IN
            - F("absent"),
        )
        for meeting_days, ends_on in _years_left(rows, days)
    ]
    return Case(*whens, default=Value(0), output_field=_WHOLE)


def _years_left(rows: QuerySet[Enrolment], days: DaysLeft) -> list[tuple[str, date | None]]:
    """The kinds of rest of a year that these enrolments have; ends within it first."""
    last = academic_year_end(academic_year(days.as_of))
    pairs = set(rows.order_by().values_list("school__meeting_days", "ends_on").distinct())
    found = {(meets, end if end and end <= last else None) for meets, end in pairs}
    return sorted(found, key=lambda pair: (pair[1] is None, pair[1] or last, pair[0]))


def at_risk_rows(enrolments: Sequence[Enrolment], asked: Slice, days: DaysLeft) -> list[AtRiskRow]:
    """The lines of one page, ordered as given by `ordered`."""
    pages = school_pages(asked.user, {row.school_id for row in enrolments})
    return [_row(row, asked, days, pages.get(row.school_id, "")) for row in enrolments]


def _row(row: Enrolment, asked: Slice, days: DaysLeft, school_href: str) -> AtRiskRow:
    absent, possible = row.absent, row.possible  # type: ignore[attr-defined]
    ahead = days.of(row.school.meeting_days, row.ends_on)
    left = SESSIONS_A_DAY * len(ahead)
    more = can_still_miss(absent, possible, left)
    return AtRiskRow(
        public_id=row.pupil.public_id,
        name=str(row.pupil),
        notes=tuple(enrolment_notes(row, asked.as_of)),
        school=row.school.name,
        school_href=school_href,
        year_group=year_group_label(row.year_group),
        absence=shown_percent(absent, possible),
        sessions=f"{absent:,} of {possible:,} sessions",
        can_miss="None" if more is None else f"{more:,}",
        sessions_left=f"{left:,}",
        under_from=_under_from(absent, possible, ahead),
    )


def _under_from(absent: int, possible: int, ahead: tuple[date, ...]) -> str:
    if not is_persistent(absent, possible):
        return "Under 10% now"
    on = leaves_on(absent, possible, ahead)
    return wording.day(on) if on else "Not this year"
