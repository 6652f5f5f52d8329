"""What becomes of a promise: done, dropped, handed on, taken over, shown to the family."""

from __future__ import annotations

from datetime import date
from functools import partial
from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from accounts.models import AuditEvent
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Conflict, DomainError, Invalid, Refused
from cases.models import Action, CaseWorker, TimelineEntry
from cases.services.actions import (
    answer_over,
    ask_over,
    complete_action,
    drop_action,
    reassign_action,
    set_family_copy,
)
from tests.factories.cases import ActionFactory, CaseFactory, PlanFactory
from tests.factories.pupils import PupilGrantFactory
from tests.factories.schools import SchoolFactory
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 3)


def now(by) -> dict:
    return {"by": by, "on": TODAY, "at": clock.now()}


def done(action, by, outcome="The pass has come.") -> Action:
    return complete_action(action=action, outcome=outcome, **now(by))


@pytest.fixture
def officer(user_with):
    return user_with("attendance_officer")


@pytest.fixture
def early_help(user_with):
    """Makes an early help worker who was given this child."""

    def make(case):
        user = user_with("early_help_worker")
        PupilGrantFactory(user=user, pupil=case.pupil)
        return user

    return make


def refuses(service, match: str, **facts) -> None:
    with pytest.raises(Refused, match=match):
        service(**facts)


def test_done_says_what_happened_on_the_timeline_and_in_the_trail(officer):
    action = done(ActionFactory(owner=officer), officer, " The pass has come. ")
    assert (action.state, action.ended_on, action.ended_by) == ("done", TODAY, officer)
    line = TimelineEntry.objects.get(case=action.case)
    assert (line.title, line.text) == ("Action done: Ask about the bus pass", "The pass has come.")
    entry = AuditEvent.objects.get(verb="action.done")
    assert (entry.before["state"], entry.after["state"]) == ("open", "done")
    assert "pass" not in str(entry.after)


def test_done_twice_is_one_record(officer):
    action = ActionFactory(owner=officer)
    done(action, officer)
    again = done(action, officer, "Pressed twice.")
    assert again.outcome == "The pass has come."
    assert TimelineEntry.objects.count() == AuditEvent.objects.count() == 1


def test_what_somebody_else_ended_is_not_ended_again(officer, user_with):
    action = ActionFactory(owner=officer)
    done(action, officer)
    manager = user_with("team_manager")
    refuses(
        complete_action, "marked done on 3 Mar 2026", action=action, outcome="x", **now(manager)
    )
    refuses(drop_action, "marked done on 3 Mar 2026", action=action, reason="x", **now(officer))


def test_done_needs_a_line(officer):
    with pytest.raises(Invalid, match="Say what happened") as problem:
        done(ActionFactory(owner=officer), officer, " ")
    assert problem.value.errors[0].pointer == "/outcome"
    with pytest.raises(Invalid, match="300 characters"):
        done(ActionFactory(owner=officer), officer, "x" * 301)


def test_dropped_says_why(officer):
    with pytest.raises(Invalid, match="Say why") as problem:
        drop_action(action=ActionFactory(owner=officer), reason="", **now(officer))
    assert problem.value.errors[0].pointer == "/reason"
    action = drop_action(
        action=ActionFactory(owner=officer), reason="The family moved.", **now(officer)
    )
    assert (action.state, action.outcome) == ("dropped", "The family moved.")


def test_the_lead_their_cover_and_a_manager_may_end_anothers_promise(user_with):
    lead, cover = user_with("attendance_officer"), user_with("attendance_officer")
    for who in (lead, cover, user_with("team_manager")):
        case = CaseFactory(lead=lead, cover=cover, cover_until=TODAY)
        assert done(ActionFactory(case=case), who).state == "done"


def test_cover_that_is_over_and_another_officer_may_not(user_with):
    cover = user_with("attendance_officer")
    case = CaseFactory(cover=cover, cover_until=date(2026, 3, 2))
    action = ActionFactory(case=case)
    for who in (cover, user_with("attendance_officer")):
        refuses(complete_action, "promised this. Ask to take it over", action=action, outcome="x",
                **now(who))  # fmt: skip


def test_early_help_ticks_its_own_only(early_help):
    case = CaseFactory()
    worker = early_help(case)
    assert done(ActionFactory(case=case, owner=worker), worker).state == "done"
    colleagues = ActionFactory(case=case, agency="early_help")
    refuses(complete_action, "promised this", action=colleagues, outcome="x", **now(worker))


def test_what_a_parent_promised_is_ended_by_whoever_works_on_the_case(early_help, user_with):
    case = CaseFactory()
    action = ActionFactory(case=case, owner=None, owner_name="Mum", agency="family")
    panel = user_with("panel_member")
    PupilGrantFactory(user=panel, pupil=case.pupil)
    refuses(complete_action, "Mum promised this", action=action, outcome="x", **now(panel))
    assert done(action, early_help(case)).state == "done"


def test_another_schools_lead_is_out_of_scope_for_everything(user_with):
    lead = user_with("school_lead", school=SchoolFactory())
    action = ActionFactory(asked_over_by=UserFactory(), plan=PlanFactory())
    facts = {"action": action, "match": "not one of yours", **now(lead)}
    refuses(complete_action, outcome="x", **facts)
    refuses(drop_action, reason="x", **facts)
    refuses(reassign_action, owner=lead, **facts)
    refuses(ask_over, **facts)
    refuses(answer_over, is_agreed=True, **facts)
    refuses(set_family_copy, shown=True, **facts)


def test_an_analyst_has_no_actions(user_with):
    action, analyst = ActionFactory(), user_with("analyst")
    refuses(complete_action, "role does not include", action=action, outcome="x", **now(analyst))


def test_my_action_stays_mine_when_the_child_has_left_my_school(user_with):
    lead = user_with("school_lead", school=SchoolFactory())
    assert done(ActionFactory(owner=lead), lead).state == "done"


def test_handed_on_it_leaves_mine_at_once(officer, user_with):
    action = ActionFactory(owner=officer)
    other = user_with("school_lead", school=action.case.school)
    handed = reassign_action(action=action, owner=other, **now(officer))
    assert (handed.owner, handed.agency) == (other, "school")
    assert not Action.objects.open().filter(owner=officer).exists()
    refuses(complete_action, "promised this", action=action, outcome="x",
            **now(user_with("attendance_officer")))  # fmt: skip
    assert TimelineEntry.objects.get().title == "Action handed on: Ask about the bus pass"


def test_whoever_wrote_it_down_may_hand_it_on_and_another_may_not(officer, user_with):
    action, other = ActionFactory(by=officer), user_with("attendance_officer")
    refuses(reassign_action, "promised this", action=action, owner=other, **now(other))
    assert reassign_action(action=action, owner=other, **now(officer)).owner == other


def test_a_part_in_the_case_says_which_agency_it_becomes(officer, user_with):
    action, panel = ActionFactory(owner=officer), user_with("panel_member")
    PupilGrantFactory(user=panel, pupil=action.pupil)
    assert reassign_action(action=action, owner=panel, **now(officer)).agency == "attendance"
    action = ActionFactory(owner=officer)
    PupilGrantFactory(user=panel, pupil=action.pupil)
    CaseWorker.objects.create(
        case=action.case, user=panel, agency="health", part="worker", from_on=TODAY
    )
    assert reassign_action(action=action, owner=panel, **now(officer)).agency == "health"


def test_a_named_parents_promise_can_be_given_to_somebody_with_a_login(officer):
    action = ActionFactory(owner=None, owner_name="Mum", agency="family")
    handed = reassign_action(action=action, owner=officer, **now(officer))
    assert (handed.owner, handed.owner_name, handed.agency) == (officer, "", "attendance")


def test_nobody_is_given_what_they_have_or_cannot_see(officer, user_with):
    action = ActionFactory(owner=officer)
    reassign_action(action=action, owner=officer, **now(officer))
    assert not AuditEvent.objects.exists()
    with pytest.raises(Invalid, match="holds no role"):
        reassign_action(action=action, owner=user_with("analyst"), **now(officer))


def test_asked_and_agreed_it_is_theirs(officer, user_with):
    owner = user_with("attendance_officer")
    action = ActionFactory(owner=owner)
    assert ask_over(action=action, **now(officer)).asked_over_by == officer
    ask_over(action=action, **now(officer))
    assert AuditEvent.objects.filter(verb="action.asked_over").count() == 1
    agreed = answer_over(action=action, is_agreed=True, **now(owner))
    assert (agreed.owner, agreed.asked_over_by) == (officer, None)


def test_asked_and_kept_it_stays(officer, user_with):
    owner = user_with("attendance_officer")
    action = ActionFactory(owner=owner)
    ask_over(action=action, **now(officer))
    kept = answer_over(action=action, is_agreed=False, **now(owner))
    assert (kept.owner, kept.asked_over_by, kept.asked_over_at) == (owner, None, None)
    refuses(answer_over, "Nobody is asking", action=action, is_agreed=True, **now(owner))


def test_one_asks_at_a_time(officer, user_with):
    action = ActionFactory(asked_over_by=UserFactory(name="Ann Bell"))
    with pytest.raises(Conflict, match="Ann Bell has asked already"):
        ask_over(action=action, **now(officer))


def test_one_does_not_ask_for_ones_own_nor_of_somebody_without_a_login(officer):
    refuses(ask_over, "yours already", action=ActionFactory(owner=officer), **now(officer))
    parents = ActionFactory(owner=None, owner_name="Mum")
    refuses(ask_over, "Mum has no login", action=parents, **now(officer))


def test_the_asker_does_not_answer(officer, user_with):
    action = ActionFactory(owner=UserFactory(name="Ann Bell"))
    ask_over(action=action, **now(officer))
    facts = {"action": action, "is_agreed": True}
    refuses(answer_over, "Ann Bell is asked", **facts, **now(officer))
    assert answer_over(**facts, **now(user_with("team_manager"))).owner == officer


def test_an_ended_promise_asks_nobody(officer):
    action = ActionFactory(owner=officer, asked_over_by=UserFactory())
    assert done(action, officer).asked_over_by is None


def test_the_family_copy_holds_six(officer):
    plan = PlanFactory()
    ActionFactory.create_batch(6, case=plan.case, plan=plan, on_family_copy=True)
    action = ActionFactory(case=plan.case, plan=plan)
    with pytest.raises(Invalid, match="room for 6"):
        set_family_copy(action=action, shown=True, **now(officer))
    first = Action.objects.filter(plan=plan).first()
    assert set_family_copy(action=first, shown=False, **now(officer)).on_family_copy is False
    assert set_family_copy(action=action, shown=True, **now(officer)).on_family_copy is True


def test_the_family_copy_is_for_open_actions_of_a_plan(officer, user_with):
    refuses(set_family_copy, "of a support plan", action=ActionFactory(), shown=True,
            **now(officer))  # fmt: skip
    plan = PlanFactory()
    ended = ActionFactory(case=plan.case, plan=plan, state="done", outcome="Done.", ended_on=TODAY)
    refuses(set_family_copy, "marked done", action=ended, shown=True, **now(officer))
    panel = user_with("panel_member")
    PupilGrantFactory(user=panel, pupil=plan.pupil)
    refuses(set_family_copy, "role does not include", action=ended, shown=False, **now(panel))


class TestASystem:
    """Another agency's system, in a call with a token that lets it write."""

    @pytest.fixture
    def machine(self, user_with):
        machine = user_with("machine")
        machine.is_machine = True
        machine.scopes_held, machine.agency = frozenset({"cases:write"}), "early_help"
        return machine

    def test_it_ends_what_its_agency_promised_and_no_more(self, machine):
        case = CaseFactory()
        PupilGrantFactory(user=machine, pupil=case.pupil)
        action = done(ActionFactory(case=case, agency="early_help"), machine)
        line = TimelineEntry.objects.get()
        assert (action.state, line.by_role, line.agency) == ("done", "machine", "early_help")
        refuses(complete_action, "promised this", action=ActionFactory(case=case), outcome="x",
                **now(machine))  # fmt: skip

    def test_without_a_grant_it_reaches_nothing(self, machine):
        action = ActionFactory(agency="early_help")
        refuses(complete_action, "not one of yours", action=action, outcome="x", **now(machine))


# Two at once.


def at_once(*deeds) -> list[str]:
    """Start all of them together; what each came to, by the name of what it returned or raised."""
    together, came_to = Barrier(len(deeds)), []

    def press(deed) -> None:
        together.wait()
        try:
            came_to.append(type(deed()).__name__)
        except DomainError as problem:
            came_to.append(type(problem).__name__)
        finally:
            connections[connection.alias].close()

    threads = [Thread(target=press, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(came_to)


@pytest.mark.django_db(transaction=True)
def test_two_presses_of_one_person_are_one_record(user_with):
    owner = user_with("attendance_officer")
    action = ActionFactory(owner=owner)
    assert at_once(*[lambda: done(action, owner)] * 2) == ["Action", "Action"]
    assert TimelineEntry.objects.count() == AuditEvent.objects.filter(verb="action.done").count()
    assert TimelineEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_people_one_is_told_that_it_has_ended(user_with):
    owner, manager = user_with("attendance_officer"), user_with("team_manager")
    action = ActionFactory(owner=owner)
    deeds = (lambda: done(action, owner), lambda: done(action, manager, "Seen."))
    assert at_once(*deeds) == ["Action", "Refused"]
    assert TimelineEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_last_row_of_the_family_copy_goes_to_one_of_two(user_with):
    officer, plan = user_with("attendance_officer"), PlanFactory()
    ActionFactory.create_batch(5, case=plan.case, plan=plan, on_family_copy=True)
    deeds = [
        partial(set_family_copy, action=action, shown=True, **now(officer))
        for action in ActionFactory.create_batch(2, case=plan.case, plan=plan)
    ]
    assert at_once(*deeds) == ["Action", "Invalid"]
    assert Action.objects.filter(plan=plan, on_family_copy=True).count() == 6


def test_who_asked_and_has_left_meanwhile_is_given_nothing(user_with, early_help):
    owner = user_with("attendance_officer")
    action = ActionFactory(case=CaseFactory(), owner=owner)
    asker = early_help(action.case)
    ask_over(action=action, **now(asker))
    asker.pupil_grants.update(ended_at=clock.now())

    with pytest.raises(Invalid, match="does not work with this child"):
        answer_over(action=action, is_agreed=True, **now(owner))

    action.refresh_from_db()
    assert action.owner == owner
    assert answer_over(action=action, is_agreed=False, **now(owner)).asked_over_by is None


def test_it_is_handed_to_nobody_who_does_not_work_with_the_child(officer, user_with):
    action = ActionFactory(owner=officer)
    stranger = user_with("school_lead", school=SchoolFactory())
    with pytest.raises(Invalid, match="does not work with this child"):
        reassign_action(action=action, owner=stranger, **now(officer))
    assert Action.objects.get().owner == officer
