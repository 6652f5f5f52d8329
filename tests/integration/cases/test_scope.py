"""Who sees casework: roles that see it, for children on a roll in scope now or granted."""

from __future__ import annotations

from datetime import date

import pytest

from attendance_portal.shared import clock
from cases.models import Action, Case, Contact, Hold, SupervisionNote, TimelineEntry
from tests.factories.cases import (
    ActionFactory,
    CaseFactory,
    ContactFactory,
    GoalFactory,
    TimelineFactory,
)
from tests.factories.pupils import EnrolmentFactory, PupilGrantFactory
from tests.factories.schools import SchoolFactory

pytestmark = pytest.mark.django_db


def shown(model, user) -> list:
    return list(model.objects.visible_to(user))


@pytest.mark.parametrize("role", ["attendance_officer", "team_manager"])
def test_the_council_sees_every_case(role, user_with):
    case = CaseFactory()
    assert shown(Case, user_with(role)) == [case]


@pytest.mark.parametrize("role", ["analyst", "administrator"])
def test_roles_without_casework_see_none(role, user_with):
    CaseFactory()
    assert shown(Case, user_with(role)) == []


@pytest.mark.parametrize("role", ["early_help_worker", "panel_member"])
def test_partners_see_only_the_children_granted(role, user_with):
    case, _other = CaseFactory(), CaseFactory()
    user = user_with(role)
    assert shown(Case, user) == []
    PupilGrantFactory(user=user, pupil=case.pupil)
    assert shown(Case, user) == [case]


def test_a_grant_taken_away_shows_nothing_from_that_moment(user_with):
    case, user = CaseFactory(), user_with("early_help_worker")
    grant = PupilGrantFactory(user=user, pupil=case.pupil)
    grant.ended_at = clock.now()
    grant.save()
    assert shown(Case, user) == []
    assert shown(Contact, user) == []


def test_a_school_sees_the_case_while_the_child_is_on_its_roll(user_with, today):
    enrolment = EnrolmentFactory(ends_on=today)
    case = CaseFactory(enrolment=enrolment)
    assert shown(Case, user_with("school_lead", school=enrolment.school)) == [case]


def test_a_school_sees_nothing_of_the_case_once_the_child_has_left(user_with):
    enrolment = EnrolmentFactory(ends_on=date(2026, 3, 2))
    case = CaseFactory(enrolment=enrolment)
    ContactFactory(case=case)
    lead = user_with("school_lead", school=enrolment.school)
    assert shown(Case, lead) == []
    assert shown(Contact, lead) == []


def test_the_next_school_sees_the_case_and_the_last_one_does_not(user_with):
    left = EnrolmentFactory(ends_on=date(2026, 2, 27))
    case = CaseFactory(enrolment=left)
    joined = EnrolmentFactory(pupil=left.pupil, starts_on=date(2026, 3, 2))
    assert shown(Case, user_with("school_lead", school=joined.school)) == [case]
    assert shown(Case, user_with("school_lead", school=left.school)) == []


def test_a_school_that_awaits_confirmation_sees_nothing_of_the_case(user_with):
    case = CaseFactory()
    waiting = EnrolmentFactory(pupil=case.pupil, awaiting_confirmation=True)
    assert shown(Case, user_with("school_lead", school=waiting.school)) == []


def test_being_an_analyst_of_everyone_adds_no_case_to_a_school_lead(user_with):
    case, _other = CaseFactory(), CaseFactory()
    user = user_with("school_lead", school=case.school)
    user_with("analyst", user=user)
    assert shown(Case, user) == [case]


# Restricted notes.


@pytest.mark.parametrize(
    ("model", "factory"), [(Contact, ContactFactory), (TimelineEntry, TimelineFactory)]
)
def test_a_restricted_row_is_read_by_its_writer_the_lead_the_cover_and_managers(
    model, factory, user_with
):
    writer, lead, cover = (user_with("attendance_officer") for _ in range(3))
    case = CaseFactory(lead=lead, cover=cover)
    row = factory(case=case, by=writer, is_restricted=True)
    for reader in (writer, lead, cover, user_with("team_manager")):
        assert shown(model, reader) == [row]
    assert shown(model, user_with("attendance_officer")) == []
    assert shown(model, user_with("school_lead", school=case.school)) == []


def test_a_restricted_contact_of_a_child_without_a_case_is_its_writers(user_with):
    writer = user_with("attendance_officer")
    row = ContactFactory(by=writer, is_restricted=True)
    assert shown(Contact, writer) == [row]
    assert shown(Contact, user_with("attendance_officer")) == []


def test_supervision_is_for_writer_lead_and_managers(user_with):
    lead, writer, other = (user_with("attendance_officer") for _ in range(3))
    case = CaseFactory(lead=lead, cover=other)
    note = SupervisionNote.objects.create(
        case=case, on=date(2026, 3, 2), text="Reviewed.", by=writer, at=clock.now()
    )
    assert shown(SupervisionNote, lead) == shown(SupervisionNote, writer) == [note]
    assert shown(SupervisionNote, user_with("team_manager")) == [note]
    assert shown(SupervisionNote, other) == []


# What hangs on a case or a child.


def test_parts_of_a_plan_follow_the_child(user_with):
    goal = GoalFactory()
    case = goal.plan.case
    assert shown(type(goal), user_with("school_lead", school=case.school)) == [goal]
    assert shown(type(goal), user_with("school_lead", school=SchoolFactory())) == []


def test_holds_follow_the_child(user_with):
    case = CaseFactory()
    hold = Hold.objects.create(
        pupil=case.pupil, kind="bereavement", reason="A loss.",
        from_on=date(2026, 3, 2), review_on=date(2026, 4, 1),
    )  # fmt: skip
    assert shown(Hold, user_with("school_lead", school=case.school)) == [hold]
    assert shown(Hold, user_with("early_help_worker")) == []


def test_ones_own_action_stays_ones_own_when_the_child_is_no_longer_seen(user_with):
    worker = user_with("early_help_worker")
    mine = ActionFactory(owner=worker)
    ActionFactory()
    assert shown(Action, worker) == [mine]


def test_an_action_about_a_school_is_seen_by_that_school(user_with):
    school = SchoolFactory()
    action = ActionFactory(case=None, pupil=None, school=school, origin="tsm", origin_label="TSM")
    assert shown(Action, user_with("school_lead", school=school)) == [action]
    assert shown(Action, user_with("school_lead", school=SchoolFactory())) == []
