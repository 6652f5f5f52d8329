"""P9, progress: drawn from marks, with the start of the plan, and how late the marks are."""

from datetime import date

from tests.factories.cases import CaseFactory, GoalFactory, PlanFactory
from tests.factories.classes import SmallBorough
from tests.factories.schools import make_terms


def page(client, plan) -> str:
    return client.get(f"/plans/{plan.pk}/").content.decode()


def test_marks_are_drawn_with_the_start_of_the_plan(borough, signed_in):
    facts = {"case": CaseFactory(enrolment=borough.cal)}
    plan = PlanFactory(**facts, started_on=date(2026, 1, 21))
    GoalFactory(plan=plan, kind="attendance", text="More days", baseline_on=date(2026, 1, 9))
    client = signed_in("attendance_officer")

    text = page(client, plan)

    assert "Sessions were missed in 4 of 5 school weeks" in text
    assert "Plan started" in text
    assert "after these marks" not in text
    assert "Since 9 Jan 2026: 30 of 40 sessions missed, 75.0%." in text


def test_plan_that_started_after_the_last_mark_says_so(db, signed_in):
    borough = SmallBorough()
    borough.run(date(2026, 2, 13))
    plan = PlanFactory(case=CaseFactory(enrolment=borough.cal))
    goals = {"plan": plan, "kind": "attendance"}
    GoalFactory(**goals, baseline_on=date(2026, 2, 6))
    GoalFactory(**goals, baseline_on=date(2026, 1, 30))

    text = page(signed_in("attendance_officer"), plan)

    assert "The plan started on 2 Mar 2026, after these marks." in text
    assert "Since 6 Feb 2026: no marks yet." in text
    assert "Since 30 Jan 2026: 0 of 10 sessions missed. Too early to say." in text
    assert "Marks to Fri 6 Feb, 5 school days behind" in text


def test_child_without_marks_has_words_in_place_of_a_chart(signed_in):
    make_terms()
    text = page(signed_in("attendance_officer"), PlanFactory())

    assert "No marks received for this school year yet." in text
