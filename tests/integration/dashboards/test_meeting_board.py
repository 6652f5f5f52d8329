"""P19: the board of meetings, and the page of one meeting with its agenda."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from meetings.models import AgendaItem, AgendaTemplateItem, Meeting
from tests.factories.meetings import (
    AgendaItemFactory,
    AgendaTemplateItemFactory,
    AttendanceFactory,
    MeetingActionFactory,
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
LATER = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)


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


def test_board_without_a_meeting_says_where_to_begin(signed_in, borough):
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


# The agenda of each term.

AGENDAS = "/meetings/agendas/"


def in_order(theme: str) -> list[str]:
    rows = AgendaTemplateItem.objects.filter(theme=theme)
    return list(rows.values_list("title", flat=True))


def test_manager_orders_words_and_takes_out_items_for_meetings_to_come(signed_in, db):
    client = signed_in("team_manager")
    assert "Start well, term 1" in words(client.get(AGENDAS))
    first, second, *_ = AgendaTemplateItem.objects.filter(theme="start_well")
    client.post(AGENDAS, {"do": "down", "item": first.pk})
    assert in_order("start_well")[:2] == [second.title, first.title]
    client.post(AGENDAS, {"do": "up", "item": first.pk})
    assert in_order("start_well")[:2] == [first.title, second.title]
    client.post(AGENDAS, {"do": "out", "item": first.pk})
    assert "Taken out" in words(client.get(AGENDAS))
    client.post(AGENDAS, {"do": "back", "item": first.pk})
    first.refresh_from_db()
    assert first.is_used
    edit = reverse("meeting_agenda_wording", args=[first.pk])
    assert first.title in unescape(client.get(edit).content.decode())
    assert "Say what you want to speak about." in words(client.post(edit, {"title": ""}))
    client.post(edit, {"title": "The first weeks", "block": "figures"})
    assert in_order("start_well")[0] == "The first weeks"


def test_manager_adds_an_item_to_a_theme(signed_in, db):
    client = signed_in("team_manager")
    client.get(AGENDAS)
    assert "Say what you want to speak about." in words(client.post(AGENDAS, {"do": "add"}))
    facts = {"do": "add", "theme": "hand_over", "title": "Summer clubs", "block": "support"}
    client.post(AGENDAS, facts)
    assert in_order("hand_over")[-1] == "Summer clubs"


@pytest.mark.parametrize("facts", [{"do": "sideways"}, {"do": "up", "item": "x"}])
def test_what_no_button_of_the_agendas_sends_is_not_found(signed_in, db, facts):
    item = AgendaTemplateItemFactory()
    assert signed_in("team_manager").post(AGENDAS, {"item": item.pk, **facts}).status_code == 404


def test_officer_does_not_change_the_agendas(signed_in, db):
    client = signed_in("attendance_officer")
    assert client.get(AGENDAS).status_code == 403
    assert "Agenda of each term" not in words(client.get(BOARD))


# On the pages of a school, and on Today.


def test_school_page_leads_to_preparing_the_meeting(signed_in, borough):
    client = signed_in("attendance_officer")
    address = reverse("school", args=[borough.ash.pk])
    assert "Book a TSM" in words(client.get(address))
    meeting = MeetingFactory(school=borough.ash, starts_at=LATER)
    page = client.get(address)
    assert "Prepare the TSM" in words(page)
    assert reverse("meeting_prepare", args=[meeting.pk]) in page.content.decode()


def test_school_lead_without_a_meeting_ahead_is_offered_no_booking(signed_in, borough):
    client = signed_in("school_lead", school=borough.ash)
    assert "a TSM" not in words(client.get(reverse("school", args=[borough.ash.pk])))


def test_meetings_of_a_school_say_how_many_actions_were_done(signed_in, borough):
    MeetingActionFactory(meeting=MeetingFactory(school=borough.ash, term=1, held=True))
    MeetingFactory(school=borough.ash, not_held=True)
    client = signed_in("school_lead", school=borough.ash)
    page = words(client.get(reverse("school_meetings", args=[borough.ash.pk])))
    assert "0 of 1 action done (0.0%)" in page
    assert "The school was closed." in page
    assert "Meetings" in words(client.get(reverse("school", args=[borough.ash.pk])))


def test_school_without_a_meeting_says_so(signed_in, borough):
    client = signed_in("attendance_officer")
    page = words(client.get(reverse("school_meetings", args=[borough.ash.pk])))
    assert "No meeting with this school yet." in page


def test_meetings_of_another_school_are_not_found(signed_in, borough):
    client = signed_in("school_lead", school=borough.elm)
    assert client.get(reverse("school_meetings", args=[borough.ash.pk])).status_code == 404


def test_today_tells_the_council_of_the_meetings_of_the_next_days(signed_in, borough):
    MeetingFactory(school=borough.ash, starts_at=datetime(2026, 3, 5, 9, 30, tzinfo=UTC))
    MeetingFactory(school=borough.elm, starts_at=datetime(2026, 3, 19, 9, 30, tzinfo=UTC))
    oak = school("Oak School")
    MeetingFactory(school=oak, starts_at=datetime(2026, 3, 3, 14, 0, tzinfo=UTC))
    page = words(signed_in("attendance_officer").get("/"))
    assert "Thu 5 Mar: Meeting with Ash School, 9:30am" in page
    assert "Meeting with Elm School" not in page
    assert "Meeting with Oak School, today, 2:00pm" in page


def test_today_tells_a_school_that_its_preparation_is_open(signed_in, borough):
    meeting = MeetingFactory(school=borough.ash, starts_at=datetime(2026, 3, 19, 9, 30, tzinfo=UTC))
    client = signed_in("school_lead", school=borough.ash)
    page = client.get("/")
    assert "Your TSM on Thu 19 Mar, 9:30am: preparation open" in words(page)
    assert reverse("meeting_prepare", args=[meeting.pk]) in page.content.decode()
    Meeting.objects.update(started_at=meeting.starts_at)
    assert "preparation open" not in words(client.get("/"))
