"""How likely each child is to miss school: heavy-tailed, steady over years, unequal as in life.

A child's *standing* among the pupils of a phase comes first: circumstances (free meals, needs,
care, year group, ethnicity) and a draw of its own, part of which is new each year. The standing is
a place between 0 and 1, and the phase's `Level` says what share of sessions a child in that place
misses: a lognormal curve, and past `1 - severe` those who miss half of their school or more. So a
borough of any size and seed has the distribution of its phase, and chance decides who and when.

The numbers are set so that `manage.py calibration` meets the published figures of
`data/calibration.csv`; the how-to is docs/how-to/demo-borough.md.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from attendance.borough.days import Window, all_half_terms
from attendance.borough.draw import generator, spread_lots
from attendance.borough.people import FIRST_SECONDARY_GRADE, LAST_GRADE, Child, Population
from attendance.borough.schools import PRIMARY, SECONDARY, SPECIAL

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

_SEVERE_FROM: Final = 0.515
_SEVERE_WIDTH: Final = 0.36
_SEVERE_BEND: Final = 1.6  # above 1: more of the severe near the line than near never
_YEARLY_SHARE: Final = 0.35  # of the spread that is new each year
_WHOLE_YEAR_DAYS: Final = 190
_PART_YEAR_SPREAD: Final = 0.4  # shares of a part of a year lie further apart than a year's
# A child's own draw beside the circumstances; pupils with needs differ more among themselves.
_OWN: Final = {"N": 0.74, "K": 0.79, "E": 1.25}
_TAIL: Final = 1.0  # how far the extremes are a matter of chance rather than circumstances
_ROUNDING: Final = 6  # digits: processors differ in the last place of exp and log
_CURVE_POINTS: Final = 4001


@dataclass(frozen=True)
class Level:
    """One phase. Rates are shares of sessions; `severe` and `holidays` shares of pupils a year."""

    median: float
    spread: float
    highest: float  # rates bend towards it
    severe: float
    unauthorised_base: float
    unauthorised_slope: float
    late: float
    late_after_close: float
    holidays: float
    medical: float
    leave: float
    suspended: float
    part_time: float  # share of pupils in a year
    off_site: float
    sport: float
    visits: float


LEVELS: Final = {
    "PS": Level(0.0182, 1.75, 0.17, 0.0090, 0.05, 1.3, 0.0205, 0.0022, 0.25, 0.0024, 0.0020, 0.0004,
                0.014, 0.0004, 0.0043, 0.0022),
    "SS": Level(0.0287, 1.7, 0.265, 0.0460, 0.20, 1.0, 0.0400, 0.0042, 0.165, 0.0033, 0.0025,
                0.0090, 0.016, 0.0014, 0.0006, 0.0014),
    "SP": Level(0.0358, 1.08, 0.27, 0.0570, 0.06, 0.6, 0.0150, 0.0016, 0.27, 0.0105, 0.0170, 0.0022,
                0.19, 0.0115, 0.0002, 0.0002),
    "PR": Level(0.35, 0.55, 0.60, 0.20, 0.45, 0.5, 0.06, 0.02, 0.10, 0.0040, 0.004, 0.03, 0.20,
                0.02, 0.0006, 0.0010),
}  # fmt: skip
# The level of earlier years beside this one's (Redcar and Cleveland, daily data: 9.4 per cent of
# secondary sessions in 2024/25 and 9.9 in 2025/26; primary and special schools hardly changed).
_YEAR: Final = {("SS", 2024): 0.87, ("PS", 2024): 0.89}

# How much more or less absent than others of the same phase.
_FSM: Final = (0.76, 1.53)
_POVERTY_BESIDE_A_PLAN: Final = 0.5  # a plan tells of so much that poverty adds less
_SEN: Final = {"N": 0.88, "K": 1.34, "E": 1.56}
_CARE: Final = {"NONE": 1.0, "EH": 1.4, "CIN": 1.5, "CP": 1.6, "CLA": 0.85, "PLAC": 1.1}
_YOUNG_CARER: Final = 1.35
_ETHNICITY: Final = {
    "WROM": 2.2, "WIRT": 2.6, "CHNE": 0.55, "BAFR": 0.6, "AIND": 0.75, "ABAN": 0.9, "WOTH": 0.95,
}  # fmt: skip
_GRADE: Final = (1.08, 1.04, 0.98, 0.96, 0.96, 0.97, 1.0, 0.78, 0.95, 1.06, 1.12, 1.08)

# Holidays in term: weights of the months in which they begin, and days away (with weekends).
_HOLIDAY_MONTH: Final = {9: 1.6, 10: 1.3, 1: 1.1, 5: 1.5, 6: 2.2, 7: 2.0}
_HOLIDAY_DAYS: Final = (4, 5, 7, 9, 14)
_HOLIDAY_DAYS_CHANCE: Final = (0.12, 0.33, 0.25, 0.12, 0.18)


@dataclass(frozen=True)
class Risk:
    """Per child or household. `holiday_*`: [household, year] first and last day as ordinals."""

    place: Floats  # [child, year] between 0 and 1: the standing within the phase
    punctuality: Floats  # [child] factor on lateness
    mondays: Floats  # [child] factor on Mondays and Fridays
    holiday_lot: Floats  # [household, year] uniform
    holiday_start: Numbers
    holiday_end: Numbers


def draw_risk(people: Population, window: Window, seed: int) -> Risk:
    """Everybody's standing, drawn at once so that a child is the same at each of two schools."""
    random = generator(seed, 3)
    children = len(people.children)
    start, end = _draw_holidays(random, len(people.households), window)
    place = _draw_places(random, people.children, window)
    return Risk(
        place=place,
        punctuality=np.round(random.gamma(0.7, 1 / 0.7, children), _ROUNDING),
        mondays=np.where(random.random(children) < 0.06, 2.4, 1.0),
        holiday_lot=_draw_lots(random, people, place),
        holiday_start=start,
        holiday_end=end,
    )


def _draw_places(random: np.random.Generator, children: list[Child], window: Window) -> Floats:
    """[child, year]: the place within the phase, by circumstances and the child's own draw."""
    steady = random.standard_normal(len(children))
    places = np.zeros((len(children), len(window.years)))
    for number, year in enumerate(window.years):
        yearly = random.standard_normal(len(children))
        weight = np.array([_OWN[child.sen] for child in children])
        own = np.sqrt(1 - _YEARLY_SHARE**2) * steady + _YEARLY_SHARE * yearly
        phases = np.array([usual_phase(child, year) for child in children])
        leaning = np.log([_factor(child, year) for child in children])
        groups = np.char.add(phases, [f"{child.is_fsm:d}{child.sen}" for child in children])
        ages = _age_groups(np.array([child.grade_in(year) for child in children]))
        groups = np.char.add(groups, ages)
        for group in np.unique(groups):
            rows = np.flatnonzero(groups == group)
            own[rows] = np.sinh(_TAIL * _score(_ranks(own[rows]))) / _TAIL
        counted = np.char.add(phases, ages)  # ages 5 to 15 share the places among themselves
        for group in np.unique(counted):
            rows = np.flatnonzero(counted == group)
            places[rows, number] = _ranks(
                (leaning[rows] + weight[rows] * own[rows]).round(_ROUNDING)
            )
    return places


def _age_groups(grades: Numbers) -> NDArray[np.str_]:
    """Before, during or after the years whose figures are published: Years 1 to 11."""
    return np.where(grades < 1, "a", np.where(grades > LAST_GRADE, "c", "b"))


def _ranks(values: Floats) -> Floats:
    """Each value's place in the order, between 0 and 1."""
    places = np.empty(values.size)
    places[np.argsort(values, kind="stable")] = (np.arange(values.size) + 0.5) / values.size
    return places


def _scores() -> tuple[Floats, Floats]:
    shares = (np.arange(_CURVE_POINTS) + 0.5) / _CURVE_POINTS
    scores = [NormalDist().inv_cdf(float(share)) for share in shares]
    return shares, np.array(scores).round(_ROUNDING)


_SHARES, _SCORES = _scores()


def _score(shares: Floats) -> Floats:
    """The standard normal value below which that share of values lies."""
    scores: Floats = np.interp(shares, _SHARES, _SCORES)
    return scores


def _draw_lots(random: np.random.Generator, people: Population, place: Floats) -> Floats:
    """[household, year] uniform, and even among the households of each phase by standing."""
    eldest: dict[int, Child] = {}
    for child in people.children:
        before = eldest.get(child.household.number)
        if before is None or (before.special is None and child.special is not None):
            eldest[child.household.number] = child
    lots = np.empty((len(people.households), place.shape[1]))
    numbers = np.array(sorted(eldest))
    first = np.array([eldest[number].index for number in sorted(eldest)])
    for year in range(place.shape[1]):
        standing = place[first, year]
        is_special = np.array([eldest[number].special is not None for number in sorted(eldest)])
        lots[:, year] = random.random(len(lots))
        for group in (is_special, ~is_special):
            rows = np.flatnonzero(group)
            order = np.argsort(standing[rows], kind="stable")
            lots[numbers[rows], year] = spread_lots(random.random(), order)
    return lots


def _draw_holidays(
    random: np.random.Generator, households: int, window: Window
) -> tuple[Numbers, Numbers]:
    start = np.zeros((households, len(window.years)), dtype=np.int64)
    lengths = np.array(_HOLIDAY_DAYS)
    for place, year in enumerate(window.years):
        mondays, chances = _mondays(year)
        start[:, place] = random.choice(mondays, size=households, p=chances)
    days = random.choice(lengths, size=start.shape, p=np.array(_HOLIDAY_DAYS_CHANCE))
    begins_late = random.random(start.shape) < 0.3  # leaves on the Thursday
    start += np.where(begins_late, 3, 0)
    return start, start + days - 1


def _mondays(year: int) -> tuple[Numbers, Floats]:
    found: dict[date, float] = {}
    for half in all_half_terms():
        if half.academic_year == year:
            day = half.start - timedelta(days=half.start.weekday())
            while day <= half.end:
                found[day] = _HOLIDAY_MONTH.get(day.month, 0.7)
                day += timedelta(days=7)
    chances = np.array(list(found.values()))
    return np.array([day.toordinal() for day in found]), chances / chances.sum()


def usual_phase(child: Child, year: int) -> str:
    """The phase of the school the child would be at, alternative provision apart."""
    if child.special is not None:
        return SPECIAL
    return PRIMARY if child.grade_in(year) < FIRST_SECONDARY_GRADE else SECONDARY


def _factor(child: Child, year: int) -> float:
    grade = max(0, min(LAST_GRADE, child.grade_in(year)))
    poverty = _FSM[child.is_fsm] ** (_POVERTY_BESIDE_A_PLAN if child.sen == "E" else 1.0)
    factor = poverty * _CARE[child.care] * _ETHNICITY.get(child.ethnicity, 1.0)
    if child.special is None:  # everybody at a special school has a plan
        factor *= _SEN[child.sen]
    return factor * _GRADE[grade] * (_YOUNG_CARER if child.is_young_carer else 1.0)


def absence_rates(risk: Risk, children: list[Child], phase: str, window: Window) -> Floats:
    """[child, year]: the share of sessions each would miss, holidays and appointments apart."""
    index = np.array([child.index for child in children], dtype=np.int64)
    rates = np.zeros((len(children), len(window.years)))
    for number, year in enumerate(window.years):
        level = LEVELS[phase]
        level = replace(level, median=level.median * _YEAR.get((phase, year), 1.0))
        rates[:, number] = _curve(level, risk.place[index, number], _part(window, year))
    return rates.round(_ROUNDING)


def _curve(level: Level, place: Floats, part: float) -> Floats:
    """The share missed by a child in that place, over that part of a year."""
    spread = np.sqrt(level.spread**2 + _PART_YEAR_SPREAD**2 * min(1 / part - 1, 4.0))
    median = level.median * np.exp((level.spread**2 - spread**2) / 2)  # the mean stays
    score = _score(np.minimum(place / (1 - level.severe), 1 - 1 / _CURVE_POINTS))
    ordinary = level.highest * -np.expm1(-median * np.exp(spread * score) / level.highest)
    beyond = np.clip((place - 1 + level.severe) / level.severe, 0, 1)
    severe = _SEVERE_FROM + _SEVERE_WIDTH * beyond**_SEVERE_BEND
    rates: Floats = np.where(beyond > 0, severe, ordinary)
    return rates


def _part(window: Window, year: int) -> float:
    """How much of that academic year the window holds."""
    first, last = date(year, 8, 1), date(year + 1, 7, 31)
    held = sum(first <= day <= last and day.weekday() < 5 for day in window.days)
    return min(max(held, 1) / _WHOLE_YEAR_DAYS, 1.0)
