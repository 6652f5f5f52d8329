"""One school with a child on its roll, and the clients that may send for it."""

from __future__ import annotations

import pytest

from attendance.services import nightly
from tests.conftest import TODAY
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import SchoolFactory, make_terms

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(db):
    make_terms()
    return SchoolFactory()


@pytest.fixture
def enrolment(school):
    return EnrolmentFactory(school=school)


@pytest.fixture
def sender(system_of, school):
    return system_of("registers:write", schools=[school])


@pytest.fixture
def roll_sender(system_of, school):
    return system_of("pupils:write", schools=[school])


@pytest.fixture
def reader(system_of, school):
    return system_of("attendance:read", schools=[school])


@pytest.fixture
def mark():
    """A mark as JSON: `mark(enrolment, "2026-03-02", "AM", "/")`."""

    def make(enrolment, date: str, session: str, code: str, **more):
        return {"upn": enrolment.pupil.upn, "date": date, "session": session, "code": code, **more}

    return make


@pytest.fixture
def night():
    """Run the night as of today."""

    def run():
        return nightly.run_for_everyone(as_of=TODAY)

    return run
