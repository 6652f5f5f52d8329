"""A small school with registers of the spring term of 2025/26, for tests of pages."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.models import RegisterWeek
from attendance.services.nightly import run_for_everyone
from schools.models import Enrolment, School
from tests.factories.pupils import EnrolmentFactory, PupilFactory
from tests.factories.registers import PRESENT_WEEK
from tests.factories.schools import SchoolFactory, make_terms

FIRST_MONDAY = date(2026, 1, 5)
WEEKS = 5
YESTERDAY = date(2026, 2, 5)  # a Thursday
LATEST = date(2026, 2, 6)  # the Friday after: the figures' date of these tests
ILL_DAY = "II////////"
UNAUTHORISED_WEEK = "O" * 10


def keep_register(enrolment: Enrolment, *pages: str, first: date = FIRST_MONDAY) -> None:
    """Store consecutive weeks' pages, ten symbols or more each."""
    RegisterWeek.objects.bulk_create(
        RegisterWeek(
            enrolment=enrolment,
            school_id=enrolment.school_id,
            week_start=first + timedelta(weeks=number),
            marks=page.ljust(14),
        )
        for number, page in enumerate(pages)
    )


def child(school: School, forename: str, *pages: str, **facts) -> Enrolment:
    """A child on this school's roll with five weeks in the register: present unless pages say."""
    enrolment_facts = {
        name: facts.pop(name)
        for name in ("year_group", "status", "starts_on", "ends_on", "awaiting_confirmation")
        if name in facts
    }
    pupil = facts.pop("pupil", None) or PupilFactory(
        forename=forename,
        surname="Sample",
        folded_name=f"sample, {forename.lower()}",
        **facts,
    )
    enrolment = EnrolmentFactory(pupil=pupil, school=school, **enrolment_facts)
    keep_register(enrolment, *(*pages, *[PRESENT_WEEK] * WEEKS)[:WEEKS])
    return enrolment


class SmallBorough:
    """Two schools. At Ash: Ada never missed, Ben 5 of 50 (10%, since the last day), Cal 40 of 50,
    Dee 3 of 50 (6%). At Elm: Eve, who was always there."""

    def __init__(self) -> None:
        make_terms()
        self.ash = SchoolFactory(name="Ash School", folded_name="ash school")
        self.elm = SchoolFactory(name="Elm School", folded_name="elm school", phase="PS")
        self.ada = child(self.ash, "Ada")
        ben_last = "////////" + "II"
        self.ben = child(self.ash, "Ben", "III///////", *[PRESENT_WEEK] * 3, ben_last)
        self.cal = child(self.ash, "Cal", *[UNAUTHORISED_WEEK] * 4)
        self.dee = child(self.ash, "Dee", "III///////")
        self.eve = child(self.elm, "Eve", year_group="4")

    def run(self, *as_of: date) -> None:
        """The nightly run of these days, or of yesterday and the latest."""
        for day in as_of or (YESTERDAY, LATEST):
            run_for_everyone(as_of=day)


def borough_with_figures() -> SmallBorough:
    """The same, whose figures stand at the latest day and were worked out the day before too."""
    made = SmallBorough()
    made.run()
    return made


def queries_of(client, address: str) -> int:
    """How many queries a page asks, once everything that is asked once has been asked."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len(asked)
