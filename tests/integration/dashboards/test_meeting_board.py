"""P19: the board of meetings, and the page of one meeting with its agenda."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from meetings.models import AgendaItem, Meeting
from tests.factories.classes import SmallBorough
from tests.factories.meetings import (
    AgendaItemFactory,
    AttendanceFactory,
    MeetingFactory,
    MeetingMailFactory,
    TsmFrequencyFactory,
)
from tests.factories.schools import (
    MembershipFactory,
    PatchFactory,
    SchoolFactory,
    TrustFactory,
    make_terms,
)
from tests.factories.tsm import Table
from tests.factories.users import UserFactory

BOARD = "/meetings/"


def words(response) -> str:
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    return re.sub(r"\s+", " ", unescape(strip_tags(main)))


def rows(response) -> list[str]:
    """The schools of the table, in order."""
    return re.findall(r'href="/schools/\d+/">([^<]+)</a>', response.content.decode())


def school(name: str, **facts):
    return SchoolFactory(name=name, folded_name=name.lower(), **facts)


@pytest.fixture
def schools(db):
    make_terms()
    return [school("Ash"), school("Elm", phase="PS"), school("Oak")]


# The board.


def test_board_counts_who_has_met_this_term(signed_in, schools):
    ash, elm, _ = schools
    AttendanceFactory(
        meeting=MeetingFactory(school=ash, held=True), side="school", is_decision_maker=True,
        came=True,
    )  # fmt: skip
    MeetingFactory(school=elm, held=True)
    page = words(signed_in("attendance_officer").get(BOARD))
    assert "2 of 3 schools met this term (66.7%)." in page
    assert "Held 17 Mar 2026, Spring 2025/26, Ash Decision maker there" in page
    assert "Held 17 Mar 2026, Spring 2025/26, Elm No decision maker there" in page
    assert "Not booked" in page


@pytest.mark.parametrize(
    ("shown", "names"),
    [
        ("", ["Ash", "Elm", "Oak", "Yew"]),
        ("not_booked", ["Oak", "Yew"]),
        ("not_met", ["Elm", "Oak", "Yew"]),
        ("undecided", ["Ash"]),
        ("league", []),
    ],
)
def test_board_narrows_to_what_is_asked(signed_in, schools, shown, names):
    ash, elm, _ = schools
    MeetingFactory(school=ash, held=True)
    MeetingFactory(school=elm)
    MeetingFactory(school=school("Yew"), not_held=True)
    page = signed_in("attendance_officer").get(BOARD, {"meeting": shown} if shown else {})
    assert rows(page) == names


def test_board_narrows_to_a_phase_and_says_so(signed_in, schools):
    page = signed_in("attendance_officer").get(BOARD, {"phase": "PS"})
    assert rows(page) == ["Elm"]
    assert "Phase: Primary" in words(page)
    assert "0 of 1 school met this term" in words(page)


def test_board_narrows_to_the_schools_of_an_officer(signed_in, schools):
    ash, elm, oak = schools
    of_patch = MembershipFactory(scope="patch", patch=PatchFactory()).user
    of_patch.name = "Pat Patch"
    of_patch.save()
    of_patch.memberships.get().patch.schools.add(elm)
    linked = UserFactory(name="Lee Link")
    oak.link_officer = linked
    oak.save()
    client = signed_in("attendance_officer")
    assert rows(client.get(BOARD, {"officer": of_patch.pk})) == ["Elm"]
    assert rows(client.get(BOARD, {"officer": linked.pk})) == ["Oak"]
    assert rows(client.get(BOARD, {"officer": 0})) == []
    assert ash.name in rows(client.get(BOARD))


def test_school_where_no_meeting_is_due_is_not_owed_one(signed_in, schools):
    ash, *_ = schools
    TsmFrequencyFactory(school=ash, per_year=2)
    page = signed_in("attendance_officer").get(BOARD, {"meeting": "not_booked"})
    assert rows(page) == ["Elm", "Oak"]
    assert "0 of 2 schools met this term" in words(page)


def test_school_lead_sees_own_rows_and_books_nothing(signed_in, schools):
    ash, *_ = schools
    page = signed_in("school_lead", school=ash).get(BOARD)
    assert rows(page) == ["Ash"]
    assert "Book" not in words(page)
    assert "0 of 1 school met this term" in words(page)


def test_trust_lead_sees_every_school_of_the_trust(signed_in, schools):
    trust = TrustFactory()
    for one in schools[:2]:
        one.trust = trust
        one.save()
    assert rows(signed_in("school_lead", trust=trust).get(BOARD)) == ["Ash", "Elm"]


def test_board_without_a_meeting_says_where_to_begin(signed_in, db):
    borough = SmallBorough()
    borough.run()
    page = words(signed_in("attendance_officer").get(BOARD))
    assert "No meetings this term yet. Start with the 1 school with most severe absence" in page
    assert "Book Ash School" in page
    MeetingFactory(school=borough.elm)
    assert "No meetings this term yet." not in words(signed_in("attendance_officer").get(BOARD))


def test_partner_finds_what_they_were_asked_to(signed_in, schools):
    client = signed_in("early_help_worker")
    AttendanceFactory(meeting=MeetingFactory(school=schools[0]), user=client.user)
    page = words(client.get(BOARD))
    assert "You are asked to come Ash: Tue 17 Mar 2026, 9:30am" in page


@pytest.mark.parametrize("role", ["analyst", "administrator"])
def test_roles_without_meetings_are_refused(signed_in, db, role):
    assert signed_in(role).get(BOARD).status_code == 403


# One meeting.


@pytest.fixture
def table(db) -> Table:
    make_terms()
    made = Table(school("Ash School"))
    made.book()
    return made


def page_of(meeting: Meeting) -> str:
    return reverse("meeting", args=[meeting.pk])


def as_(client, user):
    client.force_login(user)
    return client


def test_meeting_shows_times_people_and_agenda(client, table):
    page = words(as_(client, table.officer).get(page_of(table.meeting)))
    assert "Tue 17 Mar 2026, 9:30am" in page
    assert "Room 4" in page
    assert str(table.lead) in page
    assert "Each severely absent pupil: is the plan working?" in page


def test_meeting_of_another_school_is_not_found(client, table, user_with):
    client.force_login(user_with("school_lead", school=SchoolFactory()))
    assert client.get(page_of(table.meeting)).status_code == 404


def test_partner_who_is_asked_sees_times_and_agenda_and_no_other_page(client, table, user_with):
    partner = user_with("early_help_worker")
    AttendanceFactory(meeting=table.meeting, user=partner)
    page = as_(client, partner).get(page_of(table.meeting))
    assert "Agenda" in words(page)
    assert "Prepare" not in words(page)
    assert "Move up" not in words(page)


def test_mails_and_what_became_of_them_are_for_those_who_book(client, table):
    MeetingMailFactory(meeting=table.meeting, state="failed", email="kim@example.org")
    assert "kim@example.org Not sent" in words(
        as_(client, table.officer).get(page_of(table.meeting))
    )
    assert "kim@example.org" not in words(as_(client, table.lead).get(page_of(table.meeting)))


# The agenda.


def agenda(meeting: Meeting) -> str:
    return reverse("meeting_agenda", args=[meeting.pk])


def titles(meeting: Meeting) -> list[str]:
    return list(
        AgendaItem.objects.standing().filter(meeting=meeting).values_list("title", flat=True)
    )


def test_school_adds_an_item(client, table):
    as_(client, table.lead).post(
        agenda(table.meeting), {"do": "add", "title": "Buses", "block": "cohorts"}
    )
    assert titles(table.meeting)[-1] == "Buses"
    assert "Added by the school" in words(client.get(page_of(table.meeting)))


def test_item_without_words_is_refused_at_its_field(client, table):
    response = as_(client, table.lead).post(agenda(table.meeting), {"do": "add", "title": ""})
    assert response.status_code == 200
    assert "Error:" in response.content.decode()
    assert "Say what you want to speak about." in words(response)


def test_items_move_up_and_down_and_are_taken_off(client, table):
    as_(client, table.officer)
    first, second, *_ = before = titles(table.meeting)
    items = {one.title: one.pk for one in table.meeting.agenda_items.all()}
    client.post(agenda(table.meeting), {"do": "up", "item": items[second]})
    assert titles(table.meeting)[:2] == [second, first]
    client.post(agenda(table.meeting), {"do": "down", "item": items[second]})
    assert titles(table.meeting) == before
    client.post(agenda(table.meeting), {"do": "remove", "item": items[first]})
    assert titles(table.meeting) == before[1:]


@pytest.mark.parametrize("facts", [{"do": "up", "item": "x"}, {"do": "sideways"}, {}])
def test_what_no_button_sends_is_not_found(client, table, facts):
    item = str(table.meeting.agenda_items.first().pk)
    response = as_(client, table.officer).post(agenda(table.meeting), {"item": item, **facts})
    assert response.status_code == 404


def test_item_of_another_meeting_is_not_found(client, table):
    other = AgendaItemFactory()
    facts = {"do": "remove", "item": other.pk}
    assert as_(client, table.officer).post(agenda(table.meeting), facts).status_code == 404


def test_officer_shares_the_agenda_and_the_school_cannot(client, table):
    as_(client, table.lead)
    assert "Share the agenda" not in words(client.get(page_of(table.meeting)))
    assert client.post(agenda(table.meeting), {"do": "share"}).status_code == 403
    as_(client, table.officer).post(agenda(table.meeting), {"do": "share"})
    table.meeting.refresh_from_db()
    assert table.meeting.agenda_shared_at is not None
    assert "Share the agenda again" in words(client.get(page_of(table.meeting)))


def test_agenda_stays_as_it_is_once_the_meeting_has_started(client, table):
    meeting = MeetingFactory(school=table.school, term=1, going_on=True)
    item = AgendaItemFactory(meeting=meeting)
    as_(client, table.officer)
    page = words(client.get(page_of(meeting)))
    assert "The meeting has started: the agenda can only be read." in page
    assert "Move up" not in page
    for facts in ({"do": "remove", "item": item.pk}, {"do": "add", "title": "Buses"}):
        assert client.post(agenda(meeting), facts).status_code == 403
    assert client.post(agenda(meeting), {"do": "add", "title": ""}).status_code == 403
