"""Cases over REST: another agency's system reads its cases and adds to them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from oauth2_provider.models import AccessToken

from accounts.models import AccessLogEntry, AuditEvent
from attendance_portal.shared import clock
from cases.models import Action, Contact, Hold, TimelineEntry
from tests.factories.cases import (
    ActionFactory,
    BarrierFactory,
    CaseFactory,
    ContactFactory,
    GoalFactory,
    PlanFactory,
)
from tests.factories.pupils import PupilGrantFactory
from tests.factories.schools import MembershipFactory, SchoolFactory, make_terms

pytestmark = pytest.mark.django_db
CASES = "/api/v1/cases/"
BOTH = ("cases:read", "cases:write")
SAID = {"kind": "visit", "reached": "both", "said": "We made a plan for Monday."}


def address(case, *parts: object) -> str:
    return "/".join([f"/api/v1/cases/{case.reference}", *map(str, parts), ""])


@pytest.fixture
def case():
    make_terms()
    return CaseFactory()


@pytest.fixture
def help_system(system_of):
    """Makes early help's system, given these cases one by one."""

    def make(*cases, scopes=BOTH):
        system = system_of(*scopes)
        MembershipFactory(user=system.user, role="machine", scope="nobody")
        type(system.api_client).objects.filter(pk=system.api_client.pk).update(agency="early_help")
        for case in cases:
            PupilGrantFactory(user=system.user, pupil=case.pupil)
        return system

    return make


def references(answer) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [row["reference"] for row in answer.json()["results"]]


class TestTheList:
    def test_a_system_with_grants_sees_those_children_and_no_others(self, help_system, case):
        CaseFactory()
        assert references(help_system(case).get(CASES)) == [case.reference]
        assert references(help_system().get(CASES)) == []

    def test_a_schools_system_sees_the_cases_of_its_roll(self, system_of, case):
        CaseFactory()
        system = system_of("cases:read", schools=[case.school])
        assert references(system.get(CASES)) == [case.reference]

    def test_a_row_says_which_child_and_no_more_of_it(self, help_system, case):
        row = help_system(case).get(CASES).json()["results"][0]
        assert row == {
            "reference": case.reference,
            "status": "open",
            "stage": 2,
            "stage_label": "Monitor",
            "stage_since": "2026-03-02",
            "track": "attendance_only",
            "team": "attendance",
            "urn": case.school_id,
            "upn": case.pupil.upn,
            "forename": case.pupil.forename,
            "surname": case.pupil.surname,
            "lead": case.lead.name,
            "opened_on": "2026-03-02",
            "next_review_on": "2026-03-23",
            "closed_on": None,
            "updated_at": "2026-03-02T10:00:00+00:00",
        }

    @pytest.mark.parametrize(
        ("query", "facts"),
        [
            ("stage=3", {"stage": 3}),
            ("status=closed", {"status": "closed", "closed_on": date(2026, 3, 2)}),
            ("track=complex", {"track": "complex"}),
            ("team=early_help", {"team": "early_help"}),
            ("overdue=true", {"next_review_on": date(2026, 3, 2)}),
            ("changed_since=2026-03-02T10:00:01Z",
             {"updated_at": datetime(2026, 3, 2, 10, 0, 1, tzinfo=UTC)}),
        ],
    )  # fmt: skip
    def test_each_filter_finds_one_and_leaves_the_other(self, query, facts, help_system):
        found, other = CaseFactory(**facts), CaseFactory(next_review_on=date(2026, 3, 3))
        assert references(help_system(found, other).get(f"{CASES}?{query}")) == [found.reference]

    def test_a_school_is_one_of_the_clients_or_not_there(self, system_of, case):
        system = system_of("cases:read", schools=[case.school])
        assert references(system.get(f"{CASES}?school={case.school_id}")) == [case.reference]
        assert system.get(f"{CASES}?school={SchoolFactory().pk}").status_code == 404
        assert system.get(f"{CASES}?school=x").status_code == 404

    @pytest.mark.parametrize("query", ["stage=7", "status=x", "track=x", "changed_since=monday"])
    def test_what_no_filter_knows_is_400(self, query, help_system, case):
        answer = help_system(case).get(f"{CASES}?{query}")
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"

    def test_pages_go_on_by_a_cursor_oldest_change_first(self, help_system):
        cases = [
            CaseFactory(updated_at=datetime(2026, 3, 2, 10, minute, tzinfo=UTC))
            for minute in (2, 1, 3)
        ]
        system = help_system(*cases)
        first = system.get(f"{CASES}?page_size=2")
        assert references(first) == [cases[1].reference, cases[0].reference]
        assert references(system.get(first.json()["next"])) == [cases[2].reference]

    def test_the_reading_is_logged_and_queries_do_not_grow(self, help_system):
        cases = [CaseFactory() for _ in range(2)]
        system = help_system(*cases)
        system.get(CASES)
        entry = AccessLogEntry.objects.get()
        assert (entry.user, entry.page, entry.subject_ref) == (system.user, "api:cases", "all")
        with CaptureQueriesContext(
            connection,
        ) as few:
            system.get(CASES)
        for _ in range(5):
            PupilGrantFactory(user=system.user, pupil=CaseFactory().pupil)
        with CaptureQueriesContext(connection) as many:
            assert len(references(system.get(CASES))) == 7
        assert len(many) == len(few)


class TestACase:
    def test_it_has_its_plan_open_actions_and_contacts(self, help_system, case):
        case.aim = "Mornings without tears"
        case.save()
        barrier = BarrierFactory(case=case)
        BarrierFactory(case=case, kind="sleep", eased_on=date(2026, 3, 2))
        plan = PlanFactory(case=case, child_view="The bus is too loud.")
        GoalFactory(plan=plan)
        action = ActionFactory(case=case)
        ActionFactory(case=case, state="done", outcome="x", ended_on=date(2026, 3, 2))
        contact = ContactFactory(case=case)
        Hold.objects.create(
            pupil=case.pupil, kind="bereavement", reason="A grandmother died.",
            from_on=date(2026, 3, 1), review_on=date(2026, 3, 20),
        )  # fmt: skip
        found = help_system(case).get(address(case)).json()
        assert found["aim"] == "Mornings without tears"
        assert [one["kind"] for one in found["barriers"]] == [barrier.kind]
        assert found["plan"]["child_view"] == "The bus is too loud."
        assert [goal["text"] for goal in found["plan"]["goals"]] == ["Ride the bus with a friend"]
        assert [one["id"] for one in found["actions"]] == [action.pk]
        assert [one["id"] for one in found["contacts"]] == [contact.pk]
        assert found["hold"] == {"kind": "bereavement", "review_on": "2026-03-20"}
        assert "grandmother" not in str(found)

    def test_without_any_of_it_the_parts_are_empty(self, help_system, case):
        PlanFactory(case=case, state="ended", ended_on=date(2026, 3, 2))
        found = help_system(case).get(address(case)).json()
        assert (found["hold"], found["plan"], found["barriers"]) == (None, None, [])

    def test_a_restricted_note_is_not_given_out_even_to_who_wrote_it(self, help_system, case):
        system = help_system(case)
        ContactFactory(case=case, is_restricted=True, said="Not for everyone", by=system.user)
        found = system.get(address(case))
        assert found.json()["contacts"] == []
        assert "Not for everyone" not in found.content.decode()

    def test_another_childs_case_is_404_and_so_is_one_that_never_was(self, help_system, case):
        system = help_system(CaseFactory())
        assert system.get(address(case)).status_code == 404
        assert system.get("/api/v1/cases/AT-1/").status_code == 404
        assert system.get("/api/v1/cases/%00/").status_code == 404

    def test_a_grant_taken_away_is_404_in_the_same_minute(self, help_system, case):
        system = help_system(case)
        assert system.get(address(case)).status_code == 200
        system.user.pupil_grants.update(ended_at=clock.now())
        assert system.get(address(case)).status_code == 404

    def test_each_reading_is_logged_by_child(self, help_system, case):
        system = help_system(case)
        system.get(address(case).lower())
        entry = AccessLogEntry.objects.get()
        assert (entry.user, entry.page) == (system.user, "api:case")
        assert entry.subject_ref == str(case.pupil.public_id)
        assert entry.roles == "machine"

    def test_without_the_scope_it_is_403(self, help_system, case):
        assert help_system(case, scopes=("cases:write",)).get(address(case)).status_code == 403


class TestContacts:
    def test_it_is_written_down_for_the_systems_agency(self, help_system, case):
        answer = help_system(case).post(address(case, "contacts"), SAID, format="json")
        assert answer.status_code == 201
        contact = Contact.objects.get()
        assert (contact.pupil, contact.case) == (case.pupil, case)
        assert (contact.by_role, contact.agency) == ("machine", "early_help")
        assert answer.json()["id"] == contact.pk
        assert "Monday" not in answer.content.decode()
        assert TimelineEntry.objects.get().agency == "early_help"

    def test_the_moment_may_be_given(self, help_system, case):
        body = {**SAID, "happened_at": "2026-03-02T16:30:00+00:00", "child_words": "Too loud."}
        answer = help_system(case).post(address(case, "contacts"), body, format="json")
        assert answer.json()["happened_at"] == "2026-03-02T16:30:00+00:00"
        assert Contact.objects.get().child_words == "Too loud."

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"kind": "letter"}, "/kind"),
            ({"reached": ""}, "/reached"),
            ({"said": ""}, "/said"),
            ({"barrier": "x"}, "/barrier"),
            ({"happened_at": "2026-03-04T10:00:00Z"}, "/happened_at"),
        ],
    )
    def test_what_is_wrong_is_named_and_nothing_is_kept(self, change, pointer, help_system, case):
        answer = help_system(case).post(
            address(case, "contacts"), {**SAID, **change}, format="json"
        )
        assert answer.status_code == 400
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
        assert not Contact.objects.exists()

    @pytest.mark.parametrize("body", ["", "{", "[]", "1"])
    def test_what_is_no_document_is_400(self, body, help_system, case):
        answer = help_system(case).post(
            address(case, "contacts"), body, content_type="application/json"
        )
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"

    def test_sent_again_with_its_key_it_is_one(self, help_system, case):
        system = help_system(case)
        first, again = (
            system.post(address(case, "contacts"), SAID, format="json", HTTP_IDEMPOTENCY_KEY="k1")
            for _ in range(2)
        )
        assert (first.json(), first.status_code) == (again.json(), again.status_code)
        assert Contact.objects.count() == 1
        other = system.post(
            address(case, "contacts"),
            {**SAID, "said": "Something else."},
            format="json",
            HTTP_IDEMPOTENCY_KEY="k1",
        )
        assert other.status_code == 409

    def test_a_key_used_for_one_case_is_not_good_for_another(self, help_system, case):
        other = CaseFactory()
        system = help_system(case, other)
        facts = {"format": "json", "HTTP_IDEMPOTENCY_KEY": "k1"}
        assert system.post(address(case, "contacts"), SAID, **facts).status_code == 201
        assert system.post(address(other, "contacts"), SAID, **facts).status_code == 409

    def test_a_closed_case_takes_none(self, help_system, case):
        case.status, case.closed_on = "closed", date(2026, 3, 2)
        case.save()
        answer = help_system(case).post(address(case, "contacts"), SAID, format="json")
        assert answer.status_code == 403
        assert "Reopen it first." in answer.json()["detail"]

    def test_the_same_scope_as_pages(self, help_system, case):
        url = address(case, "contacts")
        assert help_system().post(url, SAID, format="json").status_code == 404
        reader = help_system(case, scopes=("cases:read",))
        assert reader.post(url, SAID, format="json").status_code == 403
        assert not Contact.objects.exists()


class TestActions:
    def test_by_a_day_for_somebody_without_a_login(self, help_system, case):
        body = {"text": "Bring the forms", "due_on": "2026-03-10", "owner_name": "Jo, early help"}
        answer = help_system(case).post(address(case, "actions"), body, format="json")
        assert answer.status_code == 201
        action = Action.objects.get()
        assert (action.owner_name, action.agency) == ("Jo, early help", "early_help")
        assert answer.json() == {
            "id": action.pk,
            "text": "Bring the forms",
            "who": "Jo, early help",
            "agency": "early_help",
            "due_on": "2026-03-10",
            "state": "open",
            "outcome": "",
            "ended_on": None,
            "origin": "case",
            "agreed_at": f"Case {case.reference}",
        }

    def test_in_school_days_for_somebody_who_works_here(self, help_system, user_with, case):
        officer = user_with("attendance_officer")
        body = {"text": "Ring the school", "in_school_days": 3, "owner_email": officer.email}
        help_system(case).post(address(case, "actions"), body, format="json")
        action = Action.objects.get()
        assert (action.owner, action.agency) == (officer, "attendance")
        assert action.due_on == date(2026, 3, 6)

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, "/text"),
            ({"text": "x", "owner_name": "Jo"}, "/due_on"),
            ({"text": "x", "owner_name": "Jo", "due_on": "2026-03-10", "in_school_days": 1},
             "/due_on"),
            ({"text": "x", "due_on": "2026-03-10"}, "/owner_name"),
            ({"text": "x", "due_on": "2026-03-10", "owner_name": "Jo",
              "owner_email": "a@example.org"}, "/owner_name"),
            ({"text": "x", "due_on": "2026-03-10", "owner_email": "a@example.org"},
             "/owner_email"),
            ({"text": "x", "due_on": "2026-03-02", "owner_name": "Jo"}, "/due_on"),
            ({"text": "x", "in_school_days": 61, "owner_name": "Jo"}, "/in_school_days"),
            ({"text": "x" * 301, "due_on": "2026-03-10", "owner_name": "Jo"}, "/text"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_named(self, body, pointer, help_system, case):
        answer = help_system(case).post(address(case, "actions"), body, format="json")
        assert answer.status_code == 400, answer.json()
        assert pointer in [one["pointer"] for one in answer.json()["errors"]]
        assert not Action.objects.exists()

    def test_somebody_elsewhere_is_not_found_by_their_address(self, help_system, user_with, case):
        stranger = user_with("school_lead", school=SchoolFactory())
        body = {"text": "x", "due_on": "2026-03-10", "owner_email": stranger.email}
        answer = help_system(case).post(address(case, "actions"), body, format="json")
        assert answer.json()["code"] == "owner_unknown"

    def test_another_childs_case_is_404(self, help_system, case):
        body = {"text": "x", "due_on": "2026-03-10", "owner_name": "Jo"}
        assert help_system().post(address(case, "actions"), body, format="json").status_code == 404


class TestDone:
    def test_what_its_agency_promised_is_ended_once(self, help_system, case):
        action = ActionFactory(case=case, agency="early_help", owner=None, owner_name="Jo")
        system = help_system(case)
        url = address(case, "actions", action.pk, "complete")
        answer = system.post(url, {"outcome": "Brought."}, format="json")
        assert (answer.status_code, answer.json()["state"]) == (200, "done")
        again = system.post(url, {"outcome": "Brought."}, format="json")
        assert again.json() == answer.json()
        assert AuditEvent.objects.filter(verb="action.done").count() == 1

    def test_what_another_agency_promised_is_refused(self, help_system, case):
        action = ActionFactory(case=case)
        answer = help_system(case).post(
            address(case, "actions", action.pk, "complete"), {"outcome": "x"}, format="json"
        )
        assert answer.status_code == 403
        assert "promised this" in answer.json()["detail"]

    def test_an_action_of_another_case_is_not_there(self, help_system, case):
        other = ActionFactory(agency="early_help")
        system = help_system(case, other.case)
        url = address(case, "actions", other.pk, "complete")
        assert system.post(url, {"outcome": "x"}, format="json").status_code == 404

    def test_it_needs_a_word_of_what_happened(self, help_system, case):
        action = ActionFactory(case=case, agency="early_help")
        url = address(case, "actions", action.pk, "complete")
        answer = help_system(case).post(url, {"outcome": ""}, format="json")
        assert [one["pointer"] for one in answer.json()["errors"]] == ["/outcome"]


def test_a_dead_token_and_none_are_401(client, help_system, case):
    assert client.get(address(case)).status_code == 401
    system = help_system(case)
    AccessToken.objects.update(expires=clock.now() - timedelta(seconds=1))
    assert system.get(address(case)).status_code == 401
