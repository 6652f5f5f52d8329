"""Many invented children at once, each with so many sessions missed: for pages that count them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count

from attendance.models import RegisterWeek
from schools.models import Enrolment, Place, Pupil, School
from tests.factories.classes import FIRST_MONDAY, WEEKS
from tests.factories.pupils import upn

_NUMBERS = count(300_000)
_WEEK = 10  # sessions


def enrolled(school: School, number: int, *, ward: Place | None = None) -> list[Enrolment]:
    """So many children on a school's roll, of whom nothing is in the register yet."""
    pupils = []
    for each in (next(_NUMBERS) for _ in range(number)):
        name = f"Crowd{each}"
        pupils.append(
            Pupil(
                upn=upn(each),
                surname=name,
                forename="Robin",
                folded_name=f"{name.lower()}, robin",
                date_of_birth=date(2012, 5, 14),
                ward=ward,
            )
        )
    Pupil.objects.bulk_create(pupils)
    return Enrolment.objects.bulk_create(
        Enrolment(pupil=pupil, school=school, starts_on=date(2024, 9, 2), year_group="8")
        for pupil in pupils
    )


def crowd(
    school: School, missed: Sequence[int], *, ward: Place | None = None, code: str = "O"
) -> list[Enrolment]:
    """A child for each number of sessions missed, of the 50 of five weeks."""
    enrolments = enrolled(school, len(missed), ward=ward)
    RegisterWeek.objects.bulk_create(
        RegisterWeek(
            enrolment=enrolment,
            school=school,
            week_start=FIRST_MONDAY + timedelta(weeks=week),
            marks=_marks(sessions, week, code),
        )
        for enrolment, sessions in zip(enrolments, missed, strict=True)
        for week in range(WEEKS)
    )
    return enrolments


def _marks(missed: int, week: int, code: str) -> str:
    here = min(max(missed - week * _WEEK, 0), _WEEK)
    return (code * here).ljust(_WEEK, "/").ljust(14)
