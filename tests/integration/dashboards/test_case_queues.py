"""Queues: who waits longest, in which team and locality, who has how much; giving and taking."""

from __future__ import annotations

from datetime import date
from html import unescape

import pytest

from attendance_portal.shared import clock
from cases.models import Case
from cases.services.cases import allocate_case
from cases.services.workers import end_worker
from schools.models import Place
from tests.factories.cases import CaseFactory
from tests.factories.classes import queries_of
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import PatchFactory, PlaceFactory, SchoolFactory

pytestmark = pytest.mark.django_db

ADDRESS = "/cases/queues/"


def lines(client, query: str = "") -> list:
    return client.get(f"{ADDRESS}{query}").context["lines"]


def text_of(client, query: str = "") -> str:
    return " ".join(unescape(client.get(f"{ADDRESS}{query}").content.decode()).split())


def waiting(**facts) -> Case:
    return CaseFactory(lead=None, **facts)


@pytest.fixture
def manager(signed_in):
    return signed_in("team_manager")


def test_the_longest_waiting_stands_first_with_its_weeks(manager):
    new = waiting(opened_on=date(2026, 2, 24))
    old = waiting(opened_on=date(2026, 1, 6))
    CaseFactory()
    found = lines(manager)
    assert [one.reference for one in found] == [old.reference, new.reference]
    assert [(one.weeks, one.since) for one in found] == [(8, "6 Jan 2026"), (1, "24 Feb 2026")]


def test_a_case_whose_lead_left_waits_since_then(manager, user_with, today):
    case = waiting(opened_on=date(2026, 1, 6))
    facts = {"by": manager.user, "on": today, "at": clock.now()}
    allocate_case(case=case, lead=user_with("attendance_officer"), **facts)
    assert lines(manager) == []
    end_worker(worker=case.workers.get(part="lead"), **facts)
    case.workers.update(ended_at="2026-02-17T10:00:00Z")
    assert [(one.reference, one.since) for one in lines(manager)] == [
        (case.reference, "17 Feb 2026")
    ]


def test_closed_cases_wait_for_nobody(manager, today):
    waiting(status="closed", closed_on=today, next_review_on=None)
    assert lines(manager) == []
    assert "Cases that nobody leads yet stand here. There are none." in text_of(manager)


def test_each_team_has_its_queue(manager):
    help_first = waiting(team="early_help")
    waiting()
    waiting()
    text = text_of(manager)
    assert "Attendance team (2)" in text
    assert "Early help (1)" in text
    assert [one.reference for one in lines(manager, "?team=early_help")] == [help_first.reference]


def test_each_locality_has_its_queue_the_unknown_one_too(manager):
    north = PlaceFactory(kind=Place.Kind.LOCALITY, name="North")
    there, nowhere = waiting(), waiting()
    there.pupil.ward = PlaceFactory(part_of=north)
    there.pupil.save()
    text = text_of(manager)
    assert "North (1)" in text
    assert "Locality not known (1)" in text
    assert [one.reference for one in lines(manager, f"?locality={north.code}")] == [there.reference]
    assert [one.reference for one in lines(manager, "?locality=none")] == [nowhere.reference]
    assert lines(manager)[0].locality == "North"


@pytest.mark.parametrize("query", ["?team=nobody", "?locality=nowhere"])
def test_a_queue_that_never_was_is_not_found(manager, query):
    assert manager.get(ADDRESS + query).status_code == 404


def test_caseloads_count_open_overdue_and_stuck(manager, user_with):
    lead = user_with("attendance_officer")
    CaseFactory(lead=lead, next_review_on=date(2026, 3, 2))
    CaseFactory(lead=lead, next_review_on=date(2026, 3, 3), stage=2, stage_since=date(2026, 2, 3))
    CaseFactory(lead=lead, stage=2, stage_since=date(2026, 2, 4))
    CaseFactory(lead=lead, status="paused", paused_until=date(2026, 4, 1))
    load = manager.get(ADDRESS).context["loads"][0]
    assert (load.name, load.open, load.paused) == (str(lead), 3, 1)
    assert (load.overdue, load.stuck) == (1, 1)  # 3 whole weeks are usual at Monitor, 4 are not


def test_a_manager_gives_several_at_once(manager, user_with):
    lead = user_with("attendance_officer")
    first, second, third = waiting(), waiting(), waiting()
    response = manager.post(ADDRESS, {"case": [first.pk, second.pk], "lead": lead.pk})
    assert f"{lead} leads 2 cases more." in text_of(manager)
    assert response.url == ADDRESS
    assert set(Case.objects.filter(lead=lead)) == {first, second}
    assert [one.reference for one in lines(manager)] == [third.reference]


def test_nothing_chosen_is_said_and_what_was_chosen_stays(manager, user_with):
    case = waiting()
    assert "Choose at least one case." in text_of_post(manager, {"lead": ""})
    text = text_of_post(manager, {"case": [case.pk], "lead": ""})
    assert "Choose who leads." in text
    assert "checked" in text


def text_of_post(client, data: dict) -> str:
    return client.post(ADDRESS, data).content.decode()


def test_an_officer_takes_cases_and_gives_none_to_others(signed_in, user_with):
    officer, colleague = signed_in("attendance_officer"), user_with("attendance_officer")
    case = waiting()
    assert "Take the chosen cases" in text_of(officer)
    assert str(colleague) not in text_of(officer)
    officer.post(ADDRESS, {"case": [case.pk], "lead": colleague.pk})
    case.refresh_from_db()
    assert case.lead is None
    officer.post(ADDRESS, {"case": [case.pk], "lead": officer.user.pk})
    case.refresh_from_db()
    assert case.lead == officer.user


def test_a_case_out_of_scope_or_with_a_lead_is_no_choice(signed_in):
    school = SchoolFactory()
    manager = signed_in("team_manager", patch=PatchFactory(schools=[school]))
    other, led = waiting(), CaseFactory(enrolment=EnrolmentFactory(school=school))
    before = led.lead
    for case in (other, led):
        manager.post(ADDRESS, {"case": [case.pk], "lead": manager.user.pk})
        case.refresh_from_db()
    assert (other.lead, led.lead) == (None, before)


def test_a_school_sees_its_own_queue_only(signed_in):
    own, _other = waiting(), waiting()
    client = signed_in("school_lead", school=own.school)
    assert [one.reference for one in lines(client)] == [own.reference]
    assert [load.name for load in client.get(ADDRESS).context["loads"]] == []


@pytest.mark.parametrize("role", ["analyst", "panel_member", "administrator"])
def test_roles_that_lead_nothing_are_refused(signed_in, role):
    assert signed_in(role).get(ADDRESS).status_code == 403


def test_more_cases_and_leads_ask_no_more(manager):
    waiting(), CaseFactory()
    few = queries_of(manager, ADDRESS)
    for _ in range(8):
        waiting(), CaseFactory()
    assert queries_of(manager, ADDRESS) == few
    assert few <= 20
