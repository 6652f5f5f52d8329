"""Goals, small steps and adjustments of a plan."""

from datetime import date

import pytest

from accounts.models import AuditEvent
from attendance_portal.shared.errors import Invalid, Refused
from cases.models import Goal, SmallStep, TimelineEntry
from cases.services.plan_parts import (
    add_adjustment,
    add_goal,
    add_small_step,
    end_adjustment,
    reach_goal,
    reach_step,
    take_out,
)
from tests.factories.cases import DAY, MOMENT, CaseFactory, GoalFactory, PlanFactory
from tests.factories.plans import agreed_plan
from tests.factories.schools import MembershipFactory, SchoolFactory, make_terms

GOAL = {
    "text": "Ride the bus",
    "measure": "Mornings on the bus",
    "baseline": "None",
    "target": "Three a week",
    "target_on": date(2026, 5, 1),
}
BY_MARKS = {"kind": "attendance", "text": "More days in school", "target_on": date(2026, 5, 1)}


@pytest.fixture
def plan(db):
    return PlanFactory()


@pytest.fixture
def who(db):
    return {"by": MembershipFactory().user, "on": DAY, "at": MOMENT}


@pytest.fixture
def measured(borough):
    """The plan of Cal, who missed 40 of 50 sessions up to Friday 6 February."""
    return PlanFactory(case=CaseFactory(enrolment=borough.cal))


def test_goal_is_set_with_its_line_and_one_more_version(plan, who):
    goal = add_goal(plan=plan, chosen_by_child=True, **GOAL, **who)

    plan.refresh_from_db()
    assert (goal.text, goal.chosen_by_child, plan.version) == ("Ride the bus", True, 2)
    assert TimelineEntry.objects.get().title == "Plan: a goal was set"
    assert AuditEvent.objects.get(verb="goal.set").after["plan"] == plan.pk


@pytest.mark.parametrize("blank", ["text", "measure", "baseline", "target"])
def test_goal_without_its_measure_is_invalid_at_that_field(plan, who, blank):
    with pytest.raises(Invalid) as wrong:
        add_goal(plan=plan, **{**GOAL, blank: " "}, **who)
    assert [error.pointer for error in wrong.value.errors] == [blank]
    assert not Goal.objects.exists()


def test_goal_is_for_a_day_to_come(plan, who):
    with pytest.raises(Invalid, match="after today"):
        add_goal(plan=plan, **{**GOAL, "target_on": DAY}, **who)
    assert add_goal(plan=plan, **{**GOAL, "target_on": date(2026, 3, 3)}, **who)


def test_goal_about_days_takes_its_baseline_from_the_marks(measured, who):
    goal = add_goal(plan=measured, target_percent=40, **BY_MARKS, **who)

    assert (goal.baseline_absent, goal.baseline_possible) == (40, 50)
    assert goal.baseline_on == date(2026, 2, 6)
    assert goal.baseline == "40 of 50 sessions missed this school year"
    assert goal.measure == "Sessions missed, from the registers"
    assert goal.target == "At most 40% of sessions missed"


def test_goal_about_days_before_there_are_enough_marks_says_so(plan, who):
    goal = add_goal(plan=plan, target_percent=10, **BY_MARKS, **who)
    assert (goal.baseline, goal.baseline_possible) == ("Too early to say", None)


@pytest.mark.parametrize(
    ("percent", "works"), [(None, False), (-1, False), (0, True), (100, True), (101, False)]
)
def test_target_is_a_whole_percentage(plan, who, percent, works):
    if works:
        assert add_goal(plan=plan, target_percent=percent, **BY_MARKS, **who)
        return
    with pytest.raises(Invalid, match="from 0 to 100"):
        add_goal(plan=plan, target_percent=percent, **BY_MARKS, **who)


def test_unknown_sort_of_goal_is_invalid(plan, who):
    with pytest.raises(Invalid, match="what sort of goal"):
        add_goal(plan=plan, **{**GOAL, "kind": "grades"}, **who)


def test_goal_is_reached_once(plan, who):
    goal = GoalFactory(plan=plan)
    for on in (date(2026, 2, 27), DAY):
        reach_goal(goal=goal, reached_on=on, **who)
    goal.refresh_from_db()
    assert goal.reached_on == date(2026, 2, 27)
    assert TimelineEntry.objects.count() == 1


def test_goal_is_not_reached_tomorrow(plan, who):
    with pytest.raises(Invalid, match="today or an earlier day"):
        reach_goal(goal=GoalFactory(plan=plan), reached_on=date(2026, 3, 3), **who)


def test_steps_stand_in_the_order_in_which_they_were_added(plan, who):
    for kind in ("one_lesson", "out_of_the_house"):
        add_small_step(plan=plan, kind=kind, **who)
    assert [str(step) for step in plan.small_steps.all()] == ["One lesson", "Out of the house"]


def test_step_of_the_list_stands_once_and_own_words_as_often_as_they_differ(plan, who):
    for _ in range(2):
        add_small_step(plan=plan, kind="a_club", **who)
    for text in ("Feeds the dog", "Walks the dog", "Walks the dog"):
        add_small_step(plan=plan, kind="other", text=text, **who)
    assert SmallStep.objects.count() == 3


@pytest.mark.parametrize(
    ("facts", "says"),
    [({"kind": "a_flight"}, "Choose a step"), ({"kind": "other", "text": " "}, "what the step is")],
)
def test_step_that_says_nothing_is_invalid(plan, who, facts, says):
    with pytest.raises(Invalid, match=says):
        add_small_step(plan=plan, **facts, **who)


def test_step_counts_for_a_child_who_attended_nothing(measured, who):
    step = add_small_step(plan=measured, kind="out_of_the_house", **who)
    for note in ("Walked to the shop.", "Again."):
        reach_step(step=step, reached_on=date(2026, 2, 27), note=note, **who)

    step.refresh_from_db()
    assert (step.reached_on, step.reached_note) == (date(2026, 2, 27), "Walked to the shop.")
    line = TimelineEntry.objects.get(title="Small step reached: Out of the house")
    assert line.text == "Walked to the shop."


def test_adjustment_begins_and_ends_with_a_line_each(plan, who):
    row = add_adjustment(plan=plan, kind="greeted", who="Ms Hill", **who)
    assert add_adjustment(plan=plan, kind="greeted", **who).pk == row.pk
    for _ in range(2):
        end_adjustment(adjustment=row, **who)

    row.refresh_from_db()
    assert (row.from_on, row.until_on, row.who) == (DAY, DAY, "Ms Hill")
    assert [line.title for line in TimelineEntry.objects.order_by("pk")] == [
        "Adjustment at school: Greeted by name at the door",
        "Adjustment ended: Greeted by name at the door",
    ]
    assert add_adjustment(plan=plan, kind="greeted", **who).pk != row.pk


@pytest.mark.parametrize(
    ("facts", "says"),
    [({"kind": "robot"}, "what the school does"), ({"kind": "other"}, "Say what the school does")],
)
def test_adjustment_that_says_nothing_is_invalid(plan, who, facts, says):
    with pytest.raises(Invalid, match=says):
        add_adjustment(plan=plan, **facts, **who)


def test_row_of_a_draft_may_be_taken_out_and_its_trail_stays(plan, who):
    goal = GoalFactory(plan=plan)
    take_out(row=goal, **who)
    assert not Goal.objects.exists()
    assert AuditEvent.objects.get().verb == "plan.row_taken_out"


def test_what_was_agreed_stays(who):
    make_terms()
    plan = agreed_plan(CaseFactory(), who["by"])
    with pytest.raises(Refused, match="keeps what was agreed"):
        take_out(row=plan.goals.get(), **who)
    assert plan.goals.count() == 1


def test_lead_of_another_school_adds_nothing(plan, who):
    lead = MembershipFactory(role="school_lead", scope="school", school=SchoolFactory()).user
    other = {**who, "by": lead}
    with pytest.raises(Refused, match="not one of yours"):
        add_goal(plan=plan, **GOAL, **other)
    with pytest.raises(Refused, match="not one of yours"):
        add_small_step(plan=plan, kind="a_club", **other)
    with pytest.raises(Refused, match="not one of yours"):
        add_adjustment(plan=plan, kind="greeted", **other)
