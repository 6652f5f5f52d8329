"""Small registers to run the night on, written straight into the tables."""

import os
from datetime import date, timedelta

import pytest
from django.db import connection

from attendance.models import BatchSchool, RegisterBatch, RegisterWeek
from schools.models import Enrolment, Pupil, School

MONDAY = date(2025, 9, 1)
PRESENT = "/\\" * 5 + "    "


@pytest.fixture
def make_school(db):
    def make(urn=900001, **facts):
        return School.objects.create(
            urn=urn, name=f"School {urn}", folded_name=f"school {urn}", la_code="807", **facts
        )

    return make


@pytest.fixture
def make_enrolment(db):
    def make(school, upn="A00000000001A", *, starts_on=MONDAY, **facts):
        pupil, _ = Pupil.objects.get_or_create(
            upn=upn,
            defaults={
                "surname": "Wren",
                "forename": "Ada",
                "folded_name": "wren ada",
                "date_of_birth": date(2014, 3, 1),
            },
        )
        return Enrolment.objects.create(pupil=pupil, school=school, starts_on=starts_on, **facts)

    return make


@pytest.fixture
def write_weeks(db):
    """Writes pages of the register from the first Monday on, each blank to 14 slots."""

    def write(enrolment, *pages, monday=MONDAY):
        for place, page in enumerate(pages):
            RegisterWeek.objects.update_or_create(
                enrolment=enrolment,
                week_start=monday + timedelta(weeks=place),
                defaults={"school_id": enrolment.school_id, "marks": page.ljust(14)},
            )

    return write


@pytest.fixture
def import_touching(db):
    """A batch that changed something in these schools and waits for a run."""

    def make(*schools):
        batch = RegisterBatch.objects.create(route="api")
        for school in schools:
            BatchSchool.objects.create(batch=batch, school=school)
        return batch

    return make


@pytest.fixture
def environment():
    """What a process of its own needs to reach the test's database."""
    facts = connection.settings_dict
    who = f"{facts['USER']}:{facts['PASSWORD']}"
    host, port = str(facts["HOST"]) or "127.0.0.1", facts["PORT"] or 5432
    if host.startswith("/"):
        url = f"postgresql://{who}@/{facts['NAME']}?host={host}&port={port}"
    else:
        url = f"postgresql://{who}@{host}:{port}/{facts['NAME']}"
    return {**os.environ, "DATABASE_URL": url, "PORTAL_TODAY": "2026-03-03"}
