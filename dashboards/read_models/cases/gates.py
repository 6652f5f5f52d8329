"""The gates of a step as pages list them: how each stands, what it rests on, where it is mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.urls import reverse

from accounts.roles import Permission
from attendance.states import Tag
from cases.models import Case
from cases.rules.graduated_response import MOVE, REVIEW, Evidence, GateKey, GateResult, NextThing
from cases.rules.recorded_facts import FACT_OF_GATE
from cases.services.recorded_facts import check_can_record
from cases.states import GATES, Gate, Stage
from dashboards.addresses import is_open_to
from schools.permissions import allowed, permissions_of

if TYPE_CHECKING:
    from accounts.models import User

#: What to press to mend a gate.
_LINKS: Final = {
    GateKey.NO_HOLD: "Review the hold",
    GateKey.CHILD_TALK: "Record it",
    GateKey.PARENT_TALK: "Record it",
    GateKey.BARRIER: "Name a barrier",
    GateKey.PLAN_AGREED: "Go to the plan",
    GateKey.PLAN_REVIEWED: "Go to the plan",
    GateKey.SUPPORT_OFFERED: "Offer support",
    GateKey.SUPPORT_ANSWERED: "Record the answer",
    GateKey.CONSEQUENCES: "Record it",
    GateKey.PREVIOUS_STEPS: "Go to the plan",
    GateKey.CONTRACT_OFFERED: "Record it",
    GateKey.SUPERVISION_CONSIDERED: "Record it",
    GateKey.FORMAL_NOTES: "Write them",
    GateKey.MARKS_FRESH: "See the registers",
    GateKey.MANAGER_AGREED: "Record it",
}
_TALKS: Final = frozenset({GateKey.CHILD_TALK, GateKey.PARENT_TALK, GateKey.CONSEQUENCES})
_PLAN: Final = frozenset({GateKey.PLAN_AGREED, GateKey.PLAN_REVIEWED, GateKey.PREVIOUS_STEPS})


@dataclass(frozen=True)
class GateLine:
    """One gate: its words, its tag (None where it is not needed), and where it is mended.

    `problem` says what is missing, as a sentence; empty when nothing is.
    """

    key: str
    text: str
    tag: Tag | None
    source: str
    problem: str = ""
    not_needed: str = ""
    rests_on: list[str] = field(default_factory=list)
    href: str = ""
    link: str = ""


def gate_lines(
    gates: Iterable[GateResult],
    case: Case,
    evidence: Evidence,
    user: User,
    *,
    back: str,
    on: date,
) -> list[GateLine]:
    """Gates as they stand now. `back`: where the pages that mend them lead back to; only those
    that the reader may open are named."""
    may = permissions_of(user)

    def mended_at(gate: GateResult) -> str:
        if gate.is_met or not case.is_live or not _may_write(gate.key, case, user, on):
            return ""
        return _mended_at(gate.key, case, evidence, may, back)

    return [
        GateLine(
            key=gate.key.value,
            text=gate.text,
            tag=None if gate.not_needed else GATES[gate.state],
            source=gate.source,
            problem="" if gate.is_met else sentence(gate.missing_text),
            not_needed=gate.not_needed,
            rests_on=[item.line for item in gate.items],
            href=mended_at(gate),
            link=_LINKS[gate.key],
        )
        for gate in gates
    ]


def kept_lines(kept: Iterable[dict[str, Any]]) -> list[GateLine]:
    """Gates as they stood on the day of a step, from what was stored with it."""
    return [
        GateLine(
            key=one["key"],
            text=one["text"],
            tag=None if one.get("not_needed") else GATES[Gate(one["state"])],
            source=one["source"],
            not_needed=one.get("not_needed", ""),
        )
        for one in kept
    ]


def sentence(reason: str) -> str:
    """'no barrier is named' as 'No barrier is named.'"""
    return f"{reason[:1].upper()}{reason[1:]}."


def mending_page(key: GateKey, case: Case, evidence: Evidence, *, back: str) -> str:
    """Where what a gate asks for is recorded; it leads back to `back`."""
    return with_next(_page(key, case, evidence), back)


def _may_write(key: GateKey, case: Case, user: User, on: date) -> bool:
    """Whether the reader may write down what the gate asks for, where that is one of the facts
    that a lead or a manager writes."""
    fact = FACT_OF_GATE.get(key)
    return fact is None or allowed(check_can_record, user, case, fact.value, on)


def _mended_at(
    key: GateKey, case: Case, evidence: Evidence, may: frozenset[Permission], back: str
) -> str:
    address = mending_page(key, case, evidence, back=back)
    return address if is_open_to(address, may) else ""


def _page(key: GateKey, case: Case, evidence: Evidence) -> str:
    if key in _TALKS:
        return f"{reverse('contact_log')}?{urlencode({'pupil': case.pupil.public_id})}"
    if key in _PLAN:
        return reverse("plan_start", args=[case.reference])
    if key in FACT_OF_GATE:
        return reverse("case_fact", args=[case.reference, FACT_OF_GATE[key].value])
    if key == GateKey.SUPPORT_ANSWERED:
        return _waiting_offer(case, evidence)
    if key == GateKey.MARKS_FRESH:
        return reverse("school_registers", args=[case.school_id])
    routes = {
        GateKey.NO_HOLD: "case_hold",
        GateKey.BARRIER: "barrier_add",
        GateKey.SUPPORT_OFFERED: "offer_add",
    }
    return reverse(routes[key], args=[case.reference])


def _waiting_offer(case: Case, evidence: Evidence) -> str:
    """The latest offer without an answer; where there is none, a new one."""
    answered = {item.ref for item in evidence.offers_answered}
    waiting = [item.ref for item in evidence.offers if item.ref not in answered]
    if waiting:
        return reverse("offer", args=[case.reference, int(waiting[-1])])
    return reverse("offer_add", args=[case.reference])


def with_next(address: str, back: str) -> str:
    """An address that leads back, once what is done there is saved."""
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{urlencode({'next': back})}"


def next_page(thing: NextThing, case: Case, evidence: Evidence, user: User) -> str:
    """Where the next thing of a case is done; empty for a reader who may not do it."""
    address = _next_address(thing, case, evidence)
    return address if is_open_to(address, permissions_of(user)) else ""


def _next_address(thing: NextThing, case: Case, evidence: Evidence) -> str:
    back = reverse("case", args=[case.reference])
    if thing.key == MOVE:
        return f"{reverse('case_move', args=[case.reference])}?to={Stage(case.stage) + 1}"
    if thing.key == REVIEW:
        return reverse("case_edit", args=[case.reference])
    return mending_page(GateKey(thing.key), case, evidence, back=back)
