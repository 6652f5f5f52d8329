"""One child's record, as far as this person may see it: what every sub-page of it stands on.

Everything starts from `Enrolment.objects.visible_to(user)`, so that the school a child has left
sees its own part and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from accounts.roles import Permission
from attendance.models import Flag
from attendance.read_models import YearCount, year_counts
from attendance.rules.marks import Register, SchoolCalendar
from attendance.selectors import SchoolFeed, schools_behind
from attendance.states import FLAG_ORDER, FlagKind
from attendance_portal.shared import wording
from cases.models import Case, SupportPlan
from cases.states import PlanState
from dashboards.parts import marks_behind
from dashboards.read_models.marks import calendars_of, registers_of
from dashboards.read_models.pupil_list import date_notes
from dashboards.read_models.rolls import rank
from schools.choices import ENROLMENT_STATUS
from schools.models import Enrolment, Pupil, Term
from schools.rules.calendar import (
    HalfTerm,
    academic_year,
    academic_year_start,
)

if TYPE_CHECKING:
    from accounts.models import User

ENGLISH = frozenset({"", "english"})


@dataclass(frozen=True)
class Record:
    """The child, the person who reads, the day: found once, whatever the sub-page.

    `as_of` is None before the first finished run; `is_whole`: nothing of the child is hidden from
    this person (something is from the school a child has left). `at`: the moment, where the page
    says who rings the family now.
    """

    pupil: Pupil
    user: User
    permissions: frozenset[Permission]
    enrolments: Sequence[Enrolment]
    is_whole: bool
    as_of: date | None
    on: date
    minimum: int
    at: datetime | None = None

    def may(self, permission: Permission) -> bool:
        """Whether the reader's role includes it and nothing of the child is hidden from them."""
        return self.is_whole and permission in self.permissions

    @property
    def main(self) -> Enrolment | None:
        """The enrolment that names the child's school."""
        return max(self.enrolments, key=lambda row: rank(row, self.on), default=None)

    @property
    def stands(self) -> date:
        """The day that figures speak of; today while there are none."""
        return self.as_of or self.on

    @property
    def this_year(self) -> list[Enrolment]:
        """The enrolments of the academic year, the one that names the school first."""
        first = academic_year_start(academic_year(self.stands))
        rows = [
            row
            for row in self.enrolments
            if row.starts_on <= self.stands and (row.ends_on is None or row.ends_on >= first)
        ]
        return sorted(rows, key=lambda row: rank(row, self.on), reverse=True)

    @cached_property
    def registers(self) -> dict[int, Register]:
        """Enrolment id to its marks up to the day."""
        return registers_of(self.enrolments, self.stands)

    @cached_property
    def calendars(self) -> dict[int, SchoolCalendar]:
        """URN to the days the school met up to the day, for the schools of this year."""
        return calendars_of({row.school_id for row in self.this_year}, self.stands)

    @cached_property
    def half_terms(self) -> list[HalfTerm]:
        """Every half-term known, in order of time."""
        return [
            HalfTerm(row.starts_on, row.ends_on, row.academic_year, row.half_term)
            for row in Term.objects.order_by("starts_on")
        ]

    @cached_property
    def feeds(self) -> dict[int, SchoolFeed]:
        """URN to how far behind its registers are, for schools that are."""
        if self.as_of is None:
            return {}
        return {feed.urn: feed for feed in schools_behind(self.user, self.as_of)}

    @cached_property
    def years(self) -> dict[int, YearCount]:
        """Enrolment id to its year so far; none before the first run or where nothing counts."""
        if self.as_of is None:
            return {}
        rows = Enrolment.objects.filter(pk__in=[row.pk for row in self.enrolments])
        return year_counts(rows, as_of=self.as_of)

    @cached_property
    def flags(self) -> list[Flag]:
        """All flags of these enrolments, in the order of pages, the newest of a kind first."""
        flags = Flag.objects.filter(enrolment__in=[row.pk for row in self.enrolments])
        return sorted(flags, key=lambda flag: (FLAG_ORDER[FlagKind(flag.kind)], -flag.pk))

    @cached_property
    def case(self) -> Case | None:
        """The case that is being worked on, else the one that closed last; None for readers
        without casework."""
        if not self.may(Permission.SEE_CASES):
            return None
        rows = Case.objects.visible_to(self.user).filter(pupil=self.pupil)
        found = list(rows.select_related("lead", "cover", "school").order_by("-opened_on", "-pk"))
        return min(found, key=lambda case: not case.is_live, default=None)

    @cached_property
    def plan(self) -> SupportPlan | None:
        """The plan that stands, else the one that ended last; None for readers without casework."""
        if not self.may(Permission.SEE_CASES):
            return None
        rows = SupportPlan.objects.visible_to(self.user).filter(pupil=self.pupil)
        in_order = rows.select_related("pupil", "case__school").order_by("-started_on", "-pk")
        found = list(in_order)
        return min(found, key=lambda plan: plan.state == PlanState.ENDED, default=None)


@dataclass(frozen=True)
class RollHeading:
    """Which enrolment a section is about, and whether its marks are late."""

    enrolment_id: int
    school: str
    notes: str
    starts_on: date
    feed: str
    is_feed_stopped: bool


def record_of(
    pupil: Pupil,
    user: User,
    *,
    permissions: frozenset[Permission],
    as_of: date | None,
    on: date,
    minimum: int,
    at: datetime | None = None,
) -> Record:
    """The record as this person may see it. `on`: today, `at`: now; `minimum`: sessions a figure
    needs."""
    visible = Enrolment.objects.visible_to(user).filter(pupil=pupil).select_related("school")
    enrolments = sorted(visible, key=lambda row: (row.starts_on, row.pk), reverse=True)
    return Record(
        pupil=pupil,
        user=user,
        permissions=permissions,
        enrolments=enrolments,
        is_whole=len(enrolments) == Enrolment.objects.filter(pupil=pupil).count(),
        as_of=as_of,
        on=on,
        minimum=minimum,
        at=at,
    )


def roll_heading(record: Record, enrolment: Enrolment) -> RollHeading:
    """The heading of one enrolment's section, with how late its school's registers are."""
    status = ENROLMENT_STATUS[enrolment.status]
    since = f"on roll since {wording.day(enrolment.starts_on)}"
    feed = record.feeds.get(enrolment.school_id)
    stale = marks_behind(feed.last_mark_on, feed.school_days_behind) if feed else None
    return RollHeading(
        enrolment_id=enrolment.pk,
        school=enrolment.school.name,
        notes=", ".join([status, since, *date_notes(enrolment, record.on)]),
        starts_on=enrolment.starts_on,
        feed=stale.text if stale else "",
        is_feed_stopped=stale is not None and stale.is_warning,
    )
