"""A plan as everyone reads it: the standing one, or a version as it was agreed that day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse

from attendance.states import Tag
from attendance_portal.shared import wording
from cases.choices import DOMAINS
from cases.models import PlanVersion, SupportPlan
from cases.read_models.plan_content import DAYS, LISTS, TEXTS, plan_content
from cases.read_models.plan_facts import tag_of
from cases.states import ACTIONS, ActionState
from dashboards.parts import ContextualDate, due_date

if TYPE_CHECKING:
    from accounts.models import User

Row = Mapping[str, Any]

#: What a version says of parts that plans did not have when it was kept.
_BLANK: Final = MappingProxyType(
    {
        **dict.fromkeys((*TEXTS, *DAYS), ""),
        **dict.fromkeys(LISTS, ()),
    }
)


@dataclass(frozen=True)
class View:
    """What somebody says, in their words; or why they were not heard; or neither yet."""

    words: str
    on: date | None
    why_not: str

    @property
    def is_missing(self) -> bool:
        """Nothing was written down, and no reason."""
        return not (self.words or self.why_not)


@dataclass(frozen=True)
class DomainBarriers:
    """The barriers of one domain."""

    label: str
    rows: list[Row]


@dataclass(frozen=True)
class GoalLine:
    """A goal in words; `progress` from the marks, where it is about days and there are any."""

    text: str
    measure: str
    baseline: str
    target: str
    target_on: date | None
    chosen_by_child: bool
    reached_on: date | None
    progress: str = ""


@dataclass(frozen=True)
class StepLine:
    """A rung of the ladder."""

    text: str
    reached_on: date | None
    note: str

    @property
    def line(self) -> str:
        """'Out of the house, reached on 2 Mar 2026. To the shop.'"""
        if self.reached_on is None:
            return self.text
        return f"{self.text}, reached on {wording.day(self.reached_on)}. {self.note}".strip()


@dataclass(frozen=True)
class ActionLine:
    """A promise. `href`: where the reader marks it done, if it is theirs and still open."""

    text: str
    who: str
    agency: str
    due_on: date | None
    due: ContextualDate | None
    tag: Tag | None
    outcome: str
    href: str = ""


@dataclass(frozen=True)
class AdjustmentLine:
    """What the school does differently."""

    text: str
    who: str
    from_on: date | None
    until_on: date | None


@dataclass(frozen=True)
class PlanRead:
    """The plan in the order of its parts."""

    forename: str
    tag: Tag
    child: View
    family: View
    strengths: str
    will_try: str
    domains: list[DomainBarriers]
    goals: list[GoalLine]
    steps: list[StepLine]
    actions: list[ActionLine]
    adjustments: list[AdjustmentLine]
    fresh_start: list[tuple[str, str]]
    next_review_on: date | None
    ring: str
    copies: str
    agreed_on: date | None
    agreed_without: str
    parties: list[str]

    @property
    def steps_reached(self) -> int:
        """How many rungs were taken."""
        return sum(step.reached_on is not None for step in self.steps)


def read_plan(
    plan: SupportPlan, user: User, *, on: date, progress: Mapping[int, str] | None = None
) -> PlanRead:
    """The plan as it stands. `progress`: goal id to what the marks show."""
    content = plan_content(plan)
    mine = set(plan.actions.open().filter(owner=user).values_list("pk", flat=True))
    return _read(plan.pupil.forename, tag_of(plan, on=on), content, on, mine, progress or {})


def read_version(version: PlanVersion, *, on: date) -> PlanRead:
    """The plan as it was kept then; nobody ends an action from here."""
    plan = version.plan
    content = {**_BLANK, **version.content}
    return _read(plan.pupil.forename, tag_of(plan, on=on), content, None, set(), {})


def _read(
    forename: str,
    tag: Tag,
    content: Row,
    today: date | None,
    mine: set[int],
    progress: Mapping[int, str],
) -> PlanRead:
    ring = ", ".join(part for part in (content["ring_name"], content["ring_phone"]) if part)
    return PlanRead(
        forename=forename,
        tag=tag,
        child=_view(content, "child_view"),
        family=_view(content, "family_view"),
        strengths=content["strengths"],
        will_try=content["child_will_try"],
        domains=_domains(content["barriers"]),
        goals=[_goal(row, progress.get(row["id"], "")) for row in content["goals"]],
        steps=[
            StepLine(row["text"], _day(row["reached_on"]), row["reached_note"])
            for row in content["small_steps"]
        ],
        actions=[_action(row, today, row["id"] in mine) for row in content["actions"]],
        adjustments=[
            AdjustmentLine(row["text"], row["who"], _day(row["from_on"]), _day(row["until_on"]))
            for row in content["adjustments"]
        ],
        fresh_start=_fresh_start(content, forename),
        next_review_on=_day(content["next_review_on"]),
        ring=ring,
        copies=content["copies"],
        agreed_on=_day(content["agreed_on"]),
        agreed_without=content["agreed_without"],
        parties=[f"{row['name']} ({row['agency_label']})" for row in content["parties"]],
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _view(content: Row, name: str) -> View:
    return View(content[name], _day(content[f"{name}_on"]), content[f"no_{name}"])


def _domains(rows: list[Row]) -> list[DomainBarriers]:
    found = [
        DomainBarriers(label, [row for row in rows if row["domain"] == domain.value])
        for domain, label in DOMAINS.items()
    ]
    return [one for one in found if one.rows]


def _goal(row: Row, progress: str) -> GoalLine:
    return GoalLine(
        text=row["text"],
        measure=row["measure"],
        baseline=row["baseline"],
        target=row["target"],
        target_on=_day(row["target_on"]),
        chosen_by_child=row["chosen_by_child"],
        reached_on=_day(row["reached_on"]),
        progress=progress,
    )


def _action(row: Row, today: date | None, is_mine: bool) -> ActionLine:
    due_on = _day(row["due_on"])
    is_open = row["state"] == ActionState.OPEN
    shows_due = is_open and today is not None and due_on is not None
    return ActionLine(
        text=row["text"],
        who=row["who"],
        agency=row["agency_label"],
        due_on=due_on,
        due=due_date(due_on, today=today) if shows_due and due_on and today else None,
        tag=None if is_open else ACTIONS[ActionState(row["state"])],
        outcome=row["outcome"],
        href=reverse("action_done", args=[row["id"]]) if is_mine else "",
    )


def _fresh_start(content: Row, forename: str) -> list[tuple[str, str]]:
    rows = (
        ("Who greets", content["fresh_start_greeter"]),
        ("The first day", content["fresh_start_first_day"]),
        ("What not to say", content["fresh_start_not_to_say"]),
    )
    return [(label, text) for label, text in rows if text]
