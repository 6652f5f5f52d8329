"""Moving a case: on evidence, on an override, down; who may not; two at once."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from accounts.models import AuditEvent
from attendance.models import SchoolYear
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from cases.models import Case, Hold, StageChange, StageOverride, TimelineEntry
from cases.read_models.overrides import overrides_waiting
from cases.services.stages import LONGEST_REASON, ask_override, decide_override, move_stage
from tests.factories.cases import (
    DAY,
    MOMENT,
    BarrierFactory,
    CaseFactory,
    ContactFactory,
    TimelineFactory,
)
from tests.factories.schools import SchoolFactory
from tests.factories.users import UserFactory

WHY = "The mornings are the barrier; the family wants help."


@pytest.fixture
def officer(user_with):
    return user_with("attendance_officer")


@pytest.fixture
def manager(user_with):
    return user_with("team_manager")


@pytest.fixture
def case(officer):
    """At Listen and understand: nothing on record yet."""
    return CaseFactory(stage=3, lead=officer)


def understood(case):
    ContactFactory(case=case, reached="both")
    BarrierFactory(case=case)
    return case


def move(case, by, to=4, reason=WHY, **facts):
    return move_stage(case=case, to_stage=to, reason=reason, by=by, on=DAY, at=MOMENT, **facts)


def ask(case, by, to=4, reason="The child is ill and cannot talk."):
    return ask_override(case=case, to_stage=to, reason=reason, by=by, on=DAY, at=MOMENT)


def decide(override, by, *, is_agreed=True, reason="Right for this child."):
    return decide_override(
        override=override, is_agreed=is_agreed, reason=reason, by=by, on=DAY, at=MOMENT
    )


def hold(case):
    return Hold.objects.create(
        pupil=case.pupil,
        kind="bereavement",
        reason="A grandmother died.",
        from_on=DAY,
        review_on=date(2026, 3, 20),
    )


def stage_of(case) -> int:
    return Case.objects.get(pk=case.pk).stage


# Up, on evidence.


def test_case_moves_with_its_reason_gates_and_evidence(case, officer):
    change = move(understood(case), officer)

    moved = Case.objects.get(pk=case.pk)
    assert (moved.stage, moved.stage_since, moved.version) == (4, DAY, case.version + 1)
    assert moved.updated_at == MOMENT
    assert (change.from_stage, change.to_stage, change.reason) == (3, 4, WHY)
    assert (change.by, change.by_role, change.override) == (officer, "attendance_officer", None)
    assert [(gate["key"], gate["state"]) for gate in change.gates] == [
        ("no_hold", "in_place"),
        ("child_talk", "in_place"),
        ("parent_talk", "in_place"),
        ("barrier", "in_place"),
    ]
    assert [one["text"] for one in change.evidence] == [
        "Call, the child and a parent, 2 Mar 2026",
        "Transport and the journey, 2 Mar 2026",
    ]


def test_move_is_told_and_audited(case, officer):
    move(understood(case), officer)

    line = TimelineEntry.objects.get(case=case, kind="stage")
    assert line.title == "Moved from Listen and understand to Facilitate support"
    assert (line.text, line.by_role, line.object_kind) == (WHY, "attendance_officer", "stagechange")
    event = AuditEvent.objects.get(verb="case.moved")
    assert (event.before, event.after) == ({"stage": 3}, {"stage": 4, "override": None})


def test_move_without_its_evidence_is_refused_gate_by_gate(case, officer):
    ContactFactory(case=case, reached="parent")
    with pytest.raises(Refused) as refused:
        move(case, officer)

    assert refused.value.code == "gates_missing"
    assert refused.value.message == (
        "You cannot move to Facilitate support yet: "
        "no conversation with the child is recorded; no barrier is named."
    )
    assert [(one.code, one.message) for one in refused.value.errors] == [
        ("child_talk", "no conversation with the child is recorded"),
        ("barrier", "no barrier is named"),
    ]
    assert stage_of(case) == 3
    assert not StageChange.objects.exists()


def test_enforce_from_here_lists_every_gate_and_moves_nothing(case, officer):
    with pytest.raises(Refused) as refused:
        move(understood(case), officer, to=6)

    assert [one.code for one in refused.value.errors] == [
        "plan_agreed",
        "plan_reviewed",
        "support_offered",
        "support_answered",
        "consequences",
        "previous_steps",
        "contract_offered",
        "supervision_considered",
        "formal_notes",
        "marks_fresh",
        "manager_agreed",
    ]
    assert stage_of(case) == 3


def test_hold_refuses_a_step_up(case, officer):
    hold(understood(case))
    with pytest.raises(Refused, match="a hold stands: bereavement, to be reviewed on 20 Mar 2026"):
        move(case, officer)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_move_needs_a_reason(case, officer, reason):
    with pytest.raises(Invalid) as wrong:
        move(understood(case), officer, reason=reason)
    assert wrong.value.errors[0].pointer == "reason"


def test_reason_has_a_longest(case, officer):
    move(understood(case), officer, reason="y" * LONGEST_REASON)
    with pytest.raises(Invalid):
        move(Case.objects.get(pk=case.pk), officer, to=3, reason="y" * (LONGEST_REASON + 1))


@pytest.mark.parametrize("to", [0, 7, 3])
def test_stage_must_be_another_of_the_six(case, officer, to):
    with pytest.raises(Invalid) as wrong:
        move(case, officer, to=to)
    assert wrong.value.errors[0].pointer == "to_stage"


# Down.


def test_step_down_needs_a_reason_and_nothing_else(officer):
    case = CaseFactory(stage=6, lead=officer)
    hold(case)
    change = move(case, officer, to=1)

    assert (stage_of(case), change.gates, change.evidence) == (1, [], [])


# Who.


def test_another_officer_is_told_who_leads(case, user_with):
    with pytest.raises(Refused, match=f"{case.lead} leads this case") as refused:
        move(understood(case), user_with("attendance_officer"))
    assert refused.value.code == "not_the_lead"


def test_cover_and_manager_may_move_it(case, manager, user_with):
    case.cover = user_with("attendance_officer")
    case.cover_until = DAY
    case.save()
    move(understood(case), case.cover)
    assert move(Case.objects.get(pk=case.pk), manager, to=3).by_role == "team_manager"


def test_cover_that_has_ended_may_not(case, user_with):
    case.cover = user_with("attendance_officer")
    case.cover_until = date(2026, 3, 1)
    case.save()
    with pytest.raises(Refused):
        move(understood(case), case.cover)


@pytest.mark.parametrize("role", ["analyst", "administrator", "panel_member"])
def test_role_without_stages_may_not(case, user_with, role):
    with pytest.raises(Refused) as refused:
        move(understood(case), user_with(role))
    assert refused.value.code == "permission_missing"


def test_case_of_another_school_is_out_of_scope(case, user_with):
    with pytest.raises(Refused) as refused:
        move(understood(case), user_with("school_lead", school=SchoolFactory()))
    assert refused.value.code == "out_of_scope"


def test_closed_case_does_not_move(officer):
    case = CaseFactory(lead=officer, status="closed", closed_on=DAY, next_review_on=None)
    with pytest.raises(Refused) as refused:
        move(case, officer, to=1)
    assert refused.value.code == "case_already_closed"


# Overrides.


def test_override_is_asked_for_with_what_is_missing(case, officer):
    override = ask(case, officer)

    assert (override.to_stage, override.decision, override.asked_by) == (4, "waiting", officer)
    assert override.missing == [
        {"key": "child_talk", "text": "no conversation with the child is recorded"},
        {"key": "parent_talk", "text": "no conversation with a parent is recorded"},
        {"key": "barrier", "text": "no barrier is named"},
    ]
    line = TimelineEntry.objects.get(case=case)
    assert line.title == "Override asked for: Facilitate support"
    assert AuditEvent.objects.filter(verb="case.override_asked").count() == 1
    assert stage_of(case) == 3


def test_override_is_asked_for_once_at_a_time(case, officer):
    ask(case, officer)
    with pytest.raises(Conflict, match="with the manager already"):
        ask(case, officer)


def test_override_of_nothing_is_not_asked_for(case, officer):
    with pytest.raises(Invalid, match="Nothing is missing"):
        ask(understood(case), officer)
    with pytest.raises(Invalid, match="Nothing is missing"):
        ask(case, officer, to=2)


def test_override_needs_a_reason(case, officer):
    with pytest.raises(Invalid) as wrong:
        ask(case, officer, reason=" ")
    assert wrong.value.errors[0].pointer == "reason"


def test_hold_cannot_be_overridden(case, officer):
    hold(case)
    with pytest.raises(Refused) as refused:
        ask(case, officer)
    assert [one.code for one in refused.value.errors] == ["no_hold"]


def test_old_marks_cannot_be_overridden(case, officer):
    with pytest.raises(Refused) as refused:
        ask(case, officer, to=6)
    assert [one.code for one in refused.value.errors] == ["marks_fresh"]


def test_only_who_leads_asks(case, user_with):
    with pytest.raises(Refused):
        ask(case, user_with("attendance_officer"))


def test_agreed_override_moves_the_case_and_shows_on_its_step(case, officer, manager):
    override = decide(ask(case, officer), manager)

    assert (override.decision, override.decided_by) == ("agreed", manager)
    assert override.decision_reason == "Right for this child."
    change = StageChange.objects.get()
    assert (change.override, change.by, change.by_role) == (override, manager, "team_manager")
    assert change.reason == "The child is ill and cannot talk."
    assert [gate["state"] for gate in change.gates] == [
        "in_place",
        "overridden",
        "overridden",
        "overridden",
    ]
    assert stage_of(case) == 4
    titles = list(TimelineEntry.objects.order_by("pk").values_list("title", flat=True))
    assert titles[1:] == [
        "Override agreed: Facilitate support",
        "Moved from Listen and understand to Facilitate support",
    ]
    assert AuditEvent.objects.filter(verb="case.override_decided").count() == 1


def test_override_not_agreed_moves_nothing(case, officer, manager):
    override = decide(ask(case, officer), manager, is_agreed=False)

    assert override.decision == "not_agreed"
    assert stage_of(case) == 3
    assert TimelineEntry.objects.filter(title="Override not agreed: Facilitate support").exists()


def test_what_went_missing_since_is_not_overridden(case, officer, manager):
    BarrierFactory(case=case)
    override = ask(case, officer)
    case.barriers.all().delete()
    with pytest.raises(Refused) as refused:
        decide(override, manager)

    assert [one.code for one in refused.value.errors] == ["barrier"]
    override.refresh_from_db()
    assert override.decision == "waiting"
    assert stage_of(case) == 3


def test_gate_mended_since_is_in_place_not_overridden(case, officer, manager):
    override = ask(case, officer)
    BarrierFactory(case=case)
    decide(override, manager)
    assert StageChange.objects.get().gates[-1]["state"] == "in_place"


def test_override_lets_one_step_pass_and_not_the_next(case, officer, manager):
    decide(ask(case, officer), manager)
    with pytest.raises(Refused) as refused:
        move(Case.objects.get(pk=case.pk), officer, to=5)
    assert "child_talk" in [one.code for one in refused.value.errors]


def test_manager_who_agrees_to_enforce_needs_no_second_agreement(case, officer, manager):
    SchoolYear.objects.create(school=case.school, academic_year=2025, last_mark_on=DAY)
    TimelineFactory(case=case, fact="manager_agreed")
    override = ask(case, officer, to=6)
    assert "manager_agreed" not in [one["key"] for one in override.missing]
    TimelineEntry.objects.filter(fact="manager_agreed").delete()
    decide(override, manager)
    assert stage_of(case) == 6


def test_nobody_decides_on_what_they_asked_for(case, manager):
    case.lead = manager
    case.save()
    with pytest.raises(Refused, match="another manager decides"):
        decide(ask(case, manager), manager)


def test_officer_does_not_decide(case, officer, user_with):
    with pytest.raises(Refused) as refused:
        decide(ask(case, officer), user_with("attendance_officer"))
    assert refused.value.code == "permission_missing"


def test_manager_of_other_schools_does_not_decide(case, officer, user_with):
    with pytest.raises(Refused) as refused:
        decide(ask(case, officer), user_with("team_manager", school=SchoolFactory()))
    assert refused.value.code == "out_of_scope"


def test_decision_needs_a_reason(case, officer, manager):
    with pytest.raises(Invalid):
        decide(ask(case, officer), manager, reason="")


def test_override_is_decided_once(case, officer, manager):
    override = ask(case, officer)
    decide(override, manager, is_agreed=False)
    with pytest.raises(Conflict, match="decided already: not agreed"):
        decide(override, manager)


def test_override_of_a_case_that_is_there_by_now_is_a_conflict(case, officer, manager):
    override = ask(case, officer)
    move(understood(case), officer)
    with pytest.raises(Conflict, match="The case is at Facilitate support by now"):
        decide(override, manager)
    override.refresh_from_db()
    assert override.decision == "waiting"


def test_agreed_override_is_used_once(case, officer, manager):
    override = decide(ask(case, officer), manager)
    back = Case.objects.get(pk=case.pk)
    move(back, officer, to=3)
    with pytest.raises(Conflict, match="used already"):
        move(Case.objects.get(pk=case.pk), officer, override=override)


def test_override_of_another_step_or_case_or_not_agreed_is_refused(case, officer):
    override = ask(case, officer)
    StageOverride.objects.filter(pk=override.pk).update(
        decision="agreed", decided_by=officer, decided_at=MOMENT
    )
    override.refresh_from_db()
    other = CaseFactory(stage=3, lead=officer)
    for wrong in (
        lambda: move(case, officer, to=5, override=override),
        lambda: move(other, officer, override=override),
    ):
        with pytest.raises(Refused, match="No manager agreed"):
            wrong()
    waiting = ask(other, officer)
    with pytest.raises(Refused, match="No manager agreed"):
        move(other, officer, override=waiting)


# Two at once.


def test_who_comes_second_is_told(case, officer, manager):
    seen = Case.objects.get(pk=understood(case).pk)
    move(case, officer)
    with pytest.raises(Conflict, match="Somebody moved this case to Facilitate support meanwhile"):
        move(seen, manager, to=2)
    assert StageChange.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_are_one(user_with):
    lead = user_with("attendance_officer")
    case = understood(CaseFactory(stage=3, lead=lead))
    both_ready, outcomes = threading.Barrier(2), []

    def press():
        seen = Case.objects.select_related("lead").get(pk=case.pk)
        both_ready.wait(timeout=20)
        try:
            outcomes.append(move(seen, lead).to_stage)
        except Conflict:
            outcomes.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(map(str, outcomes)) == ["4", "conflict"]
    assert StageChange.objects.count() == 1
    assert Case.objects.get(pk=case.pk).version == case.version + 1


def test_asker_without_any_role_is_refused(case):
    with pytest.raises(Refused) as refused:
        move(understood(case), UserFactory())
    assert refused.value.code == "no_access"


# What waits for a manager.


def test_manager_sees_what_waits_and_an_officer_nothing(case, officer, manager):
    first = ask(case, officer)
    other = ask(CaseFactory(stage=3, lead=officer), officer)
    StageOverride.objects.filter(pk=other.pk).update(asked_at=MOMENT - timedelta(days=1))
    assert overrides_waiting(manager) == [other, first]
    assert overrides_waiting(officer) == []


def test_what_was_decided_does_not_wait(case, officer, manager):
    decide(ask(case, officer), manager, is_agreed=False)
    assert overrides_waiting(manager) == []


def test_own_requests_and_closed_cases_do_not_wait(case, officer, manager):
    mine = CaseFactory(stage=3, lead=manager)
    ask(mine, manager)
    ask(case, officer)
    Case.objects.filter(pk=case.pk).update(status="closed", closed_on=DAY, next_review_on=None)
    assert overrides_waiting(manager) == []


def test_manager_of_other_schools_sees_nothing(case, officer, user_with):
    ask(case, officer)
    assert overrides_waiting(user_with("team_manager", school=SchoolFactory())) == []
