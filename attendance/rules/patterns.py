"""The named cohorts that rest on marks alone: which of them a child is in on a day, and why. Pure.

They are the shared language of a school and the authority: each asks one question first. They are
working lists, not statistics, so only children on roll are in one. Every line is tested on whole
numbers. Source: our rules (STAT-08 and STAT-09 for the lines at 10% and 50%, STAT-25 for the least
number of sessions); worked examples in docs/domain/cohorts.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias

from attendance.codes import LATE_AFTER_REGISTER
from attendance.rules import absence
from attendance.rules.absence import Counts
from attendance.rules.flags import Facts, year_to_date
from attendance.rules.marks import Mark, Register, SchoolCalendar
from attendance.rules.slots import HalfDays, SlotCount, half_days, slots
from attendance.rules.spells import of_the_year, spells
from schools.rules.calendar import week_start

#: The figures a verdict rests on; stored, so only whole numbers and lists of them.
Evidence: TypeAlias = Mapping[str, int | list[list[int]]]


class CohortKey(StrEnum):
    """The cohorts, by the names that stand in addresses, in the order pages show them."""

    SEVERELY_ABSENT = "severely_absent"
    ONE_LONG_ABSENCE = "one_long_absence"
    MANY_SHORT_ABSENCES = "many_short_absences"
    SAME_DAYS_MISSED = "same_days_missed"
    LATE_AFTER_REGISTER = "late_after_register"
    DRIFTING_UP = "drifting_up"
    JUST_OVER_THE_LINE = "just_over_the_line"
    COMING_BACK = "coming_back"


@dataclass(frozen=True)
class Lines:
    """Where the lines are. Weeks are school weeks; points are of a hundred."""

    long_spell_days: int = 10
    short_spells: int = 5
    short_spell_days: int = 3
    short_spell_weeks: int = 12
    same_days_absences: int = 10
    same_days_weeks: int = 5
    same_days_deviations: int = 3
    late_sessions: int = 5
    late_weeks: int = 6
    drifting_points: int = 3
    drifting_weeks: int = 6
    over_the_line_below_percent: int = 12
    coming_back_points: int = 5
    coming_back_weeks: int = 4

    @property
    def weeks_compared(self) -> int:
        """How many of the latest school weeks any cohort looks at, the year apart."""
        return max(
            self.short_spell_weeks,
            self.late_weeks,
            2 * self.drifting_weeks,
            2 * self.coming_back_weeks,
        )


LINES: Final = Lines()


def last_weeks(calendar: SchoolCalendar, on: date, weeks: int) -> tuple[date, ...]:
    """The Mondays of the latest school weeks as of `on`; fewer while the school has met in fewer.

    A school week is one in which the school had a session (PN-03). Weeks without one are skipped,
    so these weeks cross holidays and years. The latest may not be over yet.
    """
    return calendar.up_to(on).weeks[-weeks:]


def _in_weeks(marks: Register, weeks: tuple[date, ...], on: date) -> tuple[Mark, ...]:
    chosen = set(weeks)
    return tuple(mark for mark in marks if mark.date <= on and week_start(mark.date) in chosen)


def _share(prefix: str, counts: Counts) -> dict[str, int]:
    return {f"{prefix}absent": counts.absent, f"{prefix}possible": counts.possible}


def _year(facts: Facts) -> Counts | None:
    """The year to date, unless it is too early to say (STAT-25)."""
    counts = year_to_date(facts)
    return (
        None
        if absence.is_too_early_to_say(counts.possible, facts.minimum_possible)
        or not counts.possible
        else counts
    )


def severely_absent(facts: Facts, lines: Lines) -> Evidence | None:
    """Half or more of the year's possible sessions missed (STAT-09)."""
    year = _year(facts)
    if year is None or not absence.is_severe(year.absent, year.possible):
        return None
    return _share("", year)


def one_long_absence(facts: Facts, lines: Lines) -> Evidence | None:
    """One spell of ten days or more holds more than half of the sessions missed this year."""
    year = _year(facts)
    if year is None:
        return None
    for spell in spells(of_the_year(facts.marks, facts.on)):
        if spell.days >= lines.long_spell_days and 2 * spell.sessions > year.absent:
            return {"days": spell.days, "sessions": spell.sessions, **_share("", year)}
    return None


def many_short_absences(facts: Facts, lines: Lines) -> Evidence | None:
    """Five spells or more, of three days or less each, that began in the last 12 school weeks."""
    weeks = set(last_weeks(facts.calendar, facts.on, lines.short_spell_weeks))
    short = sum(
        week_start(spell.first) in weeks and spell.days <= lines.short_spell_days
        for spell in spells(facts.marks)
    )
    return {"spells": short} if short >= lines.short_spells else None


def same_days_missed(facts: Facts, lines: Lines) -> Evidence | None:
    """A weekday's session, or one half of the day, missed more than chance allows."""
    year = _year(facts)
    if year is None or year.absent < lines.same_days_absences:
        return None
    days = [slot for slot in weekday_slots(facts.marks, facts.on, lines) if slot.is_beyond_chance]
    halves = [half for half in _halves(facts, lines) if half.is_beyond_chance]
    told = [
        *([slot.slot, slot.absent, slot.possible] for slot in days),
        *([half.slot, half.missed, half.half_days] for half in halves),
    ]
    return {"slots": told, **_share("", year)} if told else None


def weekday_slots(marks: Register, on: date, lines: Lines = LINES) -> list[SlotCount]:
    """Every weekday session of the year to date, as chart F7 draws it and as the cohort judges it.

    Beyond chance is only one missed in enough weeks, by a child who missed enough at all.
    """
    found = slots(of_the_year(marks, on), deviations=lines.same_days_deviations)
    is_enough = sum(slot.absent for slot in found) >= lines.same_days_absences
    return [
        replace(slot, is_beyond_chance=is_enough and _is_repeated(slot, lines)) for slot in found
    ]


def _halves(facts: Facts, lines: Lines) -> list[HalfDays]:
    found = half_days(of_the_year(facts.marks, facts.on), deviations=lines.same_days_deviations)
    return [replace(half, is_beyond_chance=_is_repeated(half, lines)) for half in found]


def _is_repeated(slot: SlotCount | HalfDays, lines: Lines) -> bool:
    return slot.is_beyond_chance and slot.weeks_missed >= lines.same_days_weeks


def late_after_register(facts: Facts, lines: Lines) -> Evidence | None:
    """Five sessions or more coded U in the last six school weeks."""
    weeks = last_weeks(facts.calendar, facts.on, lines.late_weeks)
    late = sum(mark.code == LATE_AFTER_REGISTER for mark in _in_weeks(facts.marks, weeks, facts.on))
    return {"sessions": late} if late >= lines.late_sessions else None


def drifting_up(facts: Facts, lines: Lines) -> Evidence | None:
    """Three points or more above the six school weeks before, and at risk: 5% to under 10%."""
    year, compared = _year(facts), _now_and_before(facts, lines.drifting_weeks)
    if year is None or compared is None or not absence.is_at_risk(year.absent, year.possible):
        return None
    now, before = compared
    if not is_higher_by(now, before, lines.drifting_points):
        return None
    return {**_share("", year), **_share("now_", now), **_share("before_", before)}


def just_over_the_line(facts: Facts, lines: Lines) -> Evidence | None:
    """10% or more and under 12% of the year's possible sessions missed (STAT-08)."""
    year = _year(facts)
    if year is None or not absence.is_persistent(year.absent, year.possible):
        return None
    below = 100 * year.absent < lines.over_the_line_below_percent * year.possible
    return _share("", year) if below else None


def coming_back(facts: Facts, lines: Lines) -> Evidence | None:
    """Five points or more below the four school weeks before."""
    compared = _now_and_before(facts, lines.coming_back_weeks)
    if compared is None:
        return None
    now, before = compared
    if not is_higher_by(before, now, lines.coming_back_points):
        return None
    return {**_share("now_", now), **_share("before_", before)}


def _now_and_before(facts: Facts, weeks: int) -> tuple[Counts, Counts] | None:
    """The latest so many school weeks, and as many before them; None where either says too little.

    Each needs the least number of possible sessions that a figure may rest on (STAT-25).
    """
    both = last_weeks(facts.calendar, facts.on, 2 * weeks)
    now, before = (
        absence.count(_in_weeks(facts.marks, part, facts.on))
        for part in (both[-weeks:], both[:-weeks])
    )
    least = max(facts.minimum_possible, 1)
    return (now, before) if min(now.possible, before.possible) >= least else None


def is_higher_by(one: Counts, other: Counts, points: int) -> bool:
    """Whether one absence is so many points or more above the other. Both had sessions."""
    difference = one.absent * other.possible - other.absent * one.possible
    return 100 * difference >= points * one.possible * other.possible


_RULES: Final[Mapping[CohortKey, Callable[[Facts, Lines], Evidence | None]]] = {
    CohortKey.SEVERELY_ABSENT: severely_absent,
    CohortKey.ONE_LONG_ABSENCE: one_long_absence,
    CohortKey.MANY_SHORT_ABSENCES: many_short_absences,
    CohortKey.SAME_DAYS_MISSED: same_days_missed,
    CohortKey.LATE_AFTER_REGISTER: late_after_register,
    CohortKey.DRIFTING_UP: drifting_up,
    CohortKey.JUST_OVER_THE_LINE: just_over_the_line,
    CohortKey.COMING_BACK: coming_back,
}


def cohorts_of(facts: Facts, lines: Lines = LINES) -> dict[CohortKey, Evidence]:
    """The cohorts this enrolment is in as of `facts.on`, each with its figures; in order.

    None for a leaver, or before the first day. A child may be in several.
    """
    if not facts.is_on_roll:
        return {}
    found = ((key, rule(facts, lines)) for key, rule in _RULES.items())
    return {key: figures for key, figures in found if figures is not None}
