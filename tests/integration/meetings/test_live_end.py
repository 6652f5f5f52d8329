"""The end of a meeting: who was there, the summary, and what is asked once."""

from __future__ import annotations

import pytest
from django.core import mail

from accounts.models import AuditEvent
from attendance_portal.shared.errors import Refused
from meetings.models import Meeting
from meetings.services.live import (
    Subject,
    end_meeting,
)
from meetings.services.preparation import choose_pupil
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import make_terms
from tests.factories.tsm import BOOKED_ON, NOW, Table, severe_flag

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(db):
    make_terms()
    made = Table()
    made.book()
    return made


@pytest.fixture
def going(table):
    """A meeting that has begun, with both sides here."""
    table.start()
    return table


def pupil_of(table):
    return EnrolmentFactory(school=table.school).pupil


def test_the_end_counts_who_was_there_and_sends_each_their_actions(
    table, django_capture_on_commit_callbacks
):
    enrolment = EnrolmentFactory(school=table.school, pupil__forename="Zed", pupil__surname="Quill")
    table.start()
    table.agree(text="Ask Zed about the bus", subject=Subject("pupil", pupil=enrolment.pupil))
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        meeting = table.end()

    assert (meeting.state, meeting.people_there, meeting.ended_by) == ("held", 2, table.officer)
    bodies = {one.to[0]: one.body for one in mail.outbox}
    assert set(bodies) == {table.officer.email, table.lead.email}
    assert "ZQ: due 24 Mar 2026" in bodies[table.lead.email]
    assert "None of them is yours." in bodies[table.officer.email]
    for one in mail.outbox:
        for body in (one.body, one.alternatives[0][0], one.subject):
            assert "Zed" not in body
            assert "Quill" not in body
        assert f"/meetings/{meeting.pk}/after/" in one.body


def test_ended_twice_it_ended_once(going, django_capture_on_commit_callbacks):
    first = going.end()
    with django_capture_on_commit_callbacks(execute=True):
        assert going.end().ended_at == first.ended_at
    assert AuditEvent.objects.filter(verb="meeting.held").count() == 1
    assert Meeting.objects.with_decision_maker().get().has_decision_maker


def test_who_was_there_can_be_put_right_at_the_end(going):
    officer = going.meeting.attendances.get(user=going.officer)
    assert going.end(came=[officer.pk]).people_there == 1
    assert not Meeting.objects.with_decision_maker().get().has_decision_maker


def test_the_end_asks_once_about_a_severely_absent_child_without_an_action(table):
    enrolment = EnrolmentFactory(school=table.school, pupil__forename="Zed", pupil__surname="Quill")
    severe_flag(enrolment)
    table.start()
    table.agree()
    with pytest.raises(Refused, match="No action was agreed for ZQ") as refusal:
        table.end()
    assert refusal.value.code == "severe_without_action"
    assert table.end(without_action=True).state == "held"


def test_with_an_action_about_the_child_nothing_is_asked(table):
    enrolment = EnrolmentFactory(school=table.school)
    severe_flag(enrolment)
    table.start()
    table.agree(subject=Subject("pupil", pupil=enrolment.pupil))
    assert table.end().state == "held"


def test_a_child_who_is_not_severely_absent_is_not_asked_about(table):
    choose_pupil(
        meeting=table.meeting, pupil=pupil_of(table), why="chosen", by=table.lead, on=BOOKED_ON,
        at=NOW,
    )  # fmt: skip
    table.start()
    assert table.end().state == "held"


def test_the_school_does_not_end_it_and_what_has_not_begun_does_not_end(table):
    with pytest.raises(Refused, match="has not started"):
        end_meeting(meeting=table.meeting, **table.now)
    table.start()
    with pytest.raises(Refused):
        table.end(by=table.lead)
