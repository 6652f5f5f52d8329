"""The help page of a rule: words and source from where the rule has them, worked examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.conf import settings

from attendance.cohorts import COHORTS, LINES, Cohort
from attendance.rules.patterns import CohortKey
from attendance.rules.why import source_in_words
from attendance.states import FLAGS, FlagKind, FlagState
from dashboards.help.cohort_examples import cohort_examples
from dashboards.help.examples import Example
from dashboards.help.flag_examples import flag_examples

#: The kind of flag whose line a cohort shares, and with it the paper that the line is from.
_SHARED_LINE: Final = {
    CohortKey.SEVERELY_ABSENT: FlagKind.SEVERE_ABSENCE,
    CohortKey.DRIFTING_UP: FlagKind.AT_RISK,
    CohortKey.JUST_OVER_THE_LINE: FlagKind.PERSISTENT_ABSENCE,
}
_MINIMUM_APPLIES: Final = frozenset(
    {FlagKind.SEVERE_ABSENCE, FlagKind.PERSISTENT_ABSENCE, FlagKind.AT_RISK}
)
_ON_ROLL: Final = "Only a child who is on roll has it."
_AFRESH: Final = "Counting starts again on 1 August."
_ACROSS_YEARS: Final = "Counting goes on across holidays and years."
_STATUTORY: Final = "A duty of law hangs on it. Nothing follows by itself: people decide."
_NOT_STATUTORY: Final = "It is a figure to look at, and no duty of law hangs on it."
_WORKING_LIST: Final = "It is a working list and not a statistic. A child may be in several."
_SPELL: Final = (
    "A spell is sessions missed one after the other. An attended session ends it; "
    "weekends, holidays and closures do not."
)
_SCHOOL_WEEK: Final = "A school week is a week in which the school met. Others are skipped."
_OF_SPELLS: Final = frozenset({CohortKey.ONE_LONG_ABSENCE, CohortKey.MANY_SHORT_ABSENCES})
_OF_WEEKS: Final = frozenset(
    {
        CohortKey.MANY_SHORT_ABSENCES,
        CohortKey.LATE_AFTER_REGISTER,
        CohortKey.DRIFTING_UP,
        CohortKey.COMING_BACK,
    }
)


@dataclass(frozen=True)
class RuleLink:
    """A rule in a list of rules."""

    kind: str
    label: str
    sentence: str


@dataclass(frozen=True)
class RulePage:
    """One rule as its help page shows it. `over` and `under`: examples on either side."""

    kind: str
    label: str
    caption: str  # what kind of rule it is
    query: str  # of the list of pupils it holds for
    sentence: str
    question: str  # what a cohort asks first
    notes: list[str]
    source: str
    numbers: str
    over_heading: str
    under_heading: str
    over: list[Example]
    under: list[Example]


def flag_links() -> list[RuleLink]:
    """Every kind of flag, in the order of pages."""
    return [RuleLink(state.kind, state.label, state.sentence) for state in FLAGS.values()]


def cohort_links() -> list[RuleLink]:
    """Every named cohort, in the order of pages."""
    return [RuleLink(one.key, one.label, one.rule_in_words) for one in COHORTS.values()]


def rule_kinds() -> list[str]:
    """The name of every rule that has a page."""
    return [link.kind for link in (*flag_links(), *cohort_links())]


def rule_page(kind: str) -> RulePage | None:
    """The page of a flag or a cohort by its name; None if there is no such rule."""
    if kind in set(FlagKind):
        return _flag_page(FLAGS[FlagKind(kind)])
    cohort = COHORTS.get(kind)
    return None if cohort is None else _cohort_page(cohort)


def _flag_page(state: FlagState) -> RulePage:
    sides = flag_examples(state.kind, settings.MINIMUM_POSSIBLE_SESSIONS)
    return RulePage(
        kind=state.kind,
        label=state.label,
        caption="The rule of a flag",
        query=f"flag={state.kind}",
        sentence=state.sentence,
        question="",
        notes=_flag_notes(state),
        source=source_in_words(state.kind),
        numbers=", ".join(state.sources),
        over_heading="The flag opens",
        under_heading="No flag",
        over=sides.over,
        under=sides.under,
    )


def _flag_notes(state: FlagState) -> list[str]:
    notes = [_STATUTORY if state.is_statutory else _NOT_STATUTORY]
    if state.kind in _MINIMUM_APPLIES:
        notes.append(_minimum())
    notes.append(_AFRESH if state.resets_each_year else _ACROSS_YEARS)
    return [*notes, _ON_ROLL]


def _minimum() -> str:
    least = settings.MINIMUM_POSSIBLE_SESSIONS
    return f"Under {least} possible sessions it is too early to say."


def _cohort_page(cohort: Cohort) -> RulePage:
    key = CohortKey(cohort.key)
    sides = cohort_examples(key, LINES, settings.MINIMUM_POSSIBLE_SESSIONS)
    shared = _SHARED_LINE.get(key)
    return RulePage(
        kind=cohort.key,
        label=cohort.label,
        caption="The rule of a named cohort",
        query=f"cohort={cohort.key}",
        sentence=cohort.rule_in_words,
        question=cohort.first_question,
        notes=_cohort_notes(key),
        source=source_in_words(shared) if shared else cohort.source,
        numbers=cohort.source if shared else "",
        over_heading="In this cohort",
        under_heading="Not in it",
        over=sides.over,
        under=sides.under,
    )


def _cohort_notes(key: CohortKey) -> list[str]:
    notes = [_WORKING_LIST]
    if key in _OF_SPELLS:
        notes.append(_SPELL)
    if key in _OF_WEEKS:
        notes.append(_SCHOOL_WEEK)
    if key is CohortKey.SAME_DAYS_MISSED:
        notes += _same_days_notes()
    return [*notes, _ON_ROLL]


def _same_days_notes() -> list[str]:
    return [
        f"At least {LINES.same_days_absences} sessions were missed this year, "
        f"and the same one in {LINES.same_days_weeks} different weeks.",
        f"Chance is taken as {LINES.same_days_deviations} standard deviations. "
        "A pattern is a question to ask, never a finding.",
    ]
