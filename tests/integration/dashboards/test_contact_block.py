"""The contacts of one case on its page: the latest, and restricted ones without their words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from dashboards.read_models.cases.contacts import LATEST_SHOWN, contact_block
from tests.factories.cases import CaseFactory, ContactFactory
from tests.factories.pupils import PupilGrantFactory
from tests.factories.schools import SchoolFactory

pytestmark = pytest.mark.django_db

ON = date(2026, 3, 3)
AT = datetime(2026, 3, 3, 9, 40, tzinfo=UTC)


@pytest.fixture
def case():
    return CaseFactory()


@pytest.fixture
def school_lead(case, user_with):
    return user_with("school_lead", school=case.school)


def test_a_contact_says_when_by_whom_and_what(case, school_lead):
    ContactFactory(
        case=case, at=AT, child_words="I like art.", family_words="Mornings.", said="We talked.",
        barrier="transport", consequences_explained=True, reached="both", kind="visit",
    )  # fmt: skip

    (line,) = contact_block(case, school_lead, on=ON).lines

    assert (line.title, line.when) == ("Visit: the child and a parent", "Today, 9:40am")
    assert line.who == "Attendance officer"
    assert (line.child_words, line.family_words, line.said) == (
        "I like art.", "Mornings.", "We talked.",
    )  # fmt: skip
    assert line.notes == (
        "Barrier heard: Transport and the journey",
        "What may follow was explained plainly",
    )


def test_somebody_who_speaks_for_another_agency_is_named_with_it(case, school_lead):
    ContactFactory(case=case, by_role="machine", agency="early_help")

    assert contact_block(case, school_lead, on=ON).lines[0].who == "School system, Early help"


def test_the_newest_ten_stand_there_and_the_rest_are_counted(case, school_lead):
    for number in range(LATEST_SHOWN + 2):
        ContactFactory(case=case, at=AT - timedelta(days=number), said=f"Number {number}.")

    block = contact_block(case, school_lead, on=ON)

    assert [line.said for line in block.lines] == [f"Number {n}." for n in range(LATEST_SHOWN)]
    assert block.more == 2


def test_ten_are_all(case, school_lead):
    for _ in range(LATEST_SHOWN):
        ContactFactory(case=case)

    assert contact_block(case, school_lead, on=ON).more == 0


def test_a_restricted_note_is_there_without_its_words(case, school_lead):
    ContactFactory(
        case=case, said="Secret words.", child_words="Mine.", is_restricted=True,
        by_role="early_help_worker", agency="early_help", barrier="domestic_abuse",
    )  # fmt: skip
    ContactFactory(case=case, at=AT)

    newer, hidden = contact_block(case, school_lead, on=ON).lines

    assert hidden.title == "Restricted note, Early help worker, 2 Mar 2026"
    assert hidden.is_hidden
    assert not newer.is_hidden
    assert (hidden.said, hidden.child_words, hidden.notes) == ("", "", ())


def test_who_may_read_it_is_told_that_it_is_restricted(case, user_with):
    user_with("attendance_officer", user=case.lead)
    ContactFactory(case=case, said="Secret words.", is_restricted=True)

    (line,) = contact_block(case, case.lead, on=ON).lines

    assert line.said == "Secret words."
    assert line.notes == ("Restricted note",)


def test_contacts_of_another_case_and_school_stay_out(case, user_with):
    ContactFactory(case=case)
    elsewhere = user_with("school_lead", school=SchoolFactory())

    assert contact_block(case, elsewhere, on=ON).lines == []


def test_the_link_to_log_one_leads_back_to_the_case(case, school_lead):
    block = contact_block(case, school_lead, on=ON)

    assert block.log_href == (f"/log/?pupil={case.pupil.public_id}&next=/cases/{case.reference}/")


def test_nobody_logs_a_contact_for_a_closed_case_or_without_the_right(case, user_with, school_lead):
    member = user_with("panel_member")
    PupilGrantFactory(user=member, pupil=case.pupil)
    assert contact_block(case, member, on=ON).log_href == ""
    case.status, case.closed_on = "closed", ON
    case.save()

    assert contact_block(case, school_lead, on=ON).log_href == ""


def test_the_case_page_shows_the_childs_words_first(case, signed_in):
    ContactFactory(case=case, child_words="I like <b>art</b>.", said="We talked.")
    client = signed_in("school_lead", school=case.school)

    text = client.get(f"/cases/{case.reference}/").content.decode()

    assert text.index("I like &lt;b&gt;art&lt;/b&gt;.") < text.index("We talked.")
