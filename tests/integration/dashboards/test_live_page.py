"""P22: starting, agreeing, deciding, referring and ending, by plain forms."""

from __future__ import annotations

import uuid
from datetime import date

import pytest

from accounts.models import AccessLogEntry
from attendance_portal.shared import clock
from cases.models import Action
from dashboards.read_models.meetings.pack import build_pack, content_of
from meetings.models import AgendaItem, Decision, Meeting, MeetingAction, MeetingMail
from meetings.services.pack import freeze_pack
from schools.scoping import access_of
from tests.factories.cases import ConsentFactory
from tests.factories.classes import LATEST, queries_of
from tests.factories.packs import case_of_ben, case_of_cal
from tests.factories.tsm import MEETING_ON, NOW, TIMES, Table

DUE = "2026-03-24"


@pytest.fixture
def table(borough, monkeypatch):
    """A meeting with Ash on its day: booked, the pack frozen, not started."""
    case_of_cal(borough)
    case_of_ben(borough)
    made = Table(school=borough.ash)
    made.book()
    content = content_of(build_pack(made.meeting, made.officer, as_of=LATEST, on=MEETING_ON))
    freeze_pack(meeting=made.meeting, content=content, as_of=LATEST, by=made.officer, at=NOW)
    monkeypatch.setattr(clock, "today", lambda: MEETING_ON)
    monkeypatch.setattr(clock, "now", lambda: TIMES[0])
    return made


@pytest.fixture
def going_on(table):
    table.start()
    return table


def enter(client, user):
    client.force_login(user)
    return client


def live(table, query="") -> str:
    return f"/meetings/{table.meeting.pk}/live/{query}"


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def place_of(table, block) -> int:
    rows = AgendaItem.objects.standing().filter(meeting=table.meeting)
    return [row.block for row in rows].index(block) + 1


def agree(client, table, query="", **typed):
    given = {
        "text": "Ask about the bus pass", "owner": table.lead.pk, "due_on": DUE, "about": "school",
        "form_token": uuid.uuid4(), **typed,
    }  # fmt: skip
    return client.post(live(table, query), given, follow=True)


def test_start_asks_who_is_here(table, client):
    enter(client, table.officer)
    assert "Start the meeting" in text_of(client.get(live(table)))
    form = client.get(live(table) + "start/")
    came = form.context["form"].initial["came"]
    assert len(came) == 2

    text = text_of(
        client.post(
            live(table) + "start/",
            {"came": came[:1], "version": form.context["form"].initial["version"]},
            follow=True,
        )
    )

    assert "The meeting has started." in text
    assert "Nothing agreed yet." in text
    assert list(table.meeting.attendances.order_by("pk").values_list("came", flat=True)) == [
        True,
        False,
    ]


def test_start_with_nobody_here_is_asked_again(table, client):
    enter(client, table.officer)

    text = text_of(client.post(live(table) + "start/", {"version": 1}))

    assert "Tick who is here." in text


def test_start_of_a_meeting_that_changed_meanwhile_is_a_conflict(table, client):
    enter(client, table.officer)
    came = list(table.meeting.attendances.values_list("pk", flat=True))

    response = client.post(live(table) + "start/", {"came": came, "version": 99})

    assert response.status_code == 409


def test_lead_waits_until_the_attendance_team_starts(table, client):
    enter(client, table.lead)

    text = text_of(client.get(live(table)))

    assert "The attendance team starts it." in text
    assert client.post(live(table) + "start/", {}).status_code == 403


def test_one_item_at_a_time_with_its_block_and_ways(going_on, client):
    enter(client, going_on.officer)
    first = text_of(client.get(live(going_on)))
    assert "Item 1 of 7" in first
    assert "Previous item" not in first

    figures = text_of(client.get(live(going_on, f"?item={place_of(going_on, 'figures')}")))
    assert "Frozen figures, as of Fri 6 Feb 2026" in figures
    assert "48 of 200 sessions" in figures

    last = text_of(client.get(live(going_on, "?item=99")))
    assert "Item 7 of 7" in last
    assert "Next item" not in last
    assert "minutes" not in last.replace("60 minutes", "")


def test_cohort_and_child_open_in_place_and_close(going_on, borough, client):
    enter(client, going_on.officer)
    place = place_of(going_on, "severe")
    closed = text_of(client.get(live(going_on, f"?item={place}")))
    assert "Cal likes the workshop" not in closed

    key = f"pupil:{borough.cal.pupil.public_id}"
    opened = client.get(live(going_on, f"?item={place}&open={key}"))
    assert "Cal likes the workshop" in text_of(opened)
    assert opened.context["form"].initial["about"] == key

    groups = place_of(going_on, "cohorts")
    cohort = client.get(live(going_on, f"?item={groups}&open=cohort:just_over_the_line"))
    assert "Ben Sample" in text_of(cohort)
    assert cohort.context["form"].initial["about"] == "cohort:just_over_the_line"
    nobody = client.get(live(going_on, f"?item={groups}&open=pupil:nobody"))
    assert nobody.context["page"].opened is None


def test_action_stands_in_its_owners_list_at_once(going_on, client):
    enter(client, going_on.officer)

    text = text_of(agree(client, going_on))

    assert f"Agreed. It is with {going_on.lead} now." in text
    assert "1 thing agreed so far" in text
    action = Action.objects.get()
    assert (action.owner, action.due_on, action.origin) == (going_on.lead, date(2026, 3, 24), "tsm")
    enter(client, going_on.lead)
    assert "Ask about the bus pass" in text_of(client.get("/actions/"))
    assert Meeting.objects.get().is_going_on


def test_action_pressed_twice_is_one(going_on, client):
    enter(client, going_on.officer)
    token = uuid.uuid4()

    agree(client, going_on, form_token=token)
    agree(client, going_on, form_token=token)

    assert MeetingAction.objects.count() == 1


def test_action_about_a_child_and_a_cohort(going_on, borough, client):
    enter(client, going_on.officer)
    place = place_of(going_on, "severe")

    agree(client, going_on, f"?item={place}", about=f"pupil:{borough.cal.pupil.public_id}")
    agree(client, going_on, about="cohort:just_over_the_line", text="Breakfast at school")

    rows = MeetingAction.objects.order_by("pk")
    assert [(row.about, row.cohort) for row in rows] == [
        ("pupil", ""),
        ("cohort", "just_over_the_line"),
    ]
    assert rows[0].action.pupil == borough.cal.pupil
    assert rows[0].agenda_item.block == "severe"


def test_lead_adds_from_a_device_of_their_own(going_on, client):
    enter(client, going_on.lead)
    agree(client, going_on, owner=going_on.lead.pk)
    enter(client, going_on.officer)

    page = client.get(f"{live(going_on)}agreed/?seen=0", headers={"HX-Request": "true"})

    assert "Ask about the bus pass" in text_of(page)
    version = Meeting.objects.get().version
    same = client.get(f"{live(going_on)}agreed/?seen={version}", headers={"HX-Request": "true"})
    assert same.status_code == 204
    assert client.get(f"{live(going_on)}agreed/?seen={version}").status_code == 200


def test_owner_who_is_not_here_is_asked_to_accept(table, client, user_with):
    table.start(without=[table.lead])
    enter(client, table.officer)

    text = text_of(agree(client, table))

    assert "Asked to accept" in text
    assert MeetingMail.objects.filter(kind="accept", email=table.lead.email).exists()


def test_owner_without_a_login_has_a_name_and_speaks_for_somebody(going_on, client):
    enter(client, going_on.officer)
    refused = text_of(agree(client, going_on, owner="else"))
    assert "Write their name." in refused
    assert "Choose for whom they speak." in refused

    agree(client, going_on, owner="else", other_name="Sam Nurse", other_agency="health")

    action = Action.objects.get()
    assert (action.owner_name, action.agency) == ("Sam Nurse", "health")


def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(going_on, client):
    enter(client, going_on.officer)

    response = agree(client, going_on, text="", due_on="soon")

    text = text_of(response)
    assert "Say what will be done." in text
    assert "Write the date as 2026-03-02." in text
    assert 'value="soon"' in text
    assert not Action.objects.exists()


def test_what_the_service_cannot_use_is_said_at_its_field(going_on, client):
    enter(client, going_on.officer)

    response = agree(client, going_on, due_on="2026-01-01")

    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Action.objects.exists()


def test_hidden_names_stay_hidden_from_item_to_item(going_on, borough, client):
    enter(client, going_on.officer)
    place = place_of(going_on, "severe")
    agree(
        client, going_on, f"?item={place}&names=initials", text="Cal meets the driver",
        about=f"pupil:{borough.cal.pupil.public_id}",
    )  # fmt: skip

    response = client.get(live(going_on, f"?item={place}&names=initials"))

    text = text_of(response)
    assert "CS" in text
    assert "CS meets the driver" in text
    assert "Cal Sample" not in text
    assert all("names=initials" in href for _, href, _ in response.context["agenda"])


def test_decision_keeps_the_filter_in_words_and_the_number_as_seen(going_on, client):
    enter(client, going_on.officer)
    page = client.get(live(going_on) + "decision/")
    figures = [value for value, _ in page.context["form"].fields["figure"].choices]
    words = next(value for value in figures if value.startswith("All absence"))

    text = text_of(
        client.post(
            live(going_on) + "decision/",
            {"text": "Breakfast stays.", "figure": words, "form_token": uuid.uuid4()},
            follow=True,
        )
    )

    decision = Decision.objects.get()
    assert decision.figure_words == "All absence, the year so far to 6 Feb 2026"
    assert decision.figure_shown == "24.0%, 48 of 200 sessions"
    assert "Breakfast stays." in text


def test_referral_in_one_step(going_on, borough, client):
    ConsentFactory(pupil=borough.cal.pupil)
    enter(client, going_on.officer)
    query = f"?item={place_of(going_on, 'severe')}&open=pupil:{borough.cal.pupil.public_id}"
    form = client.get(f"{live(going_on)}referral/{query}").context["form"]
    assert form.initial["pupil"] == str(borough.cal.pupil.public_id)

    text = text_of(
        client.post(
            f"{live(going_on)}referral/{query}",
            {
                "pupil": borough.cal.pupil.public_id, "to_agency": "early_help",
                "service": "Family support", "reason": "Mornings", "form_token": uuid.uuid4(),
            },
            follow=True,
        )
    )  # fmt: skip

    assert "The referral is sent." in text
    assert "Referral, Cal Sample. Early help" in text


def test_end_asks_once_where_a_severely_absent_child_has_no_action(going_on, borough, client):
    enter(client, going_on.officer)
    asked = text_of(client.post(live(going_on) + "end/", {"form_token": uuid.uuid4()}))
    assert "No action was agreed for CS, severely absent." in asked
    again = text_of(
        client.post(live(going_on) + "end/", {"asked": "yes", "form_token": uuid.uuid4()})
    )
    assert "Tick the box to end it all the same" in again

    client.post(live(going_on) + "end/", {"asked": "yes", "without_action": "yes"})

    meeting = Meeting.objects.get()
    assert meeting.state == "held"
    assert MeetingMail.objects.filter(kind="summary").count() == 2


def test_end_in_one_press_where_everyone_has_an_action(going_on, borough, client):
    enter(client, going_on.officer)
    place = place_of(going_on, "severe")
    agree(client, going_on, f"?item={place}", about=f"pupil:{borough.cal.pupil.public_id}")

    text = text_of(client.post(live(going_on) + "end/", {"form_token": uuid.uuid4()}, follow=True))

    assert "The meeting is over: 2 people were there." in text
    assert "This meeting was held and ended." in text_of(client.get(live(going_on)))
    assert "nothing to end" in text_of(client.get(live(going_on) + "end/"))


def test_lead_may_not_end_it(going_on, client):
    enter(client, going_on.lead)

    assert "End the meeting" not in text_of(client.get(live(going_on)))
    assert client.post(live(going_on) + "end/").status_code == 403


def test_who_is_here_can_be_put_right(going_on, client):
    enter(client, going_on.officer)
    form = client.get(live(going_on) + "people/").context["form"]
    assert len(form.initial["came"]) == 2

    client.post(live(going_on) + "people/", {"came": form.initial["came"][:1]})

    assert going_on.meeting.attendances.filter(came=True).count() == 1


def test_children_named_on_the_item_are_logged_when_it_is_opened_not_when_it_is_polled(
    going_on, borough, client
):
    enter(client, going_on.officer)
    client.get(live(going_on, f"?item={place_of(going_on, 'severe')}"))
    client.get(live(going_on) + "agreed/", headers={"HX-Request": "true"})

    read = AccessLogEntry.objects.filter(page="meeting_live")
    assert [row.subject_ref for row in read] == [str(borough.cal.pupil.public_id)]


def test_without_a_frozen_pack_the_page_says_so(going_on, client):
    going_on.meeting.packs.all().delete()
    enter(client, going_on.officer)

    text = text_of(client.get(live(going_on, f"?item={place_of(going_on, 'figures')}")))

    assert "No pack is frozen." in text


def test_another_schools_lead_finds_no_meeting(going_on, borough, signed_in):
    client = signed_in("school_lead", school=borough.elm)
    assert access_of(client.user).urns == (borough.elm.pk,)

    for page in ("", "agreed/", "decision/", "referral/"):
        assert client.get(live(going_on) + page).status_code == 404


def test_page_asks_as_much_for_many_actions_as_for_few(going_on, client):
    enter(client, going_on.officer)
    agree(client, going_on)
    few = queries_of(client, live(going_on))
    for number in range(5):
        going_on.agree(f"Action {number}")

    assert queries_of(client, live(going_on)) == few


def test_the_facts_of_the_booking_leave_the_screen_to_the_item_once_it_goes_on(table, client):
    enter(client, table.officer)
    before = client.get(live(table)).content.decode()
    table.start()
    during = client.get(live(table)).content.decode()

    assert "How long" in before
    assert "How long" not in during
