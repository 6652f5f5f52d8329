"""Moving a case between the six stages: on evidence, on a manager's override, or down.

Raises: Refused (this person may not; the case is closed; gates stand open, each with its key and
reason in `errors`), Invalid (no reason, no such stage), Conflict (somebody moved it meanwhile; an
override is with the manager already, or was decided).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared.errors import Conflict, ErrorDetail, Invalid, Refused
from cases.models import Case, StageChange, StageOverride
from cases.permissions import check_leads, check_live, check_visible
from cases.read_models.evidence import evidence_of, options_in_force
from cases.rules.graduated_response import (
    GateKey,
    GateResult,
    Item,
    gates_for,
    missing_for,
    refusal,
)
from cases.services.common import acting_role, tell, write_audit
from cases.services.saving import locked_case, save_case
from cases.services.typed import needed
from cases.states import STAGES, EntryKind, Gate, Stage
from schools.permissions import check_has

LONGEST_REASON: Final = 4000  # characters
SAY_WHY: Final = "Say why the case moves."


def check_can_move(user: User, case: Case, on: date) -> None:
    """Whether this person decides at which stage the case is. Raises Refused."""
    check_has(user, Permission.MOVE_STAGES)
    check_visible(user, case)
    check_live(case)
    check_leads(user, case, on)


@transaction.atomic
def move_stage(
    *,
    case: Case,
    to_stage: int,
    reason: str,
    override: StageOverride | None = None,
    by: User,
    on: date,
    at: datetime,
) -> StageChange:
    """Move a case up, on what is on record, or down, with a reason.

    `case` is as the person saw it: if it is at another stage by now, that is a Conflict.
    `override`: one that a manager agreed for this move; it lets pass what was named in it.
    """
    check_can_move(by, case, on)
    stage = _stage(to_stage)
    why = needed(reason, SAY_WHY, pointer="reason", longest=LONGEST_REASON)
    locked = _locked(case)
    check_live(locked)
    if override is not None:
        _check_usable(override, locked, stage)
    return _move(locked, stage, why, override, by=by, on=on, at=at)


@transaction.atomic
def ask_override(
    *, case: Case, to_stage: int, reason: str, by: User, on: date, at: datetime
) -> StageOverride:
    """Ask a manager to let the case step up although something is missing."""
    check_can_move(by, case, on)
    stage = _stage(to_stage)
    why = needed(
        reason, "Say why the case should move now.", pointer="reason", longest=LONGEST_REASON
    )
    locked = _locked(case)
    check_live(locked)
    if locked.overrides.filter(decision=StageOverride.Decision.WAITING).exists():
        raise Conflict("An override of this case is with the manager already.")
    missing = missing_for(
        Stage(locked.stage), stage, evidence_of(locked, on=on), options_in_force()
    )
    if not missing:
        raise Invalid("Nothing is missing for this step. Move the case.", code="nothing_missing")
    fixed = [gate for gate in missing if not gate.can_be_overridden]
    if fixed:
        raise _refused(stage, fixed)
    override = StageOverride.objects.create(
        case=locked,
        to_stage=stage.value,
        missing=[{"key": gate.key.value, "text": gate.missing_text} for gate in missing],
        reason=why,
        asked_by=by,
        asked_at=at,
    )
    title = f"Override asked for: {STAGES[stage].label}"
    _tell(locked, title, why, Permission.MOVE_STAGES, by=by, on=on, at=at, about=override)
    write_audit(
        verb="case.override_asked", about=override, by=by, at=at, after=_facts(override, locked)
    )
    return override


def check_can_decide(user: User, override: StageOverride, on: date) -> None:
    """Whether this person decides on an override: somebody senior, and not who asked for it.
    Raises Refused."""
    check_has(user, Permission.OVERRIDE_GATES)
    check_visible(user, override.case)
    if override.asked_by_id == user.pk:
        raise Refused(
            "You asked for this override, so another manager decides.", code="own_override"
        )


@transaction.atomic
def decide_override(
    *, override: StageOverride, is_agreed: bool, reason: str, by: User, on: date, at: datetime
) -> StageOverride:
    """Agree, which moves the case there and then, or not. Both with a reason that stays in view."""
    check_can_decide(by, override, on)
    why = needed(reason, "Say why you decide so.", pointer="reason", longest=LONGEST_REASON)
    locked = _locked(override.case, as_seen=False)
    row = StageOverride.objects.select_for_update(of=("self",)).get(pk=override.pk)
    if row.decision != StageOverride.Decision.WAITING:
        raise Conflict(f"This override was decided already: {row.get_decision_display().lower()}.")
    decisions = StageOverride.Decision
    row.decision = decisions.AGREED if is_agreed else decisions.NOT_AGREED
    row.decided_by, row.decided_at, row.decision_reason = by, at, why
    row.save(update_fields=["decision", "decided_by", "decided_at", "decision_reason"])
    stage = Stage(row.to_stage)
    title = f"Override {row.get_decision_display().lower()}: {STAGES[stage].label}"
    _tell(locked, title, why, Permission.OVERRIDE_GATES, by=by, on=on, at=at, about=row)
    write_audit(verb="case.override_decided", about=row, by=by, at=at, after=_facts(row, locked))
    if is_agreed:
        check_live(locked)
        if locked.stage >= stage:
            raise Conflict(f"The case is at {STAGES[Stage(locked.stage)].label} by now.")
        _move(locked, stage, row.reason, row, by=by, on=on, at=at)
    return row


# How it is done.


def _stage(number: int) -> Stage:
    try:
        return Stage(number)
    except ValueError:
        raise _wrong("Choose one of the six stages.") from None


def _wrong(message: str) -> Invalid:
    detail = ErrorDetail("to_stage", message, pointer="to_stage")
    return Invalid(message, code="to_stage", errors=(detail,))


def _locked(case: Case, *, as_seen: bool = True) -> Case:
    """The case's row, held to the end of the transaction. Raises Conflict where it has moved."""
    locked = locked_case(case)
    if as_seen and locked.stage != case.stage:
        raise Conflict(
            f"Somebody moved this case to {STAGES[Stage(locked.stage)].label} meanwhile."
        )
    return locked


def _check_usable(override: StageOverride, case: Case, stage: Stage) -> None:
    """An override is for one case, one step up and one use."""
    is_for_this = (override.case_id, override.to_stage) == (case.pk, stage.value)
    if not is_for_this or override.decision != StageOverride.Decision.AGREED:
        raise Refused("No manager agreed to an override of this step.", code="override_missing")
    if StageChange.objects.filter(override=override).exists():
        raise Conflict("This override was used already.")


def _move(
    case: Case,
    stage: Stage,
    reason: str,
    override: StageOverride | None,
    *,
    by: User,
    on: date,
    at: datetime,
) -> StageChange:
    before = Stage(case.stage)
    if stage == before:
        raise _wrong(f"The case is at {STAGES[stage].label} already. Choose another stage.")
    step = _step(case, before, stage, override, on)
    permission = Permission.OVERRIDE_GATES if override else Permission.MOVE_STAGES
    change = StageChange.objects.create(
        case=case,
        from_stage=before.value,
        to_stage=stage.value,
        on=on,
        at=at,
        by=by,
        by_role=acting_role(by, permission, on),
        reason=reason,
        gates=step.gates,
        evidence=step.evidence,
        override=override,
    )
    case.stage, case.stage_since = stage.value, on
    save_case(case, at)
    _tell(
        case,
        f"Moved from {STAGES[before].label} to {STAGES[stage].label}",
        reason,
        permission,
        by=by,
        on=on,
        at=at,
        about=change,
    )
    write_audit(
        verb="case.moved",
        about=case,
        by=by,
        at=at,
        before={"stage": before.value},
        after={"stage": stage.value, "override": override.pk if override else None},
    )
    return change


@dataclass(frozen=True)
class _Step:
    """What a step rested on, as it is kept with it."""

    gates: list[dict[str, str]]
    evidence: list[dict[str, str]]


def _step(
    case: Case, before: Stage, stage: Stage, override: StageOverride | None, on: date
) -> _Step:
    """The gates of the step and what they rest on. Raises Refused, a detail for each open gate."""
    if stage < before:
        return _Step([], [])
    evidence, options = evidence_of(case, on=on), options_in_force()
    waived = {one["key"] for one in override.missing} if override else set()
    if override:
        waived.add(GateKey.MANAGER_AGREED.value)  # whoever agrees to the override agrees to it
    missing = missing_for(before, stage, evidence, options, waived)
    if missing:
        raise _refused(stage, missing)
    return _kept(gates_for(stage, evidence, options), waived)


def _kept(gates: Iterable[GateResult], waived: Collection[str]) -> _Step:
    """Gates and evidence as they are stored with a step."""
    kept: list[dict[str, str]] = []
    items: dict[tuple[str, str], Item] = {}
    for gate in gates:
        is_overridden = not gate.is_met and gate.key in waived
        kept.append(
            {
                "key": gate.key.value,
                "text": gate.text,
                "state": (Gate.OVERRIDDEN if is_overridden else gate.state).value,
                "source": gate.source,
                "not_needed": gate.not_needed,
            }
        )
        items |= {(item.kind, item.ref): item for item in gate.items}
    evidence = [{"kind": one.kind, "ref": one.ref, "text": one.line} for one in items.values()]
    return _Step(kept, evidence)


def _refused(stage: Stage, missing: list[GateResult]) -> Refused:
    return Refused(
        refusal(stage, [gate.missing_text for gate in missing]),
        code="gates_missing",
        errors=tuple(
            ErrorDetail(gate.key.value, gate.missing_text, pointer="to_stage") for gate in missing
        ),
    )


def _tell(
    case: Case,
    title: str,
    text: str,
    permission: Permission,
    *,
    by: User,
    on: date,
    at: datetime,
    about: Any,
) -> None:
    tell(
        pupil=case.pupil,
        case=case,
        kind=EntryKind.STAGE,
        title=title,
        text=text,
        at=at,
        by=by,
        by_role=acting_role(by, permission, on),
        about=about,
    )


def _facts(override: StageOverride, case: Case) -> dict[str, Any]:
    return {
        "case": case.reference,
        "to_stage": override.to_stage,
        "missing": [one["key"] for one in override.missing],
        "decision": override.decision,
    }
