"""The named cohorts: what each is called, its rule in words and the question it asks first.

The words say the lines that the settings hold. Sources are rule numbers of the domain notes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Final

from django.conf import settings

from attendance.rules.patterns import CohortKey, Lines

LINES: Final = Lines(**settings.COHORT_LINES)


def lines() -> dict[str, int]:
    """The thresholds by the names that the statements know them by.

    `weeks_compared`: of how many of the latest school weeks the statements need the absences.
    """
    return {
        "minimum_possible": settings.MINIMUM_POSSIBLE_SESSIONS,
        **settings.COHORT_LINES,
        "weeks_compared": Lines(**settings.COHORT_LINES).weeks_compared,
    }


@dataclass(frozen=True)
class Cohort:
    """A cohort that rests on marks alone."""

    key: str
    label: str
    rule_in_words: str
    first_question: str
    source: str


def _cohort(key: CohortKey, label: str, rule: str, question: str, source: str) -> Cohort:
    return Cohort(str(key), label, rule.format(**asdict(LINES)), question, source)


_OURS: Final = "Our rule"

_IN_ORDER: Final = (
    _cohort(
        CohortKey.SEVERELY_ABSENT,
        "Severely absent",
        "50% or more of this year's possible sessions missed.",
        "Does each have a plan they had a say in?",
        "STAT-09",
    ),
    _cohort(
        CohortKey.ONE_LONG_ABSENCE,
        "One long absence",
        "One spell of {long_spell_days} school days or more is most of this year's absence.",
        "What is the way back, and who greets them?",
        _OURS,
    ),
    _cohort(
        CohortKey.MANY_SHORT_ABSENCES,
        "Many short absences",
        "{short_spells} or more spells of {short_spell_days} days or less "
        "in {short_spell_weeks} school weeks.",
        "What happens on those mornings?",
        _OURS,
    ),
    _cohort(
        CohortKey.SAME_DAYS_MISSED,
        "Same days missed",
        "A weekday or session missed this year more often than chance explains.",
        "What is on that day?",
        _OURS,
    ),
    _cohort(
        CohortKey.LATE_AFTER_REGISTER,
        "In after the register closes",
        "{late_sessions} or more sessions coded U in {late_weeks} school weeks.",
        "Is it transport, care, sleep or a lesson?",
        _OURS,
    ),
    _cohort(
        CohortKey.DRIFTING_UP,
        "Drifting up",
        "The last {drifting_weeks} school weeks are {drifting_points} points or more above "
        "the {drifting_weeks} before. This year is at 5% to under 10%.",
        "Who has asked?",
        "Our rule; STAT-28 for the band",
    ),
    _cohort(
        CohortKey.JUST_OVER_THE_LINE,
        "Just over the line",
        "10% to under {over_the_line_below_percent}% of this year's possible sessions missed.",
        "Which few days would change it?",
        "STAT-08",
    ),
    _cohort(
        CohortKey.COMING_BACK,
        "Coming back",
        "The last {coming_back_weeks} school weeks are {coming_back_points} points or more "
        "below the {coming_back_weeks} before.",
        "What helped? Say so to them.",
        _OURS,
    ),
)

#: Every cohort by its key, in the order pages show them.
COHORTS: Final = MappingProxyType({cohort.key: cohort for cohort in _IN_ORDER})
