"""A promise is written down: by whom, for whom, by when."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import AuditEvent
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Invalid, Refused
from cases.models import Action, TimelineEntry
from cases.services.actions import add_action
from cases.states import Origin
from tests.factories.cases import ActionFactory, CaseFactory, PlanFactory
from tests.factories.pupils import EnrolmentFactory, PupilGrantFactory
from tests.factories.schools import SchoolFactory
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 3)


@pytest.fixture
def officer(user_with):
    return user_with("attendance_officer")


def add(by, **facts) -> Action:
    default = {
        "text": "Ask about the bus pass",
        "due_on": date(2026, 3, 5),
        "origin": Origin.CASE,
        "origin_label": "Case",
        "agency": "attendance",
    }
    if "owner_name" not in facts:
        default["owner"] = by
    return add_action(**{**default, **facts}, by=by, on=TODAY, at=clock.now())


def test_a_promise_is_kept_with_a_line_and_an_entry(officer):
    case = CaseFactory()
    action = add(officer, case=case)
    assert (action.pupil, action.owner, action.state) == (case.pupil, officer, "open")
    line = TimelineEntry.objects.get(case=case)
    assert (line.kind, line.title) == ("action", "Action agreed: Ask about the bus pass")
    assert (line.object_kind, line.object_ref) == ("action", str(action.pk))
    entry = AuditEvent.objects.get(verb="action.added")
    assert entry.after["owner"] == officer.pk
    assert "bus" not in str(entry.after)


def test_the_plan_says_which_case_and_child(officer):
    plan = PlanFactory()
    action = add(officer, plan=plan, origin=Origin.PLAN)
    assert (action.case, action.pupil) == (plan.case, plan.pupil)


def test_a_parent_without_a_login_is_named(officer):
    action = add(officer, case=CaseFactory(), owner_name=" Mum ", agency="family")
    assert (action.owner, action.owner_name) == (None, "Mum")


def test_an_action_about_a_whole_school_has_no_line(officer):
    action = add(officer, school=SchoolFactory(), origin=Origin.TSM)
    assert action.pupil is None
    assert not TimelineEntry.objects.exists()


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"text": "  "}, "/text"),
        ({"text": "x" * 301}, "/text"),
        ({"due_on": date(2026, 3, 2)}, "/due_on"),
        ({"agency": "nobody"}, "/agency"),
        ({"owner": None}, "/owner"),
    ],
)
def test_what_cannot_be_used_says_which_field(officer, facts, field):
    with pytest.raises(Invalid) as problem:
        add(officer, case=CaseFactory(), **facts)
    assert problem.value.errors[0].pointer == field
    assert not Action.objects.exists()


def test_two_owners_are_one_too_many(officer):
    with pytest.raises(Invalid, match="Choose one person"):
        add(officer, case=CaseFactory(), owner=officer, owner_name="Mum")


def test_an_owner_must_have_a_list_of_actions(officer, user_with):
    with pytest.raises(Invalid, match="holds no role that has actions"):
        add(officer, case=CaseFactory(), owner=user_with("analyst"))
    with pytest.raises(Invalid, match="holds no role that has actions"):
        add(officer, case=CaseFactory(), owner=UserFactory())
    assert add(officer, case=CaseFactory(), owner=user_with("panel_member")).pk


def test_it_must_be_about_somebody(officer):
    with pytest.raises(Invalid, match="which child or school"):
        add(officer)


def test_another_schools_child_case_and_school_are_refused(user_with):
    lead = user_with("school_lead", school=SchoolFactory())
    case = CaseFactory()
    with pytest.raises(Refused, match="case is not one of yours"):
        add(lead, case=case)
    with pytest.raises(Refused, match="child is not one of yours"):
        add(lead, pupil=case.pupil)
    with pytest.raises(Refused, match="school is not one of yours"):
        add(lead, school=case.school)
    assert not Action.objects.exists()


def test_school_that_a_child_has_left_promises_nothing_about_the_child(user_with):
    left = EnrolmentFactory(ends_on=date(2026, 2, 27))
    lead = user_with("school_lead", school=left.school)
    with pytest.raises(Refused, match="child is not one of yours"):
        add(lead, pupil=left.pupil, origin=Origin.CONTACT)
    left.ends_on = TODAY
    left.save()
    assert add(lead, pupil=left.pupil, origin=Origin.CONTACT).pupil == left.pupil


def test_a_closed_case_takes_no_new_promise(officer):
    case = CaseFactory(status="closed", closed_on=TODAY)
    with pytest.raises(Refused, match="Reopen it first"):
        add(officer, case=case)


@pytest.mark.parametrize(
    ("origin", "role", "is_allowed"),
    [
        (Origin.CASE, "panel_member", False),
        (Origin.CONTACT, "panel_member", False),
        (Origin.PLAN, "panel_member", False),
        (Origin.PANEL, "panel_member", True),
        (Origin.TSM, "panel_member", True),
        (Origin.CASE, "early_help_worker", True),
        (Origin.CONTACT, "early_help_worker", True),
        (Origin.PLAN, "early_help_worker", True),
    ],
)
def test_where_it_is_promised_says_who_may_write_it_down(origin, role, is_allowed, user_with):
    case, user = CaseFactory(), user_with(role)
    PupilGrantFactory(user=user, pupil=case.pupil)
    if is_allowed:
        assert add(user, case=case, origin=origin).origin == origin
    else:
        with pytest.raises(Refused, match="Your role does not include this"):
            add(user, case=case, origin=origin)


def test_the_family_copy_has_six_rows(officer):
    plan = PlanFactory()
    facts = {"plan": plan, "origin": Origin.PLAN, "on_family_copy": True}
    ActionFactory.create_batch(5, case=plan.case, plan=plan, on_family_copy=True)
    ActionFactory(case=plan.case, plan=plan, on_family_copy=False)
    add(officer, **facts)
    with pytest.raises(Invalid, match="room for 6 actions"):
        add(officer, **facts)


def test_only_a_plan_has_a_family_copy(officer):
    with pytest.raises(Invalid, match="of a support plan"):
        add(officer, case=CaseFactory(), on_family_copy=True)
