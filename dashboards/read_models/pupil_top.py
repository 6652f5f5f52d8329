"""What stands above every sub-page of a record: who the child is, what to know before a contact."""

from __future__ import annotations

from dataclasses import dataclass, field

from accounts.roles import Permission
from attendance_portal.shared import wording
from dashboards.read_models import pupil_casework as casework
from dashboards.read_models.pupil import ENGLISH, Record
from dashboards.read_models.pupil_list import date_notes
from schools.choices import year_group_label
from schools.models import Responsibility
from schools.rules.calendar import age_on


@dataclass(frozen=True)
class Top:
    """What stands above every sub-page: who the child is, and what to know before a contact."""

    identity: list[tuple[str, str]]
    kinds: list[str] = field(default_factory=list)
    before_contact: list[str] = field(default_factory=list)


def top_of(record: Record) -> Top:
    """The identity strip, the tags of open flags and the inset before a contact."""
    return Top(
        identity=_identity(record),
        kinds=[flag.kind for flag in record.flags if flag.closed_on is None],
        before_contact=[*casework.before_contact(record), *_languages(record)],
    )


def _identity(record: Record) -> list[tuple[str, str]]:
    main = record.main
    age = ("Age", str(age_on(record.pupil.date_of_birth, record.on)))
    if main is None:
        return [age]
    year_group = year_group_label(main.year_group)
    school = ", ".join([main.school.name, *date_notes(main, record.on)])
    strip = [("School", school), ("Year", year_group or "Not known"), age]
    strip += casework.identity_rows(record)
    if year := record.years.get(main.pk):
        attended = f"{year.attended:,} of {wording.counted(year.possible, 'session')}"
        strip.append(("Attended this year", attended))
    return strip


def _languages(record: Record) -> list[str]:
    """The languages of parents who may want an interpreter."""
    if not record.may(Permission.SEE_CONTACTS):
        return []
    ties = Responsibility.objects.filter(pupil=record.pupil).select_related("parent")
    return [
        f"{tie.parent.name} speaks {tie.parent.language}. Ask whether an interpreter would help."
        for tie in sorted(ties, key=lambda tie: (not tie.lives_with, tie.parent.name))
        if tie.parent.language.strip().lower() not in ENGLISH
    ]
