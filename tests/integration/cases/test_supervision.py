"""Supervision notes: who writes, who reads, and that nothing of them is anywhere else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import AuditEvent
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Invalid, Refused
from cases.models import Case, SupervisionNote, TimelineEntry
from cases.services.supervision import add_supervision_note
from tests.factories.cases import CaseFactory
from tests.factories.pupils import PupilGrantFactory

pytestmark = pytest.mark.django_db

WORDS = "We wondered whether two visits a week are too many."


@pytest.fixture
def officer(user_with):
    return user_with("attendance_officer")


@pytest.fixture
def case(officer):
    return CaseFactory(lead=officer)


@pytest.fixture
def manager(user_with):
    return user_with("team_manager")


@pytest.fixture
def moment(today):
    return {"on": today, "at": clock.now()}


def note_of(case, by, moment, **facts):
    asked = {"text": WORDS, "agreed": "One visit a week", "on_day": moment["on"], **facts}
    return add_supervision_note(case=case, by=by, **asked, **moment)


def test_a_note_is_read_by_its_writer_the_lead_and_managers(case, manager, moment, user_with):
    note = note_of(case, manager, moment, with_user=case.lead)
    for reader in (manager, case.lead, user_with("team_manager")):
        assert list(SupervisionNote.objects.visible_to(reader)) == [note]


def test_nobody_else_on_the_case_reads_it(case, manager, moment, user_with):
    note_of(case, manager, moment)
    helper = user_with("early_help_worker")
    PupilGrantFactory(user=helper, pupil=case.pupil)
    school = user_with("school_lead", school=case.school)
    for reader in (helper, school, user_with("attendance_officer"), user_with("analyst")):
        assert not SupervisionNote.objects.visible_to(reader).exists()


def test_nothing_of_it_is_on_the_timeline_or_in_the_audit_trail(case, manager, moment):
    note_of(case, manager, moment)
    assert not TimelineEntry.objects.exists()
    event = AuditEvent.objects.get(verb="supervision.noted")
    assert WORDS not in str(event.after)
    assert event.after["case"] == case.reference


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [({"text": " "}, "text"), ({"text": "x" * 5001}, "text"), ({"agreed": "x" * 5001}, "agreed")],
)
def test_blanks(case, manager, moment, facts, pointer):
    with pytest.raises(Invalid) as problem:
        note_of(case, manager, moment, **facts)
    assert problem.value.errors[0].pointer == pointer


def test_nobody_supervised_tomorrow(case, manager, moment, today):
    with pytest.raises(Invalid, match="today or an earlier day"):
        note_of(case, manager, moment, on_day=today + timedelta(days=1))


@pytest.mark.parametrize("role", ["attendance_officer", "early_help_worker", "analyst"])
def test_roles_that_do_not_supervise(case, moment, user_with, role):
    user = user_with(role)
    PupilGrantFactory(user=user, pupil=case.pupil)
    with pytest.raises(Refused, match="Write supervision notes"):
        note_of(case, user, moment)


def test_a_manager_of_other_schools_cannot(case, moment, user_with):
    other = user_with("team_manager", school=CaseFactory().school)
    with pytest.raises(Refused, match="not one of yours"):
        note_of(case, other, moment)


def test_no_note_on_a_closed_case(case, manager, moment, today):
    Case.objects.update(status="closed", closed_on=today)
    case.refresh_from_db()
    with pytest.raises(Refused, match="Reopen it first"):
        note_of(case, manager, moment)
