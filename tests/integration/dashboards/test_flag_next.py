"""From the page of a flag to the next thing: open a case, or log a contact where there is one."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from attendance.models import Flag, FlagAnswer
from attendance.services.answers import answer_flag
from tests.factories.cases import CaseFactory, ContactFactory
from tests.factories.records import moved

AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
TODAY = date(2026, 3, 3)


@pytest.fixture
def flag(borough) -> Flag:
    return Flag.objects.get(enrolment=borough.ben, kind="persistent_absence")


def step_of(client, flag):
    return client.get(f"/flags/{flag.pk}/why/").context["step"]


def test_flag_that_nobody_answered_offers_a_case_first(flag, borough, signed_in):
    client = signed_in("attendance_officer")
    step = step_of(client, flag)
    here = f"next=/flags/{flag.pk}/why/"

    assert (step.answer.label, step.case) == ("Not answered", "")
    assert step.open_href == f"/cases/open/?flag={flag.pk}"
    assert step.log_href == f"/log/?pupil={borough.ben.pupil.public_id}&{here}"
    assert step.answer_href == f"/flags/{flag.pk}/answer/?{here}"


def test_flag_of_a_child_in_a_case_offers_a_contact(flag, borough, signed_in):
    CaseFactory(enrolment=borough.ben, reference="AT-10001")
    client = signed_in("attendance_officer")
    step = step_of(client, flag)

    assert (step.answer.label, step.case, step.answered) == (
        "In a case",
        "AT-10001",
        "AT-10001, 2 Mar 2026",
    )
    assert (step.open_href, step.answer_href) == ("", "")
    assert step.log_href
    assert 'href="/cases/AT-10001/"' in client.get(f"/flags/{flag.pk}/why/").content.decode()


def test_contact_answers_and_a_case_may_still_be_opened(flag, borough, signed_in):
    ContactFactory(pupil=borough.ben.pupil, at=AT)
    step = step_of(signed_in("attendance_officer"), flag)

    assert (step.answer.label, step.answer_href) == ("Contacted", "")
    assert step.open_href


def test_decision_that_holds_says_why(flag, signed_in, user_with):
    officer = user_with("attendance_officer")
    answer_flag(
        flag=flag, reason="Back.", look_again_on=date(2026, 3, 10), by=officer, on=TODAY, at=AT
    )

    step = step_of(signed_in("attendance_officer"), flag)

    assert step.answered == "Attendance officer, 3 Mar 2026, 9:00am: Back."
    assert step.answer_href == ""


def test_closed_flag_asks_for_nothing(flag, signed_in):
    Flag.objects.filter(pk=flag.pk).update(closed_on=date(2026, 2, 6), close_reason="no_longer_met")

    assert step_of(signed_in("attendance_officer"), flag) is None


def test_reader_without_casework_is_offered_nothing(flag, signed_in):
    assert step_of(signed_in("analyst"), flag) is None


def test_school_that_the_child_has_left_is_offered_nothing(flag, borough, signed_in):
    CaseFactory(enrolment=borough.ben, reference="AT-10001")
    moved(borough)
    client = signed_in("school_lead", school=borough.ash)

    assert step_of(client, flag) is None
    assert "AT-10001" not in client.get(f"/flags/{flag.pk}/why/").content.decode()


# A decision to look again, where the child is in a case.


def send(client, flag):
    return client.post(
        f"/flags/{flag.pk}/answer/",
        {"reason": "Back.", "when": "2026-03-10", "form_token": "x" * 32},
    )


def test_flag_of_a_child_in_a_case_takes_no_decision_of_its_own(flag, borough, signed_in):
    CaseFactory(enrolment=borough.ben, reference="AT-10001")
    client = signed_in("attendance_officer")

    page = client.get(f"/flags/{flag.pk}/answer/").content.decode()
    sent = send(client, flag)

    assert "This pupil has an open case, AT-10001." in page
    assert "Save the answer" not in page
    assert sent.status_code == 403
    assert not FlagAnswer.objects.exists()


def test_closed_case_leaves_the_decision_to_people(flag, borough, signed_in):
    CaseFactory(
        enrolment=borough.ben, status="closed", closed_on=date(2026, 3, 2), next_review_on=None
    )

    page = signed_in("attendance_officer").get(f"/flags/{flag.pk}/answer/").content.decode()

    assert "Save the answer" in page
