"""Opening a case: from a flag, from a concern, and where there is one already."""

from __future__ import annotations

import pytest

from accounts.models import AccessLogEntry, Draft
from attendance.models import Flag
from cases.models import Case
from tests.factories.cases import CaseFactory
from tests.factories.classes import child, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def flag(borough) -> Flag:
    return Flag.objects.get(enrolment=borough.ben, kind="persistent_absence")


def from_flag(flag: Flag) -> str:
    return f"/cases/open/?flag={flag.pk}"


def from_child(enrolment) -> str:
    return f"/cases/open/?pupil={enrolment.pupil.public_id}"


def text_of(response) -> str:
    return response.content.decode()


def test_the_flags_figures_stand_above_the_form_and_the_reader_is_chosen(flag, signed_in):
    client = signed_in("attendance_officer")
    text = text_of(client.get(from_flag(flag)))
    assert "5 of 50 possible sessions missed, 10.0%." in text
    assert "Marks to" in text
    assert f'value="{client.user.pk}" checked' in text
    assert "What is the concern" not in text
    seen = AccessLogEntry.objects.get(page="case_open")
    assert seen.subject_ref == str(flag.enrolment.pupil.public_id)


def test_a_case_opened_from_a_flag_leads_to_its_page_with_a_word_of_success(flag, signed_in):
    client = signed_in("attendance_officer")
    response = client.post(from_flag(flag), {"track": "specific_issue", "lead": client.user.pk})
    case = Case.objects.get()
    assert response.url == f"/cases/{case.reference}/"
    assert (case.lead, case.track, case.opened_from) == (client.user, "specific_issue", "flag")
    assert [link.flag for link in case.case_flags.all()] == [flag]
    assert f"Case {case.reference} is open." in text_of(client.get(response.url))


def test_every_flag_that_stands_for_the_child_is_linked(borough, signed_in):
    flags = Flag.objects.open().filter(enrolment=borough.cal)
    assert flags.count() > 1
    client = signed_in("attendance_officer")
    client.post(from_flag(flags[0]), {"track": "complex", "lead": client.user.pk})
    assert {link.flag for link in Case.objects.get().case_flags.all()} == set(flags)


def test_a_concern_needs_words_and_where_it_comes_from(borough, signed_in):
    client = signed_in("school_lead", school=borough.ash)
    text = text_of(client.post(from_child(borough.ada), {"track": "complex", "lead": "team"}))
    assert "Choose what the case comes from." in text
    assert "Write down the concern, in their words." in text
    assert not Case.objects.exists()
    facts = {"track": "complex", "lead": "team", "opened_from": "parent", "concern": "No sleep"}
    client.post(from_child(borough.ada), facts)
    case = Case.objects.get()
    assert (case.opened_from, case.concern, case.lead) == ("parent", "No sleep", None)


def test_a_case_is_never_from_a_flag_that_is_not_named(borough, signed_in):
    client = signed_in("attendance_officer")
    facts = {"track": "complex", "lead": "team", "opened_from": "flag", "concern": "So"}
    assert "Select a valid choice" in text_of(client.post(from_child(borough.ada), facts))
    assert not Case.objects.exists()


def test_a_second_case_names_the_first_with_a_link(flag, borough, signed_in):
    standing = CaseFactory(enrolment=borough.ben)
    client = signed_in("attendance_officer")
    for response, status in (
        (client.get(from_flag(flag)), 200),
        (client.post(from_flag(flag), {"track": "complex", "lead": client.user.pk}), 409),
    ):
        assert response.status_code == status
        text = text_of(response)
        assert f"This pupil has an open case, {standing.reference}." in text
        assert f'href="/cases/{standing.reference}/"' in text
        assert "Open the case</button>" not in text
    assert Case.objects.count() == 1


def test_a_case_of_before_may_be_reopened_instead(flag, borough, signed_in, today):
    before = CaseFactory(
        enrolment=borough.ben, status="closed", closed_on=today, next_review_on=None
    )
    text = text_of(signed_in("attendance_officer").get(from_flag(flag)))
    assert before.reference in text
    assert "closed on 3 Mar 2026" in text
    assert "Open the case</button>" in text


def test_pressed_twice_it_is_one_case(flag, signed_in):
    client = signed_in("attendance_officer")
    token = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    facts = {"track": "complex", "lead": client.user.pk, "form_token": token}
    first, second = (client.post(from_flag(flag), facts) for _ in range(2))
    assert first.url == second.url
    assert Case.objects.count() == 1


def test_a_draft_is_kept_for_each_child_apart(borough, signed_in):
    client = signed_in("attendance_officer")
    kept = {"draft_of": from_child(borough.ada), "aim": "Walk in together"}
    client.post("/drafts/", kept)
    assert "Walk in together" in text_of(client.get(from_child(borough.ada)))
    assert "Walk in together" not in text_of(client.get(from_child(borough.dee)))
    facts = {"track": "complex", "lead": "team", "opened_from": "school", "concern": "So"}
    client.post(from_child(borough.ada), facts)
    assert not Draft.objects.exists()


def test_a_manager_may_give_it_at_once_and_an_officer_may_not(flag, borough, signed_in, user_with):
    colleague = user_with("attendance_officer")
    officer = signed_in("attendance_officer")
    facts = {"track": "complex", "lead": colleague.pk}
    assert "Select a valid choice" in text_of(officer.post(from_flag(flag), facts))
    signed_in("team_manager").post(from_flag(flag), facts)
    assert Case.objects.get().lead == colleague


@pytest.mark.parametrize(
    "asked", ["flag=0", "flag=x", f"flag={'9' * 5000}", "pupil=x"], ids=lambda asked: asked[:9]
)
def test_what_names_nobody_is_not_found(borough, signed_in, asked):
    assert signed_in("attendance_officer").get(f"/cases/open/?{asked}").status_code == 404


def test_without_a_name_one_finds_the_child_first(borough, signed_in):
    assert signed_in("attendance_officer").get("/cases/open/").url == "/pupils/"


def test_a_child_of_another_school_is_not_found(flag, borough, signed_in):
    client = signed_in("school_lead", school=borough.elm)
    for address in (from_flag(flag), from_child(borough.ben)):
        assert client.get(address).status_code == 404
        assert client.post(address, {"track": "complex", "lead": "team"}).status_code == 404
    assert not Case.objects.exists()


@pytest.mark.parametrize("role", ["analyst", "early_help_worker", "panel_member"])
def test_other_roles_open_none(flag, signed_in, role):
    assert signed_in(role).get(from_flag(flag)).status_code == 403


def test_the_page_asks_no_more_of_a_child_with_many_flags(borough, signed_in):
    client = signed_in("team_manager")
    one = child(borough.ash, "Fay")
    few = queries_of(client, from_child(one))
    many = queries_of(client, from_flag(Flag.objects.filter(enrolment=borough.cal)[0]))
    assert many <= few + 4
    assert many <= 25
