"""Answering a flag on its page: why, until when, and back to where one came from."""

from datetime import date

import pytest

from accounts.models import AccessLogEntry
from attendance.models import Flag, FlagAnswer
from tests.factories.classes import queries_of

REASON = "Back since Monday, plan agreed."


@pytest.fixture
def flag(borough) -> Flag:
    return Flag.objects.get(enrolment=borough.ben, kind="persistent_absence")


def address(flag: Flag) -> str:
    return f"/flags/{flag.pk}/answer/"


def send(client, flag, **fields):
    return client.post(address(flag), {"reason": REASON, "when": "2026-03-10", **fields})


def test_page_names_the_child_the_flag_and_three_school_days(flag, signed_in):
    text = signed_in("attendance_officer").get(address(flag)).content.decode()

    assert "5 of 50 possible sessions missed, 10.0%." in text
    for offered in ("In 5 school days, Tue 10 Mar", "In 10 school days, Tue 17 Mar"):
        assert offered in text


def test_reading_the_page_is_a_reading_of_the_child(flag, signed_in):
    client = signed_in("attendance_officer")
    client.get(address(flag))

    entry = AccessLogEntry.objects.get(page="flag_answer")
    assert (entry.user, entry.subject_ref) == (
        client.user,
        str(flag.enrolment.pupil.public_id),
    )


def test_saved_answer_leads_back_and_says_when_we_look_again(flag, signed_in):
    client = signed_in("attendance_officer")

    response = send(client, flag, next="/?kind=new#new")

    assert response.url == "/?kind=new#new"
    assert "We look again on Tue 10 Mar 2026." in client.get("/").content.decode()
    assert FlagAnswer.objects.get().reason == REASON


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:x"])
def test_saved_answer_leads_nowhere_outside_the_portal(flag, signed_in, elsewhere):
    assert send(signed_in("attendance_officer"), flag, next=elsewhere).url == "/"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"reason": ""}, "Say why no action is needed now."),
        ({"when": ""}, "Choose when to look again."),
        ({"when": "another"}, "Enter the day to look again."),
        ({"when": "another", "another_day": "2026-03-03"}, "must be after today"),
        ({"when": "another", "another_day": "soon"}, "Write the day as 2026-03-24."),
    ],
)
def test_what_is_missing_stands_in_the_title_the_summary_and_at_the_field(
    flag, signed_in, fields, says
):
    text = send(signed_in("attendance_officer"), flag, **fields).content.decode()

    assert "<title>Error:" in text
    assert text.count(says) == 2
    assert not FlagAnswer.objects.exists()


def test_another_day_is_kept(flag, signed_in):
    send(signed_in("attendance_officer"), flag, when="another", another_day="2026-03-24")

    assert FlagAnswer.objects.get().look_again_on == date(2026, 3, 24)


def test_flag_that_is_answered_shows_by_whom_and_refuses_another(flag, signed_in, user_with):
    client = signed_in("attendance_officer")
    send(client, flag)
    client.force_login(user_with("team_manager"))

    page = client.get(address(flag)).content.decode()
    again = send(client, flag, reason="Another reason")

    assert "answered already, by role Attendance officer" in page
    assert "Save the answer" not in page
    assert again.status_code == 403
    assert "answered already, by role Attendance officer" in again.content.decode()


def test_save_pressed_twice_is_one_answer(flag, signed_in):
    client = signed_in("attendance_officer")

    assert [send(client, flag).status_code for _ in range(2)] == [302, 302]
    assert FlagAnswer.objects.count() == 1


def test_flag_of_another_school_is_not_found(flag, borough, signed_in):
    client = signed_in("school_lead", school=borough.elm)

    assert client.get(address(flag)).status_code == 404
    assert send(client, flag).status_code == 404
    assert not FlagAnswer.objects.exists()


def test_role_without_casework_is_refused(flag, signed_in):
    assert signed_in("analyst").get(address(flag)).status_code == 403


def test_page_asks_no_more_when_the_child_has_many_flags(flag, borough, signed_in):
    client = signed_in("attendance_officer")

    assert queries_of(client, address(flag)) < 20
