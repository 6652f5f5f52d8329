"""P3: one child's record, as far as the person asking may see it."""

import json
from datetime import date

import pytest

from accounts.models import AccessLogEntry
from attendance.models import MarkChange, RegisterBatch, RegisterWeek
from tests.factories.classes import child
from tests.factories.pupils import PupilGrantFactory


def address(enrolment):
    return f"/pupils/{enrolment.pupil.public_id}/"


def attendance(client, enrolment, query=""):
    return client.get(f"{address(enrolment)}attendance/{query}")


def text_of(client, enrolment, query="", part=""):
    return client.get(address(enrolment) + part + query).content.decode()


def test_record_says_who_the_child_is_and_where(borough, signed_in):
    top = signed_in("attendance_officer").get(address(borough.ben)).context["top"]

    assert dict(top.identity) == {
        "School": "Ash School",
        "Year": "Year 8",
        "Age": "13",
        "Attended this year": "45 of 50 sessions",
    }


def test_record_shows_figures_by_period_with_their_counts(borough, signed_in):
    page = attendance(signed_in("attendance_officer"), borough.ben).context["page"]

    figures = [(row.label, row.absence, row.sessions) for row in page.rolls[0].figures]
    assert figures == [
        ("2025/26 so far", "10.0%", "5 of 50 sessions"),
        ("Spring term", "10.0%", "5 of 50 sessions"),
        ("Spring 1", "10.0%", "5 of 50 sessions"),
    ]


def test_record_as_of_an_earlier_day_shows_that_days_figures(borough, signed_in):
    client = signed_in("attendance_officer")

    response = attendance(client, borough.ben, "?as_of=2026-02-05")

    assert response.context["page"].rolls[0].figures[0].sessions == "3 of 48 sessions"
    assert "as known today. None of them was corrected after that day." in (
        response.content.decode()
    )


def test_record_as_of_an_earlier_day_counts_what_was_corrected_since(borough, signed_in):
    batch = RegisterBatch.objects.create(route="api")
    MarkChange.objects.create(
        enrolment=borough.ben,
        date=date(2026, 1, 5),
        session=0,
        old="N",
        new="I",
        batch=batch,
        at="2026-02-10T10:00:00Z",
    )

    response = attendance(signed_in("attendance_officer"), borough.ben, "?as_of=2026-02-05")
    text = response.content.decode()

    assert "1 of them was corrected after that day" in text
    assert "10 Feb 2026" in text


@pytest.mark.parametrize("as_of", ["2026-03-04", "yesterday"])
def test_record_as_of_no_day_of_ours_is_a_bad_request(borough, signed_in, as_of):
    response = signed_in("attendance_officer").get(address(borough.ben) + f"?as_of={as_of}")

    assert response.status_code == 400


def test_record_shows_open_flags_with_their_sentence(borough, signed_in):
    text = text_of(signed_in("attendance_officer"), borough.ben)

    assert "5 of 50 possible sessions missed, 10.0%. The line is 10%." in text


def test_record_strip_title_summary_and_table_agree(borough, signed_in):
    page = attendance(signed_in("attendance_officer"), borough.ben).context["page"]

    strip = page.rolls[0].strip
    assert strip.title == "5 of 50 possible sessions were recorded as absence"
    assert strip.summary == "5 sessions authorised and 0 unauthorised, in 5 school weeks."
    assert sum(week.authorised for week in strip.weeks) == 5
    assert sum(week.possible for week in strip.weeks) == 50


def test_record_lists_the_reasons(borough, signed_in):
    page = attendance(signed_in("attendance_officer"), borough.cal).context["page"]

    reasons = [(row.code, row.kind, row.sessions) for row in page.rolls[0].reasons]
    assert reasons == [("O", "Unauthorised", 40)]


def test_record_without_marks_says_so(borough, signed_in):
    silent = child(borough.elm, "Sol", *[" " * 10] * 5)

    text = text_of(signed_in("attendance_officer"), silent)

    assert "No marks received for this pupil. On roll since 2 Sep 2024." in text


def test_record_out_of_scope_is_the_same_as_one_that_never_was(borough, signed_in):
    client = signed_in("school_lead", school=borough.elm)

    elsewhere = client.get(address(borough.ben))
    nowhere = client.get("/pupils/00000000-0000-4000-8000-000000000000/")

    assert (elsewhere.status_code, nowhere.status_code) == (404, 404)
    assert "not one that you can see" in elsewhere.content.decode()
    assert "not one that you can see" in nowhere.content.decode()


def test_record_opened_is_written_down_and_not_kept_by_browsers(borough, signed_in):
    client = signed_in("attendance_officer")

    response = client.get(address(borough.ben))

    entry = AccessLogEntry.objects.get()
    assert (entry.user, entry.subject_ref) == (client.user, str(borough.ben.pupil.public_id))
    assert "no-store" in response["Cache-Control"]


def test_record_refused_is_not_written_down_as_opened(borough, signed_in):
    signed_in("school_lead", school=borough.elm).get(address(borough.ben))

    assert not AccessLogEntry.objects.exists()


SENSITIVE = {"sen_provision": "E", "ethnicity": "WBRI", "social_care": "CIN", "fsm_eligible": True}


def tell_sensitive_facts(pupil):
    for name, value in SENSITIVE.items():
        setattr(pupil, name, value)
    pupil.save()


def keys(client, enrolment):
    return {key for key, _ in client.get(address(enrolment)).context["page"].facts}


def test_record_for_a_role_with_sensitive_facts_has_their_rows(borough, signed_in):
    tell_sensitive_facts(borough.ben.pupil)

    found = keys(signed_in("attendance_officer"), borough.ben)

    assert {"SEN", "Ethnicity", "Social care", "Free school meals"} <= found


def test_record_for_a_role_without_sensitive_facts_has_no_such_rows(borough, signed_in):
    tell_sensitive_facts(borough.ben.pupil)
    client = signed_in("early_help_worker")
    PupilGrantFactory(user=client.user, pupil=borough.ben.pupil)

    assert keys(client, borough.ben) == {"UPN", "Date of birth"}


def moved(borough):
    """Ben leaves Ash on 30 January and is at Elm since 2 February."""
    borough.ben.ends_on = date(2026, 1, 30)
    borough.ben.save()
    return child(borough.elm, "Ben", pupil=borough.ben.pupil, starts_on=date(2026, 2, 2))


def test_record_of_a_leaver_shows_the_old_school_its_own_part_only(borough, signed_in):
    tell_sensitive_facts(borough.ben.pupil)
    moved(borough)

    client = signed_in("school_lead", school=borough.ash)
    text = text_of(client, borough.ben)

    assert "Elm School" not in text
    assert keys(client, borough.ben) == {"UPN", "Date of birth"}
    assert "left 30 Jan 2026" in text


def test_record_of_a_newcomer_shows_the_new_school_what_was_before(borough, signed_in):
    moved(borough)

    text = text_of(signed_in("school_lead", school=borough.elm), borough.ben)

    assert "All absence at Ash School" in text
    assert "All absence at Elm School" in text


def claimed(borough):
    """Elm's system says that Ben joined, while Ash still has him."""
    return child(
        borough.elm,
        "Ben",
        pupil=borough.ben.pupil,
        starts_on=date(2026, 2, 2),
        awaiting_confirmation=True,
    )


def test_record_behind_an_unconfirmed_move_is_closed_to_the_school_that_claims_it(
    borough, signed_in
):
    claimed(borough)

    client = signed_in("school_lead", school=borough.elm)

    assert client.get(address(borough.ben)).status_code == 404


def test_record_with_an_unconfirmed_move_asks_the_council(borough, signed_in):
    claimed(borough)

    text = text_of(signed_in("attendance_officer"), borough.ben)

    assert (
        "Elm School says this child joined on 2 Feb 2026; still on the roll of Ash School" in text
    )


def test_confirming_a_move_opens_the_record_to_the_new_school(borough, client, user_with):
    claim = claimed(borough)
    client.force_login(user_with("attendance_officer"))

    response = client.post(f"{address(borough.ben)}confirm/{claim.pk}/", follow=True)

    assert "The move to Elm School is confirmed." in response.content.decode()
    client.force_login(user_with("school_lead", school=borough.elm))
    assert client.get(address(borough.ben)).status_code == 200


def test_confirming_a_move_is_refused_to_a_school(borough, signed_in):
    claim = claimed(borough)
    client = signed_in("school_lead", school=borough.ash)

    response = client.post(f"{address(borough.ben)}confirm/{claim.pk}/")

    claim.refresh_from_db()
    assert (response.status_code, claim.awaiting_confirmation) == (403, True)


def test_record_address_carries_no_name_and_no_upn(borough):
    assert json.dumps(address(borough.ben)).count("Ben") == 0
    assert borough.ben.pupil.upn not in address(borough.ben)


def letters(client, enrolment):
    blocks = attendance(client, enrolment).context["page"].rolls[0].strip.blocks
    return [cell.letter for block in blocks for cell in block.cells]


def test_strip_asks_about_a_gap_only_where_the_school_met(borough, signed_in):
    gone = child(borough.elm, "Gil", *["/ /\\/\\/\\/\\"] * 5)
    borough.run(date(2026, 2, 6))

    assert letters(signed_in("attendance_officer"), gone).count("?") == 5


def test_strip_of_a_school_that_closes_at_noon_has_no_gap_after_it(borough, signed_in):
    RegisterWeek.objects.filter(enrolment=borough.eve).update(marks="/ /\\/\\/\\/\\    ")
    borough.run(date(2026, 2, 6))

    assert letters(signed_in("attendance_officer"), borough.eve).count("?") == 0
