"""P19, booking: the form, the link of the mail, and moving, changing and calling off."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.core import mail
from django.urls import reverse
from django.utils.html import strip_tags

from attendance_portal.shared import clock
from meetings.models import Attendance, Meeting
from meetings.states import MeetingState
from tests.factories.meetings import AttendanceFactory, MeetingFactory, SlotFactory
from tests.factories.schools import MembershipFactory, SchoolFactory, make_terms
from tests.factories.tsm import Table

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
TYPED = {
    "how": "offer",
    "day_1": "2026-03-17",
    "hour_1": "9:30",
    "day_2": "2026-03-18",
    "hour_2": "14:00",
    "minutes": "60",
    "place": "Room 4",
    "link": "",
    "theme": "",
    "other_name": "",
    "other_email": "",
}


def words(response) -> str:
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    return re.sub(r"\s+", " ", unescape(strip_tags(main)))


@pytest.fixture(autouse=True)
def _stands_still(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def table(db) -> Table:
    make_terms()
    return Table(SchoolFactory(name="Ash School", folded_name="ash school"))


@pytest.fixture
def officer(client, table):
    client.force_login(table.officer)
    client.user = table.officer
    return client


def book_page(table) -> str:
    return f"{reverse('meeting_book')}?school={table.school.pk}"


def typed(table, **changes) -> dict:
    people = {"la_contact": str(table.officer.pk), "people": [str(table.lead.pk)]}
    return {**TYPED, **people, **changes}


# The form.


def test_without_a_school_the_page_asks_for_one(officer, table):
    MeetingFactory(school=table.school)
    page = words(officer.get(reverse("meeting_book")))
    assert "Ash School (has one this term)" in page


def test_school_of_somebody_else_cannot_be_booked(client, table, user_with):
    client.force_login(user_with("attendance_officer", school=SchoolFactory()))
    assert client.get(book_page(table)).status_code == 404
    assert client.post(book_page(table), typed(table)).status_code == 404


@pytest.mark.parametrize("urn", ["0", "x", "9" * 12])
def test_school_that_never_was_is_not_found(officer, urn):
    assert officer.get(f"{reverse('meeting_book')}?school={urn}").status_code == 404


def test_school_lead_does_not_book(client, table):
    client.force_login(table.lead)
    assert client.get(book_page(table)).status_code == 403


def test_who_decides_for_the_school_is_ticked_at_first(officer, table):
    page = officer.get(book_page(table)).content.decode()
    assert re.search(rf'name="people"[^>]*value="{table.lead.pk}" checked', page)


def test_three_times_are_offered_and_the_school_gets_a_link(
    officer, table, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = officer.post(book_page(table), typed(table, day_3="2026-03-19", hour_3="9.30"))
    meeting = Meeting.objects.get()
    assert response.url == reverse("meeting", args=[meeting.pk])
    assert (meeting.state, meeting.slots.count()) == (MeetingState.OFFERED, 3)
    assert any(meeting.confirm_token in one.body for one in mail.outbox)
    page = words(officer.get(response.url))
    assert "Tuesday 17 March 2026, 9:30am" in page
    assert f"/m/{meeting.confirm_token}/" in page


def test_agreed_time_is_booked_at_once(officer, table):
    officer.post(book_page(table), typed(table, how="agreed", day_2="", hour_2=""))
    meeting = Meeting.objects.get()
    assert meeting.state == MeetingState.BOOKED
    assert meeting.starts_at == datetime(2026, 3, 17, 9, 30, tzinfo=UTC)


def test_pressed_twice_it_is_one_meeting(officer, table):
    facts = typed(table, form_token=str(uuid4()))
    first = officer.post(book_page(table), facts)
    assert officer.post(book_page(table), facts).url == first.url
    assert Meeting.objects.count() == 1


def test_nobody_who_decides_is_warned_of_once_and_may_go_on(officer, table):
    facts = typed(table, people=[])
    page = officer.post(book_page(table), facts)
    assert "Nobody who can decide for the school is asked to come." in words(page)
    assert not Meeting.objects.exists()
    assert officer.post(book_page(table), {**facts, "warned": "yes"}).status_code == 302
    meeting = Meeting.objects.get()
    overview = words(officer.get(reverse("meeting", args=[meeting.pk])))
    assert "Nobody who can decide for the school is asked to come." in overview


def test_somebody_without_a_login_who_decides_is_warned_of_not(officer, table):
    other = {"other_name": "Kim Head", "other_email": "kim@example.org", "other_decides": ["yes"]}
    assert officer.post(book_page(table), typed(table, people=[], **other)).status_code == 302
    assert Attendance.objects.get(name="Kim Head").is_decision_maker


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"day_1": "", "hour_1": ""}, "Enter the day."),
        ({"hour_1": ""}, "Enter the hour too."),
        ({"day_2": ""}, "Enter the day."),
        ({"hour_1": "noon"}, "Write the time as 9:30 or 14:00."),
        ({"day_1": "17 March"}, "Write the date as 2026-03-02."),
        ({"day_1": "2026-02-02"}, "Choose a time that is still to come."),
        ({"day_1": "2026-03-21"}, "The school does not meet on this day. Choose a school day."),
        ({"hour_1": "22:00"}, "Choose a time from 7:30am to 6:00pm."),
        ({"place": ""}, "Say where the meeting is, or give a link."),
        ({"link": "http://x.example"}, "Write the whole link, from https:// on."),
    ],
)
def test_what_cannot_be_is_said(officer, table, changes, said):
    response = officer.post(book_page(table), typed(table, **changes))
    assert response.status_code == 200
    assert said in words(response)
    assert not Meeting.objects.exists()


def test_clash_is_refused_with_words(officer, table):
    other = SchoolFactory(name="Elm School", folded_name="elm school")
    MeetingFactory(
        school=other, la_contact=table.officer, starts_at=datetime(2026, 3, 17, 9, tzinfo=UTC)
    )
    slot = SlotFactory(
        meeting=Meeting.objects.get(),
        starts_at=datetime(2026, 3, 17, 9, tzinfo=UTC),
        chosen_at=NOW,
    )
    response = officer.post(book_page(table), typed(table))
    assert response.status_code == 409
    assert f"{table.officer} has another meeting at Tuesday 17 March 2026, 9:00am." in words(
        response
    )
    assert slot.meeting.school == other


def test_second_meeting_of_a_term_is_refused_with_what_stands(officer, table):
    MeetingFactory(school=table.school)
    response = officer.post(book_page(table), typed(table, day_1="2026-03-24"))
    assert response.status_code == 409
    assert "Ash School has a meeting this term already." in words(response)


# The link of the mail.


@pytest.fixture
def offered(table) -> Meeting:
    return table.offer()


def link(meeting) -> str:
    return reverse("meeting_confirm", args=[meeting.confirm_token])


def test_link_shows_times_to_a_visitor_and_no_search_engine_keeps_it(client, offered):
    response = client.get(link(offered))
    page = words(response)
    assert "Tuesday 17 March 2026, 9:30am" in page
    assert "Room 4" in page
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]


def test_opening_the_link_chooses_nothing(client, offered):
    client.get(link(offered))
    offered.refresh_from_db()
    assert offered.state == MeetingState.OFFERED


def test_school_confirms_without_signing_in_and_twice_is_once(client, offered):
    slot = offered.slots.first()
    facts = {"slot": str(slot.pk), "name": "Kim Head"}
    for _ in range(2):
        assert client.post(link(offered), facts).status_code in (302, 409)
    offered.refresh_from_db()
    assert (offered.starts_at, offered.confirmed_by_name) == (slot.starts_at, "Kim Head")
    page = words(client.get(link(offered)))
    assert "This meeting is booked for Tuesday 17 March 2026, 9:30am." in page
    calendar = client.get(reverse("meeting_calendar", args=[offered.confirm_token]))
    assert calendar["Content-Type"].startswith("text/calendar")
    assert b"BEGIN:VEVENT" in calendar.content


def test_double_press_leads_to_the_same_page(client, offered):
    facts = {"slot": str(offered.slots.first().pk)}
    assert client.post(link(offered), facts).url == client.post(link(offered), facts).url


def test_other_time_chosen_later_says_what_stands(client, offered):
    first, second, _ = offered.slots.all()
    client.post(link(offered), {"slot": str(first.pk)})
    response = client.post(link(offered), {"slot": str(second.pk)})
    assert response.status_code == 409
    assert "This meeting is booked for Tuesday 17 March 2026, 9:30am." in words(response)


@pytest.mark.parametrize("slot", ["", "x"])
def test_no_time_chosen_is_said(client, offered, slot):
    response = client.post(link(offered), {"slot": slot})
    assert "Choose" in words(response)
    offered.refresh_from_db()
    assert offered.state == MeetingState.OFFERED


def test_link_of_a_meeting_called_off_says_so(client, table, offered):
    Meeting.objects.filter(pk=offered.pk).update(state="not_held", not_held_reason="Snow.")
    page = words(client.get(link(offered)))
    assert "This meeting will not take place." in page
    assert "Confirm" not in page


def test_link_that_never_was_is_not_found(client, db):
    assert client.get(reverse("meeting_confirm", args=["nobody"])).status_code == 404
    assert client.get(reverse("meeting_calendar", args=["nobody"])).status_code == 404


def test_calendar_of_times_offered_is_not_found(client, offered):
    address = reverse("meeting_calendar", args=[offered.confirm_token])
    assert client.get(address).status_code == 404


def test_link_pressed_far_too_often_is_held_up(client, offered):
    codes = {client.post(link(offered), {"slot": ""}).status_code for _ in range(21)}
    assert codes == {200, 429}


# Moving, changing, calling off.


@pytest.fixture
def booked(table) -> Meeting:
    return table.book()


def test_one_time_moves_the_meeting(officer, booked):
    address = reverse("meeting_move", args=[booked.pk])
    officer.get(address)
    response = officer.post(address, {"day_1": "2026-03-18", "hour_1": "14:00"})
    assert response.url == reverse("meeting", args=[booked.pk])
    booked.refresh_from_db()
    assert booked.starts_at == datetime(2026, 3, 18, 14, 0, tzinfo=UTC)


def test_several_times_are_offered_anew(officer, booked):
    facts = {"day_1": "2026-03-18", "hour_1": "14:00", "day_2": "2026-03-19", "hour_2": "9:00"}
    officer.post(reverse("meeting_move", args=[booked.pk]), facts)
    booked.refresh_from_db()
    assert booked.state == MeetingState.OFFERED


def test_times_of_another_term_are_refused(officer, booked):
    facts = {"day_1": "2026-04-20", "hour_1": "14:00"}
    response = officer.post(reverse("meeting_move", args=[booked.pk]), facts)
    assert "Choose times in the same term" in words(response)


def test_another_place_is_saved(officer, booked):
    address = reverse("meeting_change", args=[booked.pk])
    assert 'value="Room 4"' in officer.get(address).content.decode()
    officer.post(address, {"minutes": "45", "place": "Library", "link": "", "theme": "hand_over"})
    booked.refresh_from_db()
    assert (booked.minutes, booked.place, booked.theme) == (45, "Library", "hand_over")


def test_meeting_is_called_off_with_a_reason_and_the_school_may_be_booked_again(officer, booked):
    address = reverse("meeting_not_held", args=[booked.pk])
    assert "Say why it is not held." in words(officer.post(address, {"reason": ""}))
    officer.post(address, {"reason": "Snow."})
    booked.refresh_from_db()
    assert (booked.state, booked.not_held_reason) == (MeetingState.NOT_HELD, "Snow.")
    page = words(officer.get(reverse("meeting", args=[booked.pk])))
    assert "Not held: Snow." in page
    assert "Book" in words(officer.get(reverse("meeting_list")))


@pytest.mark.parametrize("route", ["meeting_move", "meeting_change", "meeting_not_held"])
def test_started_meeting_stays_where_it_is(officer, table, route):
    meeting = MeetingFactory(school=table.school, going_on=True)
    address = reverse(route, args=[meeting.pk])
    assert "The meeting has started." in words(officer.get(address))
    assert officer.post(address, {}).status_code == 403


@pytest.mark.parametrize("route", ["meeting_move", "meeting_change", "meeting_not_held"])
def test_school_lead_does_not_move_a_meeting(client, table, booked, route):
    client.force_login(table.lead)
    assert client.get(reverse(route, args=[booked.pk])).status_code == 403


# People.


def test_one_more_person_is_asked_and_let_off(officer, table, booked):
    other = MembershipFactory(role="school_lead", scope="school", school=table.school).user
    address = reverse("meeting_invite", args=[booked.pk])
    assert str(other) in officer.get(address).content.decode()
    officer.post(address, {"person": str(other.pk), "side": "school"})
    row = booked.attendances.get(user=other)
    assert row.is_decision_maker
    officer.post(reverse("meeting_uninvite", args=[booked.pk]), {"person": str(row.pk)})
    row.refresh_from_db()
    assert not row.is_expected


def test_somebody_written_in_needs_name_and_address(officer, booked):
    address = reverse("meeting_invite", args=[booked.pk])
    facts = {"person": "", "side": "partner", "name": "Jo Nurse", "email": "nobody"}
    assert "Write an e-mail address, like name@example.org." in words(officer.post(address, facts))
    officer.post(address, {**facts, "email": "jo@example.org"})
    assert booked.attendances.filter(name="Jo Nurse", side="partner").exists()


def test_contact_of_the_team_cannot_be_let_off(officer, booked):
    row = booked.attendances.get(user=booked.la_contact)
    address = reverse("meeting_uninvite", args=[booked.pk])
    assert officer.post(address, {"person": str(row.pk)}).status_code == 403


def test_whoever_is_asked_says_whether_they_come(client, table, booked):
    client.force_login(table.lead)
    address = reverse("meeting_answer", args=[booked.pk])
    assert "Can you come?" in words(client.get(reverse("meeting", args=[booked.pk])))
    client.post(address, {"answer": "no"})
    assert booked.attendances.get(user=table.lead).response == "not_coming"
    client.post(address, {"answer": "yes"})
    assert booked.attendances.get(user=table.lead).response == "coming"
    assert client.post(address, {"answer": "perhaps"}).status_code == 404


def test_whoever_is_not_asked_is_refused(client, table, booked):
    other = MembershipFactory(role="school_lead", scope="school", school=table.school).user
    client.force_login(other)
    response = client.post(reverse("meeting_answer", args=[booked.pk]), {"answer": "yes"})
    assert response.status_code == 403


def test_person_of_another_meeting_is_not_found(officer, booked):
    other = AttendanceFactory()
    address = reverse("meeting_uninvite", args=[booked.pk])
    assert officer.post(address, {"person": str(other.pk)}).status_code == 404
    assert officer.post(address, {"person": "x"}).status_code == 404


def test_time_in_the_past_is_no_longer_chosen(client, table, offered, monkeypatch, settings):
    slot = offered.slots.first()
    settings.PORTAL_TODAY = slot.starts_at.date()
    monkeypatch.setattr(clock, "now", lambda: slot.starts_at + timedelta(minutes=1))
    response = client.post(link(offered), {"slot": str(slot.pk)})
    assert "Choose one of these times." in words(response)


# Who leads it.


def test_somebody_else_of_the_team_leads_it(officer, booked):
    other = MembershipFactory().user
    address = reverse("meeting_contact", args=[booked.pk])
    officer.get(address)
    officer.post(address, {"la_contact": str(other.pk)})
    booked.refresh_from_db()
    assert booked.la_contact == other


def test_somebody_of_the_school_cannot_lead_it_for_the_team(officer, table, booked):
    address = reverse("meeting_contact", args=[booked.pk])
    assert officer.post(address, {"la_contact": str(table.lead.pk)}).status_code == 200
    booked.refresh_from_db()
    assert booked.la_contact == table.officer


def test_meeting_whose_day_is_over_is_asked_about(officer, booked, settings):
    assert "Was it held?" not in words(officer.get(reverse("meeting_list")))
    settings.PORTAL_TODAY = booked.starts_at.date() + timedelta(days=2)
    assert "Was it held?" in words(officer.get(reverse("meeting_list")))
