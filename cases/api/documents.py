"""What is sent and answered about cases, as documents. Written by hand, so that nothing of a child
goes out but what is named here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from attendance_portal.shared.clock import LONDON
from cases.choices import BARRIERS, CONTACT_KINDS, REACHED, choices_of
from cases.models import Action, Barrier, Case, Contact, Goal, Hold, SupportPlan
from cases.states import STAGES, Stage


class CaseRow(serializers.Serializer[Any]):
    """One case of the list."""

    reference = serializers.CharField()
    status = serializers.CharField(help_text="open, paused or closed.")
    stage = serializers.IntegerField(help_text="1 to 6.")
    stage_label = serializers.CharField()
    stage_since = serializers.DateField()
    track = serializers.CharField()
    team = serializers.CharField(help_text="The agency whose queue it is in.")
    urn = serializers.IntegerField(help_text="The school where it is worked.")
    upn = serializers.CharField()
    forename = serializers.CharField()
    surname = serializers.CharField()
    lead = serializers.CharField(allow_null=True, help_text="The name of who leads it.")
    opened_on = serializers.DateField()
    next_review_on = serializers.DateField(allow_null=True)
    closed_on = serializers.DateField(allow_null=True)
    updated_at = serializers.DateTimeField()


class ContactRow(serializers.Serializer[Any]):
    """One contact. Restricted notes are never among them."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    reached = serializers.CharField()
    said = serializers.CharField()
    child_words = serializers.CharField()
    family_words = serializers.CharField()
    barrier = serializers.CharField()
    consequences_explained = serializers.BooleanField()
    happened_at = serializers.DateTimeField()
    by_role = serializers.CharField()
    agency = serializers.CharField()


class ContactReceipt(serializers.Serializer[Any]):
    """A contact that was written down. Its words are not sent back, nor kept with the key."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    reached = serializers.CharField()
    happened_at = serializers.DateTimeField()
    by_role = serializers.CharField()
    agency = serializers.CharField()


class ActionRow(serializers.Serializer[Any]):
    """One action."""

    id = serializers.IntegerField()
    text = serializers.CharField()
    who = serializers.CharField()
    agency = serializers.CharField()
    due_on = serializers.DateField()
    state = serializers.CharField(help_text="open, done or dropped.")
    outcome = serializers.CharField()
    ended_on = serializers.DateField(allow_null=True)
    origin = serializers.CharField()
    agreed_at = serializers.CharField()


class BarrierRow(serializers.Serializer[Any]):
    """Something that makes school hard, not eased yet."""

    kind = serializers.CharField()
    domain = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # our field, not DRF's
    named_by = serializers.CharField()
    named_on = serializers.DateField()


class GoalRow(serializers.Serializer[Any]):
    """What is hoped for."""

    text = serializers.CharField()
    measure = serializers.CharField()
    target = serializers.CharField()
    target_on = serializers.DateField()
    reached_on = serializers.DateField(allow_null=True)


class PlanSummary(serializers.Serializer[Any]):
    """The standing support plan, in short."""

    state = serializers.CharField()
    started_on = serializers.DateField()
    agreed_on = serializers.DateField(allow_null=True)
    next_review_on = serializers.DateField(allow_null=True)
    child_view = serializers.CharField()
    family_view = serializers.CharField()
    goals = GoalRow(many=True)


class HoldSummary(serializers.Serializer[Any]):
    """Nothing steps up and nothing is sent while it stands."""

    kind = serializers.CharField()
    review_on = serializers.DateField()


class CaseDocument(CaseRow):
    """One case, whole: where it stands, its plan, what was promised, and the latest contacts."""

    aim = serializers.CharField()
    hold = HoldSummary(allow_null=True)
    barriers = BarrierRow(many=True)
    plan = PlanSummary(allow_null=True)
    actions = ActionRow(many=True, help_text="Those that are open, by date.")
    contacts = ContactRow(many=True, help_text="The latest 50, newest first.")


class ContactBody(serializers.Serializer[Any]):
    """A contact to be added."""

    kind = serializers.ChoiceField(choices=choices_of(CONTACT_KINDS))
    reached = serializers.ChoiceField(choices=choices_of(REACHED))
    said = serializers.CharField(
        required=False, allow_blank=True, help_text="May be empty only with no_answer."
    )
    child_words = serializers.CharField(required=False, allow_blank=True)
    family_words = serializers.CharField(required=False, allow_blank=True)
    barrier = serializers.ChoiceField(
        choices=[(key, one.label) for key, one in BARRIERS.items()],
        required=False,
        allow_blank=True,
    )
    consequences_explained = serializers.BooleanField(required=False)
    is_restricted = serializers.BooleanField(
        required=False, help_text="Then it is written and not given out again over this API."
    )
    happened_at = serializers.DateTimeField(
        required=False, help_text="With its offset; now unless given."
    )


class ActionBody(serializers.Serializer[Any]):
    """An action to be added: by a day, or in so many school days."""

    text = serializers.CharField(max_length=300)
    due_on = serializers.DateField(required=False)
    in_school_days = serializers.IntegerField(required=False, min_value=1, max_value=60)
    owner_email = serializers.EmailField(
        required=False, help_text="Of somebody who works on the case here."
    )
    owner_name = serializers.CharField(
        required=False, max_length=150, help_text="Of somebody without a login here."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of each pair."""
        if ("due_on" in attrs) == ("in_school_days" in attrs):
            raise serializers.ValidationError({"due_on": "Send due_on or in_school_days."})
        if ("owner_email" in attrs) == ("owner_name" in attrs):
            raise serializers.ValidationError({"owner_name": "Send owner_email or owner_name."})
        return attrs


class OutcomeBody(serializers.Serializer[Any]):
    """What happened."""

    outcome = serializers.CharField(max_length=300)


def case_row(case: Case) -> dict[str, Any]:
    """A case of the list."""
    return {
        "reference": case.reference,
        "status": case.status,
        "stage": case.stage,
        "stage_label": STAGES[Stage(case.stage)].label,
        "stage_since": case.stage_since.isoformat(),
        "track": case.track,
        "team": case.team,
        "urn": case.school_id,
        "upn": case.pupil.upn,
        "forename": case.pupil.forename,
        "surname": case.pupil.surname,
        "lead": str(case.lead) if case.lead is not None else None,
        "opened_on": case.opened_on.isoformat(),
        "next_review_on": _day(case.next_review_on),
        "closed_on": _day(case.closed_on),
        "updated_at": case.updated_at.astimezone(LONDON).isoformat(),
    }


def case_document(
    case: Case,
    *,
    hold: Hold | None,
    barriers: Iterable[Barrier],
    plan: SupportPlan | None,
    goals: Iterable[Goal],
    actions: Iterable[Action],
    contacts: Iterable[Contact],
) -> dict[str, Any]:
    """One case, whole. Every row was asked for in the caller's scope."""
    return {
        **case_row(case),
        "aim": case.aim,
        "hold": hold and {"kind": hold.kind, "review_on": hold.review_on.isoformat()},
        "barriers": [_barrier_row(one) for one in barriers],
        "plan": plan and _plan_summary(plan, goals),
        "actions": [action_row(one) for one in actions],
        "contacts": [contact_row(one) for one in contacts],
    }


def contact_row(contact: Contact) -> dict[str, Any]:
    """One contact."""
    return {
        "id": contact.pk,
        "kind": contact.kind,
        "reached": contact.reached,
        "said": contact.said,
        "child_words": contact.child_words,
        "family_words": contact.family_words,
        "barrier": contact.barrier,
        "consequences_explained": contact.consequences_explained,
        "happened_at": contact.at.astimezone(LONDON).isoformat(),
        "by_role": contact.by_role,
        "agency": contact.agency,
    }


def contact_receipt(contact: Contact) -> dict[str, Any]:
    """A contact without its words."""
    row = contact_row(contact)
    without = ("said", "child_words", "family_words", "barrier", "consequences_explained")
    return {name: value for name, value in row.items() if name not in without}


def action_row(action: Action) -> dict[str, Any]:
    """One action."""
    return {
        "id": action.pk,
        "text": action.text,
        "who": str(action.owner) if action.owner is not None else action.owner_name,
        "agency": action.agency,
        "due_on": action.due_on.isoformat(),
        "state": action.state,
        "outcome": action.outcome,
        "ended_on": _day(action.ended_on),
        "origin": action.origin,
        "agreed_at": action.origin_label,
    }


def _barrier_row(barrier: Barrier) -> dict[str, Any]:
    known = BARRIERS[barrier.kind]
    return {
        "kind": barrier.kind,
        "domain": known.domain.value,
        "label": known.label,
        "named_by": barrier.named_by,
        "named_on": barrier.named_on.isoformat(),
    }


def _plan_summary(plan: SupportPlan, goals: Iterable[Goal]) -> dict[str, Any]:
    return {
        "state": plan.state,
        "started_on": plan.started_on.isoformat(),
        "agreed_on": _day(plan.agreed_on),
        "next_review_on": _day(plan.next_review_on),
        "child_view": plan.child_view,
        "family_view": plan.family_view,
        "goals": [
            {
                "text": goal.text,
                "measure": goal.measure,
                "target": goal.target,
                "target_on": goal.target_on.isoformat(),
                "reached_on": _day(goal.reached_on),
            }
            for goal in goals
        ],
    }


def _day(on: Any) -> str | None:
    return on.isoformat() if on is not None else None
