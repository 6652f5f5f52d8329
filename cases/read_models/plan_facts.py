"""What the rules of a plan stand on, read from its rows: may it be agreed, when is it reviewed."""

from __future__ import annotations

from datetime import date

from attendance.read_models.calendar import ExpectedDays
from attendance.states import Tag
from cases.models import Barrier, SupportPlan
from cases.rules.plans import (
    LONGEST_TO_REVIEW,
    GoalFacts,
    PlanFacts,
    Problem,
    ReviewFacts,
    agree_problems,
    plan_tag,
)
from cases.rules.reviews import falls_due
from cases.states import TRACKS, Track
from schools.models import Term


def problems_of(plan: SupportPlan, *, on: date, agreed_without: str = "") -> list[Problem]:
    """What is in the way of agreeing the plan today. Six queries."""
    return agree_problems(facts_of(plan, on=on, agreed_without=agreed_without))


def facts_of(plan: SupportPlan, *, on: date, agreed_without: str = "") -> PlanFacts:
    """The plan as the rules ask about it."""
    actions = plan.actions.open()
    return PlanFacts(
        forename=plan.pupil.forename,
        child_view=plan.child_view,
        no_child_view=plan.no_child_view,
        family_view=plan.family_view,
        no_family_view=plan.no_family_view,
        barriers=Barrier.objects.filter(case=plan.case_id, eased_on__isnull=True).count(),
        goals=[
            GoalFacts(goal.text, goal.measure, goal.baseline, goal.target, goal.target_on)
            for goal in plan.goals.all()
        ],
        actions=actions.count(),
        on_family_copy=actions.filter(on_family_copy=True).count(),
        review=review_facts(plan, plan.next_review_on, today=on),
        agreed_without=agreed_without,
    )


def review_facts(plan: SupportPlan, on: date | None, *, today: date) -> ReviewFacts:
    """A next review with the days around it, for the school and the track of the case."""
    days, meets = ExpectedDays(), plan.case.school.meeting_days
    track = Track(plan.case.track)
    return ReviewFacts(
        on=on,
        today=today,
        is_school_day=on is None or _is_school_day(days, on, meets),
        latest=days.after(today, LONGEST_TO_REVIEW[track], meets),
        usual=days.after(today, TRACKS[track].review_school_days, meets),
    )


def _is_school_day(days: ExpectedDays, on: date, meets: str) -> bool:
    """By the terms that are known; beyond the last of them the school's weekdays count."""
    if days.is_school_day(on, meets):
        return True
    is_known = Term.objects.filter(ends_on__gte=on).exists()
    return not is_known and str(on.isoweekday()) in meets


def tag_of(plan: SupportPlan, *, on: date) -> Tag:
    """Draft, Child's view missing, Agreed, Review due or Ended. Of a closed case no review is
    due, nor of a paused one before its pause is over."""
    due_on = falls_due(plan.next_review_on, paused_until=plan.case.paused_until)
    return plan_tag(
        state=plan.state,
        has_child_view=bool(plan.child_view.strip() or plan.no_child_view.strip()),
        next_review_on=due_on if plan.case.is_live else None,
        today=on,
    )
