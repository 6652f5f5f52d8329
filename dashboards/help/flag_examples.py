"""Registers on both sides of each flag's line, judged by the flags' own rules. Pure.

Where a line is, is read from the rules: a line that moves moves the examples with it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import Final

from attendance.codes import ILLNESS, NO_MARK_RECORDED, UNEXPLAINED
from attendance.rules import absence
from attendance.rules.flags import Evidence, Facts, evidence, year_to_date
from attendance.rules.penalty_window import THRESHOLD_SESSIONS, WINDOW_SCHOOL_WEEKS, rolling_ten
from attendance.rules.recent import RECENT_SCHOOL_DAYS, last_heard_on
from attendance.rules.returns import (
    REASON_DUE_SCHOOL_DAYS,
    SICKNESS_RETURN_SESSIONS,
    illness,
    unresolved_n,
)
from attendance.rules.runs import THRESHOLD_DAYS, unauthorised_run
from attendance.rules.why import why_sentence
from attendance.states import TOO_EARLY_TO_SAY, FlagKind
from attendance_portal.shared.wording import counted, day_of_week
from dashboards.help.examples import BothSides, Example, both_sides
from dashboards.help.registers import (
    NOTHING,
    PRESENT,
    SESSIONS_A_WEEK,
    facts_of,
    missed,
)

Case = tuple[str, Facts]

_ONE_IN: Final = {
    FlagKind.AT_RISK: absence.AT_RISK_ONE_IN,
    FlagKind.PERSISTENT_ABSENCE: absence.PERSISTENT_ONE_IN,
    FlagKind.SEVERE_ABSENCE: absence.SEVERE_ONE_IN,
}
_A_YEAR: Final = 360  # sessions: near to a full school year, and every line falls on a whole one
_ODD: Final = 351  # so that the nearest share under a line is no round one
_MEDICAL: Final = "M"
_ABOVE_THE_BAND: Final = (
    f"From {100 // absence.PERSISTENT_ONE_IN}% it is persistent absence instead."
)
_UNAUTHORISED: Final = "O"


def flag_examples(kind: FlagKind, minimum: int) -> BothSides:
    """Examples of a flag. `minimum`: the least possible sessions of a year-to-date flag."""
    cases = _year_to_date_cases(kind, minimum) if kind in _ONE_IN else _CASES[kind](minimum)
    return both_sides([_worked(kind, words, facts) for words, facts in cases])


def _worked(kind: FlagKind, words: str, facts: Facts) -> Example:
    return Example(words, _found(kind, facts), evidence(kind, facts) is not None)


def _found(kind: FlagKind, facts: Facts) -> str:
    """What the rule measured, whether or not the flag holds."""
    if kind in _ONE_IN:
        return _found_of_the_year(kind, facts)
    if kind is FlagKind.UNRESOLVED_N:
        return _found_of_reasons(facts)
    if kind is FlagKind.NO_RECENT_MARKS:
        return _found_of_silence(facts)
    return why_sentence(kind, _MEASURED[kind](facts))


# The year to date.


def _year_to_date_cases(kind: FlagKind, minimum: int) -> list[Case]:
    one_in = _ONE_IN[kind]
    on, under = -(-_A_YEAR // one_in), (_ODD - 1) // one_in
    shares = [(on, _A_YEAR), (under, _ODD), (minimum - 1, minimum - 1)]
    if kind is FlagKind.AT_RISK:
        shares[2:2] = [
            ((_ODD - 1) // absence.PERSISTENT_ONE_IN, _ODD),
            (_A_YEAR // absence.PERSISTENT_ONE_IN, _A_YEAR),
        ]
        shares[-1] = (1, minimum - 1)
    else:
        shares.insert(1, (minimum, minimum))
    return [_share_case(absent, possible, minimum) for absent, possible in shares]


def _share_case(absent: int, possible: int, minimum: int) -> Case:
    words = f"{absent:,} missed of {counted(possible, 'possible session')} this academic year."
    return words, facts_of(missed(absent, possible), minimum=minimum)


def _found_of_the_year(kind: FlagKind, facts: Facts) -> str:
    counts = year_to_date(facts)
    if absence.is_too_early_to_say(counts.possible, facts.minimum_possible):
        return f"{TOO_EARLY_TO_SAY.label}: fewer than {facts.minimum_possible} possible sessions."
    found = why_sentence(kind, {"absent": counts.absent, "possible": counts.possible})
    is_above = kind is FlagKind.AT_RISK and absence.is_persistent(counts.absent, counts.possible)
    return f"{found} {_ABOVE_THE_BAND}" if is_above else found


# Unauthorised sessions and days.


def _scattered(weeks: int, before: int = 0) -> list[str]:
    """One unauthorised session on the Monday of each week but one, which is attended."""
    week = [_UNAUTHORISED] + [PRESENT] * (SESSIONS_A_WEEK - 1)
    attended = [PRESENT] * SESSIONS_A_WEEK
    return week * before + (attended if before else []) + week * (weeks - before)


def _window_cases(minimum: int) -> list[Case]:
    line, weeks = THRESHOLD_SESSIONS, WINDOW_SCHOOL_WEEKS
    mixed = (["G", "N", "O", "U"] * line)[:line]
    return [
        (
            f"One morning coded O in each of {weeks} school weeks.",
            facts_of(_scattered(weeks), minimum=minimum),
        ),
        (
            f"{line} sessions in a row, coded G, N, O or U in turn.",
            facts_of(mixed + [PRESENT] * (SESSIONS_A_WEEK * 2 - line), minimum=minimum),
        ),
        (
            f"{line} mornings coded O, one a week, with a whole week attended between.",
            facts_of(_scattered(weeks, before=weeks - 1), minimum=minimum),
        ),
        (
            f"{line - 1} sessions coded O in one week and 1 of illness.",
            facts_of([_UNAUTHORISED] * (line - 1) + [ILLNESS], minimum=minimum),
        ),
    ]


def _measured_window(facts: Facts) -> Evidence:
    return {"rolling_now": rolling_ten(facts.marks, facts.calendar, facts.on).now}


def _run_cases(minimum: int) -> list[Case]:
    days = THRESHOLD_DAYS
    whole = [_UNAUTHORISED] * (2 * days)
    return [
        (f"Every session of {days} school days coded O.", facts_of(whole, minimum=minimum)),
        (
            "The same, then a day on which the school was closed (#).",
            facts_of([*whole, "#", "#"], minimum=minimum),
        ),
        (
            f"Every session of {days - 1} school days coded O.",
            facts_of(whole[2:], minimum=minimum),
        ),
        (
            f"{days} days coded O, then a day with O in the morning and illness after.",
            facts_of([*whole, _UNAUTHORISED, ILLNESS], minimum=minimum),
        ),
    ]


def _measured_run(facts: Facts) -> Evidence:
    return {"run_now": unauthorised_run(facts.marks).now}


# What a school owes.


def _sickness_cases(minimum: int) -> list[Case]:
    line = SICKNESS_RETURN_SESSIONS
    attended = [PRESENT] * SESSIONS_A_WEEK
    half = line // 2
    return [
        (
            f"{line} sessions of illness in one stretch.",
            facts_of([ILLNESS] * line, minimum=minimum),
        ),
        (
            f"{half} sessions of illness, a week attended, then {line - half} more.",
            facts_of([ILLNESS] * half + attended + [ILLNESS] * (line - half), minimum=minimum),
        ),
        (
            f"{line - 1} sessions of illness in one stretch.",
            facts_of([ILLNESS] * (line - 1) + [PRESENT], minimum=minimum),
        ),
        (
            f"{line - 1} sessions of illness and {SESSIONS_A_WEEK} of medical appointments (M).",
            facts_of([ILLNESS] * (line - 1) + [_MEDICAL] * SESSIONS_A_WEEK, minimum=minimum),
        ),
    ]


def _measured_illness(facts: Facts) -> Evidence:
    ill = illness(facts.marks, facts.on)
    return {"illness_sessions": ill.sessions, "illness_days": ill.days}


def _reason_cases(minimum: int) -> list[Case]:
    return [_reason_case(REASON_DUE_SCHOOL_DAYS + more, minimum) for more in (1, 0)]


def _reason_case(days_after: int, minimum: int) -> Case:
    codes = [UNEXPLAINED] + [PRESENT] * (1 + 2 * days_after)
    facts = facts_of(codes, minimum=minimum)
    return f"Coded N on {day_of_week(facts.enrolment_start)}. It is {day_of_week(facts.on)}.", facts


def _found_of_reasons(facts: Facts) -> str:
    first = min(mark.date for mark in facts.marks if mark.code == UNEXPLAINED)
    passed = len(facts.calendar.days) - bisect_right(facts.calendar.days, first)
    owed = unresolved_n(facts.marks, facts.calendar, facts.on).overdue
    return (
        f"{counted(passed, 'school day')} since, and the reason is due within "
        f"{REASON_DUE_SCHOOL_DAYS}: {counted(owed, 'reason')} owed."
    )


def _silence_cases(minimum: int) -> list[Case]:
    silent = RECENT_SCHOOL_DAYS
    week = [PRESENT] * SESSIONS_A_WEEK
    dashes = [NO_MARK_RECORDED] * (2 * silent)
    return [
        _silence_case([*week, *[NOTHING] * (2 * silent)], "Then no mark at all", minimum),
        _silence_case(
            [*week, *dashes], f"Then only {NO_MARK_RECORDED}, which says no mark was made,", minimum
        ),
        _silence_case([*week, *[NOTHING] * (2 * (silent - 1))], "Then no mark at all", minimum),
        _silence_case([*week, *dashes[:-1], ILLNESS], "Then one mark, of illness,", minimum),
    ]


def _silence_case(codes: list[str], then: str, minimum: int) -> Case:
    facts = facts_of(codes, minimum=minimum)
    after = len(codes) // 2 - SESSIONS_A_WEEK // 2
    return f"Present for a week. {then} in {counted(after, 'school day')}.", facts


def _found_of_silence(facts: Facts) -> str:
    last = last_heard_on(facts.marks, facts.calendar, facts.on)
    if last is None:
        return "No mark was ever sent."
    silent = len(facts.calendar.days) - bisect_right(facts.calendar.days, last)
    return (
        f"The last mark is of {day_of_week(last)}: {counted(silent, 'school day')} of silence. "
        f"The line is {RECENT_SCHOOL_DAYS}."
    )


_MEASURED: Final[Mapping[FlagKind, Callable[[Facts], Evidence]]] = {
    FlagKind.PENALTY_NOTICE_THRESHOLD: _measured_window,
    FlagKind.UNAUTHORISED_RUN: _measured_run,
    FlagKind.SICKNESS_RETURN: _measured_illness,
}
_CASES: Final[Mapping[FlagKind, Callable[[int], list[Case]]]] = {
    FlagKind.PENALTY_NOTICE_THRESHOLD: _window_cases,
    FlagKind.UNAUTHORISED_RUN: _run_cases,
    FlagKind.SICKNESS_RETURN: _sickness_cases,
    FlagKind.UNRESOLVED_N: _reason_cases,
    FlagKind.NO_RECENT_MARKS: _silence_cases,
}
