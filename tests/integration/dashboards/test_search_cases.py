"""P2: a case is found by its reference and by its child, inside the reader's scope only."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.factories.cases import CaseFactory, ContactFactory, TimelineFactory
from tests.factories.classes import queries_of
from tests.factories.pupils import EnrolmentFactory, PupilFactory, PupilGrantFactory
from tests.factories.schools import SchoolFactory

TOKEN = re.compile(r"[A-Za-z0-9]{64}")


def ask(client, typed, **headers):
    return client.get("/search/", {"q": typed}, headers=headers)


def references(response) -> list[str]:
    return [row.reference for row in response.context["found"].cases]


def case_of(
    surname="Ashby", reference="AT-10001", forename="Robin", born=date(2012, 5, 14), **facts
):
    pupil = PupilFactory(surname=surname, forename=forename, date_of_birth=born)
    return CaseFactory(enrolment=EnrolmentFactory(pupil=pupil), reference=reference, **facts)


@pytest.mark.parametrize("typed", ["AT-10001", "at 10001", "at10001"])
def test_reference_opens_the_case(signed_in, typed):
    case_of()

    assert ask(signed_in("attendance_officer"), typed).url == "/cases/AT-10001/"


@pytest.mark.parametrize("role", ["analyst", "school_lead", "early_help_worker"])
def test_reference_out_of_scope_says_the_same_as_one_that_never_was(signed_in, role):
    case_of()
    facts = {"school": SchoolFactory()} if role == "school_lead" else {}
    client = signed_in(role, **facts)

    pages = [
        TOKEN.sub("", ask(client, typed).content.decode().replace(typed, ""))
        for typed in ("AT-10001", "AT-10002")
    ]

    assert pages[0] == pages[1]
    assert "No pupil, case or school that you can see matches." in pages[0]


def test_name_finds_the_child_and_the_case(signed_in):
    case = case_of(stage=3)
    response = ask(signed_in("attendance_officer"), "ashby")

    (row,) = response.context["found"].cases
    assert (row.reference, row.pupil, row.school) == (
        "AT-10001",
        "Robin Ashby",
        str(case.school),
    )
    assert (row.stage, row.tag.label) == ("3 of 6, Listen and understand", "Open")
    assert response.context["count"] == "1 pupil and 1 case"


def test_case_of_a_near_spelling_is_found(signed_in):
    case_of()

    assert references(ask(signed_in("attendance_officer"), "ashbey")) == ["AT-10001"]


def test_date_of_birth_tells_the_cases_of_two_children_apart(signed_in):
    case_of(reference="AT-10001", born=date(2012, 5, 14))
    case_of(reference="AT-10002", born=date(2013, 5, 14))
    client = signed_in("attendance_officer")

    assert references(ask(client, "ashby 14 May 2013")) == ["AT-10002"]
    assert references(ask(client, "14 May 2012")) == ["AT-10001"]


def test_cases_worked_on_come_before_closed_ones(signed_in):
    case_of(reference="AT-10001", status="closed", closed_on=date(2026, 2, 1))
    case_of(reference="AT-10002", forename="Zoe")

    assert references(ask(signed_in("attendance_officer"), "ashby")) == ["AT-10002", "AT-10001"]


@pytest.mark.parametrize("granted", [True, False])
def test_case_is_found_inside_the_scope_only(signed_in, granted):
    case = case_of()
    client = signed_in("early_help_worker")
    if granted:
        PupilGrantFactory(user=client.user, pupil=case.pupil)

    assert references(ask(client, "ashby")) == (["AT-10001"] if granted else [])


def test_child_seen_without_casework_shows_no_case(signed_in):
    case_of()
    response = ask(signed_in("analyst"), "ashby")

    assert len(response.context["found"].pupils) == 1
    assert references(response) == []


def test_nothing_that_was_written_is_searched(signed_in):
    case = case_of(concern="zanzibar", aim="zanzibar")
    ContactFactory(case=case, said="zanzibar", is_restricted=True)
    TimelineFactory(case=case, title="zanzibar", text="zanzibar")

    assert ask(signed_in("team_manager"), "zanzibar").context["found"].is_empty


def test_twenty_are_shown_and_the_rest_counted_at_the_same_cost(signed_in):
    client = signed_in("attendance_officer")
    for number in range(20):
        case_of(reference=f"AT-2{number:04}", forename=f"Child{number}")
    few = queries_of(client, "/search/?q=ashby")
    assert ask(client, "ashby").context["found"].more_cases == 0
    case_of(reference="AT-30000", forename="Last")

    found = ask(client, "ashby").context["found"]

    assert (len(found.cases), found.more_cases) == (20, 1)
    assert queries_of(client, "/search/?q=ashby") == few
