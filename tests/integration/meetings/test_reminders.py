"""The morning's reminders of meetings: what is owed, one message a person a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from attendance_portal.celery import app
from meetings.models import Meeting, MeetingMail
from meetings.services import reminders
from meetings.services.agenda import share_agenda
from meetings.services.booking import record_not_held
from meetings.services.reminders import send_reminders
from meetings.tasks import send_reminders as task
from meetings.tasks import send_unsent_mails
from tests.factories.schools import make_terms
from tests.factories.tsm import BOOKED_ON, TIMES, Table

pytestmark = pytest.mark.django_db
DUE = date(2026, 3, 10)  # five school days before Tuesday 17 March
#: Five school days after Tuesday 3 March.
WAITED = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def _terms(db):
    make_terms()


@pytest.fixture
def table():
    return Table()


def morning(on: date) -> list[str]:
    """Run it; who was written to."""
    mail.outbox.clear()
    send_reminders(on=on, at=datetime(on.year, on.month, on.day, 7, tzinfo=UTC))
    return sorted(one.to[0] for one in mail.outbox)


@pytest.mark.parametrize(("day", "told"), [(9, False), (10, True), (11, True)])
def test_the_contact_hears_of_an_agenda_from_the_day_it_is_due(table, day, told):
    table.book()
    assert morning(date(2026, 3, day)) == ([table.officer.email] if told else [])


@pytest.mark.parametrize(
    ("on", "words"), [(DUE, "It is due today."), (date(2026, 3, 11), "It was due on 10 Mar 2026.")]
)
def test_the_reminder_says_since_when(table, on, words):
    meeting = table.book()
    morning(on)
    assert words in mail.outbox[0].body
    assert f"/meetings/{meeting.pk}/prepare/" in mail.outbox[0].body


def test_an_agenda_that_was_shared_is_not_asked_for(table):
    meeting = table.book()
    share_agenda(meeting=meeting, **table.who)
    assert morning(DUE) == []


@pytest.mark.parametrize(("on", "told"), [(WAITED - timedelta(days=1), False), (WAITED, True)])
def test_an_offer_that_waits_is_told_to_both_sides(table, on, told):
    table.offer()
    both = sorted([table.officer.email, table.lead.email])
    assert morning(on) == (both if told else [])


def test_the_school_gets_the_link_that_needs_no_login(table):
    meeting = table.offer()
    morning(WAITED)
    (message,) = [one for one in mail.outbox if one.to == [table.lead.email]]
    assert f"/m/{meeting.confirm_token}/" in message.body


def test_an_offer_is_asked_about_again_after_five_more_school_days(table):
    table.offer(times=[datetime(2026, 3, 26, 10, tzinfo=UTC)])
    assert morning(WAITED)
    assert morning(WAITED + timedelta(days=1)) == []
    assert morning(WAITED + timedelta(days=6)) == []
    assert morning(WAITED + timedelta(days=7))


def test_an_offer_that_was_called_off_is_not_asked_about(table):
    record_not_held(meeting=table.offer(), reason="Snow.", **table.who)
    assert morning(WAITED) == []


def test_a_meeting_that_has_begun_needs_no_agenda(table):
    meeting = table.book()
    Meeting.objects.filter(pk=meeting.pk).update(started_at=TIMES[0])
    assert morning(DUE) == []


@pytest.mark.parametrize(("day", "told"), [(17, False), (18, True), (19, True)])
def test_a_meeting_that_has_gone_by_is_asked_about(table, day, told):
    meeting = table.book()
    share_agenda(meeting=meeting, **table.who)
    assert morning(date(2026, 3, day)) == ([table.officer.email] if told else [])
    if told:
        assert "on 17 Mar 2026 was held" in mail.outbox[0].body


def test_two_meetings_are_one_message(table):
    table.book()
    other = Table()
    other.officer = table.officer
    other.book(starts_at=TIMES[1])
    assert morning(date(2026, 3, 11)) == [table.officer.email]
    assert mail.outbox[0].subject == "Meetings: 2 things to do"


def test_it_runs_twice_and_writes_once(table):
    table.book()
    assert morning(DUE) == [table.officer.email]
    assert morning(DUE) == []
    assert MeetingMail.objects.filter(kind="reminder").count() == 1


@pytest.mark.parametrize("on", [date(2026, 3, 14), date(2026, 4, 3)])
def test_nobody_is_written_to_when_offices_are_closed(table, on):
    table.book(starts_at=datetime(2026, 4, 14, 10, tzinfo=UTC))
    assert morning(on) == []


def test_one_that_fails_stops_no_other_and_is_tried_again(table, monkeypatch):
    table.offer()
    send = reminders.message

    def fails(email, letter):
        if email == table.officer.email:
            raise OSError("The mail server does not answer.")
        return send(email, letter)

    monkeypatch.setattr(reminders, "message", fails)
    assert morning(WAITED) == [table.lead.email]
    monkeypatch.undo()
    assert morning(WAITED) == [table.officer.email]


def test_no_child_and_no_names_of_people_in_it(table):
    table.book()
    morning(DUE)
    assert table.lead.name not in mail.outbox[0].body
    assert "No child is named" in mail.outbox[0].body


def test_the_tasks_are_on_the_schedule_and_run(table, settings):
    names = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert {"meetings.tasks.send_reminders", "meetings.tasks.send_unsent_mails"} <= names
    table.book()
    settings.PORTAL_TODAY = DUE
    mail.outbox.clear()
    Meeting.objects.update(starts_at=datetime(2100, 1, 1, tzinfo=UTC))
    task()
    send_unsent_mails()
    assert BOOKED_ON < DUE
