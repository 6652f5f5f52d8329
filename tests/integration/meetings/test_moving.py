"""Moving a meeting, calling it off, and mails about it that do not go out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from attendance_portal.shared.errors import Conflict, Invalid, Refused
from meetings.models import Meeting, MeetingMail
from meetings.services import mails
from meetings.services.booking import (
    Plan,
    change_contact,
    change_plan,
    confirm_by_token,
    rearrange_meeting,
    record_not_held,
)
from meetings.services.people import (
    answer_invitation,
)
from tests.factories.invitations import calendar_of, event_of, reached
from tests.factories.schools import make_terms
from tests.factories.tsm import BOOKED_ON, NOW, PLAN, TIMES, Table

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 3, 20, 11, 0, tzinfo=UTC)
CONFIRMED = {"on": BOOKED_ON, "at": NOW}


@pytest.fixture(autouse=True)
def _terms(db):
    make_terms()


@pytest.fixture
def table():
    return Table()


# Moving and calling off.


def test_a_move_sends_the_same_entry_with_a_higher_number(table, keep):
    meeting = keep(table.book)
    first = event_of(mail.outbox[0])
    moved = keep(rearrange_meeting, meeting=meeting, times=[LATER], **table.who)
    event = event_of(mail.outbox[0])

    assert (moved.state, moved.starts_at) == ("booked", LATER)
    assert event["UID"] == first["UID"]
    assert event["SEQUENCE"] > first["SEQUENCE"]
    assert event.decoded("DTSTART") == LATER


def test_new_times_take_the_old_entry_out_until_one_is_chosen(table, keep):
    meeting = keep(table.book)
    moved = keep(rearrange_meeting, meeting=meeting, times=[TIMES[2], LATER], **table.who)
    calendar = calendar_of(mail.outbox[0])
    assert (moved.state, moved.starts_at) == ("offered", None)
    assert calendar["METHOD"] == "CANCEL"
    assert "Tuesday 17 March 2026, 9:30am is moved" in mail.outbox[0].body
    assert reached() == sorted([table.officer.email, table.lead.email])

    slot = moved.slots.get(starts_at=LATER)
    keep(confirm_by_token, token=moved.confirm_token, slot_id=slot.pk, **CONFIRMED)
    event = event_of(mail.outbox[0])
    assert (event["UID"], event["SEQUENCE"]) == (calendar.walk("VEVENT")[0]["UID"], 3)


def test_only_the_school_is_asked_to_choose_a_new_time(table, keep):
    meeting = table.book()
    keep(rearrange_meeting, meeting=meeting, times=[TIMES[2], LATER], **table.who)
    mails_to = {one.to[0]: one for one in mail.outbox}
    school, council = mails_to[table.lead.email], mails_to[table.officer.email]
    assert school.subject.startswith("Choose a time")
    assert meeting.confirm_token in school.body
    assert council.subject.startswith("Moved")
    for body in (council.body, council.alternatives[0][0]):
        assert meeting.confirm_token not in body


def test_who_said_that_they_come_is_asked_anew_after_a_move(table):
    meeting = table.book()
    answer_invitation(meeting=meeting, is_coming=True, by=table.lead, at=NOW)
    rearrange_meeting(meeting=meeting, times=[LATER], **table.who)
    assert set(meeting.attendances.values_list("response", flat=True)) == {"none"}


def test_another_contact_comes_and_everyone_gets_the_file(table, keep, user_with):
    meeting, other = table.book(), user_with("attendance_officer")
    changed = keep(change_contact, meeting=meeting, la_contact=other, **table.who)
    assert changed.la_contact == other
    assert reached() == sorted([table.officer.email, table.lead.email, other.email])
    event = event_of(mail.outbox[0])
    assert (str(event["ORGANIZER"]), event["SEQUENCE"]) == (f"MAILTO:{other.email}", 2)
    keep(change_contact, meeting=meeting, la_contact=other, **table.who)
    assert reached() == []


def test_another_contact_while_times_are_offered_is_not_written_to(table, keep, user_with):
    meeting, other = table.offer(), user_with("attendance_officer")
    assert keep(change_contact, meeting=meeting, la_contact=other, **table.who).sequence == 0
    assert reached() == []


def test_another_contact_has_the_school_and_the_time(table, user_with):
    meeting = table.book()
    with pytest.raises(Refused):
        change_contact(meeting=meeting, la_contact=table.lead, **table.who)
    busy = Table()
    busy.book()
    with pytest.raises(Conflict, match=str(busy.officer)):
        change_contact(meeting=meeting, la_contact=busy.officer, **table.who)


def test_other_times_before_one_was_chosen_take_nothing_out(table, keep):
    meeting = table.offer()
    keep(rearrange_meeting, meeting=meeting, times=[TIMES[2], LATER], **table.who)
    assert reached() == [table.lead.email]
    assert mail.outbox[0].attachments == []


def test_a_move_stays_in_its_term(table):
    meeting = table.book()
    with pytest.raises(Invalid, match="same term"):
        rearrange_meeting(
            meeting=meeting, times=[datetime(2026, 4, 20, 10, tzinfo=UTC)], **table.who
        )


def test_a_meeting_may_move_by_minutes(table):
    meeting = table.book()
    new = TIMES[0] + timedelta(minutes=15)
    assert rearrange_meeting(meeting=meeting, times=[new], **table.who).starts_at == new


@pytest.mark.parametrize("what", ["move", "call_off", "plan"])
def test_nothing_moves_once_it_has_started(table, what):
    meeting = table.book()
    Meeting.objects.filter(pk=meeting.pk).update(started_at=NOW)
    act = {
        "move": lambda: rearrange_meeting(meeting=meeting, times=[LATER], **table.who),
        "call_off": lambda: record_not_held(meeting=meeting, reason="Snow.", **table.who),
        "plan": lambda: change_plan(meeting=meeting, plan=PLAN, **table.who),
    }[what]
    with pytest.raises(Refused, match="has started"):
        act()


def test_calling_off_takes_the_entry_out_and_says_why(table, keep):
    meeting = keep(table.book)
    off = keep(record_not_held, meeting=meeting, reason="The school is closed.", **table.who)
    calendar = calendar_of(mail.outbox[0])
    assert (off.state, off.not_held_reason) == ("not_held", "The school is closed.")
    assert (calendar["METHOD"], calendar.walk("VEVENT")[0]["SEQUENCE"]) == ("CANCEL", 2)
    assert calendar.walk("VEVENT")[0]["STATUS"] == "CANCELLED"
    assert "The school is closed." in mail.outbox[0].body
    assert keep(record_not_held, meeting=meeting, reason="Again.", **table.who) == off
    assert reached() == []


def test_an_offer_that_is_called_off_has_no_entry_to_take_out(table, keep):
    meeting = table.offer()
    keep(record_not_held, meeting=meeting, reason="The school asked.", **table.who)
    assert mail.outbox[0].attachments == []


def test_what_did_not_take_place_is_written_down_and_nobody_is_written_to(table, keep):
    meeting = table.book()
    facts = {**table.who, "at": TIMES[0]}
    keep(record_not_held, meeting=meeting, reason="Nobody came.", **facts)
    assert reached() == []


def test_why_it_is_not_held_must_be_said(table):
    with pytest.raises(Invalid, match="Say why"):
        record_not_held(meeting=table.book(), reason=" ", **table.who)


def test_another_may_be_booked_after_one_that_was_not_held(table):
    record_not_held(meeting=table.book(), reason="Snow.", **table.who)
    assert table.book().state == "booked"


def test_another_place_is_sent_with_a_higher_number(table, keep):
    meeting = table.book()
    keep(change_plan, meeting=meeting, plan=Plan(minutes=90, place="The hall"), **table.who)
    event = event_of(mail.outbox[0])
    assert (event["LOCATION"], event["SEQUENCE"]) == ("The hall", 2)


# Mails that do not go out.


def _no_line(*_given, **_facts):
    raise OSError("The mail server does not answer.")


def test_a_mail_that_fails_stays_to_be_seen_and_is_tried_again(table, keep, monkeypatch):
    monkeypatch.setattr(mails.EmailMultiAlternatives, "send", _no_line)
    meeting = keep(table.book)
    assert meeting.state == "booked"
    assert len(mails.unsent_of(meeting)) == 2

    monkeypatch.undo()
    assert mails.send_unsent(at=NOW) == 2
    assert mails.send_unsent(at=NOW) == 0
    assert len(mail.outbox) == 2
    assert set(MeetingMail.objects.values_list("state", flat=True)) == {"sent"}


def test_a_mail_that_no_longer_fits_is_not_sent(table):
    meeting = table.offer()  # nothing is kept, so its mails wait
    record_not_held(meeting=meeting, reason="Snow.", **table.who)
    mails.send_unsent(at=NOW)
    assert {one.subject.split(":")[0] for one in mail.outbox} == {"Called off"}


def test_after_some_days_it_is_not_tried_any_more(table):
    table.offer()
    assert mails.send_unsent(at=NOW + timedelta(days=4)) == 0
