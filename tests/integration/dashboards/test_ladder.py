"""The ladder of P5: the six steps of a case, what each still asks for, and what was let pass."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from cases.models import Case, SchoolSteps, StageChange
from cases.services.stages import ask_override, decide_override, move_stage
from dashboards.read_models.cases.ladder import ladder_of
from tests.factories.cases import DAY, MOMENT, BarrierFactory, CaseFactory, ContactFactory
from tests.factories.pupils import PupilGrantFactory
from tests.factories.schools import make_terms

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


def understood(case):
    ContactFactory(case=case, reached="both")
    BarrierFactory(case=case)
    return case


def asked(case, by):
    return ask_override(case=case, to_stage=4, reason="The child is ill.", by=by, on=DAY, at=MOMENT)


def first_change(case, **facts):
    return StageChange.objects.create(
        case=case,
        **{"from_stage": None, "to_stage": 2, "on": DAY, "at": MOMENT, "reason": "Opened", **facts},
    )


def states(ladder) -> list[str]:
    return [step.state for step in ladder.steps]


def test_ladder_of_a_case_that_opened(officer):
    case = CaseFactory(lead=officer)
    first_change(case)
    ladder = ladder_of(case, officer, on=TODAY)
    assert ladder.place == "2 of 6, Monitor"
    assert states(ladder) == ["", "Now", "Not reached", "Not reached", "Not reached", "Not reached"]
    assert ladder.steps[1].dates == "since 2 Mar 2026"
    assert ladder.next.text == "Record a conversation with the child"
    assert ladder.next.href.startswith(f"/log/?pupil={case.pupil.public_id}&next=")
    assert ladder.steps[3].missing == 3


def test_a_reader_is_led_to_no_page_that_would_be_refused(officer, user_with):
    case = CaseFactory(lead=officer)
    first_change(case)
    member = user_with("panel_member")
    PupilGrantFactory(user=member, pupil=case.pupil)

    for reader, is_led in ((officer, True), (member, False)):
        ladder = ladder_of(case, reader, on=TODAY)
        links = [gate.href for step in ladder.steps for gate in step.gates if gate.href]
        assert bool(links) == is_led
        assert bool(ladder.next.href) == is_led
        assert ladder.next.text == "Record a conversation with the child"


def test_ladder_of_a_case_that_moved_up_and_down(officer):
    case = understood(CaseFactory(lead=officer))
    first_change(case)
    for to in (3, 4, 3):
        fresh = Case.objects.get(pk=case.pk)
        move_stage(case=fresh, to_stage=to, reason=WHY, by=officer, on=TODAY, at=MOMENT)
    ladder = ladder_of(Case.objects.get(pk=case.pk), officer, on=TODAY)
    assert states(ladder)[1:4] == ["Done", "Now", "Not reached"]
    assert ladder.steps[1].dates == "2 Mar 2026 to 3 Mar 2026"
    assert ladder.steps[2].dates == "3 Mar 2026; since 3 Mar 2026"
    assert ladder.steps[3].dates == "Was here 3 Mar 2026"
    assert ladder.next.text == "Move to Facilitate support"
    assert ladder.next.href == f"/cases/{case.reference}/move/?to=4"


def test_step_that_was_passed_over_says_why_and_keeps_its_gates(officer):
    case = understood(CaseFactory(lead=officer))
    first_change(case)
    move_stage(case=case, to_stage=4, reason=WHY, by=officer, on=TODAY, at=MOMENT)
    ladder = ladder_of(Case.objects.get(pk=case.pk), officer, on=TODAY)
    assert states(ladder)[1:4] == ["Done", "Not needed", "Now"]
    assert ladder.steps[2].why == "The case went straight to Facilitate support on 3 Mar 2026."
    assert [gate.key for gate in ladder.steps[3].gates] == ["child_talk", "parent_talk", "barrier"]
    assert {gate.tag.label for gate in ladder.steps[3].gates} == {"In place"}


def test_overridden_gates_are_tagged_so(officer, user_with):
    manager = user_with("team_manager")
    case = CaseFactory(stage=3, lead=officer)
    first_change(case, to_stage=3)
    decide_override(
        override=asked(case, officer),
        is_agreed=True,
        reason="Right for this child.",
        by=manager,
        on=DAY,
        at=MOMENT,
    )
    ladder = ladder_of(Case.objects.get(pk=case.pk), officer, on=TODAY)
    assert {gate.tag.label for gate in ladder.steps[3].gates} == {"Overridden"}
    assert ladder.overrides[0].decided == f"Agreed by {manager}, Attendance team manager, " + (
        "2 Mar 2026, 10:00am"
    )


def test_only_who_may_decide_has_the_link(case, officer, user_with):
    manager = user_with("team_manager")
    asked(case, officer)
    assert ladder_of(case, officer, on=TODAY).overrides[0].href == ""
    assert ladder_of(case, manager, on=TODAY).overrides[0].href.startswith("/cases/")


def test_only_who_may_move_has_the_link(case, officer, user_with):
    assert ladder_of(case, officer, on=TODAY).move_href == reverse(
        "case_move", args=[case.reference]
    )
    assert ladder_of(case, user_with("attendance_officer"), on=TODAY).move_href == ""


def test_first_step_is_the_schools_own_record(case, officer):
    first = ladder_of(case, officer, on=TODAY).steps[0]
    assert (first.state, first.why) == ("", "Not recorded yet: the school's policy and champion.")
    assert first.href == f"/schools/{case.school_id}/steps/"
    steps = SchoolSteps.objects.create(
        school=case.school, policy_on=date(2025, 9, 1), updated_at=MOMENT
    )
    first = ladder_of(case, officer, on=TODAY).steps[0]
    assert (first.state, first.why) == ("", "Not recorded yet: the school's champion.")
    steps.champion_name = "Sam Example"
    steps.save()
    first = ladder_of(case, officer, on=TODAY).steps[0]
    assert (first.state, first.why, first.dates) == ("Done", "", "Policy of 1 Sep 2025")


def test_champion_with_a_login_counts(case, officer, user_with):
    case.school.attendance_champion = user_with("school_lead", school=case.school)
    case.school.save()
    SchoolSteps.objects.create(school=case.school, policy_on=date(2025, 9, 1), updated_at=MOMENT)
    assert ladder_of(case, officer, on=TODAY).steps[0].state == "Done"
