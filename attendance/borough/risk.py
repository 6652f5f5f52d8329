"""How likely each child is to miss school: heavy-tailed, steady over years, unequal as in life.

Levels are set so that the borough comes out near the published figures of Redcar and Cleveland for
2025/26 (DfE attendance dashboard): absence 5.5, 9.9 and 12.7 per cent of sessions in primary,
secondary and special schools; persistently absent 14, 28 and 35 per cent of pupils.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from attendance.borough.days import Window, all_half_terms
from attendance.borough.draw import generator
from attendance.borough.people import Child, Population

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

_HIGHEST_ORDINARY_RATE: Final = 0.44
_SEVERE_FROM: Final = 0.52
_SEVERE_WIDTH: Final = 0.44
_YEARLY_SHARE: Final = 0.35  # of the spread that is new each year
_ROUNDING: Final = 6  # digits: processors differ in the last place of exp and log


@dataclass(frozen=True)
class Level:
    """One phase. Rates are shares of sessions; `severe` and `holidays` shares of pupils a year."""

    median: float
    spread: float
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


LEVELS: Final = {
    "PS": Level(0.0255, 0.74, 0.0100, 0.11, 1.7, 0.022, 0.0025, 0.24, 0.0024, 0.0020, 0.0004, 0.019,
                0.0018),
    "SS": Level(0.0365, 0.90, 0.036, 0.27, 1.5, 0.046, 0.006, 0.17, 0.0033, 0.0026, 0.0087, 0.020,
                0.0014),
    "SP": Level(0.0290, 0.85, 0.050, 0.14, 0.7, 0.016, 0.002, 0.26, 0.0109, 0.018, 0.0016, 0.26,
                0.0100),
    "PR": Level(0.26, 0.55, 0.20, 0.45, 0.5, 0.06, 0.02, 0.10, 0.0040, 0.004, 0.03, 0.20, 0.02),
}  # fmt: skip

# How much more or less absent than others, at the same school.
_FSM: Final = (0.84, 1.38)
_SEN: Final = {"N": 0.94, "K": 1.25, "E": 1.35}
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

    standing: Floats  # [child] standard normal
    yearly: Floats  # [child, year] standard normal
    severe: Floats  # [child] uniform: how near to severe absence
    severity: Floats  # [child] uniform: how severe, if so
    punctuality: Floats  # [child] factor on lateness
    mondays: Floats  # [child] factor on Mondays and Fridays
    holiday_lot: Floats  # [household, year] uniform
    holiday_start: Numbers
    holiday_end: Numbers


def draw_risk(people: Population, window: Window, seed: int) -> Risk:
    """Everybody's standing, drawn at once so that a child is the same at each of two schools."""
    random = generator(seed, 3)
    children, years = len(people.children), len(window.years)
    start, end = _draw_holidays(random, len(people.households), window)
    return Risk(
        standing=random.standard_normal(children),
        yearly=random.standard_normal((children, years)),
        severe=random.random(children),
        severity=random.random(children),
        punctuality=np.round(random.gamma(0.7, 1 / 0.7, children), _ROUNDING),
        mondays=np.where(random.random(children) < 0.08, 2.4, 1.0),
        holiday_lot=random.random((len(people.households), years)),
        holiday_start=start,
        holiday_end=end,
    )


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


def _factor(child: Child, phase: str, year: int) -> float:
    grade = max(0, min(len(_GRADE) - 1, child.grade_in(year)))
    factor = _FSM[child.is_fsm] * _CARE[child.care] * _ETHNICITY.get(child.ethnicity, 1.0)
    if phase in ("PS", "SS"):  # everybody at a special school has a plan
        factor *= _SEN[child.sen]
    return factor * _GRADE[grade] * (_YOUNG_CARER if child.is_young_carer else 1.0)


def absence_rates(risk: Risk, children: list[Child], phase: str, window: Window) -> Floats:
    """[child, year]: the share of sessions each would miss, holidays and appointments apart."""
    level = LEVELS[phase]
    index = np.array([child.index for child in children], dtype=np.int64)
    factors = np.array(
        [[_factor(child, phase, year) for year in window.years] for child in children]
    ).reshape(len(children), len(window.years))
    steady = np.sqrt(1 - _YEARLY_SHARE**2) * risk.standing[index][:, None]
    score = steady + _YEARLY_SHARE * risk.yearly[index]
    ordinary = level.median * factors * np.exp(level.spread * score)
    rates = np.minimum(ordinary, _HIGHEST_ORDINARY_RATE)
    # The most severe cases last a year or two: only this year's and last year's.
    severe_chance = level.severe * factors**1.3
    severe_chance[:, :-2] *= 0.3
    is_severe = risk.severe[index][:, None] < severe_chance
    severe_rate = _SEVERE_FROM + _SEVERE_WIDTH * risk.severity[index][:, None]
    drawn: Floats = np.where(is_severe, severe_rate, rates).round(_ROUNDING)
    return drawn
