"""The pages on which a barrier is named and eased."""

import pytest

from accounts.models import AccessLogEntry
from cases.choices import BARRIERS
from cases.models import Barrier
from dashboards.views.cases.barriers import SAFEGUARDING
from tests.factories.cases import DAY, BarrierFactory, CaseFactory
from tests.factories.schools import SchoolFactory


@pytest.fixture
def case(db):
    return CaseFactory()


def address(case) -> str:
    return f"/cases/{case.reference}/barriers/add/"


def send(client, case, **fields):
    facts = {"domain": "community", "kind": "transport", "named_by": "child", "note": ""}
    return client.post(address(case), {**facts, **fields})


def test_page_offers_every_barrier_under_its_domain(case, signed_in):
    text = signed_in("attendance_officer").get(address(case)).content.decode()

    for known in BARRIERS.values():
        assert f'value="{known.key}"' in text
    assert text.count('name="domain"') == 5
    risky = sum(known.asks_safeguarding for known in BARRIERS.values())
    assert text.count(SAFEGUARDING) == risky > 0


def test_reading_it_is_a_reading_of_the_child(case, signed_in):
    client = signed_in("attendance_officer")
    client.get(address(case))

    entry = AccessLogEntry.objects.get(page="barrier_add")
    assert (entry.user, entry.subject_ref) == (client.user, str(case.pupil.public_id))


def test_saved_barrier_leads_back_to_where_one_came_from(case, signed_in):
    client = signed_in("attendance_officer")
    before = f"/cases/{case.reference}/"

    response = send(client, case, next=f"{before}?from=move", note="No bus before nine.")

    assert response.url == f"{before}?from=move"
    assert Barrier.objects.get().note == "No bus before nine."


@pytest.mark.parametrize("next_page", ["", "https://example.org/", "//example.org"])
def test_otherwise_it_leads_to_the_case(case, signed_in, next_page):
    response = send(signed_in("attendance_officer"), case, next=next_page)
    assert response.url == f"/cases/{case.reference}/"


def test_without_scripts_the_kind_alone_is_enough(case, signed_in):
    send(signed_in("attendance_officer"), case, domain="")
    assert Barrier.objects.get().kind == "transport"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"kind": ""}, "Choose what makes it hard."),
        ({"domain": "child"}, "Choose what makes it hard."),
        ({"named_by": ""}, "Choose who named it."),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(case, signed_in, fields, says):
    response = send(signed_in("attendance_officer"), case, note="The bus is full.", **fields)
    text = response.content.decode()

    assert "<title>Error:" in text
    assert text.count(says) == 2
    assert "The bus is full." in text
    assert not Barrier.objects.exists()


def test_barrier_about_safety_reminds_of_the_safeguarding_steps(case, signed_in):
    client = signed_in("attendance_officer")
    response = send(client, case, domain="peers", kind="bullying", next="/drafts/")
    assert SAFEGUARDING in client.get(response.url).content.decode()


def test_pressed_twice_is_one_barrier(case, signed_in):
    client = signed_in("attendance_officer")
    assert [send(client, case).status_code for _ in range(2)] == [302, 302]
    assert Barrier.objects.count() == 1


def test_case_of_another_school_is_not_found(case, signed_in):
    barrier = BarrierFactory(case=case)
    client = signed_in("school_lead", school=SchoolFactory())
    assert client.get(address(case)).status_code == 404
    assert send(client, case).status_code == 404
    assert client.get(ease_address(case, barrier)).status_code == 404


def test_worker_of_other_families_does_not_find_it(case, signed_in):
    assert signed_in("early_help_worker").get(address(case)).status_code == 404


def test_role_that_writes_no_plans_is_refused(case, signed_in):
    client = signed_in("analyst")
    assert client.get(address(case)).status_code == 403
    assert send(client, case).status_code == 403


def test_closed_case_says_so_in_place_of_the_form(signed_in):
    case = CaseFactory(status="closed", closed_on=DAY)
    client = signed_in("attendance_officer")

    text = client.get(address(case)).content.decode()

    assert "Reopen it first" in text
    assert '<form method="post" novalidate>' not in text
    assert send(client, case).status_code == 403


def ease_address(case, barrier) -> str:
    return f"/cases/{case.reference}/barriers/{barrier.pk}/ease/"


def test_barrier_is_eased_with_a_word_about_what_helped(case, signed_in):
    barrier = BarrierFactory(case=case)
    client = signed_in("attendance_officer")
    assert "Transport and the journey" in client.get(ease_address(case, barrier)).content.decode()

    response = client.post(ease_address(case, barrier), {"note": "A bus pass."})

    assert response.url == f"/cases/{case.reference}/"
    barrier.refresh_from_db()
    assert barrier.eased_on is not None
    assert barrier.note == "A bus pass."
    assert "It has eased already." in client.get(ease_address(case, barrier)).content.decode()


def test_barrier_of_another_case_is_not_found(case, signed_in):
    other = BarrierFactory()
    assert signed_in("attendance_officer").get(ease_address(case, other)).status_code == 404
