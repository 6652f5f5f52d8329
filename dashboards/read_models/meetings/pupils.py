"""Whom a meeting speaks about, and who could be put on its list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from attendance.models import EnrolmentCohort
from dashboards.listing import PER_PAGE
from meetings.models import Meeting
from meetings.read_models.preparation import Discussed
from schools.choices import year_group_label
from schools.models import Enrolment, Pupil
from schools.rules.names import fold_text

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class DiscussedLine:
    """A child on the list. `row_id` where somebody chose them, and may take them off again."""

    public_id: UUID
    name: str
    year_group: str
    why: str
    note: str
    row_id: int | None


@dataclass(frozen=True)
class Candidate:
    """A child who may be put on the list, or is on it already."""

    public_id: UUID
    name: str
    year_group: str
    is_listed: bool


def discussed_lines(meeting: Meeting, found: tuple[Discussed, ...]) -> list[DiscussedLine]:
    """The list as printed, by surname. One query."""
    years = _years(meeting, [one.pupil.pk for one in found])
    return [
        DiscussedLine(
            public_id=one.pupil.public_id,
            name=str(one.pupil),
            year_group=years.get(one.pupil.pk, ""),
            why=", ".join(one.why),
            note=one.note,
            row_id=one.row_id,
        )
        for one in found
    ]


def candidates(
    meeting: Meeting, user: User, *, on: date, cohort: str, q: str, page: str
) -> Page[Pupil]:
    """The children of the school's roll in a named group, or by name; 25 a page, by surname."""
    rolls = Enrolment.objects.on_roll(on).filter(
        school=meeting.school_id, awaiting_confirmation=False
    )
    if cohort:
        rows = EnrolmentCohort.objects.filter(cohort=cohort)
        rolls = rolls.filter(pk__in=rows.values("enrolment"))
    pupils: QuerySet[Pupil] = Pupil.objects.worked_with_by(user).filter(
        pk__in=rolls.values("pupil")
    )
    for word in fold_text(q).split():
        pupils = pupils.filter(folded_name__contains=word)
    return Paginator(pupils.alphabetical(), PER_PAGE).get_page(page)  # type: ignore[attr-defined]


def candidate_lines(
    meeting: Meeting, page: Page[Pupil], found: tuple[Discussed, ...]
) -> list[Candidate]:
    """One page of them as printed."""
    listed = {one.pupil.pk for one in found}
    pupils = list(page)
    years = _years(meeting, [one.pk for one in pupils])
    return [
        Candidate(one.public_id, str(one), years.get(one.pk, ""), one.pk in listed)
        for one in pupils
    ]


def _years(meeting: Meeting, pupils: list[int]) -> dict[int, str]:
    rows = Enrolment.objects.filter(school=meeting.school_id, pupil__in=pupils)
    found = rows.order_by("starts_on").values_list("pupil", "year_group")
    return {pk: year_group_label(year) for pk, year in found}
