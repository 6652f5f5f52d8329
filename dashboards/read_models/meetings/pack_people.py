"""The children of a pack: the school's roll as of the figures' date, each with the year so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from attendance.cohorts import COHORTS
from attendance.models import EnrolmentCheck, EnrolmentCohort, EnrolmentPeriod, Flag
from attendance.states import FlagKind
from dashboards.charts import StripFacts
from dashboards.read_models.meetings.pack_casework import Casework
from dashboards.read_models.meetings.pack_content import (
    AgencyPupil,
    OwedRegister,
    PackCohort,
    PackPupil,
    PackStrip,
    SeverePupil,
    StripWeek,
)
from dashboards.read_models.rolls import enrolments_of_year
from dashboards.read_models.strip import strip_facts
from meetings.choices import WhyDiscussed
from meetings.models import CohortNote, DiscussedPupil, Meeting
from meetings.rules.agencies import needs_several_agencies
from schools.choices import year_group_label
from schools.models import Enrolment, Pupil
from schools.rules.calendar import academic_year
from schools.scoping import in_force

if TYPE_CHECKING:
    from accounts.models import User

_SLOTS = 14


@dataclass
class Roll:
    """The children on the school's roll whom this person may open, loaded once.

    `on`: today, on which the roll stands; `as_of`: the figures' date.
    """

    meeting: Meeting
    user: User
    as_of: date
    on: date

    @cached_property
    def enrolments(self) -> dict[int, Enrolment]:
        """By enrolment id, in the order of names."""
        rows = enrolments_of_year(self.user, as_of=self.as_of, on=self.on).filter(
            in_force(self.on, "starts_on", "ends_on"), school=self.meeting.school_id
        )
        ordered = rows.select_related("pupil").order_by("pupil__folded_name", "pk")
        return {row.pk: row for row in ordered}

    @cached_property
    def years(self) -> dict[int, EnrolmentPeriod]:
        """The year so far, of those with a possible session."""
        year = EnrolmentPeriod.objects.year(academic_year(self.as_of))
        return {row.enrolment_id: row for row in year.filter(enrolment__in=list(self.enrolments))}

    @cached_property
    def chosen(self) -> dict[int, DiscussedPupil]:
        """Whom a side chose to speak about, by pupil id; the severely absent are in by
        themselves."""
        rows = DiscussedPupil.objects.visible_to(self.user).standing().filter(meeting=self.meeting)
        return {row.pupil_id: row for row in rows.exclude(why=WhyDiscussed.SEVERE)}

    @cached_property
    def in_cohorts(self) -> dict[str, list[int]]:
        """Cohort key to enrolment ids, in the order of names."""
        rows = EnrolmentCohort.objects.filter(enrolment__in=list(self.enrolments))
        found: dict[str, set[int]] = {}
        for cohort, pk in rows.values_list("cohort", "enrolment_id"):
            found.setdefault(cohort, set()).add(pk)
        return {key: [pk for pk in self.enrolments if pk in found.get(key, ())] for key in COHORTS}

    @cached_property
    def severe(self) -> list[Enrolment]:
        """Those who missed half or more of this year's sessions."""
        return [row for pk, row in self.enrolments.items() if self._is(pk, "severe")]

    @cached_property
    def persistent(self) -> list[Enrolment]:
        """Those over 10% and below half: the severely absent stand on pages of their own."""
        over = [row for pk, row in self.enrolments.items() if self._is(pk, "persistent")]
        return [row for row in over if not self._is(row.pk, "severe")]

    @cached_property
    def casework(self) -> Casework:
        """What casework says of everyone in any list."""
        listed = {row.pupil_id for row in (*self.severe, *self.persistent)} | set(self.chosen)
        grouped = {pk for pks in self.in_cohorts.values() for pk in pks}
        listed |= {self.enrolments[pk].pupil_id for pk in grouped}
        return Casework(self.user, listed, on=self.on)

    def pupil(self, row: Enrolment) -> PackPupil:
        """A child with the year so far; noughts where nothing was possible."""
        year = self.years.get(row.pk)
        return PackPupil(
            public_id=str(row.pupil.public_id),
            forename=row.pupil.forename,
            surname=row.pupil.surname,
            year_group=year_group_label(row.year_group) or "Year not known",
            possible=year.possible if year else 0,
            absent=year.authorised + year.unauthorised if year else 0,
            unauthorised=year.unauthorised if year else 0,
        )

    def named(self, pupil: Pupil) -> PackPupil:
        """A child who may have left: then without figures."""
        row = next((one for one in self.enrolments.values() if one.pupil_id == pupil.pk), None)
        if row is not None:
            return self.pupil(row)
        return PackPupil(str(pupil.public_id), pupil.forename, pupil.surname, "", 0, 0, 0)

    def _is(self, pk: int, line: str) -> bool:
        return pk in self.years and bool(getattr(self.years[pk], line))


def cohorts_of(roll: Roll) -> list[PackCohort]:
    """Every named cohort with its children, in the order of the shared language."""
    notes = CohortNote.objects.visible_to(roll.user).filter(meeting=roll.meeting)
    tried = dict(notes.values_list("cohort", "tried"))
    found = []
    for key, pks in roll.in_cohorts.items():
        rows = [roll.enrolments[pk] for pk in pks]
        found.append(
            PackCohort(
                key=key,
                pupils=[roll.pupil(row) for row in rows],
                barriers=roll.casework.barriers_heard(row.pupil_id for row in rows),
                tried=tried.get(key, ""),
            )
        )
    return found


def severe_pupils(roll: Roll) -> list[SeverePupil]:
    """Each severely absent child, for half a page."""
    strips = strip_facts(roll.severe, roll.as_of)
    return [
        SeverePupil(
            pupil=roll.pupil(row),
            strip=_strip(strips[row.pk]) if row.pk in strips else None,
            casework=roll.casework.of(row.pupil_id),
        )
        for row in roll.severe
    ]


def agency_pupils(roll: Roll) -> list[AgencyPupil]:
    """Who needs more than one agency: by what their case shows, or because a side says so."""
    persistent = {row.pk for row in roll.persistent}
    severe = {row.pk for row in roll.severe}
    rows = [row for row in roll.enrolments.values() if row.pk not in severe]
    return [
        _agency_pupil(roll, row)
        for row in rows
        if row.pupil_id in roll.chosen or (row.pk in persistent and _several(roll, row))
    ]


def at_risk_pupils(roll: Roll) -> list[PackPupil]:
    """Those whose flag At risk is open: 5% to under 10%."""
    flags = Flag.objects.filter(
        enrolment__in=list(roll.enrolments), kind=FlagKind.AT_RISK, closed_on__isnull=True
    )
    open_for = set(flags.values_list("enrolment_id", flat=True))
    return [roll.pupil(row) for pk, row in roll.enrolments.items() if pk in open_for]


def owed_registers(roll: Roll) -> list[OwedRegister]:
    """Children with sessions still coded N after five school days, the oldest first."""
    checks = EnrolmentCheck.objects.filter(enrolment__in=list(roll.enrolments), n_overdue__gt=0)
    found = [
        OwedRegister(roll.pupil(roll.enrolments[row.enrolment_id]), row.n_overdue, row.n_oldest)
        for row in checks
    ]
    return sorted(found, key=lambda one: (one.oldest or date.max, one.pupil.surname))


def _several(roll: Roll, row: Enrolment) -> bool:
    known = roll.casework.of(row.pupil_id)
    domains = roll.casework.domains(row.pupil_id)
    return known is not None and needs_several_agencies(domains, known.agencies)


def _agency_pupil(roll: Roll, row: Enrolment) -> AgencyPupil:
    choice = roll.chosen.get(row.pupil_id)
    return AgencyPupil(
        pupil=roll.pupil(row),
        is_chosen=choice is not None,
        note=choice.note if choice else "",
        casework=roll.casework.of(row.pupil_id),
    )


def _strip(facts: StripFacts) -> PackStrip:
    weeks = []
    met = set(facts.met)
    for week in facts.weeks:
        days = [date.fromordinal(week.monday.toordinal() + slot // 2) for slot in range(_SLOTS)]
        flags = ("1" if (days[slot], slot % 2) in met else "0" for slot in range(_SLOTS))
        weeks.append(StripWeek(week.monday, week.symbols, "".join(flags)))
    return PackStrip(weeks, facts.first, facts.last)
