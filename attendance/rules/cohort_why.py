"""Why a child is in a named cohort, in a sentence for staff. Pure.

Reads only the figures of the verdict (`patterns.Evidence`); rates are printed by `shown_percent`.
"""

from collections.abc import Callable, Mapping
from typing import Final

from attendance.rules.patterns import LINES, CohortKey, Evidence, Lines
from attendance.rules.percent import shown_percent
from attendance.rules.slots import words


def _number(figures: Evidence, name: str) -> int:
    value = figures[name]
    if not isinstance(value, int):
        raise TypeError(f"{name} is not a number.")
    return value


def _share(figures: Evidence, prefix: str = "") -> str:
    """'38 of 370 sessions, 10.3%'."""
    absent = _number(figures, f"{prefix}absent")
    possible = _number(figures, f"{prefix}possible")
    return f"{absent:,} of {possible:,} sessions, {shown_percent(absent, possible)}"


def _year(figures: Evidence, _lines: Lines) -> str:
    return f"Missed this year: {_share(figures)}."


def _one_long(figures: Evidence, _lines: Lines) -> str:
    sessions, absent = _number(figures, "sessions"), _number(figures, "absent")
    return (
        f"One spell of {_number(figures, 'days'):,} days holds {sessions:,} "
        f"of the {absent:,} sessions missed this year."
    )


def _many_short(figures: Evidence, lines: Lines) -> str:
    return (
        f"{_number(figures, 'spells'):,} absences of {lines.short_spell_days} days or less "
        f"began in the last {lines.short_spell_weeks} school weeks."
    )


def _same_days(figures: Evidence, _lines: Lines) -> str:
    slots = figures["slots"]
    if isinstance(slots, int):
        raise TypeError("slots is a list.")
    told = [f"{words(slot)} ({absent:,} of {possible:,})" for slot, absent, possible in slots]
    return f"Missed more often than chance explains: {', '.join(told)}."


def _late(figures: Evidence, lines: Lines) -> str:
    return (
        f"In after the register closed for {_number(figures, 'sessions'):,} sessions "
        f"of the last {lines.late_weeks} school weeks."
    )


def _compared(weeks: Callable[[Lines], int]) -> Callable[[Evidence, Lines], str]:
    def sentence(figures: Evidence, lines: Lines) -> str:
        return (
            f"Missed in the last {weeks(lines)} school weeks: {_share(figures, 'now_')}. "
            f"In the {weeks(lines)} before: {_share(figures, 'before_')}."
        )

    return sentence


_WHY: Final[Mapping[CohortKey, Callable[[Evidence, Lines], str]]] = {
    CohortKey.SEVERELY_ABSENT: _year,
    CohortKey.ONE_LONG_ABSENCE: _one_long,
    CohortKey.MANY_SHORT_ABSENCES: _many_short,
    CohortKey.SAME_DAYS_MISSED: _same_days,
    CohortKey.LATE_AFTER_REGISTER: _late,
    CohortKey.DRIFTING_UP: _compared(lambda lines: lines.drifting_weeks),
    CohortKey.JUST_OVER_THE_LINE: _year,
    CohortKey.COMING_BACK: _compared(lambda lines: lines.coming_back_weeks),
}


def why_in_cohort(key: CohortKey, figures: Evidence, lines: Lines = LINES) -> str:
    """What was found: 'One spell of 12 days holds 22 of the 30 sessions missed this year.'"""
    return _WHY[key](figures, lines)
