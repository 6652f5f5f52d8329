"""Rows of the pupil list: one an enrolment, with its year so far and its open flags."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Case, F, QuerySet, When
from django.db.models.expressions import OrderBy

from attendance.models import Flag
from attendance.rules.absence import is_too_early_to_say
from attendance.rules.percent import shown_percent
from attendance.states import FLAG_ORDER, FlagKind
from attendance_portal.shared import wording
from dashboards.listing import Column
from schools.choices import MAIN_ENROLMENT_STATUSES, YEAR_GROUP
from schools.models import Enrolment

DEFAULT_SORT = "name"
COLUMNS = (
    Column("Pupil", "name"),
    Column("School", "school"),
    Column("Year", "year_group"),
    Column("Absence this year", "absence", is_numeric=True),
    Column("Unauthorised", "unauthorised", is_numeric=True),
    Column("Open flags"),
)
_ORDERS = {
    "name": "pupil__folded_name",
    "school": "school__folded_name",
    "year_group": "year_group",
    "absence": "share",
    "unauthorised": "unauthorised",
}


@dataclass(frozen=True)
class PupilRow:
    """One line of the list. `absence` and `sessions` are as printed."""

    public_id: UUID
    name: str
    notes: tuple[str, ...]
    school: str
    year_group: str
    absence: str
    sessions: str
    unauthorised: str
    is_too_early: bool
    kinds: tuple[str, ...]


def ordered(rows: QuerySet[Enrolment], sort: str, *, minimum: int) -> QuerySet[Enrolment]:
    """In the order asked for, then by name; no figure, or too early to say, comes last."""
    key = _ORDERS[sort.removeprefix("-")]
    value = Case(When(possible__gte=minimum, then=F(key))) if key == "share" else F(key)
    order = OrderBy(value, descending=sort.startswith("-"), nulls_last=True)
    return rows.order_by(order, "pupil__folded_name", "school__folded_name", "pk")


def pupil_rows(enrolments: Sequence[Enrolment], *, on: date, minimum: int) -> list[PupilRow]:
    """The lines of one page. `enrolments` carry the annotations of `rolls.with_year`."""
    kinds: dict[int, list[str]] = defaultdict(list)
    open_flags = Flag.objects.open().filter(enrolment__in=[row.pk for row in enrolments])
    for enrolment, kind in open_flags.values_list("enrolment_id", "kind"):
        kinds[enrolment].append(kind)
    return [_row(row, kinds[row.pk], on, minimum) for row in enrolments]


def _row(row: Enrolment, kinds: list[str], on: date, minimum: int) -> PupilRow:
    possible, absent = row.possible or 0, row.absent or 0  # type: ignore[attr-defined]
    return PupilRow(
        public_id=row.pupil.public_id,
        name=str(row.pupil),
        notes=tuple(enrolment_notes(row, on)),
        school=row.school.name,
        year_group=YEAR_GROUP.get(row.year_group, row.year_group),
        absence=shown_percent(absent, possible),
        sessions=f"{absent:,} of {possible:,} sessions" if possible else "",
        unauthorised=f"{row.unauthorised or 0:,}" if possible else "",  # type: ignore[attr-defined]
        is_too_early=bool(possible) and is_too_early_to_say(possible, minimum),
        kinds=tuple(sorted(kinds, key=lambda kind: FLAG_ORDER[FlagKind(kind)])),
    )


def enrolment_notes(row: Enrolment, on: date) -> list[str]:
    """What is out of the ordinary about this enrolment, in words."""
    notes = date_notes(row, on)
    if row.status == "M":
        notes.append("on two rolls, main school")
    elif row.status not in MAIN_ENROLMENT_STATUSES:
        notes.append("main school elsewhere")
    return notes


def date_notes(row: Enrolment, on: date) -> list[str]:
    """Whether it has ended, has yet to start or is not confirmed."""
    notes = []
    if row.ends_on is not None and row.ends_on < on:
        notes.append(f"left {wording.day(row.ends_on)}")
    if row.starts_on > on:
        notes.append(f"starts {wording.day(row.starts_on)}")
    if row.awaiting_confirmation:
        notes.append("move not confirmed yet")
    return notes
