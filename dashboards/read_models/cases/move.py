"""P6: what a move to another stage asks for, ready to print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from cases.models import Case, StageOverride
from cases.read_models.evidence import evidence_of, options_in_force
from cases.rules.graduated_response import GATES_OF_STAGES, GateKey, gates_for
from cases.rules.notices import notice_limits
from cases.states import STAGES, Stage
from dashboards.parts import Stale
from dashboards.read_models.cases.gates import GateLine, gate_lines, sentence
from dashboards.read_models.cases.ladder import OverrideLine, override_lines

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class MovePage:
    """Where the case is, and the gates of the stage asked for. `to` is empty where none was
    chosen: the gates are then the next stage's. `override_href` is empty where none helps."""

    now: str
    to: str
    heading: str
    gates: list[GateLine]
    is_down: bool
    is_top: bool
    is_waiting: bool
    override_href: str
    holiday_href: str
    stale: Stale | None
    notes: list[str]
    overrides: list[OverrideLine]

    @property
    def missing(self) -> list[GateLine]:
        """The gates that stand open, in order."""
        return [gate for gate in self.gates if gate.problem]

    @property
    def no_override(self) -> str:
        """Why an override cannot be asked for; empty where it can."""
        if self.is_waiting:
            return "An override is with the manager already."
        if self.override_href:
            return ""
        if not self.missing:
            return "Nothing is missing for this step, so no override is needed."
        return "A hold or old marks cannot be overridden. Mend that first."

    @property
    def missing_first(self) -> list[GateLine]:
        """All of them, those that stand open before the others."""
        return [*self.missing, *(gate for gate in self.gates if not gate.problem)]


def move_page(case: Case, user: User, *, asked: str, on: date) -> MovePage:
    """What moving to the stage asked for takes; of the next stage where nothing is asked."""
    stage = Stage(case.stage)
    to = _asked(asked)
    target = to or Stage(min(stage + 1, Stage.ENFORCE))
    is_up = target > stage
    evidence, options = evidence_of(case, on=on), options_in_force()
    results = gates_for(target, evidence, options) if is_up else []
    back = f"{reverse('case_move', args=[case.reference])}?to={target.value}"
    missing = [gate for gate in results if not gate.is_met]
    waiting = StageOverride.objects.filter(
        case=case, decision=StageOverride.Decision.WAITING
    ).exists()
    can_override = missing and all(gate.can_be_overridden for gate in missing) and not waiting
    marks = GATES_OF_STAGES[GateKey.MARKS_FRESH].result(evidence, options, is_lifted=False)
    return MovePage(
        now=STAGES[stage].tag.label,
        to=STAGES[to].label if to else "",
        heading=f"What {STAGES[target].label} asks for",
        gates=gate_lines(results, case, evidence, user, back=back, on=on),
        is_down=bool(to) and target < stage,
        is_top=stage == Stage.ENFORCE,
        is_waiting=waiting,
        override_href=_page("case_override", case, to=str(target.value)) if can_override else "",
        holiday_href=_holiday_page(case, back)
        if target == Stage.ENFORCE and is_up and not evidence.term_time_holidays
        else "",
        stale=_stale_marks(marks.missing_text, target) if is_up and not marks.is_met else None,
        notes=_notes(case, on) if is_up and target == Stage.ENFORCE else [],
        overrides=override_lines(case, user, on=on),
    )


def _asked(text: str) -> Stage | None:
    return next((stage for stage in Stage if str(stage.value) == text), None)


def _page(route: str, case: Case, **query: str) -> str:
    return f"{reverse(route, args=[case.reference])}?{urlencode(query)}"


def _holiday_page(case: Case, back: str) -> str:
    address = reverse("case_fact", args=[case.reference, "term_time_holiday"])
    return f"{address}?{urlencode({'next': back})}"


def _notes(case: Case, on: date) -> list[str]:
    return notice_limits(case.school.type, case.pupil.date_of_birth, on)


def _stale_marks(problem: str, target: Stage) -> Stale:
    stops = " A case cannot move to Enforce on old marks." if target == Stage.ENFORCE else ""
    return Stale(f"{sentence(problem)}{stops}", is_warning=True)
