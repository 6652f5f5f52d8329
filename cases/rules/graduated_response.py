"""What a case needs on record before it steps up: the gates of the graduated response. Pure.

Six steps, in order (SUP-01). Each asks for dated facts that the step before was really tried
(SUP-02), and each asks again for what the earlier ones asked: support is never behind us. Stepping
down asks for nothing. A hold stops every step up. Where support is not appropriate, as for a
term-time holiday, the guidance does not expect it before Enforce (PN-10): then the gates of support
are lifted there, and no other.

Every gate names its source, or says that it is our proposal. Where the guidance leaves room the
line is an option (`settings.GRADUATED_RESPONSE`). Examples: docs/domain/graduated-response.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from attendance_portal.shared import wording
from attendance_portal.shared.verdict import Verdict
from cases.states import STAGES, Gate, Stage

OURS: Final = "our proposal"


class GateKey(StrEnum):
    """The gates, by the names that addresses, the API and stored steps use; in the order shown."""

    NO_HOLD = "no_hold"
    CHILD_TALK = "child_talk"
    PARENT_TALK = "parent_talk"
    BARRIER = "barrier"
    PLAN_AGREED = "plan_agreed"
    PLAN_REVIEWED = "plan_reviewed"
    SUPPORT_OFFERED = "support_offered"
    SUPPORT_ANSWERED = "support_answered"
    CONSEQUENCES = "consequences"
    PREVIOUS_STEPS = "previous_steps"
    CONTRACT_OFFERED = "contract_offered"
    SUPERVISION_CONSIDERED = "supervision_considered"
    FORMAL_NOTES = "formal_notes"
    MARKS_FRESH = "marks_fresh"
    MANAGER_AGREED = "manager_agreed"


@dataclass(frozen=True)
class Options:
    """Where the guidance leaves room. The defaults are those of the settings.

    `attempts`: days on which somebody tried, before 'no talk was possible' counts.
    `plan_school_weeks`: how long a plan runs before Enforce; 6 is one council's (SUP-25).
    `marks_behind_school_days`: marks as late as this are too old for Enforce.
    `earlier_weeks`: what was done so many weeks before a case opened still counts for it.
    """

    attempts: int = 2
    plan_school_weeks: int = 6
    marks_behind_school_days: int = 3
    earlier_weeks: int = 12


@dataclass(frozen=True)
class Item:
    """One dated thing on record: the row it is, and a line that gives nobody's words away."""

    on: date
    text: str
    kind: str = ""
    ref: str = ""

    @property
    def line(self) -> str:
        """'Call, a parent was reached, 2 Mar 2026'."""
        return f"{self.text}, {wording.day(self.on)}"


@dataclass(frozen=True)
class Attempt(Item):
    """Somebody tried to talk and nobody answered; `says_why`: with a word about it."""

    is_visit: bool = False
    says_why: bool = False


class StandingHold(NamedTuple):
    """Why nothing steps up now, and when that is looked at again."""

    label: str
    review_on: date


@dataclass(frozen=True)
class Evidence:
    """What is on record for one case on a day. Made by `cases.read_models.evidence`.

    `school_days_behind`: since the school's last mark; None where no mark ever came.
    """

    child_talks: tuple[Item, ...] = ()
    parent_talks: tuple[Item, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    barriers: tuple[Item, ...] = ()
    has_plan: bool = False
    plans_agreed: tuple[Item, ...] = ()
    plan_reviews: tuple[Item, ...] = ()
    plan_school_weeks: int = 0
    is_plan_review_due: bool = False
    offers: tuple[Item, ...] = ()
    offers_answered: tuple[Item, ...] = ()
    consequences: tuple[Item, ...] = ()
    contracts: tuple[Item, ...] = ()
    supervision_orders: tuple[Item, ...] = ()
    formal_notes: tuple[Item, ...] = ()
    manager_agreements: tuple[Item, ...] = ()
    term_time_holidays: tuple[Item, ...] = ()
    hold: StandingHold | None = None
    school_days_behind: int | None = 0


@dataclass(frozen=True)
class GateResult:
    """How one gate stands: what it asks, whether it is met and by what, and what to say if not.

    `not_needed`: why it is lifted here; it then counts as met.
    """

    key: GateKey
    text: str
    is_met: bool
    missing_text: str
    source: str
    items: tuple[Item, ...] = ()
    not_needed: str = ""
    can_be_overridden: bool = True

    @property
    def state(self) -> Gate:
        """In place or still missing; what a manager decided is the step's, not the gate's."""
        return Gate.IN_PLACE if self.is_met else Gate.MISSING


class NextThing(NamedTuple):
    """The one thing to do next; `key` is a gate, or `move`, or `review`."""

    text: str
    key: str


MOVE: Final = "move"
REVIEW: Final = "review"

#: What stands for a gate; None where nothing does.
Found: TypeAlias = tuple[Item, ...] | None
Words: TypeAlias = str | Callable[[Evidence, Options], str]


@dataclass(frozen=True)
class GateFacts:
    """One gate: from which step on it is asked, in which words, on whose authority.

    `is_support`: lifted where support is not appropriate (PN-10).
    """

    key: GateKey
    stage: Stage
    text: Words
    missing: Words
    source: str
    find: Callable[[Evidence, Options], Found]
    is_support: bool = True
    can_be_overridden: bool = True

    def result(self, evidence: Evidence, options: Options, *, is_lifted: bool) -> GateResult:
        """How it stands on this evidence."""
        found = self.find(evidence, options)
        lifted = is_lifted and self.is_support and found is None
        return GateResult(
            key=self.key,
            text=_said(self.text, evidence, options),
            is_met=found is not None or lifted,
            missing_text=_said(self.missing, evidence, options),
            source=self.source,
            items=found or (),
            not_needed=TERM_TIME_HOLIDAY if lifted else "",
            can_be_overridden=self.can_be_overridden,
        )


TERM_TIME_HOLIDAY: Final = "Not needed: a term-time holiday (PN-10)"


def _said(words: Words, evidence: Evidence, options: Options) -> str:
    return words if isinstance(words, str) else words(evidence, options)


def _any(items: tuple[Item, ...]) -> Found:
    return items or None


def _none_possible(evidence: Evidence, options: Options, *, needs_visit: bool) -> Found:
    """The attempts, where they show that no talk was possible: on so many days, one with a word
    about why; for a child, somebody went to see them (our proposal)."""
    tried = evidence.attempts
    days = {attempt.on for attempt in tried}
    if len(days) < options.attempts or not any(attempt.says_why for attempt in tried):
        return None
    return tried if not needs_visit or any(attempt.is_visit for attempt in tried) else None


def _with_the_child(evidence: Evidence, options: Options) -> Found:
    return _any(evidence.child_talks) or _none_possible(evidence, options, needs_visit=True)


def _with_a_parent(evidence: Evidence, options: Options) -> Found:
    return _any(evidence.parent_talks) or _none_possible(evidence, options, needs_visit=False)


def _no_hold(evidence: Evidence, _: Options) -> Found:
    return () if evidence.hold is None else None


def _hold_stands(evidence: Evidence, _: Options) -> str:
    if evidence.hold is None:
        return "nothing is on hold"
    label = evidence.hold.label.lower()
    return f"a hold stands: {label}, to be reviewed on {wording.day(evidence.hold.review_on)}"


def _plan_has_run(evidence: Evidence, options: Options) -> Found:
    if evidence.plan_school_weeks < options.plan_school_weeks:
        return None
    return evidence.plans_agreed


def _how_long(_: Evidence, options: Options) -> str:
    weeks = wording.counted(options.plan_school_weeks, "school week")
    return f"The earlier steps were tried: an agreed plan ran for {weeks}"


def _not_long_enough(evidence: Evidence, options: Options) -> str:
    ran = wording.counted(evidence.plan_school_weeks, "school week")
    return f"the agreed plan has run for {ran}, not yet {options.plan_school_weeks}"


def _marks_fresh(evidence: Evidence, options: Options) -> Found:
    behind = evidence.school_days_behind
    is_fresh = behind is not None and behind < options.marks_behind_school_days
    return () if is_fresh else None


def _marks_old(evidence: Evidence, _: Options) -> str:
    if evidence.school_days_behind is None:
        return "no marks have come from the school"
    days = wording.counted(evidence.school_days_behind, "school day")
    return f"the school's marks are {days} behind"


_GATES: Final = (
    GateFacts(
        GateKey.NO_HOLD, Stage.MONITOR,
        "Nothing is on hold for this child", _hold_stands, OURS,
        _no_hold, is_support=False, can_be_overridden=False,
    ),
    GateFacts(
        GateKey.CHILD_TALK, Stage.FACILITATE,
        "A conversation with the child, or why none was possible",
        "no conversation with the child is recorded", "SUP-01, SUP-26",
        _with_the_child,
    ),
    GateFacts(
        GateKey.PARENT_TALK, Stage.FACILITATE,
        "A conversation with a parent, or why none was possible",
        "no conversation with a parent is recorded", "SUP-01, SUP-26",
        _with_a_parent,
    ),
    GateFacts(
        GateKey.BARRIER, Stage.FACILITATE,
        "A named barrier", "no barrier is named", "SUP-01, SUP-25",
        lambda evidence, _: _any(evidence.barriers),
    ),
    GateFacts(
        GateKey.PLAN_AGREED, Stage.FORMALISE,
        "A support plan, agreed", "no support plan is agreed", "SUP-03, SUP-18",
        lambda evidence, _: _any(evidence.plans_agreed),
    ),
    GateFacts(
        GateKey.PLAN_REVIEWED, Stage.FORMALISE,
        "The plan, reviewed after it was agreed", "the support plan is not reviewed yet",
        "SUP-19, SUP-25",
        lambda evidence, _: _any(evidence.plan_reviews),
    ),
    GateFacts(
        GateKey.SUPPORT_OFFERED, Stage.FORMALISE,
        "An offer of support, with its day", "no offer of support is recorded", "SUP-02, SUP-03",
        lambda evidence, _: _any(evidence.offers),
    ),
    GateFacts(
        GateKey.SUPPORT_ANSWERED, Stage.FORMALISE,
        "What became of an offer: accepted, not taken up, or tried with its result",
        "no answer to an offer of support is recorded", "SUP-02",
        lambda evidence, _: _any(evidence.offers_answered),
    ),
    GateFacts(
        GateKey.CONSEQUENCES, Stage.FORMALISE,
        "What may follow, explained plainly to a parent on a dated contact",
        "what may follow was not explained to a parent yet", "SUP-26",
        lambda evidence, _: _any(evidence.consequences), is_support=False,
    ),
    GateFacts(
        GateKey.PREVIOUS_STEPS, Stage.ENFORCE,
        _how_long, _not_long_enough, "SUP-02; 6 weeks SUP-25, one council's",
        _plan_has_run,
    ),
    GateFacts(
        GateKey.CONTRACT_OFFERED, Stage.ENFORCE,
        "An attendance contract offered, or why it is not appropriate",
        "no offer of an attendance contract is recorded", "LEG-04, SUP-03",
        lambda evidence, _: _any(evidence.contracts),
    ),
    GateFacts(
        GateKey.SUPERVISION_CONSIDERED, Stage.ENFORCE,
        "An education supervision order considered, and what was decided",
        "an education supervision order was not considered yet", "SUP-03; LEG-06 (unconfirmed)",
        lambda evidence, _: _any(evidence.supervision_orders),
    ),
    GateFacts(
        GateKey.FORMAL_NOTES, Stage.ENFORCE,
        "Notes on support, on what a notice would change, on equality and on proportion",
        "the notes on support, equality and proportion are not written", "PN-09, S003",
        lambda evidence, _: _any(evidence.formal_notes), is_support=False,
    ),
    GateFacts(
        GateKey.MARKS_FRESH, Stage.ENFORCE,
        "The school's marks are up to date", _marks_old, OURS,
        _marks_fresh, is_support=False, can_be_overridden=False,
    ),
    GateFacts(
        GateKey.MANAGER_AGREED, Stage.ENFORCE,
        "A manager's agreement", "no manager has agreed to it", OURS,
        lambda evidence, _: _any(evidence.manager_agreements), is_support=False,
    ),
)  # fmt: skip
GATES_OF_STAGES: Final = MappingProxyType({gate.key: gate for gate in _GATES})


def own_gates(stage: Stage) -> tuple[GateFacts, ...]:
    """The gates that a step adds to those before it."""
    return tuple(gate for gate in _GATES if gate.stage == stage)


def gates_for(to: Stage, evidence: Evidence, options: Options) -> list[GateResult]:
    """Every gate on the way up to a step, those of each step between too, in the order shown.

    The same wherever the case stands, so going several steps asks for what going one by one does.
    """
    is_lifted = to == Stage.ENFORCE and bool(evidence.term_time_holidays)
    return [
        gate.result(evidence, options, is_lifted=is_lifted) for gate in _GATES if gate.stage <= to
    ]


def missing_for(
    from_: Stage,
    to: Stage,
    evidence: Evidence,
    options: Options,
    waived: Collection[str] = (),
) -> list[GateResult]:
    """The gates that stand open for this move. None when it goes down.

    `waived`: those that a manager lets the case pass; a hold and old marks are never among them.
    """
    if to <= from_:
        return []
    return [
        gate
        for gate in gates_for(to, evidence, options)
        if not gate.is_met and not (gate.can_be_overridden and gate.key in waived)
    ]


def verdict_for_move(
    from_: Stage,
    to: Stage,
    evidence: Evidence,
    options: Options,
    waived: Collection[str] = (),
) -> Verdict:
    """Whether a case may move, and each reason why not, in the order of the gates."""
    if from_ == to:
        return Verdict(False, (f"the case is at {STAGES[to].label} already",))
    missing = missing_for(from_, to, evidence, options, waived)
    return Verdict(not missing, tuple(gate.missing_text for gate in missing))


def refusal(to: Stage, reasons: Collection[str]) -> str:
    """'You cannot move to Formalise support yet: no conversation with the child is recorded.'"""
    return f"You cannot move to {STAGES[to].label} yet: {'; '.join(reasons)}."


#: What a stage is about, most pressing first: the next thing is the first of these that is not
#: there. None of them leads towards Enforce (our proposal): a primary action is always support.
_LISTENING: Final = (GateKey.CHILD_TALK, GateKey.PARENT_TALK)
_UNDERSTOOD: Final = (*_LISTENING, GateKey.BARRIER)
_SUPPORT: Final = (
    *_UNDERSTOOD,
    GateKey.PLAN_AGREED,
    GateKey.SUPPORT_OFFERED,
    GateKey.SUPPORT_ANSWERED,
)
_WORK: Final = MappingProxyType(
    {
        Stage.EXPECT: (),
        Stage.MONITOR: _LISTENING,
        Stage.LISTEN: _UNDERSTOOD,
        Stage.FACILITATE: _SUPPORT,
        Stage.FORMALISE: (*_SUPPORT, GateKey.CONSEQUENCES, GateKey.CONTRACT_OFFERED),
        Stage.ENFORCE: _SUPPORT,
    }
)
#: Once a stage's work is done, these steps lead to more help.
_ON_TO_MORE_HELP: Final = frozenset({Stage.MONITOR, Stage.LISTEN})
_TO_DO: Final = MappingProxyType(
    {
        GateKey.CHILD_TALK: "Record a conversation with the child",
        GateKey.PARENT_TALK: "Record a conversation with a parent",
        GateKey.BARRIER: "Name what makes school hard",
        GateKey.SUPPORT_OFFERED: "Offer support",
        GateKey.SUPPORT_ANSWERED: "Record what became of an offer",
        GateKey.CONSEQUENCES: "Explain what may follow, and record it",
        GateKey.CONTRACT_OFFERED: "Offer an attendance contract",
    }
)


def next_thing(stage: Stage, evidence: Evidence, options: Options) -> NextThing:
    """The one next thing of a case, for its page's primary action."""
    if evidence.hold is not None:
        return NextThing("Review the hold", GateKey.NO_HOLD.value)
    for key in _WORK[stage]:
        if GATES_OF_STAGES[key].find(evidence, options) is None:
            return NextThing(_to_do(key, evidence), key.value)
    if stage in _ON_TO_MORE_HELP:
        return NextThing(f"Move to {STAGES[Stage(stage + 1)].label}", MOVE)
    if evidence.is_plan_review_due:
        return NextThing("Review the support plan", GateKey.PLAN_REVIEWED.value)
    return NextThing("Review the case", REVIEW)


def _to_do(key: GateKey, evidence: Evidence) -> str:
    if key == GateKey.PLAN_AGREED:
        return "Agree the support plan" if evidence.has_plan else "Start a support plan"
    return _TO_DO[key]


def school_weeks_run(after: date, until: date, is_school_day: Callable[[date], bool]) -> int:
    """Whole weeks from a day on, up to another, that had at least one school day (after PN-03)."""
    weeks = (until - after).days // 7
    starts = (after + timedelta(weeks=number) for number in range(weeks))
    return sum(
        any(is_school_day(start + timedelta(days=day)) for day in range(7)) for start in starts
    )
