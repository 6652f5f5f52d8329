"""P4: why a flag stands."""

from datetime import date

import pytest

from accounts.models import AccessLogEntry
from attendance.models import Flag, MarkChange, RegisterBatch
from tests.factories.classes import child


def open_why(client, enrolment, kind):
    flag = Flag.objects.filter(enrolment=enrolment, kind=kind).latest("pk")
    return client.get(f"/flags/{flag.pk}/why/")


@pytest.mark.parametrize(
    ("kind", "sessions"),
    [
        ("severe_absence", 40),
        ("persistent_absence", 40),
        ("penalty_notice_threshold", 40),
    ],
)
def test_why_lists_exactly_the_sessions_that_count(borough, signed_in, kind, sessions):
    page = open_why(signed_in("attendance_officer"), borough.cal, kind).context["page"]

    assert len(page.sessions) == sessions


def test_why_of_absence_gives_the_sentence_and_what_would_close_it(borough, signed_in):
    response = open_why(signed_in("attendance_officer"), borough.ben, "persistent_absence")

    text = response.content.decode()
    assert "5 of 50 possible sessions missed, 10.0%. The line is 10%." in text
    assert "1 session attended, with none missed, would bring it under 10%." in text
    assert [line.when for line in response.context["page"].sessions][-1] == "Fri 6 Feb 2026"


def test_why_of_the_rolling_ten_names_its_school_weeks(borough, signed_in):
    page = open_why(
        signed_in("attendance_officer"), borough.cal, "penalty_notice_threshold"
    ).context["page"]

    assert page.named[0] == "5 Jan to 9 Jan 2026"
    assert len(page.named) == 5


def test_why_of_a_run_lists_its_days(borough, signed_in):
    gone = child(borough.elm, "Gus", *["O" * 10] * 5)
    borough.run(date(2026, 2, 6))

    page = open_why(signed_in("attendance_officer"), gone, "unauthorised_run").context["page"]

    assert len(page.sessions) == 50


def test_why_of_illness_lists_its_sessions(borough, signed_in):
    ill = child(borough.elm, "Ivy", *["I" * 10] * 3)
    borough.run(date(2026, 2, 6))

    page = open_why(signed_in("attendance_officer"), ill, "sickness_return").context["page"]

    assert len(page.sessions) == 30


def test_why_of_a_reason_owed_lists_the_overdue(borough, signed_in):
    owed = child(borough.elm, "Ned", "NN////////", *["/" * 10] * 3, "////////NN")
    borough.run(date(2026, 2, 6))

    page = open_why(signed_in("attendance_officer"), owed, "unresolved_n").context["page"]

    assert [(line.when, line.session) for line in page.sessions] == [
        ("Mon 5 Jan 2026", 0),
        ("Mon 5 Jan 2026", 1),
    ]


def test_why_of_silence_names_the_schools_days(borough, signed_in):
    silent = child(borough.elm, "Sol", *[" " * 10] * 5)
    borough.run(date(2026, 2, 6))

    page = open_why(signed_in("attendance_officer"), silent, "no_recent_marks").context["page"]

    assert page.named[0] == "Mon 2 Feb 2026"
    assert page.sessions == []


def test_why_marks_a_corrected_session(borough, signed_in):
    MarkChange.objects.create(
        enrolment=borough.ben,
        date=date(2026, 1, 5),
        session=0,
        old="N",
        new="I",
        batch=RegisterBatch.objects.create(route="api"),
        at="2026-02-10T10:00:00Z",
    )

    page = open_why(signed_in("attendance_officer"), borough.ben, "persistent_absence").context[
        "page"
    ]

    assert [line.corrected for line in page.sessions] == ["Was N until 10 Feb 2026", "", "", "", ""]


def test_why_of_a_closed_flag_keeps_its_page(borough, signed_in):
    response = open_why(signed_in("attendance_officer"), borough.ben, "at_risk")

    assert "Closed on 6 Feb 2026: no longer met." in response.content.decode()
    assert len(response.context["page"].sessions) == 3


def test_why_of_a_child_out_of_scope_is_not_found(borough, signed_in):
    client = signed_in("school_lead", school=borough.elm)

    assert open_why(client, borough.ben, "persistent_absence").status_code == 404
    assert client.get("/flags/999999/why/").status_code == 404


def test_why_behind_an_unconfirmed_move_is_not_found(borough, signed_in):
    claim = child(
        borough.elm, "Ben", *["O" * 10] * 5, pupil=borough.ben.pupil, awaiting_confirmation=True
    )
    borough.run(date(2026, 2, 6))

    client = signed_in("school_lead", school=borough.elm)

    assert open_why(client, claim, "severe_absence").status_code == 404


def test_why_is_a_reading_of_the_record(borough, signed_in):
    open_why(signed_in("attendance_officer"), borough.ben, "persistent_absence")

    assert AccessLogEntry.objects.get().subject_ref == str(borough.ben.pupil.public_id)
