"""Rows of a plan: goals, small steps, adjustments. They are added, reached and ended one by one.

Raises: Refused (this person may not, or not now), Invalid (what cannot be used, at its field).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from accounts.models import User
from attendance.read_models import year_counts
from attendance.rules.absence import is_too_early_to_say
from attendance.selectors import figures_date
from attendance_portal.shared import wording
from attendance_portal.shared.errors import Refused
from cases.choices import ADJUSTMENTS, SMALL_STEPS
from cases.models import Adjustment, Goal, SmallStep, SupportPlan
from cases.rules.plans import GoalFacts, goal_problem
from cases.services.common import write_audit
from cases.services.planning import locked_plan, tell_of_plan
from cases.services.plans import touch
from cases.services.typed import fits, gone_by, needed, one_of, wrong
from cases.states import PlanState
from schools.models import Enrolment

ATTENDANCE_MEASURE: Final = "Sessions missed, from the registers"
OTHER: Final = "other"


@transaction.atomic
def add_goal(
    *,
    plan: SupportPlan,
    text: str,
    target_on: date,
    kind: str = Goal.Kind.OTHER,
    measure: str = "",
    baseline: str = "",
    target: str = "",
    target_percent: int | None = None,
    chosen_by_child: bool = False,
    by: User,
    on: date,
    at: datetime,
) -> Goal:
    """What we hope for, with measure, baseline, target and day: without them it is refused.

    An attendance goal takes its measure and baseline from the marks and its target from
    `target_percent`, the share of sessions missed at most.
    """
    held = locked_plan(plan, by)
    one_of(kind, Goal.Kind.values, "Choose what sort of goal it is.", pointer="kind")
    goal = Goal(
        plan=held,
        kind=kind,
        text=needed(text, "Say what is hoped for.", pointer="text", longest=300),
        measure=fits(measure, pointer="measure", longest=300),
        baseline=fits(baseline, pointer="baseline", longest=200),
        target=fits(target, pointer="target", longest=200),
        target_on=target_on,
        chosen_by_child=chosen_by_child,
    )
    if kind == Goal.Kind.ATTENDANCE:
        _measure_by_marks(goal, held, target_percent)
    _check_goal(goal, on)
    goal.save()
    touch(held, at)
    tell_of_plan(held.case, "Plan: a goal was set", by=by, on=on, at=at, about=goal)
    write_audit(
        verb="goal.set",
        about=goal,
        by=by,
        at=at,
        after={"plan": held.pk, "kind": kind, "target_on": target_on.isoformat()},
    )
    return goal


def _measure_by_marks(goal: Goal, plan: SupportPlan, percent: int | None) -> None:
    """Measure, baseline and target of a goal about days at school."""
    if percent is None or not 0 <= percent <= 100:
        raise wrong("Give a whole number from 0 to 100.", pointer="target_percent")
    goal.measure = ATTENDANCE_MEASURE
    goal.target_percent = percent
    goal.target = f"At most {percent}% of sessions missed"
    goal.baseline_on = figures_date()
    counts = _year_of(plan, goal.baseline_on) if goal.baseline_on else None
    if counts is None or is_too_early_to_say(counts[1], settings.MINIMUM_POSSIBLE_SESSIONS):
        goal.baseline = "Too early to say"
        return
    goal.baseline_absent, goal.baseline_possible = counts
    goal.baseline = (
        f"{counts[0]} of {wording.counted(counts[1], 'session')} missed this school year"
    )


def _year_of(plan: SupportPlan, as_of: date) -> tuple[int, int] | None:
    """Sessions missed and possible in the year so far, at the school of the case."""
    rows = Enrolment.objects.filter(
        pupil=plan.pupil_id, school=plan.case.school_id, starts_on__lte=as_of
    ).order_by("-starts_on")[:1]
    chosen = Enrolment.objects.filter(pk__in=[row.pk for row in rows])
    found = next(iter(year_counts(chosen, as_of=as_of).values()), None)
    return (found.authorised + found.unauthorised, found.possible) if found else None


def _check_goal(goal: Goal, on: date) -> None:
    if goal.target_on <= on:
        raise wrong("Choose a day after today.", pointer="target_on")
    problem = goal_problem(
        GoalFacts(goal.text, goal.measure, goal.baseline, goal.target, goal.target_on)
    )
    if problem:
        missing = next(
            name for name in ("measure", "baseline", "target") if not getattr(goal, name)
        )
        raise wrong(problem, pointer=missing)


@transaction.atomic
def reach_goal(*, goal: Goal, reached_on: date, by: User, on: date, at: datetime) -> Goal:
    """It was reached on that day. Said twice, it is told once."""
    held = locked_plan(goal.plan, by)
    row = Goal.objects.select_for_update().get(pk=goal.pk)
    if row.reached_on is not None:
        return row
    row.reached_on = gone_by(reached_on, on=on, pointer="reached_on")
    row.save(update_fields=["reached_on"])
    touch(held, at)
    tell_of_plan(held.case, "Plan: a goal was reached", by=by, on=on, at=at, about=row)
    _audit_row("goal.reached", row, held, by, at)
    return row


@transaction.atomic
def add_small_step(
    *, plan: SupportPlan, kind: str, text: str = "", by: User, on: date, at: datetime
) -> SmallStep:
    """One more rung on top of the ladder. A rung of the list that is there is that rung."""
    held = locked_plan(plan, by)
    one_of(kind, SMALL_STEPS, "Choose a step.", pointer="kind")
    if kind == OTHER:
        text = needed(text, "Say what the step is.", pointer="text", longest=200)
    text = fits(text, pointer="text", longest=200)
    there = held.small_steps.filter(kind=kind, text=text).first()
    if there is not None:
        return there
    place = (held.small_steps.aggregate(last=Max("place"))["last"] or 0) + 1
    step = SmallStep.objects.create(plan=held, kind=kind, text=text, place=place)
    touch(held, at)
    _audit_row("step.added", step, held, by, at)
    return step


@transaction.atomic
def reach_step(
    *, step: SmallStep, reached_on: date, note: str = "", by: User, on: date, at: datetime
) -> SmallStep:
    """The child took it, on that day; it counts whatever the registers show. Told once."""
    held = locked_plan(step.plan, by)
    row = SmallStep.objects.select_for_update().get(pk=step.pk)
    if row.reached_on is not None:
        return row
    row.reached_on = gone_by(reached_on, on=on, pointer="reached_on")
    row.reached_note = fits(note, pointer="reached_note", longest=300)
    row.save(update_fields=["reached_on", "reached_note"])
    touch(held, at)
    title = f"Small step reached: {SMALL_STEPS[row.kind]}"
    tell_of_plan(held.case, title, text=row.reached_note, by=by, on=on, at=at, about=row)
    _audit_row("step.reached", row, held, by, at)
    return row


@transaction.atomic
def add_adjustment(
    *,
    plan: SupportPlan,
    kind: str,
    text: str = "",
    who: str = "",
    from_on: date | None = None,
    by: User,
    on: date,
    at: datetime,
) -> Adjustment:
    """Something the school does differently. One of the list that stands is that one."""
    held = locked_plan(plan, by)
    one_of(kind, ADJUSTMENTS, "Choose what the school does.", pointer="kind")
    if kind == OTHER:
        text = needed(text, "Say what the school does.", pointer="text", longest=300)
    text = fits(text, pointer="text", longest=300)
    there = held.adjustments.filter(kind=kind, text=text, until_on__isnull=True).first()
    if there is not None:
        return there
    row = Adjustment.objects.create(
        plan=held,
        kind=kind,
        text=text,
        who=fits(who, pointer="who", longest=150),
        from_on=from_on or on,
    )
    touch(held, at)
    title = f"Adjustment at school: {ADJUSTMENTS[kind]}"
    tell_of_plan(held.case, title, text=text, by=by, on=on, at=at, about=row)
    _audit_row("adjustment.added", row, held, by, at)
    return row


@transaction.atomic
def end_adjustment(*, adjustment: Adjustment, by: User, on: date, at: datetime) -> Adjustment:
    """The school does it no longer, from today."""
    held = locked_plan(adjustment.plan, by)
    row = Adjustment.objects.select_for_update().get(pk=adjustment.pk)
    if row.until_on is not None:
        return row
    row.until_on = on
    row.save(update_fields=["until_on"])
    touch(held, at)
    title = f"Adjustment ended: {ADJUSTMENTS[row.kind]}"
    tell_of_plan(held.case, title, by=by, on=on, at=at, about=row)
    _audit_row("adjustment.ended", row, held, by, at)
    return row


@transaction.atomic
def take_out(*, row: Goal | SmallStep | Adjustment, by: User, on: date, at: datetime) -> None:
    """Take a row out of a draft: it was never agreed. An agreed plan keeps what it has."""
    held = locked_plan(row.plan, by)
    if held.state != PlanState.DRAFT or held.versions.exists():
        raise Refused(
            "An agreed plan keeps what was agreed. Say at its review what changes.",
            code="plan_agreed",
        )
    _audit_row("plan.row_taken_out", row, held, by, at)
    row.delete()
    touch(held, at)


def _audit_row(
    verb: str, row: Goal | SmallStep | Adjustment, plan: SupportPlan, by: User, at: datetime
) -> None:
    kind = row.kind
    write_audit(verb=verb, about=row, by=by, at=at, after={"plan": plan.pk, "kind": kind})
