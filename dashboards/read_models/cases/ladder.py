"""The six steps of one case: where it stands, what each step asks, and what was overridden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse

from accounts.roles import ROLE_CHOICES, Permission
from attendance_portal.shared import wording
from cases.models import Case, SchoolSteps, StageChange, StageOverride
from cases.read_models.evidence import evidence_of, options_in_force
from cases.rules.graduated_response import (
    GATES_OF_STAGES,
    Evidence,
    GateKey,
    gates_for,
    next_thing,
)
from cases.services.stages import check_can_decide, check_can_move
from cases.states import STAGES, STEP_LABELS, Stage, StageFacts, StepState
from dashboards.read_models.cases.gates import GateLine, gate_lines, kept_lines, next_page
from schools.permissions import allowed, has_permission

if TYPE_CHECKING:
    from accounts.models import User

_ROLES = dict(ROLE_CHOICES)


@dataclass(frozen=True)
class Step:
    """One of the six steps. `state` is empty for a first step that nobody has recorded."""

    facts: StageFacts
    state: str
    is_now: bool
    dates: str = ""
    why: str = ""
    gates: list[GateLine] = field(default_factory=list)
    href: str = ""
    link: str = ""

    @property
    def missing(self) -> int:
        """How many gates stand open."""
        return sum(bool(gate.problem) for gate in self.gates)


@dataclass(frozen=True)
class OverrideLine:
    """An override, in sentences that stay in view: what was asked for and what was decided."""

    heading: str
    missing: list[str]
    asked: str
    reason: str
    decided: str
    decision_reason: str
    is_waiting: bool
    href: str = ""


@dataclass(frozen=True)
class Next:
    """The one next thing, and where it is done."""

    text: str
    href: str


@dataclass(frozen=True)
class Ladder:
    """The ladder of the case page. `move_href` is empty for somebody who may not move it."""

    place: str
    steps: list[Step]
    next: Next
    overrides: list[OverrideLine]
    move_href: str


def ladder_of(case: Case, user: User, *, on: date) -> Ladder:
    """The ladder of a case as this person may use it."""
    evidence = evidence_of(case, on=on)
    changes = list(StageChange.objects.visible_to(user).filter(case=case).order_by("pk"))
    thing = next_thing(Stage(case.stage), evidence, options_in_force())
    move = reverse("case_move", args=[case.reference])
    return Ladder(
        place=STAGES[Stage(case.stage)].place,
        steps=_steps(case, user, changes, evidence, on),
        next=Next(thing.text, next_page(thing, case, evidence, user)),
        overrides=override_lines(case, user, on=on),
        move_href=move if allowed(check_can_move, user, case, on) else "",
    )


# The steps.


def _steps(
    case: Case, user: User, changes: Sequence[StageChange], evidence: Evidence, on: date
) -> list[Step]:
    back = reverse("case", args=[case.reference])
    results = gates_for(Stage.ENFORCE, evidence, options_in_force())
    live = {line.key: line for line in gate_lines(results, case, evidence, user, back=back, on=on)}
    first = _expect(case, user)
    later = [
        _step(case, facts, changes, live) for stage, facts in STAGES.items() if stage > Stage.EXPECT
    ]
    return [first, *later]


def _expect(case: Case, user: User) -> Step:
    """The school's own record: done once its policy and champion are known."""
    steps = SchoolSteps.objects.visible_to(user).filter(school=case.school_id).first()
    known = known_of_school(case, steps)
    is_now = case.stage == Stage.EXPECT and case.is_live
    is_done = steps is not None and steps.policy_on is not None and bool(known["champion"])
    state = StepState.NOW if is_now else StepState.DONE if is_done else None
    missing = [name for name, value in known.items() if not value]
    what = wording.listed(["the school's " + missing[0], *missing[1:]]) if missing else ""
    return Step(
        facts=STAGES[Stage.EXPECT],
        state=STEP_LABELS[state] if state else "",
        is_now=is_now,
        dates=f"Policy of {wording.day(steps.policy_on)}" if steps and steps.policy_on else "",
        why=f"Not recorded yet: {what}." if missing else "",
        href=reverse("school_steps", args=[case.school_id])
        if has_permission(user, Permission.RECORD_SCHOOL_STEPS)
        else "",
        link="What the school does for every child",
    )


def known_of_school(case: Case, steps: SchoolSteps | None) -> dict[str, bool]:
    """What is known of the school's first step."""
    champion = case.school.attendance_champion_id is not None
    return {
        "policy": steps is not None and steps.policy_on is not None,
        "champion": champion or (steps is not None and bool(steps.champion_name)),
    }


def _step(
    case: Case, facts: StageFacts, changes: Sequence[StageChange], live: dict[str, GateLine]
) -> Step:
    stage = facts.stage
    own = [key for key, gate in GATES_OF_STAGES.items() if gate.stage == stage]
    spans = _spans(stage, changes, case)
    is_now = case.stage == stage
    if is_now:
        state = STEP_LABELS[StepState.NOW if case.is_live else StepState.CLOSED]
        return Step(facts, state, case.is_live, spans, gates=_kept(own, changes))
    if case.stage > stage:
        return _passed(facts, spans, own, changes)
    return Step(
        facts,
        STEP_LABELS[StepState.NOT_REACHED],
        is_now,
        f"Was here {spans}" if spans else "",
        gates=[live[key] for key in own],
    )


def _passed(
    facts: StageFacts, spans: str, own: Sequence[GateKey], changes: Sequence[StageChange]
) -> Step:
    """Done where the case was there; else a later step went past it, with all that it asks."""
    if spans:
        return Step(facts, STEP_LABELS[StepState.DONE], False, spans, gates=_kept(own, changes))
    past = next((one for one in changes if one.to_stage > facts.stage), None)
    why = ""
    if past is not None:
        to = STAGES[Stage(past.to_stage)].label
        why = f"The case went straight to {to} on {wording.day(past.on)}."
    return Step(
        facts,
        STEP_LABELS[StepState.NOT_NEEDED],
        False,
        why=why,
        gates=_kept(own, changes),
    )


def _kept(own: Sequence[GateKey], changes: Sequence[StageChange]) -> list[GateLine]:
    """The step's own gates, as they stood when the case last went up past them."""
    keys = {key.value for key in own}
    for change in reversed(changes):
        kept = [one for one in change.gates if one["key"] in keys]
        if kept:
            return kept_lines(kept)
    return []


def _spans(stage: Stage, changes: Sequence[StageChange], case: Case) -> str:
    """'2 Mar 2026 to 9 Mar 2026', 'since 9 Mar 2026': each time the case was there."""
    spans = []
    for place, change in enumerate(changes):
        if change.to_stage != stage:
            continue
        left = changes[place + 1].on if place + 1 < len(changes) else case.closed_on
        came = wording.day(change.on)
        if left is None:
            spans.append(f"since {came}")
        else:
            spans.append(came if left == change.on else f"{came} to {wording.day(left)}")
    return "; ".join(spans)


# Overrides.


def override_lines(case: Case, user: User, *, on: date) -> list[OverrideLine]:
    """Every override of a case that was agreed or waits, with its reasons: they stay in view."""
    rows = (
        StageOverride.objects.visible_to(user)
        .filter(case=case)
        .exclude(decision=StageOverride.Decision.NOT_AGREED)
        .select_related("case", "asked_by", "decided_by", "change")
        .order_by("pk")
    )
    return [override_line(row, user, on=on) for row in rows]


def override_line(row: StageOverride, user: User, *, on: date) -> OverrideLine:
    """One override in words; the link to decide is for those who may."""
    is_waiting = row.decision == StageOverride.Decision.WAITING
    label = STAGES[Stage(row.to_stage)].label
    decided = ""
    if row.decided_at is not None:
        change = getattr(row, "change", None)
        role = _ROLES.get(change.by_role, "") if change is not None else ""
        by = f"{row.decided_by}, {role}" if role else str(row.decided_by)
        decided = f"{row.get_decision_display()} by {by}, {wording.moment(row.decided_at)}"
    may_decide = is_waiting and allowed(check_can_decide, user, row, on)
    return OverrideLine(
        heading=f"Override for {label}" + (": with the manager" if is_waiting else ""),
        missing=[one["text"] for one in row.missing],
        asked=f"Asked for by {row.asked_by}, {wording.moment(row.asked_at)}",
        reason=row.reason,
        decided=decided,
        decision_reason=row.decision_reason,
        is_waiting=is_waiting,
        href=reverse("override_decide", args=[row.case.reference, row.pk]) if may_decide else "",
    )
