"""The plan of one case, as a card of the case page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse

from attendance.states import Tag
from attendance_portal.shared import wording
from cases.choices import BARRIERS
from cases.models import Barrier, Case, SupportPlan
from cases.read_models.fresh_start import returned_after_absence
from cases.read_models.plan_facts import tag_of
from cases.rules.fresh_start import Return
from cases.services.planning import check_can_plan
from cases.states import ActionState, PlanState
from schools.permissions import allowed

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class PlanCard:
    """What the case page shows of its plan. `rows`: (key, value); `prompt`: a fresh start is due.

    Without a plan `href` starts one; it is empty where the reader may not. `start_href` starts
    another where the last has ended.
    """

    title: str
    tag: Tag | None
    child_view: str
    child_view_on: date | None
    rows: list[tuple[str, str]]
    barriers: list[str]
    href: str
    link: str
    may_name_barriers: bool
    prompt: str = ""
    prompt_href: str = ""
    start_href: str = ""


def plan_card(case: Case, user: User, *, on: date) -> PlanCard:
    """The standing plan, or the last that ended, or how to start one."""
    plan = (
        SupportPlan.objects.visible_to(user)
        .filter(case=case)
        .select_related("pupil")
        .order_by("-pk")
        .first()
    )
    barriers = Barrier.objects.visible_to(user).filter(case=case, eased_on__isnull=True)
    named = [BARRIERS[kind].label for kind in barriers.values_list("kind", flat=True)]
    may = allowed(check_can_plan, user, case)
    if plan is None:
        return PlanCard(
            title="No support plan yet",
            tag=None,
            child_view="",
            child_view_on=None,
            rows=[],
            barriers=named,
            href=reverse("plan_start", args=[case.reference]) if may else "",
            link="Start plan",
            may_name_barriers=may,
        )
    start = reverse("plan_start", args=[case.reference])
    has_ended = plan.state == PlanState.ENDED
    back = _prompt(case, plan, on) if not has_ended else ""
    return PlanCard(
        title="Support plan",
        tag=tag_of(plan, on=on),
        child_view=plan.child_view,
        child_view_on=plan.child_view_on,
        rows=_rows(plan),
        barriers=named,
        href=reverse("plan", args=[plan.pk]),
        link="Open the plan",
        may_name_barriers=may,
        prompt=back,
        prompt_href=reverse("fresh_start", args=[plan.pk]) if back else "",
        start_href=start if has_ended and may else "",
    )


def _rows(plan: SupportPlan) -> list[tuple[str, str]]:
    actions = list(plan.actions.exclude(state=ActionState.DROPPED).values_list("state", flat=True))
    done = sum(state == ActionState.DONE for state in actions)
    steps = list(plan.small_steps.values_list("reached_on", flat=True))
    reached = sum(day is not None for day in steps)
    rows = [
        ("Agreed", wording.day(plan.agreed_on) if plan.agreed_on else "Not yet"),
        ("Actions", f"{done} of {len(actions)} done" if actions else "None yet"),
    ]
    if steps:
        rows.append(("Small steps", f"{reached} of {len(steps)} reached"))
    if plan.state == PlanState.ENDED and plan.ended_on:
        return [*rows, ("Ended", f"{wording.day(plan.ended_on)}: {plan.end_reason}")]
    if not plan.case.is_live:
        return rows
    due = wording.day_of_week(plan.next_review_on) if plan.next_review_on else "No date yet"
    return [*rows, ("Next review", due)]


def _prompt(case: Case, plan: SupportPlan, on: date) -> str:
    """'Robin came back on Mon 2 Mar after 14 sessions away.'"""
    came_back = returned_after_absence(case.pupil, on=on)
    return return_line(plan.pupil.forename, came_back) if came_back else ""


def return_line(forename: str, came_back: Return) -> str:
    """Who came back when, after how long, in one sentence."""
    away = wording.counted(came_back.sessions_away, "session")
    return f"{forename} came back on {wording.short_day(came_back.on)} after {away} away."
