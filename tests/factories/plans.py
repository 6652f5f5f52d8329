"""A support plan that is whole, made by walking its services."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from cases.models import Case, SupportPlan
from cases.services.actions import add_action
from cases.services.barriers import name_barrier
from cases.services.plan_parts import add_goal
from cases.services.plans import agree_plan, save_part, start_plan
from cases.states import Origin
from tests.factories.cases import DAY, MOMENT

NEXT_REVIEW = date(2026, 3, 24)


def whole_plan(case: Case, by: User, *, next_review_on: date = NEXT_REVIEW) -> SupportPlan:
    """A draft with everything that agreeing asks for, as of 2 March 2026. Terms must be made."""
    who = {"by": by, "on": DAY, "at": MOMENT}
    plan = start_plan(case=case, **who)
    name_barrier(case=case, kind="transport", named_by="child", **who)
    add_goal(
        plan=plan,
        text="Ride the bus with a friend",
        measure="Mornings on the bus",
        baseline="None",
        target="Three a week",
        target_on=date(2026, 5, 1),
        **who,
    )
    add_action(
        text="Ask about the bus pass",
        due_on=date(2026, 3, 9),
        origin=Origin.PLAN,
        origin_label="Support plan",
        agency="attendance",
        owner=by,
        plan=plan,
        on_family_copy=True,
        **who,
    )
    plan.refresh_from_db()
    words = {"child_view": "I like art.", "family_view": "Mornings are hard."}
    changes = {**words, "next_review_on": next_review_on}
    return save_part(plan=plan, version=plan.version, changes=changes, **who)


def agreed_plan(case: Case, by: User, *, next_review_on: date = NEXT_REVIEW) -> SupportPlan:
    """The same, agreed on that day by the child and whoever wrote it."""
    plan = whole_plan(case, by, next_review_on=next_review_on)
    agree_plan(
        plan=plan,
        version=plan.version,
        parties=[("Robin", "family"), (str(by), "attendance")],
        by=by,
        on=DAY,
        at=MOMENT,
    )
    plan.refresh_from_db()
    return plan
