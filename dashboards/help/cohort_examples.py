"""Registers on both sides of each named cohort's line, judged by the cohorts' own rules. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from attendance.codes import ILLNESS
from attendance.rules import absence, patterns
from attendance.rules.absence import Counts
from attendance.rules.cohort_why import why_in_cohort
from attendance.rules.flags import Facts, year_to_date
from attendance.rules.patterns import CohortKey, Evidence, Lines
from attendance.rules.slots import words
from attendance.rules.spells import of_the_year, spells
from attendance.states import TOO_EARLY_TO_SAY
from attendance_portal.shared.wording import counted
from dashboards.help.examples import BothSides, Example, both_sides
from dashboards.help.registers import PRESENT, SESSIONS_A_WEEK, facts_of, missed

Case = tuple[str, list[str]]

_HUNDRED: Final = 100
_FRIDAY_AFTERNOON: Final = SESSIONS_A_WEEK - 1
_PATTERN_WEEKS: Final = 20
_ANY_DISTANCE: Final = -_HUNDRED  # points: compares two stretches whichever is higher
_MISSED_IN_A_WEEK: Final = [ILLNESS] + [PRESENT] * (SESSIONS_A_WEEK - 1)


def cohort_examples(key: CohortKey, lines: Lines, minimum: int) -> BothSides:
    """Examples of a cohort. `minimum`: the least possible sessions that a figure may rest on."""
    return both_sides(
        [
            _worked(key, text, facts_of(codes, minimum=minimum), lines)
            for text, codes in _CASES[key](lines, minimum)
        ]
    )


def _worked(key: CohortKey, text: str, facts: Facts, lines: Lines) -> Example:
    figures = patterns.cohorts_of(facts, lines).get(key)
    if figures is not None:
        return Example(text, why_in_cohort(key, figures, lines), True)
    return Example(text, _found(key, facts, lines), False)


def _found(key: CohortKey, facts: Facts, lines: Lines) -> str:
    """What the rule measured of a child who is not in the cohort."""
    counts = year_to_date(facts)
    if key in _OF_THE_YEAR and absence.is_too_early_to_say(counts.possible, facts.minimum_possible):
        return f"{TOO_EARLY_TO_SAY.label}: fewer than {facts.minimum_possible} possible sessions."
    if key is CohortKey.SAME_DAYS_MISSED:
        return _friday_afternoons(facts, lines)
    found = why_in_cohort(key, _MEASURED[key](facts, lines), lines)
    if key is CohortKey.DRIFTING_UP:
        year = why_in_cohort(CohortKey.JUST_OVER_THE_LINE, _year(facts, lines), lines)
        return f"{found} {year}"
    return found


def _year(facts: Facts, _lines: Lines) -> Evidence:
    counts = year_to_date(facts)
    return {"absent": counts.absent, "possible": counts.possible}


def _longest_spell(facts: Facts, lines: Lines) -> Evidence:
    spell = max(spells(of_the_year(facts.marks, facts.on)), key=lambda spell: spell.days)
    return {"days": spell.days, "sessions": spell.sessions, **_year(facts, lines)}


def _short_spells(facts: Facts, lines: Lines) -> Evidence:
    return patterns.many_short_absences(facts, replace(lines, short_spells=0)) or {"spells": 0}


def _late_sessions(facts: Facts, lines: Lines) -> Evidence:
    return patterns.late_after_register(facts, replace(lines, late_sessions=0)) or {"sessions": 0}


def _compared(weeks: int, facts: Facts, lines: Lines) -> Evidence:
    """The latest so many school weeks and those before, however they stand to each other."""
    measured = replace(lines, coming_back_points=_ANY_DISTANCE, coming_back_weeks=weeks)
    nothing = Counts()
    return patterns.coming_back(facts, measured) or {
        "now_absent": nothing.absent, "now_possible": nothing.possible,
        "before_absent": nothing.absent, "before_possible": nothing.possible,
    }  # fmt: skip


def _friday_afternoons(facts: Facts, lines: Lines) -> str:
    """How the slot of the examples stands to what chance allows."""
    found = patterns.weekday_slots(facts.marks, facts.on, lines)
    slot = next(one for one in found if one.slot == _FRIDAY_AFTERNOON)
    allowed = int(slot.expected_high * slot.possible / _HUNDRED)
    return (
        f"Of {slot.possible:,} {words(slot.slot)}, {slot.absent:,} were missed. "
        f"Chance allows up to {allowed:,}."
    )


# The registers.


def _share(absent: int, possible: int) -> Case:
    text = f"{absent:,} missed of {counted(possible, 'possible session')} this academic year."
    return text, missed(absent, possible)


def _severe_cases(lines: Lines, minimum: int) -> list[Case]:
    half = _HUNDRED // absence.SEVERE_ONE_IN
    few = minimum - 2
    return [_share(half, _HUNDRED), _share(half - 1, _HUNDRED), _share(few, few)]


def _over_the_line_cases(lines: Lines, minimum: int) -> list[Case]:
    least = _HUNDRED // absence.PERSISTENT_ONE_IN
    upper = 2 * lines.over_the_line_below_percent
    return [
        _share(least, _HUNDRED),
        _share(upper - 1, 2 * _HUNDRED),
        _share(2 * least - 1, 2 * _HUNDRED),
        _share(upper, 2 * _HUNDRED),
    ]


def _long_spell(days: int, others: int) -> Case:
    besides = f" {others:,} single sessions missed besides." if others else ""
    text = f"Ill for {counted(days, 'day')} in a row.{besides}"
    single = [ILLNESS, PRESENT] * others
    return text, [ILLNESS] * (2 * days) + [PRESENT] * SESSIONS_A_WEEK + single


def _one_long_cases(lines: Lines, minimum: int) -> list[Case]:
    days = lines.long_spell_days
    return [
        _long_spell(days, 2 * days - 1),
        _long_spell(days, 2 * days),
        _long_spell(days - 1, 0),
    ]


def _short_spell_cases(lines: Lines, minimum: int) -> list[Case]:
    number, longest = lines.short_spells, lines.short_spell_days
    too_long = [ILLNESS] * (2 * (longest + 1))
    fitting = too_long + [PRESENT] * (-len(too_long) % SESSIONS_A_WEEK)
    return [
        (f"{number} mornings missed, one a week.", _MISSED_IN_A_WEEK * number),
        (f"{number - 1} mornings missed, one a week.", _MISSED_IN_A_WEEK * (number - 1)),
        (
            f"{number - 1} mornings missed, one a week, and one spell of {longest + 1} days.",
            _MISSED_IN_A_WEEK * (number - 1) + fitting,
        ),
        (
            f"{number} mornings missed, one a week, then {lines.short_spell_weeks} weeks attended.",
            _MISSED_IN_A_WEEK * number + [PRESENT] * SESSIONS_A_WEEK * lines.short_spell_weeks,
        ),
    ]


def _pattern(fridays: int) -> Case:
    """Twenty sessions missed in twenty weeks: some on Friday afternoons, the rest on whole days."""
    weeks = [[PRESENT] * SESSIONS_A_WEEK for _ in range(_PATTERN_WEEKS)]
    for week in weeks[:fridays]:
        week[_FRIDAY_AFTERNOON] = ILLNESS
    for place in range(_PATTERN_WEEKS - fridays):
        weeks[place // 2][place // 2 % 4 * 2 + place % 2] = ILLNESS
    text = (
        f"{_PATTERN_WEEKS} sessions missed in {_PATTERN_WEEKS} weeks, "
        f"{fridays} of them on Friday afternoons."
    )
    return text, [code for week in weeks for code in week]


def _same_days_cases(lines: Lines, minimum: int) -> list[Case]:
    return [_pattern(6), _pattern(5)]


def _late_cases(lines: Lines, minimum: int) -> list[Case]:
    number, weeks = lines.late_sessions, lines.late_weeks
    return [
        (f"{number} mornings coded U within {weeks} weeks.", _mornings("U", number, weeks)),
        (f"{number - 1} mornings coded U within {weeks} weeks.", _mornings("U", number - 1, weeks)),
        (
            f"{number} mornings coded L, in before the register closed.",
            _mornings("L", number, weeks),
        ),
    ]


def _mornings(code: str, number: int, weeks: int) -> list[str]:
    """So many mornings with a code, one a week as long as there are weeks."""
    late = [code if place < number else PRESENT for place in range(weeks)]
    return [session for first in late for session in [first] + [PRESENT] * (SESSIONS_A_WEEK - 1)]


def _two_stretches(weeks: int, before: int, now: int) -> Case:
    sessions = weeks * SESSIONS_A_WEEK
    text = f"{before:,} missed of {sessions} sessions, then {now:,} of the next {sessions}."
    return text, missed(before, sessions) + missed(now, sessions)


def _drifting_cases(lines: Lines, minimum: int) -> list[Case]:
    weeks = lines.drifting_weeks
    return [
        _two_stretches(weeks, 2, 4),
        _two_stretches(weeks, 3, 4),
        _two_stretches(weeks, 1, 4),
    ]


def _coming_back_cases(lines: Lines, minimum: int) -> list[Case]:
    weeks = lines.coming_back_weeks
    return [_two_stretches(weeks, 2, 0), _two_stretches(weeks, 1, 0)]


_OF_THE_YEAR: Final = frozenset(
    {CohortKey.SEVERELY_ABSENT, CohortKey.ONE_LONG_ABSENCE, CohortKey.JUST_OVER_THE_LINE}
)
_MEASURED: Final[Mapping[CohortKey, Callable[[Facts, Lines], Evidence]]] = {
    CohortKey.SEVERELY_ABSENT: _year,
    CohortKey.ONE_LONG_ABSENCE: _longest_spell,
    CohortKey.MANY_SHORT_ABSENCES: _short_spells,
    CohortKey.LATE_AFTER_REGISTER: _late_sessions,
    CohortKey.DRIFTING_UP: lambda facts, lines: _compared(lines.drifting_weeks, facts, lines),
    CohortKey.JUST_OVER_THE_LINE: _year,
    CohortKey.COMING_BACK: lambda facts, lines: _compared(lines.coming_back_weeks, facts, lines),
}
_CASES: Final[Mapping[CohortKey, Callable[[Lines, int], list[Case]]]] = {
    CohortKey.SEVERELY_ABSENT: _severe_cases,
    CohortKey.ONE_LONG_ABSENCE: _one_long_cases,
    CohortKey.MANY_SHORT_ABSENCES: _short_spell_cases,
    CohortKey.SAME_DAYS_MISSED: _same_days_cases,
    CohortKey.LATE_AFTER_REGISTER: _late_cases,
    CohortKey.DRIFTING_UP: _drifting_cases,
    CohortKey.JUST_OVER_THE_LINE: _over_the_line_cases,
    CohortKey.COMING_BACK: _coming_back_cases,
}
