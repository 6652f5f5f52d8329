"""When a support plan may be agreed, what still stands in the way, and what its tag says. Pure.

Sources: SUP-26 (the child's and family's own voice is recorded), SUP-25 (barriers, actions with
owner, target, review date), mission map section 8 (a goal without a measure is refused). That a
plan may be agreed without a view where somebody says why is the portal's own (pages, P9); so are
the longest times between reviews and the six actions of the family copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from attendance.states import Tag
from attendance_portal.shared import wording
from cases.rules.deadlines import MOST_ON_FAMILY_COPY
from cases.states import PLANS, PlanState, Track

#: The parts of a plan in the order of its page, by the names that addresses use.
CHILD: Final = "child"
FAMILY: Final = "family-view"
BARRIERS: Final = "barriers"
GOALS: Final = "goals"
STEPS: Final = "steps"
ACTIONS: Final = "actions"
SCHOOL: Final = "school"
REVIEW: Final = "next-review"
PARTS: Final = (CHILD, FAMILY, BARRIERS, GOALS, STEPS, ACTIONS, SCHOOL, REVIEW)

#: The longest time to the next review, in school days: our proposal. Complex plans are looked at
#: every half-term or so; the others at least once a term, as targeting support meetings are
#: (SUP-19). SUP-25 has plans run for at least six school weeks.
LONGEST_TO_REVIEW: Final = MappingProxyType(
    {Track.ATTENDANCE_ONLY: 60, Track.SPECIFIC_ISSUE: 60, Track.COMPLEX: 30}
)


@dataclass(frozen=True)
class GoalFacts:
    """What a goal says of itself; empty where it says nothing."""

    text: str
    measure: str
    baseline: str
    target: str
    target_on: date | None


@dataclass(frozen=True)
class ReviewFacts:
    """The next review and the days around it.

    `usual`: the day that the track's pace leads to; `latest`: the last that it allows.
    """

    on: date | None
    today: date
    is_school_day: bool
    latest: date
    usual: date | None = None


@dataclass(frozen=True)
class PlanFacts:
    """What the check of a plan stands on. Views count with any word in them."""

    forename: str
    child_view: str
    no_child_view: str
    family_view: str
    no_family_view: str
    barriers: int
    goals: Sequence[GoalFacts]
    actions: int
    on_family_copy: int
    review: ReviewFacts
    agreed_without: str = ""


@dataclass(frozen=True)
class Problem:
    """One thing in the way: a stable key, the sentence, and the part of the plan that mends it."""

    key: str
    text: str
    part: str


@dataclass
class _Found:
    problems: list[Problem] = field(default_factory=list)

    def when(self, is_so: bool, key: str, text: str, part: str) -> None:
        if is_so:
            self.problems.append(Problem(key, text, part))


def agree_problems(facts: PlanFacts) -> list[Problem]:
    """Everything in the way of agreeing the plan, in the order of its parts; empty: it may be."""
    found = _Found()
    _views(found, facts)
    found.when(not facts.barriers, "barrier", "No barrier is named.", BARRIERS)
    found.when(not facts.goals, "goal", "No goal is set.", GOALS)
    for goal in facts.goals:
        missing = goal_problem(goal)
        found.when(bool(missing), "goal_measure", missing, GOALS)
    _actions(found, facts)
    problem = review_problem(facts.review)
    found.when(bool(problem), "next_review", problem, REVIEW)
    return found.problems


def _views(found: _Found, facts: PlanFacts) -> None:
    is_excused = bool(facts.agreed_without.strip())
    said = facts.child_view.strip() or facts.no_child_view.strip()
    found.when(
        not said and not is_excused,
        "child_view",
        f"{facts.forename}'s view is missing. Write it down, or say why none was possible.",
        CHILD,
    )
    said = facts.family_view.strip() or facts.no_family_view.strip()
    found.when(
        not said and not is_excused,
        "family_view",
        "The family's view is missing. Write it down, or say why none was possible.",
        FAMILY,
    )


def _actions(found: _Found, facts: PlanFacts) -> None:
    found.when(not facts.actions, "action", "Nobody has promised anything yet.", ACTIONS)
    found.when(
        facts.on_family_copy > MOST_ON_FAMILY_COPY,
        "family_copy",
        f"{facts.on_family_copy} actions are on the family copy: choose {MOST_ON_FAMILY_COPY}.",
        ACTIONS,
    )


def goal_problem(goal: GoalFacts) -> str:
    """What a goal still needs; empty when it can be measured."""
    needs = (
        (goal.text, "what is hoped for"),
        (goal.measure, "how it is measured"),
        (goal.baseline, "where it starts"),
        (goal.target, "a target"),
        (goal.target_on, "a target date"),
    )
    missing = [word for value, word in needs if not (value and str(value).strip())]
    if not missing:
        return ""
    name = goal.text.strip() or "A goal"
    return f"{name}: say {wording.listed(missing)}."


def review_problem(review: ReviewFacts) -> str:
    """Why this next review cannot be kept; empty when it can."""
    if review.on is None:
        return "The next review has no date."
    named = f"The next review, {wording.day_of_week(review.on)},"
    if review.on <= review.today:
        return f"{named} is not in the future. Choose a later day."
    if not review.is_school_day:
        return f"{named} is not a school day. Choose a day in term."
    if review.on > review.latest:
        return f"{named} is too far ahead. Choose a day up to {wording.day(review.latest)}."
    return ""


def plan_tag(*, state: str, has_child_view: bool, next_review_on: date | None, today: date) -> Tag:
    """Draft, Child's view missing, Agreed, Review due (that day and after) or Ended.

    `has_child_view`: the child's words, or a reason why none were possible.
    """
    if state == PlanState.ENDED:
        return PLANS["ended"]
    if state == PlanState.DRAFT:
        return PLANS["draft"] if has_child_view else PLANS["child_view_missing"]
    is_due = next_review_on is not None and next_review_on <= today
    return PLANS["review_due"] if is_due else PLANS["agreed"]


def part_after(part: str) -> str:
    """The part that Save and next leads to; empty after the last."""
    place = PARTS.index(part) + 1
    return PARTS[place] if place < len(PARTS) else ""
