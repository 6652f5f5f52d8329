"""P4: why a flag stands."""

from datetime import date, timedelta

import pytest

from accounts.models import AccessLogEntry
from attendance.models import Flag, MarkChange, RegisterBatch, RegisterWeek
from attendance_portal.shared import clock
from tests.factories.classes import child, keep_register, queries_of


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


def corrected_and_run_again(borough, enrolment, symbols, changes):
    """A batch changes marks of the first week; the next night sees them."""
    batch = RegisterBatch.objects.create(route="api")
    RegisterWeek.objects.filter(enrolment=enrolment, week_start=date(2026, 1, 5)).update(
        marks=symbols.ljust(14)
    )
    for session, (old, new) in enumerate(changes):
        MarkChange.objects.create(
            enrolment=enrolment,
            date=date(2026, 1, 5) + timedelta(days=session // 2),
            session=session % 2,
            old=old,
            new=new,
            batch=batch,
            at=clock.now(),
        )
    borough.run(date(2026, 2, 9))


def test_why_of_a_closed_flag_says_which_codes_became_which(borough, signed_in):
    owed = child(borough.elm, "Ned", "NNN///////")
    borough.run(date(2026, 2, 6))
    corrected_and_run_again(borough, owed, "II////////", [("N", "I"), ("N", "I"), ("N", "/")])

    response = open_why(signed_in("attendance_officer"), owed, "unresolved_n")

    assert "Closed on 9 Feb 2026: 2 N codes became I and 1 N code became /." in (
        response.content.decode()
    )


def test_why_of_a_closed_flag_leaves_out_corrections_that_closed_nothing(borough, signed_in):
    owed = child(borough.elm, "Ned", "NNI///////")
    borough.run(date(2026, 2, 6))
    corrected_and_run_again(borough, owed, "II////////", [("N", "I"), ("N", "I"), ("I", "/")])

    response = open_why(signed_in("attendance_officer"), owed, "unresolved_n")

    assert "Closed on 9 Feb 2026: 2 N codes became I." in response.content.decode()


def test_why_of_a_flag_that_closed_as_the_child_left_tells_no_codes(borough, signed_in):
    borough.cal.ends_on = date(2026, 2, 6)
    borough.cal.save()
    corrected_and_run_again(borough, borough.cal, "I" * 10, [("O", "I")])

    response = open_why(signed_in("attendance_officer"), borough.cal, "severe_absence")

    assert "Closed on 9 Feb 2026: left the school." in response.content.decode()


def test_why_of_the_rolling_ten_names_the_weeks_that_are_none(borough, signed_in):
    late = child(borough.elm, "Lou", *["O" * 10] * 2, " " * 10, *["/" * 10] * 2)
    RegisterWeek.objects.filter(
        enrolment__school=borough.elm, week_start=date(2026, 1, 19)
    ).delete()
    borough.run(date(2026, 2, 6))

    page = open_why(signed_in("attendance_officer"), late, "penalty_notice_threshold").context[
        "page"
    ]

    assert "19 Jan to 23 Jan 2026" not in page.named
    assert page.skipped == "Not among them, since the school did not meet: the week of 19 Jan 2026."


def test_why_of_the_rolling_ten_says_when_it_closes_by_itself(borough, signed_in):
    page = open_why(
        signed_in("attendance_officer"), borough.cal, "penalty_notice_threshold"
    ).context["page"]

    assert page.closes == [
        "31 sessions must fall out of the 10 school weeks, "
        "or be corrected to an authorised or attended code.",
        "If none is added, it closes when 9 more school weeks have begun: "
        "40 sessions then no longer count.",
    ]


def test_why_of_a_child_at_risk_says_both_ways_out(borough, signed_in):
    page = open_why(signed_in("attendance_officer"), borough.dee, "at_risk").context["page"]

    assert page.closes[0].startswith("11 sessions attended, with none missed")
    assert page.closes[1] == (
        "It also closes at 10%: 3 sessions missed, with none attended, reach it."
    )


def test_why_names_the_source_and_never_a_number_of_ours(borough, signed_in):
    text = open_why(
        signed_in("attendance_officer"), borough.cal, "penalty_notice_threshold"
    ).content.decode()

    assert "Regulations 2007 as amended by SI 2024/210" in text
    assert "PN-0" not in text


def test_why_says_that_the_schools_marks_are_late(borough, signed_in):
    borough.run(date(2026, 2, 10))

    text = open_why(signed_in("attendance_officer"), borough.cal, "severe_absence").content.decode()

    assert "Ash School: Marks to Fri 6 Feb, 2 school days behind." in text


def test_why_asks_the_same_of_the_database_for_a_long_history(borough, signed_in):
    client = signed_in("attendance_officer")
    flag = Flag.objects.get(enrolment=borough.cal, kind="severe_absence")
    few = queries_of(client, f"/flags/{flag.pk}/why/")
    keep_register(borough.cal, *["O" * 10] * 30, first=date(2024, 9, 2))

    assert queries_of(client, f"/flags/{flag.pk}/why/") == few
