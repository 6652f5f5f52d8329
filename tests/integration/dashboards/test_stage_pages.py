"""P6 and the ladder of P5: what each page says, keeps, refuses and writes down."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import AccessLogEntry, Draft
from attendance.models import SchoolYear
from cases.models import Case, Hold, StageChange, StageOverride, TimelineEntry
from cases.services.stages import ask_override, decide_override, move_stage
from tests.factories.cases import (
    DAY,
    MOMENT,
    BarrierFactory,
    CaseFactory,
    ContactFactory,
    OfferFactory,
)
from tests.factories.classes import keep_register
from tests.factories.schools import SchoolFactory, make_terms

TODAY = date(2026, 3, 3)
WHY = "The mornings are the barrier."


@pytest.fixture
def officer(user_with):
    make_terms()
    return user_with("attendance_officer")


@pytest.fixture
def case(officer):
    """At Listen and understand, of an officer; nothing on record."""
    return CaseFactory(stage=3, lead=officer)


@pytest.fixture
def manager(user_with):
    return user_with("team_manager")


@pytest.fixture
def as_officer(client, officer):
    client.force_login(officer)
    return client


def understood(case):
    ContactFactory(case=case, reached="both")
    BarrierFactory(case=case)
    return case


def address(case, name="case_move", *args):
    return reverse(name, args=[case.reference, *args])


def words(response) -> str:
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    return re.sub(r"\s+", " ", unescape(strip_tags(main)))


def stage_of(case) -> int:
    return Case.objects.get(pk=case.pk).stage


def send(client, case, to="4", reason=WHY, **more):
    return client.post(address(case), {"to": to, "reason": reason, "seen": case.stage, **more})


# The move page.


def test_page_offers_every_other_stage_and_close(as_officer, case):
    form = as_officer.get(address(case)).context["form"]
    assert [value for value, _ in form.fields["to"].choices] == ["1", "2", "4", "5", "6", "close"]


def test_page_shows_the_gates_of_the_next_stage_until_one_is_chosen(as_officer, case):
    said = words(as_officer.get(address(case)))
    assert "What Facilitate support asks for" in said
    assert "No conversation with the child is recorded. Record it" in said
    assert "No barrier is named. Name a barrier" in said
    assert "Nothing is on hold for this child" in said


def test_page_shows_the_gates_of_the_stage_in_the_address(as_officer, case):
    response = as_officer.get(address(case) + "?to=6")
    assert "What Enforce asks for" in words(response)
    assert len(response.context["page"].gates) == 15


def test_stage_further_on_lists_the_gates_of_each_step_between(as_officer, case):
    page = as_officer.get(address(case) + "?to=5").context["page"]
    assert [gate.key for gate in page.missing] == [
        "child_talk",
        "parent_talk",
        "barrier",
        "plan_agreed",
        "plan_reviewed",
        "support_offered",
        "support_answered",
        "consequences",
    ]


def test_gate_of_a_manager_leads_only_a_manager_on(client, officer, manager, case):
    for user, leads_on in ((officer, False), (manager, True)):
        client.force_login(user)
        page = client.get(address(case) + "?to=6").context["page"]
        gates = {gate.key: bool(gate.href) for gate in page.gates}
        assert gates["manager_agreed"] is leads_on
        assert gates["contract_offered"]  # whoever leads, and every manager


def test_met_gate_shows_what_it_rests_on(as_officer, case):
    said = words(as_officer.get(address(understood(case))))
    assert "Call, the child and a parent, 2 Mar 2026" in said


def test_step_down_asks_for_a_reason_alone(as_officer, case):
    said = words(as_officer.get(address(case) + "?to=2"))
    assert "A reason, and nothing else." in said


def test_there_is_no_way_up_from_the_last_stage(as_officer, officer):
    case = CaseFactory(stage=6, lead=officer)
    said = words(as_officer.get(address(case)))
    assert "There is no further stage. Step down, or close." in said


def test_old_marks_are_said_in_a_warning(as_officer, case):
    SchoolYear.objects.create(
        school=case.school, academic_year=2025, last_mark_on=date(2026, 2, 26)
    )
    said = words(as_officer.get(address(case)))
    assert "The school's marks are 3 school days behind." in said
    assert "cannot move to Enforce" not in said
    said = words(as_officer.get(address(case) + "?to=6"))
    assert "3 school days behind. A case cannot move to Enforce on old marks." in said


def test_fresh_marks_are_not(as_officer, case):
    SchoolYear.objects.create(
        school=case.school, academic_year=2025, last_mark_on=date(2026, 2, 27)
    )
    assert "behind" not in words(as_officer.get(address(case) + "?to=6"))


def test_what_a_notice_is_not_for_is_said_at_enforce_alone(as_officer, case):
    assert as_officer.get(address(case) + "?to=6").context["page"].notes == []
    case.school.type = "11"
    case.school.save()
    said = words(as_officer.get(address(case) + "?to=6"))
    assert "A penalty notice cannot be used: the school is independent (PN-21)." in said
    assert "penalty notice" not in words(as_officer.get(address(case) + "?to=5"))


def test_gate_links_lead_where_it_is_mended_and_back(as_officer, case):
    page = as_officer.get(address(case) + "?to=6").context["page"]
    links = {gate.key: gate.href for gate in page.missing}
    back = f"next=%2Fcases%2F{case.reference}%2Fmove%2F%3Fto%3D6"
    assert links["child_talk"] == f"/log/?pupil={case.pupil.public_id}&{back}"
    assert links["barrier"] == f"/cases/{case.reference}/barriers/add/?{back}"
    assert links["support_offered"] == f"/cases/{case.reference}/offers/add/?{back}"
    assert links["formal_notes"] == f"/cases/{case.reference}/record/formal_notes_written/?{back}"
    assert {key for key, link in links.items() if not link} == {"manager_agreed"}


def test_answer_is_recorded_at_the_offer_that_waits(as_officer, case):
    OfferFactory(case=case, answer="accepted", answered_on=DAY)
    waiting = OfferFactory(case=case)
    OfferFactory(case=case, answer="accepted", answered_on=DAY).delete()
    case.offers.filter(answer="accepted").delete()
    page = as_officer.get(address(case) + "?to=5").context["page"]
    link = next(gate.href for gate in page.missing if gate.key == "support_answered")
    assert link.startswith(f"/cases/{case.reference}/offers/{waiting.pk}/?next=")


def test_reading_is_written_down(as_officer, case):
    as_officer.get(address(case))
    seen = AccessLogEntry.objects.get(page="case_move")
    assert seen.subject_ref == str(case.pupil.public_id)


# Moving.


def test_move_with_everything_in_place(as_officer, case):
    response = send(as_officer, understood(case))
    assert response.url == f"/cases/{case.reference}/"
    assert stage_of(case) == 4
    assert "Moved to Facilitate support." in words(as_officer.get(response.url))


def test_move_refused_lists_what_is_missing_and_keeps_the_reason(as_officer, case):
    ContactFactory(case=case, reached="parent")
    response = send(as_officer, case)
    said = words(response)

    assert "You cannot move to Facilitate support yet: 2 things are still missing." in said
    summary = response.content.decode().split("govuk-error-summary__list")[1].split("</ul>")[0]
    assert re.findall(r'href="#gate-(\w+)"', summary) == ["child_talk", "barrier"]
    assert WHY in response.content.decode()
    assert response.content.decode().split("<title>")[1].startswith("Error: ")
    assert stage_of(case) == 3
    assert not StageChange.objects.exists()


def test_reason_is_there_again_for_who_comes_back(as_officer, case):
    send(as_officer, case)
    response = as_officer.get(address(case) + "?to=4")
    assert WHY in response.content.decode()
    assert response.context["form"].initial["to"] == "4"


def test_reason_that_was_saved_is_no_draft_any_more(as_officer, case):
    send(as_officer, case)
    send(as_officer, understood(case))
    assert not Draft.objects.exists()


def test_move_pressed_twice_is_one(as_officer, case):
    token = "0d1d8f5e-3f6e-4c0e-9d3c-1a2b3c4d5e6f"
    send(as_officer, understood(case), form_token=token)
    again = send(as_officer, case, form_token=token)
    assert StageChange.objects.count() == 1
    assert again.status_code in (302, 409)


def test_move_without_reason_or_stage(as_officer, case):
    said = words(as_officer.post(address(case), {"seen": "3"}))
    assert "Choose a stage." in said
    assert "Say why the case moves." in said


def test_enforce_by_page_lists_every_gate_and_moves_nothing(as_officer, case):
    response = send(as_officer, understood(case), to="6")
    assert "11 things are still missing." in words(response)
    assert len(response.context["page"].missing) == 11
    assert stage_of(case) == 3


def test_close_leads_to_the_closing_page_and_keeps_the_reason(as_officer, case):
    response = send(as_officer, case, to="close")
    assert response.url == f"/cases/{case.reference}/close/"
    assert Draft.objects.get().typed["reason"] == [WHY]
    assert stage_of(case) == 3


def test_case_moved_meanwhile_shows_both_versions(as_officer, case, officer):
    move_stage(case=case, to_stage=2, reason="A new start.", by=officer, on=DAY, at=MOMENT)
    response = send(as_officer, case)
    said = words(response)
    assert response.status_code == 409
    assert "A new start." in said
    assert WHY in said
    assert "Monitor" in said
    assert stage_of(case) == 2


def test_another_officer_reads_why_they_may_not(client, case, user_with):
    client.force_login(user_with("attendance_officer"))
    response = client.get(address(case))
    assert f"{case.lead} leads this case." in words(response)
    assert "<textarea" not in response.content.decode()
    assert send(client, understood(case)).status_code == 403
    assert stage_of(case) == 3


@pytest.mark.parametrize("name", ["case_move", "case_override"])
def test_another_schools_lead_and_an_unassigned_worker_find_no_page(client, case, user_with, name):
    for user in (
        user_with("school_lead", school=SchoolFactory()),
        user_with("early_help_worker"),
    ):
        client.force_login(user)
        assert client.get(address(case, name)).status_code == 404
        assert client.post(address(case, name), {"to": "2", "reason": WHY}).status_code == 404


def test_analyst_is_refused(client, case, user_with):
    client.force_login(user_with("analyst"))
    assert client.get(address(case)).status_code == 403


# Overrides.


def asked(case, by):
    return ask_override(case=case, to_stage=4, reason="The child is ill.", by=by, on=DAY, at=MOMENT)


def test_override_is_offered_where_it_can_help(as_officer, case):
    page = as_officer.get(address(case)).context["page"]
    assert page.override_href == f"/cases/{case.reference}/override/?to=4"
    Hold.objects.create(
        pupil=case.pupil, kind="safety", reason="x", from_on=DAY, review_on=date(2026, 3, 20)
    )
    assert as_officer.get(address(case)).context["page"].override_href == ""


def test_override_is_asked_for(as_officer, case):
    page = as_officer.get(address(case, "case_override") + "?to=4")
    assert "No barrier is named." in words(page)
    response = as_officer.post(
        address(case, "case_override"), {"to": "4", "reason": "The child is ill."}
    )
    assert response.url == f"/cases/{case.reference}/"
    assert StageOverride.objects.get().reason == "The child is ill."
    said = words(as_officer.get(address(case)))
    assert "An override is with the manager." in said
    assert "The child is ill." in said


def test_reason_typed_for_the_move_is_not_asked_for_twice(as_officer, case):
    send(as_officer, case)
    page = as_officer.get(address(case, "case_override") + "?to=4")
    assert WHY in page.content.decode()


def test_override_that_cannot_be_asked_for_has_no_form(as_officer, case, officer):
    def said(to: str) -> str:
        response = as_officer.get(address(case, "case_override") + f"?to={to}")
        assert "<textarea" not in response.content.decode()
        return words(response)

    assert "Nothing is missing for this step" in said("2")
    assert "A hold or old marks cannot be overridden." in said("6")
    asked(case, officer)
    assert "An override is with the manager already." in said("4")


def test_another_lead_is_told_so_before_anything_else(client, case, user_with):
    client.force_login(user_with("attendance_officer"))
    said = words(client.get(address(case, "case_override") + "?to=2"))
    assert f"{case.lead} leads this case." in said


def test_override_without_a_reason_is_not_asked_for(as_officer, case):
    response = as_officer.post(address(case, "case_override"), {"to": "4", "reason": ""})
    assert "Say why the case should move now." in words(response)
    assert 'value="4"' in response.content.decode()


def test_manager_decides_and_the_reasons_stay_in_view(client, case, officer, manager):
    override = asked(case, officer)
    client.force_login(manager)
    page = client.get(address(case, "override_decide", override.pk))
    assert "The child is ill." in words(page)
    assert "no barrier is named" in words(page)
    response = client.post(
        address(case, "override_decide", override.pk),
        {"decision": "yes", "reason": "Support cannot wait."},
    )
    assert response.status_code == 302
    assert stage_of(case) == 4
    for name in ("case", "case_move"):
        said = words(client.get(address(case, name)))
        assert "The child is ill." in said
        assert "Support cannot wait." in said


def test_manager_does_not_agree(client, case, officer, manager):
    override = asked(case, officer)
    client.force_login(manager)
    client.post(
        address(case, "override_decide", override.pk),
        {"decision": "no", "reason": "Visit them first."},
    )
    override.refresh_from_db()
    assert (override.decision, stage_of(case)) == ("not_agreed", 3)


def test_decision_wants_a_choice_and_a_reason(client, case, officer, manager):
    override = asked(case, officer)
    client.force_login(manager)
    said = words(client.post(address(case, "override_decide", override.pk), {}))
    assert "Choose whether you agree." in said
    assert "Say why you decide so." in said


def test_override_that_was_decided_has_no_form(client, case, officer, manager):
    override = asked(case, officer)
    decide_override(
        override=override, is_agreed=False, reason="Not yet.", by=manager, on=DAY, at=MOMENT
    )
    client.force_login(manager)
    response = client.get(address(case, "override_decide", override.pk))
    assert "This override was decided already." in words(response)
    assert "<textarea" not in response.content.decode()


def test_who_asked_does_not_decide(client, case, manager):
    case.lead = manager
    case.save()
    override = asked(case, manager)
    client.force_login(manager)
    page = client.get(address(case, "override_decide", override.pk))
    assert "another manager decides" in words(page)
    response = client.post(
        address(case, "override_decide", override.pk), {"decision": "yes", "reason": "x"}
    )
    assert response.status_code == 403
    assert stage_of(case) == 3


def test_officer_finds_no_page_to_decide(as_officer, case, officer):
    override = asked(case, officer)
    assert as_officer.get(address(case, "override_decide", override.pk)).status_code == 403


def test_override_of_another_case_is_no_page(client, case, officer, manager):
    override = asked(case, officer)
    client.force_login(manager)
    other = CaseFactory()
    assert client.get(address(other, "override_decide", override.pk)).status_code == 404


# Writing down what a gate asks for.


def test_contract_is_written_down_and_found_by_its_gate(as_officer, case):
    page = address(case, "case_fact", "contract_offered")
    assert "Attendance contract" in words(as_officer.get(page))
    back = address(case) + "?to=6"
    response = as_officer.post(
        page, {"way": "not_appropriate", "text": "The family moves in May.", "next": back}
    )
    assert response.url == back
    gates = as_officer.get(back).context["page"].gates
    assert "contract_offered" in [gate.key for gate in gates if not gate.problem]


def test_notes_want_each_answer(as_officer, case):
    page = address(case, "case_fact", "formal_notes_written")
    response = as_officer.post(page, {"support": "Tried", "change": "Nothing", "equality": "None"})
    assert words(response).count("Answer this question.") == 2  # the summary, and at the field
    assert not TimelineEntry.objects.exists()
    as_officer.post(
        page,
        {"support": "Tried", "change": "Nothing", "equality": "None", "proportion": "No"},
    )
    assert TimelineEntry.objects.get().fact == "formal_notes_written"


def test_holiday_is_refused_where_the_register_has_none(as_officer, case):
    page = address(case, "case_fact", "term_time_holiday")
    said = words(as_officer.get(page))
    assert "The register has no session with code G" in said
    keep_register(case.pupil.enrolments.get(), "G" * 10, first=date(2026, 2, 2))
    as_officer.post(page, {"text": "Five days in February; the parent said so."})
    said = words(as_officer.get(address(case) + "?to=6"))
    assert "Not needed: a term-time holiday (PN-10)" in said


def test_managers_agreement_is_not_the_officers_to_write(as_officer, case):
    page = address(case, "case_fact", "manager_agreed")
    assert "<textarea" not in as_officer.get(page).content.decode()
    assert as_officer.post(page, {"text": "Go on."}).status_code == 403


def test_unknown_fact_is_no_page(as_officer, case):
    assert as_officer.get(address(case, "case_fact", "flag")).status_code == 404
