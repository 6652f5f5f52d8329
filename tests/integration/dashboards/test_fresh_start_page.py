"""The card for the day of coming back, and its three things to do."""

from datetime import date

import pytest

from accounts.models import AccessLogEntry
from cases.models import Action
from tests.factories.cases import CaseFactory, PlanFactory
from tests.factories.classes import UNAUTHORISED_WEEK, child, keep_register
from tests.factories.pupils import PupilGrantFactory
from tests.factories.schools import SchoolFactory, make_terms


@pytest.fixture
def plan(db):
    """Of a child who came back on Monday 2 March after twenty sessions away."""
    make_terms()
    enrolment = child(SchoolFactory(), "Cal")
    pages = (UNAUTHORISED_WEEK, UNAUTHORISED_WEEK, "//")
    keep_register(enrolment, *pages, first=date(2026, 2, 16))
    return PlanFactory(
        case=CaseFactory(enrolment=enrolment),
        fresh_start_greeter="Ms Hill",
        fresh_start_not_to_say="Do not ask why.",
    )


def address(plan) -> str:
    return f"/plans/{plan.pk}/fresh-start/"


def test_card_says_who_greets_and_what_not_to_say(plan, signed_in):
    client = signed_in("attendance_officer")
    text = client.get(address(plan)).content.decode()

    assert "Cal came back on Mon 2 Mar after 20 sessions away." in text
    assert "Ms Hill" in text
    assert "Do not ask why." in text
    assert "Greet Cal at the door on the first day" in text
    assert AccessLogEntry.objects.get(page="fresh_start").user == client.user


def test_case_prompts_for_a_fresh_start(plan, signed_in):
    text = signed_in("attendance_officer").get(f"/cases/{plan.case.reference}/").content.decode()
    assert "Cal came back on Mon 2 Mar after 20 sessions away." in text
    assert f'href="{address(plan)}"' in text


def test_no_prompt_for_a_child_who_was_not_away(db, signed_in):
    plan = PlanFactory()
    text = signed_in("attendance_officer").get(f"/cases/{plan.case.reference}/").content.decode()
    assert "came back" not in text


def test_things_that_somebody_does_become_actions(plan, signed_in):
    client = signed_in("attendance_officer")
    me = str(client.user.pk)
    form = {"owner_1": me, "owner_3": me, "due_on": "2026-03-04"}
    response = client.post(address(plan), form)

    assert response.url == f"/plans/{plan.pk}/"
    found = Action.objects.order_by("pk")
    assert [action.text for action in found] == [
        "Greet Cal at the door on the first day",
        "Check in with Cal at the end of each day of the first week",
    ]
    assert {(a.owner, a.agency, a.origin_label, a.due_on) for a in found} == {
        (client.user, "attendance", "Fresh start", date(2026, 3, 4))
    }


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"due_on": "2026-03-04"}, "Choose who does at least one of them."),
        ({"due_on": ""}, "Enter the day."),
        ({"due_on": "2026-03-02", "owner_1": "me"}, "must be today or later"),
    ],
)
def test_what_is_missing_is_said(plan, signed_in, fields, says):
    client = signed_in("attendance_officer")
    if fields.get("owner_1"):
        fields = {**fields, "owner_1": str(client.user.pk)}
    text = client.post(address(plan), fields).content.decode()
    assert text.count(says) == 2
    assert not Action.objects.exists()


def test_next_school_day_is_offered(plan, signed_in):
    text = signed_in("attendance_officer").get(address(plan)).content.decode()
    assert 'value="2026-03-04"' in text


def test_reader_of_a_panel_sees_the_card_and_promises_nothing(plan, signed_in):
    client = signed_in("panel_member")
    PupilGrantFactory(user=client.user, pupil=plan.pupil)
    text = client.get(address(plan)).content.decode()
    assert "Ms Hill" in text
    assert "Three things" not in text
    assert client.post(address(plan), {"due_on": "2026-03-04"}).status_code == 403


def test_ended_plan_promises_nothing_more(plan, signed_in):
    plan.state, plan.ended_on = "ended", date(2026, 3, 2)
    plan.save()
    client = signed_in("attendance_officer")
    assert "Three things" not in client.get(address(plan)).content.decode()
    assert client.post(address(plan), {"due_on": "2026-03-04"}).status_code == 403
