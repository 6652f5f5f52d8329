"""Is one session of the week missed more than chance allows? Pure, exact, recomputable by hand.

Say a child had N possible sessions in the year and missed n; a slot (Friday afternoons) held K of
the N. Were the n missed sessions dealt out by chance, the slot would get K n / N of them, with a
variance of n K (N - K) (N - n) / (N N (N - 1)) (drawing without replacement). A slot is beyond
chance when it got more than that by over three standard deviations. Squared, no root is needed:

    with k missed:  (k N - n K)^2 (N - 1) > 9 n K (N - K) (N - n)   and   k N > n K

Mornings against afternoons are judged on half days: days of which one session was missed and one
attended. By chance half of them are mornings; m half days, j of them mornings, are beyond it when

    (2 j - m)^2 > 9 m

Source: our rule; worked examples in docs/domain/cohorts.md.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from attendance.rules.marks import Mark, Register
from schools.rules.calendar import week_start

MORNINGS: Final = 14  # after the fourteen sessions of a week, Monday AM being 0
AFTERNOONS: Final = 15
DEVIATIONS: Final = 3
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG_DAYS: Final = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
_HALVES: Final = ("AM", "PM")
_LONG_HALVES: Final = ("mornings", "afternoons")
_PERCENT: Final = Decimal(100)
_PLACES: Final = Decimal("0.01")


@dataclass(frozen=True)
class SlotCount:
    """One weekday session of a year: missed of possible, in how many weeks, what chance allows.

    `expected_low` and `expected_high` are percentages of the slot's possible sessions.
    """

    slot: int
    absent: int
    possible: int
    weeks_missed: int
    expected_low: Decimal
    expected_high: Decimal
    is_beyond_chance: bool

    @property
    def label(self) -> str:
        return short_label(self.slot)


def short_label(slot: int) -> str:
    """'Mon AM'."""
    return f"{_DAYS[slot // 2]} {_HALVES[slot % 2]}"


def long_day(slot: int) -> str:
    """'Monday'."""
    return _LONG_DAYS[slot // 2]


def words(slot: int) -> str:
    """'Monday mornings'; 'mornings' for those of every day."""
    half = _LONG_HALVES[slot % 2]
    return half if slot >= MORNINGS else f"{_LONG_DAYS[slot // 2]} {half}"


def is_beyond_chance(
    *, absent: int, possible: int, all_absent: int, all_possible: int, deviations: int = DEVIATIONS
) -> bool:
    """Whether a slot with `absent` of `possible` missed got more of all those missed than chance
    allows. Whole numbers only; see the formula above."""
    excess = absent * all_possible - all_absent * possible
    spread = all_absent * possible * (all_possible - possible) * (all_possible - all_absent)
    return excess > 0 and excess**2 * (all_possible - 1) > deviations**2 * spread


def expected_range(
    *, possible: int, all_absent: int, all_possible: int, deviations: int = DEVIATIONS
) -> tuple[Decimal, Decimal]:
    """The percentages of a slot that chance allows: the child's own, and three deviations about it.

    Two decimals, for drawing; a slot is beyond chance by `is_beyond_chance`, never by these.
    """
    if all_possible < 2 or possible == 0:
        return Decimal(0), _PERCENT
    middle = _PERCENT * all_absent / all_possible
    variance = Decimal(
        all_absent * (all_possible - possible) * (all_possible - all_absent)
    ) / Decimal(possible * all_possible**2 * (all_possible - 1))
    reach = _PERCENT * deviations * variance.sqrt()
    low, high = max(middle - reach, Decimal(0)), min(middle + reach, _PERCENT)
    return low.quantize(_PLACES), high.quantize(_PLACES)


def slots(marks: Register, *, deviations: int = DEVIATIONS) -> list[SlotCount]:
    """Each weekday session with something possible among these marks, Monday AM first.

    Pass the marks of one academic year up to the date asked.
    """
    possible = [mark for mark in marks if mark.meaning.is_possible]
    absent = [mark for mark in possible if not mark.meaning.is_attended]
    missed = Counter(map(_slot_of, absent))
    held = Counter(map(_slot_of, possible))
    return [
        _slot_count(slot, missed[slot], held[slot], len(absent), len(possible), deviations)
        for slot in sorted(held)
    ]


def _slot_of(mark: Mark) -> int:
    return 2 * mark.date.weekday() + mark.session


def _slot_count(
    slot: int, absent: int, possible: int, all_absent: int, all_possible: int, deviations: int
) -> SlotCount:
    low, high = expected_range(
        possible=possible, all_absent=all_absent, all_possible=all_possible, deviations=deviations
    )
    is_beyond = is_beyond_chance(
        absent=absent,
        possible=possible,
        all_absent=all_absent,
        all_possible=all_possible,
        deviations=deviations,
    )
    return SlotCount(slot, absent, possible, absent, low, high, is_beyond)


@dataclass(frozen=True)
class HalfDays:
    """Days half missed: how many, and those of which this half was missed, in how many weeks."""

    slot: int  # MORNINGS or AFTERNOONS
    missed: int
    half_days: int
    weeks_missed: int
    is_beyond_chance: bool


def half_days(marks: Register, *, deviations: int = DEVIATIONS) -> list[HalfDays]:
    """Mornings and afternoons among the days of which one session was missed, one attended."""
    possible: dict[date, list[Mark]] = defaultdict(list)
    for mark in marks:
        if mark.meaning.is_possible:
            possible[mark.date].append(mark)
    halves = [
        mark
        for day in possible.values()
        if len(day) == 2 and sum(mark.meaning.is_attended for mark in day) == 1
        for mark in day
        if not mark.meaning.is_attended
    ]
    return [_half(slot, halves, deviations) for slot in (MORNINGS, AFTERNOONS)]


def _half(slot: int, halves: list[Mark], deviations: int) -> HalfDays:
    ours = [mark for mark in halves if mark.session == slot - MORNINGS]
    excess = 2 * len(ours) - len(halves)
    return HalfDays(
        slot=slot,
        missed=len(ours),
        half_days=len(halves),
        weeks_missed=len({week_start(mark.date) for mark in ours}),
        is_beyond_chance=excess > 0 and excess**2 > deviations**2 * len(halves),
    )
