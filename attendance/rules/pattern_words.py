"""Why a child is in a cohort, as one sentence made from its figures. Pure."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, TypeAlias

from attendance.rules.patterns import LINES, CohortKey, Evidence, Lines
from attendance.rules.percent import shown_percent
from attendance.rules.slots import MORNINGS, words
from attendance_portal.shared import wording

_Figures: TypeAlias = Mapping[str, Any]
_SLOTS_TOLD: Final = 4  # the chart shows every one; a sentence has at most 25 words


def _of_the_year(figures: _Figures, on: date, lines: Lines) -> str:
    absent, possible = figures["absent"], figures["possible"]
    return (
        f"{absent:,} of {possible:,} sessions missed this year, {shown_percent(absent, possible)}."
    )


def _long(figures: _Figures, on: date, lines: Lines) -> str:
    return (
        f"One spell of {figures['days']:,} school days holds {figures['sessions']:,} "
        f"of the {figures['absent']:,} sessions missed this year."
    )


def _short(figures: _Figures, on: date, lines: Lines) -> str:
    return (
        f"{figures['spells']:,} spells of {lines.short_spell_days} days or less "
        f"in the {lines.short_spell_weeks} school weeks to {wording.day(on)}."
    )


def _same_days(figures: _Figures, on: date, lines: Lines) -> str:
    days = [f"{k:,} of {of:,} {words(slot)}" for slot, k, of in figures["slots"] if slot < MORNINGS]
    halves = [
        f"Of {of:,} half days, {k:,} were {words(slot)}."
        for slot, k, of in figures["slots"]
        if slot >= MORNINGS
    ]
    more = days[_SLOTS_TOLD:]
    told = [*days[:_SLOTS_TOLD], *([f"{len(more):,} more"] if more else [])]
    weekdays = [f"Missed this year: {wording.listed(told)}."] if told else []
    share = shown_percent(figures["absent"], figures["possible"])
    return " ".join([*weekdays, *halves, f"Of all sessions, {share}."])


def _late(figures: _Figures, on: date, lines: Lines) -> str:
    return (
        f"{figures['sessions']:,} sessions coded U "
        f"in the {lines.late_weeks} school weeks to {wording.day(on)}."
    )


def _now_and_before(figures: _Figures, on: date, weeks: int) -> str:
    now, before = (
        f"{figures[f'{part}absent']:,} of {figures[f'{part}possible']:,} sessions, "
        f"{shown_percent(figures[f'{part}absent'], figures[f'{part}possible'])}"
        for part in ("now_", "before_")
    )
    return f"{now}, in the {weeks} school weeks to {wording.day(on)}. Before that, {before}."


def _drifting(figures: _Figures, on: date, lines: Lines) -> str:
    return _now_and_before(figures, on, lines.drifting_weeks)


def _coming_back(figures: _Figures, on: date, lines: Lines) -> str:
    return _now_and_before(figures, on, lines.coming_back_weeks)


_SENTENCES: Final[Mapping[CohortKey, Callable[[_Figures, date, Lines], str]]] = {
    CohortKey.SEVERELY_ABSENT: _of_the_year,
    CohortKey.ONE_LONG_ABSENCE: _long,
    CohortKey.MANY_SHORT_ABSENCES: _short,
    CohortKey.SAME_DAYS_MISSED: _same_days,
    CohortKey.LATE_AFTER_REGISTER: _late,
    CohortKey.DRIFTING_UP: _drifting,
    CohortKey.JUST_OVER_THE_LINE: _of_the_year,
    CohortKey.COMING_BACK: _coming_back,
}


def reason(key: CohortKey, figures: Evidence, *, on: date, lines: Lines = LINES) -> str:
    """The sentence that shows why, with the figures of `attendance.rules.patterns` as of `on`."""
    return _SENTENCES[key](figures, on, lines)
