"""Offering times, booking, confirming by the link of a mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from accounts.models import AuditEvent
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from meetings.choices import Side
from meetings.models import Attendance, Meeting
from meetings.rules.booking import NO_DECISION_MAKER
from meetings.services.booking import (
    Plan,
    confirm_by_token,
    offer_meeting,
    rearrange_meeting,
    record_not_held,
)
from meetings.services.people import (
    Guest,
    answer_invitation,
    invite,
    set_decision_maker,
    uninvite,
)
from tests.factories.invitations import calendar_of, event_of, reached
from tests.factories.schools import MembershipFactory, PatchFactory, SchoolFactory, make_terms
from tests.factories.tsm import BOOKED_ON, NOW, PLAN, TIMES, Table
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 3, 20, 11, 0, tzinfo=UTC)
CONFIRMED = {"on": BOOKED_ON, "at": NOW}


@pytest.fixture(autouse=True)
def _terms(db):
    make_terms()


@pytest.fixture
def table():
    return Table()


# Offering.


def test_three_times_are_offered_and_the_school_is_asked(table, keep):
    meeting = keep(table.offer)

    assert (meeting.state, meeting.academic_year, meeting.term) == ("offered", 2025, 2)
    assert (meeting.theme, meeting.starts_at) == ("is_it_working", None)
    assert [slot.starts_at for slot in meeting.slots.all()] == list(TIMES)
    assert {one.user for one in meeting.attendances.all()} == {table.officer, table.lead}
    assert reached() == [table.lead.email]
    assert AuditEvent.objects.filter(verb="meeting.offered", object_ref=str(meeting.pk)).exists()


def test_the_mail_shows_times_and_a_link_that_needs_no_login(table, keep, settings):
    settings.PORTAL_ADDRESS = "https://attendance.example.gov.uk"
    meeting = keep(table.offer)
    (message,) = mail.outbox

    for body in (message.body, message.alternatives[0][0]):
        assert "Tuesday 17 March 2026, 9:30am" in body
        assert f"https://attendance.example.gov.uk/m/{meeting.confirm_token}/" in body
        assert "Room 4" in body
        assert "No child is named" in body


def test_nobody_who_decides_warns_and_goes_on(table):
    booked = offer_meeting(
        school=table.school, times=TIMES, la_contact=table.officer, plan=PLAN, **table.who
    )
    assert booked.warnings == (NO_DECISION_MAKER,)
    assert booked.meeting.pk


def test_a_partner_who_decides_does_not_decide_for_the_school(table):
    guest = Guest(Side.PARTNER, name="Sam", email="sam@example.org", is_decision_maker=True)
    booked = offer_meeting(
        school=table.school, times=TIMES, la_contact=table.officer, guests=[guest], plan=PLAN,
        **table.who,
    )  # fmt: skip
    assert booked.warnings == (NO_DECISION_MAKER,)
    assert not Attendance.objects.get(email="sam@example.org").is_decision_maker


def test_with_a_decision_maker_there_is_nothing_to_warn_of(table):
    booked = offer_meeting(
        school=table.school, times=TIMES, la_contact=table.officer, guests=table.guests,
        plan=PLAN, **table.who,
    )  # fmt: skip
    assert booked.warnings == ()


@pytest.mark.parametrize(
    ("times", "words"),
    [
        ((), "one to 3 times"),
        ((*TIMES, LATER), "one to 3 times"),
        ((TIMES[0], TIMES[0]), "each once"),
        ((NOW,), "still to come"),
        ((datetime(2026, 3, 21, 10, tzinfo=UTC),), "does not meet"),
        ((datetime(2026, 4, 1, 10, tzinfo=UTC),), "in no term"),
        ((datetime(2026, 5, 4, 10, tzinfo=UTC),), "does not meet"),  # a bank holiday
        ((TIMES[0], datetime(2026, 4, 20, 10, tzinfo=UTC)), "in one term"),
    ],
)
def test_times_that_cannot_be(table, times, words):
    with pytest.raises(Invalid, match=words):
        table.offer(times=times)
    assert not Meeting.objects.exists()


def test_a_time_is_londons(table):
    """17:30 UTC in June is half past six in London."""
    with pytest.raises(Invalid, match="6:00pm"):
        table.offer(times=[datetime(2026, 6, 9, 17, 30, tzinfo=UTC)])


@pytest.mark.parametrize(
    ("plan", "pointer"),
    [
        (Plan(minutes=14, place="Here"), "minutes"),
        (Plan(minutes=241, place="Here"), "minutes"),
        (Plan(), "place"),
        (Plan(link="http://example.org"), "link"),
        (Plan(place="Here", theme="nothing"), "theme"),
    ],
)
def test_a_plan_that_cannot_be(table, plan, pointer):
    with pytest.raises(Invalid) as problem:
        table.offer(plan=plan)
    assert problem.value.errors[0].pointer == pointer


def test_a_link_is_place_enough_and_a_theme_can_be_chosen(table):
    meeting = table.offer(plan=Plan(link="https://example.org/room", theme="hand_over"))
    assert meeting.theme == "hand_over"


def test_a_school_out_of_scope_is_not_booked(table):
    other = MembershipFactory(scope="patch", patch=PatchFactory(schools=[SchoolFactory()])).user
    with pytest.raises(Refused, match="not one of yours"):
        offer_meeting(
            school=table.school, times=TIMES, la_contact=table.officer, plan=PLAN, by=other,
            on=BOOKED_ON, at=NOW,
        )  # fmt: skip
    with pytest.raises(Refused, match="not one of yours"):
        offer_meeting(school=table.school, times=TIMES, la_contact=other, plan=PLAN, **table.who)


def test_a_school_books_nothing(table):
    with pytest.raises(Refused, match="Your role"):
        offer_meeting(
            school=table.school, times=TIMES, la_contact=table.officer, plan=PLAN, by=table.lead,
            on=BOOKED_ON, at=NOW,
        )  # fmt: skip


def test_a_second_meeting_in_the_term_says_what_stands(table):
    table.book()
    with pytest.raises(Conflict, match="booked for Tuesday 17 March 2026, 9:30am"):
        table.book(starts_at=LATER)


@pytest.mark.parametrize("make", ["offer", "book"])
def test_the_contacts_other_meeting_is_a_clash(table, make):
    getattr(table, make)()
    other = Table()
    other.officer = table.officer
    with pytest.raises(Conflict, match=str(table.officer)):
        other.book(starts_at=TIMES[0] + timedelta(minutes=59))
    assert other.book(starts_at=TIMES[0] + timedelta(minutes=60)).state == "booked"


def test_times_that_were_not_chosen_are_free_again(table):
    meeting = table.offer()
    confirm_by_token(token=meeting.confirm_token, slot_id=meeting.slots.first().pk, **CONFIRMED)
    other = Table()
    other.officer = table.officer
    assert other.book(starts_at=TIMES[1]).state == "booked"


# People.


def test_somebody_named_twice_is_asked_once(table):
    meeting = table.offer(guests=[*table.guests, Guest(Side.SCHOOL, user=table.lead)])
    assert meeting.attendances.count() == 2


def test_an_address_of_somebody_with_a_login_is_that_person(table):
    guest = Guest(Side.SCHOOL, name="Anyone", email=table.lead.email.upper())
    meeting = table.offer(guests=[guest])
    assert meeting.attendances.get(side="school").user == table.lead


@pytest.mark.parametrize(
    ("guest", "pointer"),
    [
        (Guest("nobody", name="Sam", email="sam@example.org"), "side"),
        (Guest(Side.SCHOOL, email="sam@example.org"), "name"),
        (Guest(Side.SCHOOL, name="Sam"), "email"),
        (Guest(Side.SCHOOL, name="Sam", email="sam"), "email"),
    ],
)
def test_somebody_who_cannot_be_asked(table, guest, pointer):
    with pytest.raises(Invalid) as problem:
        table.offer(guests=[guest])
    assert problem.value.errors[0].pointer == pointer


def test_somebody_who_can_no_longer_sign_in_is_not_asked(table):
    with pytest.raises(Invalid, match="no longer sign in"):
        table.offer(guests=[Guest(Side.PARTNER, user=UserFactory(is_active=False))])


def test_one_more_is_asked_and_gets_the_file(table, keep):
    meeting = table.book()
    guest = Guest(Side.PARTNER, name="Sam", email="sam@example.org")
    row = keep(invite, meeting=meeting, guest=guest, **table.who)
    assert reached() == ["sam@example.org"]
    assert keep(invite, meeting=meeting, guest=guest, **table.who) == row
    assert reached() == []


@pytest.mark.parametrize(("side", "asked"), [("school", True), ("partner", False)])
def test_while_times_are_offered_only_the_school_is_asked_to_choose(table, keep, side, asked):
    meeting = table.offer()
    guest = Guest(side, name="Sam", email="sam@example.org")
    keep(invite, meeting=meeting, guest=guest, **table.who)
    assert reached() == (["sam@example.org"] if asked else [])


def test_who_need_not_come_no_longer_sees_it_and_may_be_asked_again(table, user_with):
    meeting, helper = table.book(), user_with("early_help_worker")
    row = invite(meeting=meeting, guest=Guest(Side.PARTNER, user=helper), **table.who)
    assert Meeting.objects.visible_to(helper).exists()
    uninvite(attendance=row, **table.who)
    assert not Meeting.objects.visible_to(helper).exists()
    again = invite(meeting=meeting, guest=Guest(Side.PARTNER, user=helper), **table.who)
    assert (again, Meeting.objects.visible_to(helper).exists()) == (row, True)


def test_who_need_not_come_is_told_and_the_entry_goes(table, keep):
    meeting = table.book()
    row = meeting.attendances.get(user=table.lead)
    keep(uninvite, attendance=row, **table.who)
    (message,) = mail.outbox
    assert message.to == [table.lead.email]
    assert "you need not come" in message.body
    assert calendar_of(message)["METHOD"] == "CANCEL"
    assert str(event_of(message)["ATTENDEE"]) == f"MAILTO:{table.lead.email}"
    keep(uninvite, attendance=row, **table.who)
    assert reached() == []


def test_while_times_are_offered_there_is_no_entry_to_take_out(table, keep):
    meeting = table.offer()
    keep(uninvite, attendance=meeting.attendances.get(user=table.lead), **table.who)
    assert reached() == []


def test_the_contact_stays(table):
    meeting = table.book()
    with pytest.raises(Refused, match="contact"):
        uninvite(attendance=meeting.attendances.get(side="la"), **table.who)


def test_one_answers_for_oneself_and_may_change_ones_mind(table):
    meeting = table.book()
    answer_invitation(meeting=meeting, is_coming=True, by=table.lead, at=NOW)
    row = answer_invitation(meeting=meeting, is_coming=False, by=table.lead, at=NOW)
    assert row.response == "not_coming"
    with pytest.raises(Refused, match="not on the list"):
        answer_invitation(meeting=meeting, is_coming=True, by=UserFactory(), at=NOW)


def test_who_decides_is_set_by_the_council(table):
    meeting = table.book()
    row = meeting.attendances.get(side="school")
    changed = set_decision_maker(attendance=row, is_decision_maker=False, by=table.officer, at=NOW)
    assert not changed.is_decision_maker
    with pytest.raises(Refused):
        set_decision_maker(attendance=row, is_decision_maker=True, by=table.lead, at=NOW)


# Booking and the calendar file.


def test_a_time_that_both_know_of_is_booked_and_everyone_gets_the_file(table, keep, settings):
    settings.PORTAL_ADDRESS = "https://attendance.example.gov.uk"
    meeting = keep(table.book)

    assert (meeting.state, meeting.starts_at, meeting.sequence) == ("booked", TIMES[0], 1)
    assert reached() == sorted([table.officer.email, table.lead.email])
    event = event_of(mail.outbox[0])
    assert calendar_of(mail.outbox[0])["METHOD"] == "REQUEST"
    assert event["UID"] == f"{meeting.calendar_uid}@attendance.example.gov.uk"
    assert event["SEQUENCE"] == 1
    assert event.decoded("DTSTART") == TIMES[0]
    assert event["DTSTART"].params["TZID"] == "Europe/London"
    assert event.decoded("DTEND") == TIMES[0] + timedelta(hours=1)
    assert table.school.name in event["SUMMARY"]
    assert len(event["ATTENDEE"]) == 2
    assert calendar_of(mail.outbox[0]).walk("VTIMEZONE")


def test_a_file_in_summer_is_in_summer_time(table, keep):
    keep(table.book, starts_at=datetime(2026, 6, 9, 8, 30, tzinfo=UTC))
    assert event_of(mail.outbox[0])["DTSTART"].dt.hour == 9


# Confirming.


def test_the_link_books_the_time_that_is_chosen(table, keep):
    meeting = table.offer()
    slot = meeting.slots.all()[1]
    done = keep(
        confirm_by_token, token=meeting.confirm_token, slot_id=slot.pk, name="Sam Okoro",
        **CONFIRMED,
    )  # fmt: skip

    assert done.is_first
    assert (done.meeting.state, done.meeting.starts_at) == ("booked", TIMES[1])
    assert (done.meeting.confirmed_by_name, done.meeting.confirmed_at) == ("Sam Okoro", NOW)
    assert reached() == sorted([table.officer.email, table.lead.email])
    event = AuditEvent.objects.get(verb="meeting.confirmed")
    assert event.actor is None


def test_pressed_twice_it_is_booked_once(table, keep):
    meeting = table.offer()
    chosen = {"token": meeting.confirm_token, "slot_id": meeting.slots.first().pk, **CONFIRMED}
    confirm_by_token(**chosen)
    again = keep(confirm_by_token, **chosen)
    assert (again.is_first, again.meeting.sequence, reached()) == (False, 1, [])
    assert AuditEvent.objects.filter(verb="meeting.confirmed").count() == 1


def test_another_time_after_one_was_chosen_says_what_stands(table):
    meeting = table.offer()
    first, second, _ = meeting.slots.all()
    confirm_by_token(token=meeting.confirm_token, slot_id=first.pk, **CONFIRMED)
    with pytest.raises(Conflict, match="booked for Tuesday 17 March"):
        confirm_by_token(token=meeting.confirm_token, slot_id=second.pk, **CONFIRMED)


def test_a_link_of_a_meeting_that_was_called_off_says_so(table):
    meeting = table.offer()
    record_not_held(meeting=meeting, reason="The school asked.", **table.who)
    with pytest.raises(Conflict, match="will not take place"):
        confirm_by_token(token=meeting.confirm_token, slot_id=meeting.slots.first().pk, **CONFIRMED)


def test_a_link_of_a_meeting_that_was_held_says_so(table):
    meeting = table.book()
    Meeting.objects.filter(pk=meeting.pk).update(
        state="held", started_at=NOW, ended_at=NOW, people_there=2
    )
    with pytest.raises(Conflict, match="was held"):
        confirm_by_token(token=meeting.confirm_token, slot_id=0, **CONFIRMED)


def test_times_that_were_withdrawn_cannot_be_chosen(table):
    meeting = table.offer()
    old = meeting.slots.first()
    rearrange_meeting(meeting=meeting, times=[TIMES[2], LATER], **table.who)
    with pytest.raises(Conflict, match="times have changed"):
        confirm_by_token(token=meeting.confirm_token, slot_id=old.pk, **CONFIRMED)


def test_a_time_that_has_passed_cannot_be_chosen(table):
    meeting = table.offer()
    slot = meeting.slots.first()
    with pytest.raises(Conflict, match="has passed"):
        confirm_by_token(
            token=meeting.confirm_token, slot_id=slot.pk, on=BOOKED_ON, at=slot.starts_at
        )


def test_a_slot_of_another_meeting_is_not_taken(table):
    meeting, other = table.offer(), Table().offer()
    with pytest.raises(Conflict, match="times have changed"):
        confirm_by_token(token=meeting.confirm_token, slot_id=other.slots.first().pk, **CONFIRMED)


def test_a_link_that_never_was_one(table):
    with pytest.raises(Meeting.DoesNotExist):
        confirm_by_token(token="nothing", slot_id=1, **CONFIRMED)


def test_a_name_that_is_too_long_is_not_kept(table):
    meeting = table.offer()
    with pytest.raises(Invalid):
        confirm_by_token(
            token=meeting.confirm_token, slot_id=meeting.slots.first().pk, name="x" * 151,
            **CONFIRMED,
        )  # fmt: skip
