"""Every form and call of casework, sent by people it is not for, and with things of other cases:
refused, and nothing is written. Reading a page writes nothing either."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from accounts.models import AuditEvent, User
from cases.models import Case, StageOverride
from schools.models import PupilGrant
from tests.factories.cases import (
    MOMENT,
    ActionFactory,
    BarrierFactory,
    CaseFactory,
    CaseWorkerFactory,
    ConsentFactory,
    ContactFactory,
    GoalFactory,
    OfferFactory,
    PlanFactory,
    ReferralFactory,
)
from tests.factories.pupils import PupilGrantFactory
from tests.factories.routes import PAGES, ROUTES, Route, Things, things
from tests.factories.schools import SchoolFactory, make_terms
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db

_BEGINS = ("cases/", "plans/", "actions/", "log/", "families/")
CASEWORK = [
    route
    for route in PAGES
    if route.template.startswith(_BEGINS) or route.name in ("school_steps", "case_timeline")
]
FORMS = [route for route in CASEWORK if "post" in route.methods]
READ = [route for route in CASEWORK if "get" in route.methods]
CALLS = [r for r in ROUTES if r.template.startswith("api/v1/cases/") and "post" in r.methods]
TYPED = {
    "reason": "zq", "what_helped": "zq", "outcome": "improved", "said": "zq", "kind": "call",
    "reached": "child", "text": "zq", "what": "zq", "agency": "school", "offered_on": "2026-03-03",
    "purpose": "zq", "basis": "consent", "given_by": "zq", "on_day": "2026-03-03", "to": "2",
    "track": "complex", "until_on": "2026-03-20", "review_on": "2026-03-20", "version": "1",
    "decision": "yes", "answer": "yes", "named_by": "child", "what_changes": "zq", "do": "add",
    "next_review_on": "2026-03-20", "step": "tell", "to_agency": "health", "service": "zq",
}  # fmt: skip


@pytest.fixture
def own(db) -> Things:
    make_terms()
    made = things()
    for route in CASEWORK:
        route.path(made)  # what the addresses name stands before anything is counted
    return made


def state() -> dict[str, list[Any]]:
    """Every row of casework, of access to children and of the trail, as it stands."""
    models = [*apps.get_app_config("cases").get_models(), PupilGrant, AuditEvent]
    return {m.__name__: list(m._default_manager.order_by("pk").values()) for m in models}


def written(before: dict[str, list[Any]]) -> dict[str, Any]:
    """What stands otherwise than before."""
    now = state()
    return {name: found for name, found in now.items() if found != before[name]}


def case_of(made: Things) -> Case:
    return Case.objects.get(pupil=made.enrolment.pupil)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def paths(made: Things, routes: list[Route]) -> dict[str, str]:
    return {str(route.name): route.path(made) for route in routes}


@pytest.fixture
def strangers(own, user_with) -> dict[str, User]:
    """People for whom none of these forms is, with and without sight of the child."""
    panel = user_with("panel_member")
    PupilGrantFactory(user=panel, pupil=own.enrolment.pupil)
    return {
        "a panel": panel,
        "an analyst": user_with("analyst"),
        "an administrator": user_with("administrator"),
        "another school": user_with("school_lead", school=SchoolFactory()),
        "another worker": user_with("early_help_worker"),
        "nobody": UserFactory(),
    }


def test_forms_sent_by_people_they_are_not_for_write_nothing(own, strangers):
    sent = paths(own, FORMS)
    child = str(own.enrolment.pupil.public_id)
    sent["contact_log"] += f"?pupil={child}"
    clients = {who: client_of(user) for who, user in strangers.items()}
    before, answers = state(), {}
    for who, client in clients.items():
        for name, address in sent.items():
            if (who, name) == ("a panel", "action_ask"):
                continue  # whoever sees a promise may ask for it; its owner says yes or no
            me = strangers[who].pk
            facts = {**TYPED, "pupil": child, "case": case_of(own).pk, "lead": me, "owner": me}
            answers[who, name] = client.post(address, facts).status_code

    assert written(before) == {}
    # Two forms come back, saying why not: a list of cases, and a promise that the panel sees.
    back = {key for key, code in answers.items() if code == 200}
    assert {name for _, name in back} <= {"case_queues", "action_reassign"}
    assert {key: c for key, c in answers.items() if key not in back and c not in (403, 404)} == {}


def test_calls_by_a_system_of_another_school_write_nothing(own, system_of):
    system = system_of("cases:read", "cases:write", schools=[SchoolFactory()])
    sent = [route.path(own) for route in CALLS]
    before = state()
    body = {"kind": "call", "reached": "child", "said": "zq", "text": "zq", "outcome": "zq",
            "due_on": "2026-03-10", "owner_name": "zq"}  # fmt: skip
    answers = [system.post(address, body, format="json").status_code for address in sent]

    assert answers == [404] * len(CALLS)
    assert written(before) == {}


def test_calls_by_a_system_that_may_only_read_write_nothing(own, system_of):
    system = system_of("cases:read", schools=[own.enrolment.school])
    before = state()
    for route in CALLS:
        assert system.post(route.path(own), {"outcome": "zq"}, format="json").status_code == 403
    assert written(before) == {}


def test_reading_the_pages_writes_nothing(own, user_with):
    manager = client_of(user_with("team_manager"))
    pages = paths(own, READ)
    pages["contact_log"] += f"?pupil={own.enrolment.pupil.public_id}"
    before = state()
    answers = {name: manager.get(address).status_code for name, address in pages.items()}

    assert {name for name, code in answers.items() if code not in (200, 302)} == set()
    assert written(before) == {}


def test_things_of_another_case_are_not_found_under_ones_own(own, user_with):
    """The other case is in scope too: its address alone leads to its things."""
    other = CaseFactory()
    override = StageOverride.objects.create(
        case=other, to_stage=4, missing=[], reason="x", asked_by=UserFactory(), asked_at=MOMENT
    )
    foreign = {
        "barrier_id": BarrierFactory(case=other).pk,
        "offer_id": OfferFactory(case=other).pk,
        "referral_id": ReferralFactory(case=other).pk,
        "worker_id": CaseWorkerFactory(case=other).pk,
        "consent_id": ConsentFactory(pupil=other.pupil).pk,
        "override_id": override.pk,
    }
    client, reference = client_of(user_with("team_manager")), case_of(own).reference
    tried = [route for route in CASEWORK if "reference" in route.parameters]
    tried = [route for route in tried if set(foreign) & set(route.parameters)]
    before = state()
    for route in tried:
        address = f"/{route.template}".replace("<reference>", reference)
        for name, number in foreign.items():
            address = address.replace(f"<{name}>", str(number))
        assert client.get(address).status_code == 404, address
        assert client.post(address, TYPED).status_code == 404, address

    assert {name for route in tried for name in route.parameters} == {"reference", *foreign}
    assert written(before) == {}


def test_parts_of_another_plan_are_not_found_under_ones_own(own, user_with):
    plan = PlanFactory(case=CaseFactory())
    mine = case_of(own).plans.get()
    goal, client = GoalFactory(plan=plan), client_of(user_with("team_manager"))
    before = state()
    for part in ("goals", "steps", "school"):
        for do in ("reach", "out", "part"):
            address = f"/plans/{mine.pk}/{part}/"
            facts = {**TYPED, "row": goal.pk, "do": do, "reached_on": "2026-03-03"}
            assert client.post(address, facts).status_code == 404, (part, do)
    assert client.get(f"/plans/{mine.pk}/versions/99/").status_code == 404

    assert written(before) == {}


def test_system_ends_no_action_of_another_case_under_its_own(own, system_of):
    system = system_of("cases:write", schools=[own.enrolment.school])
    foreign = ActionFactory(case=CaseFactory(enrolment__school=own.enrolment.school))
    before = state()
    address = f"/api/v1/cases/{case_of(own).reference}/actions/{foreign.pk}/complete/"

    assert system.post(address, {"outcome": "zq"}, format="json").status_code == 404
    assert written(before) == {}


def test_contact_is_logged_about_no_child_out_of_scope_beside_ones_own(own, user_with):
    client = client_of(user_with("school_lead", school=own.enrolment.school))
    foreign = ContactFactory(case=CaseFactory()).pupil
    address = f"/log/?pupil={own.enrolment.pupil.public_id}"

    client.post(address, {**TYPED, "others": [str(foreign.public_id)], "follow_up": "none"})

    assert foreign.contacts.count() == 1
    ringing = {"pupil": str(foreign.public_id)}
    before = state()
    assert client.post("/log/ringing/", ringing).status_code == 404
    assert client.post(f"/log/?pupil={foreign.public_id}", TYPED).status_code == 404
    assert written(before) == {}


@pytest.mark.parametrize(
    "there", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example",
              "javascript:alert(1)", "/cases/../../x"]
)  # fmt: skip
def test_form_leads_nowhere_outside(there, own, user_with):
    client, case = client_of(user_with("team_manager")), case_of(own)
    facts = {"kind": "sleep", "domain": "", "named_by": "child", "next": there}

    response = client.post(f"/cases/{case.reference}/barriers/add/", facts)

    assert (response.status_code, response.url) == (302, f"/cases/{case.reference}/")
    page = client.get(f"/cases/{case.reference}/barriers/add/", {"next": there})
    assert f'href="{there}"' not in page.content.decode()
