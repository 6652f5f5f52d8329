"""What a plan says, whole, as plain facts: what a version keeps and what every reader prints."""

from __future__ import annotations

from datetime import date
from typing import Any

from cases.choices import ADJUSTMENTS, BARRIERS, DOMAINS, SMALL_STEPS
from cases.models import Action, Adjustment, Barrier, Goal, PlanParty, SmallStep, SupportPlan
from cases.states import ActionState

#: The words of a plan that stand in its own row.
TEXTS = (
    "child_view",
    "no_child_view",
    "family_view",
    "no_family_view",
    "strengths",
    "child_will_try",
    "fresh_start_greeter",
    "fresh_start_first_day",
    "fresh_start_not_to_say",
    "ring_name",
    "ring_phone",
    "copies",
    "agreed_without",
)
LISTS = ("barriers", "goals", "small_steps", "adjustments", "actions", "parties")
DAYS = ("child_view_on", "family_view_on", "next_review_on", "agreed_on", "started_on", "ended_on")


def plan_content(plan: SupportPlan) -> dict[str, Any]:
    """Everything the plan says now; days as ISO text, so that a version reads back the same.

    Six queries. Keys: the plan's own texts and days, `state`, and lists `barriers`, `goals`,
    `small_steps`, `adjustments`, `actions`, `parties`. Actions that were dropped are left out.
    """
    content: dict[str, Any] = {name: getattr(plan, name) for name in TEXTS}
    content |= {name: _iso(getattr(plan, name)) for name in DAYS}
    content["state"] = plan.state
    standing = Barrier.objects.filter(case=plan.case_id, eased_on__isnull=True)
    content["barriers"] = [_barrier(row) for row in standing]
    content["goals"] = [_goal(row) for row in plan.goals.all()]
    content["small_steps"] = [_step(row) for row in plan.small_steps.all()]
    content["adjustments"] = [_adjustment(row) for row in plan.adjustments.all()]
    kept = plan.actions.exclude(state=ActionState.DROPPED).select_related("owner")
    content["actions"] = [_action(row) for row in kept]
    content["parties"] = [_party(row) for row in plan.parties.all()]
    return content


def _iso(on: date | None) -> str:
    return on.isoformat() if on else ""


def _barrier(row: Barrier) -> dict[str, Any]:
    known = BARRIERS[row.kind]
    return {
        "id": row.pk,
        "kind": row.kind,
        "label": known.label,
        "to_family": known.to_family,
        "domain": known.domain.value,
        "domain_label": DOMAINS[known.domain],
        "note": row.note,
        "named_by": row.named_by,
        "named_by_label": row.get_named_by_display(),
        "named_on": _iso(row.named_on),
    }


def _goal(row: Goal) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "text": row.text,
        "measure": row.measure,
        "baseline": row.baseline,
        "baseline_on": _iso(row.baseline_on),
        "target": row.target,
        "target_percent": row.target_percent,
        "target_on": _iso(row.target_on),
        "chosen_by_child": row.chosen_by_child,
        "reached_on": _iso(row.reached_on),
    }


def _step(row: SmallStep) -> dict[str, Any]:
    return {
        "id": row.pk,
        "text": row.text or SMALL_STEPS[row.kind],
        "reached_on": _iso(row.reached_on),
        "reached_note": row.reached_note,
    }


def _adjustment(row: Adjustment) -> dict[str, Any]:
    return {
        "id": row.pk,
        "text": row.text or ADJUSTMENTS[row.kind],
        "who": row.who,
        "from_on": _iso(row.from_on),
        "until_on": _iso(row.until_on),
    }


def _action(row: Action) -> dict[str, Any]:
    return {
        "id": row.pk,
        "text": row.text,
        "who": str(row.owner) if row.owner else row.owner_name,
        "agency": row.agency,
        "agency_label": row.get_agency_display(),
        "due_on": _iso(row.due_on),
        "state": row.state,
        "outcome": row.outcome,
        "on_family_copy": row.on_family_copy,
    }


def _party(row: PlanParty) -> dict[str, Any]:
    return {
        "name": row.name,
        "agency": row.agency,
        "agency_label": row.get_agency_display(),
        "agreed_on": _iso(row.agreed_on),
    }
