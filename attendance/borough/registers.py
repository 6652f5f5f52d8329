"""One school's registers, drawn as arrays: spells of illness, truancy, holidays and the rest."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from attendance.borough import marks
from attendance.borough.days import Sitting, Window
from attendance.borough.draw import spread_lots
from attendance.borough.marks import NO_MARK, NUMBER, Codes, Mask
from attendance.borough.places import Place
from attendance.borough.risk import LEVELS, Floats, Level, Risk, absence_rates
from attendance.borough.schools import PRIMARY, SPECIAL, DemoSchool
from attendance.borough.stories import Register, tell
from attendance.borough.tables import read_table

_WEEKDAY: Final = (0.955, 0.98, 0.98, 0.99, 1.05, 0.9, 0.9)
_LAST_DAY_OF_A_HALF_TERM: Final = 1.2
_HALF_DAY_CHANCE: Final = 0.14
_NEARNESS: Final = 0.86  # of one day's unrest to the next: days away come in spells
# The season moves illness and truancy only, so there it has to move them further.
_LEAN: Final = {"PS": 1.8, "SS": 1.25, "SP": 1.25, "PR": 1.0}
_DAYS_OF_A_KIND: Final = 10
_HOLIDAY_WEEKS: Final = frozenset({36, 44, 52, 1, 8, 14, 15, 22, 29, 30})
_RATES: Final = np.array([0.002, 0.01, 0.03, 0.06, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.97])
# How fast the normal tail falls at each rate: what turns "a fifth likelier" into a shift.
_HAZARDS: Final = np.array(
    [NormalDist().pdf(NormalDist().inv_cdf(1 - rate)) / rate for rate in _RATES]
).round(6)
_UNSETTLED_DAYS: Final = 5  # a reason must be found within five school days
_UNSETTLED_CHANCE: Final = 0.22
_NEVER_SETTLED_CHANCE: Final = 0.004
_GAP_CHANCE: Final = 0.0003
_SILENT_CHANCE: Final = 0.0008
_STAGGERED_DAYS: Final = 12
_TRIP_CHANCE: Final = {"PS": 0.5, "SS": 0.15, "SP": 0.05, "PR": 0.0}  # a year group's, a year
_SENDS_TO_WORK: Final = 3  # one secondary school in so many, a week of Year 10
_WORK_FROM: Final = 175  # school days since September
_STUDY_LEAVE_FROM: Final = (6, 15)  # month and day, for Year 11
_GRANTS_STUDY_LEAVE: Final = 5  # one school in so many; the others keep Year 11 to the end
_EID: Final = frozenset(
    {
        date(2021, 5, 13), date(2021, 7, 20), date(2022, 5, 2), date(2023, 4, 21),
        date(2023, 6, 28), date(2024, 6, 17), date(2025, 3, 31), date(2025, 6, 6),
        date(2026, 3, 20), date(2026, 5, 27),
    }
)  # fmt: skip
_MUSLIM_HERITAGES: Final = frozenset({"south_asian", "arabic"})
_TRAVELLERS: Final = frozenset({"WROM", "WIRT"})


@dataclass(frozen=True)
class Sheet:
    """A school's finished registers: a row a place, two columns a day. `minutes` late, or 0."""

    places: list[Place]
    days: list[date]
    codes: Codes
    minutes: NDArray[np.uint8]


@dataclass(frozen=True)
class _Roll:
    """What the layers share. `year_of_day` is a place in `window.years`."""

    school: DemoSchool
    window: Window
    places: list[Place]
    days: list[date]
    kinds: list[Sitting]
    ordinals: NDArray[np.int64]
    year_of_day: NDArray[np.int64]
    grades: NDArray[np.int64]  # [row, year]
    on_roll: Mask  # [row, day]
    rates: Floats  # [row, year]
    level: Level
    random: np.random.Generator

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.places), len(self.days)


def fill_registers(
    school: DemoSchool,
    window: Window,
    sittings: tuple[tuple[date, Sitting], ...],
    places: list[Place],
    risk: Risk,
    random: np.random.Generator,
) -> Sheet:
    """Marks of every enrolment of the school, on every day it met."""
    roll = _make_roll(school, window, sittings, places, risk, random)
    codes = np.empty((roll.shape[0], 2 * roll.shape[1]), dtype=np.uint8)
    codes[:, 0::2], codes[:, 1::2] = marks.PRESENT
    _lateness(roll, risk, codes)
    _away_with_school(roll, codes)
    _absences(roll, risk, codes)
    _leave(roll, codes)
    _rare_causes(roll, codes)
    _young_and_old(roll, codes)
    _gaps(roll, codes)
    _stories(roll, codes)
    _closures_and_edges(roll, codes)
    marks.as_of_their_day(codes, roll.days)
    return Sheet(places, roll.days, codes, _minutes(roll, codes))


def _make_roll(
    school: DemoSchool,
    window: Window,
    sittings: tuple[tuple[date, Sitting], ...],
    places: list[Place],
    risk: Risk,
    random: np.random.Generator,
) -> _Roll:
    days = [day for day, _ in sittings]
    ordinals = np.array([day.toordinal() for day in days])
    starts = np.array([place.start.toordinal() for place in places])
    last = (window.until + timedelta(days=1)).toordinal()
    ends = np.array([place.end.toordinal() if place.end else last for place in places])
    turns = [date(year, 8, 1).toordinal() for year in window.years]
    children = [place.child for place in places]
    return _Roll(
        school=school,
        window=window,
        places=places,
        days=days,
        kinds=[kind for _, kind in sittings],
        ordinals=ordinals,
        year_of_day=np.searchsorted(turns, ordinals, side="right") - 1,
        grades=np.array([[c.grade_in(year) for year in window.years] for c in children]),
        on_roll=(ordinals >= starts[:, None]) & (ordinals <= ends[:, None]),
        rates=absence_rates(risk, children, school.phase, window),
        level=LEVELS[school.phase],
        random=random,
    )


def _both(days: Mask) -> Mask:
    return np.repeat(days, 2, axis=1)


def _cover(
    shape: tuple[int, int], rows: NDArray[np.int64], first: NDArray[np.int64], length: Floats
) -> Mask:
    """Days covered by spells, each given by its row, first day and length in school days."""
    edges = np.zeros((shape[0], shape[1] + 1), dtype=np.int16)
    np.add.at(edges, (rows, first), 1)
    np.add.at(edges, (rows, np.minimum(first + length.astype(np.int64), shape[1])), -1)
    covered: Mask = edges.cumsum(axis=1)[:, :-1] > 0
    return covered


def _spells(roll: _Roll, share: Floats, mean_days: Floats) -> Mask:
    """Spells that cover about `share` [row, day] of the days, of `mean_days` [row] on average."""
    starts = -np.log1p(-np.minimum(share, 0.97)) / mean_days[:, None]
    rows, first = np.nonzero(roll.random.random(roll.shape) < starts)
    length = roll.random.geometric(1 / mean_days[rows]).astype(np.float64)
    return _cover(roll.shape, rows, first, length)


def _scattered(roll: _Roll, share: float, mean_days: float, who: Mask | None = None) -> Mask:
    """Spells that fall on anybody alike (or on the rows `who`), covering `share` of their days."""
    rows_to_hit = np.arange(roll.shape[0]) if who is None else np.flatnonzero(who)
    expected = share * rows_to_hit.size * roll.shape[1] / mean_days
    count = int(expected + roll.random.random())
    if not rows_to_hit.size or not count:
        return np.zeros(roll.shape, dtype=np.bool_)
    order = rows_to_hit[np.argsort(roll.rates[rows_to_hit, -1], kind="stable")]
    lots = spread_lots(roll.random.random(), np.arange(count))
    rows = order[(lots * order.size).astype(np.int64)]  # evenly along the rates
    first = roll.random.integers(0, roll.shape[1], size=count)
    length = roll.random.geometric(1 / mean_days, size=count).astype(np.float64)
    return _cover(roll.shape, rows, first, length)


def _index(roll: _Roll) -> NDArray[np.int64]:
    return np.array([place.child.index for place in roll.places], dtype=np.int64)


def _lateness(roll: _Roll, risk: Risk, codes: Codes) -> None:
    factor = risk.punctuality[_index(roll)][:, None]
    lot = roll.random.random(roll.shape)
    late = roll.level.late * factor
    morning, afternoon = codes[:, 0::2], codes[:, 1::2]
    morning[lot < late] = NUMBER["L"]
    after_close = roll.level.late_after_close * factor * 2
    morning[(lot >= late) & (lot < late + after_close)] = NUMBER["U"]
    afternoon[roll.random.random(roll.shape) < late / 4] = NUMBER["L"]


def _away_with_school(roll: _Roll, codes: Codes) -> None:
    """Visits by whole year groups, sport, work experience and lessons elsewhere."""
    for year_place in range(len(roll.window.years)):
        days = np.flatnonzero(roll.year_of_day == year_place)
        for grade in range(12):
            row = roll.grades[:, year_place] == grade
            if days.size and roll.random.random() < _TRIP_CHANCE[roll.school.phase] and row.any():
                day = int(roll.random.choice(days))
                codes[np.ix_(row, [2 * day, 2 * day + 1])] = NUMBER["V"]
            works = grade == 10 and roll.school.number % _SENDS_TO_WORK == 0
            if works and days.size > _WORK_FROM + 5 and roll.school.phase == "SS":
                week = np.arange(2 * days[_WORK_FROM], 2 * days[_WORK_FROM + 5])
                codes[np.ix_(row, week)] = NUMBER["W"]
    codes[_both(_scattered(roll, roll.level.visits, 1.2))] = NUMBER["V"]
    codes[_both(_scattered(roll, roll.level.sport, 1.0))] = NUMBER["P"]
    codes[_both(_scattered(roll, roll.level.off_site, 4.0))] = NUMBER["B"]
    if roll.school.phase in ("SS", "PR"):
        codes[_both(_scattered(roll, 0.001, 20.0))] = NUMBER["K"]


@cache
def _season_of(phase: str) -> dict[int, float]:
    """By ISO week: absence beside the mean of the year's school weeks, as published."""
    column = {PRIMARY: "primary", SPECIAL: "special"}.get(phase, "secondary")
    rates = {int(row["iso_week"]): float(row[column]) for row in read_table("season")}
    school_weeks = [rate for week, rate in rates.items() if week not in _HOLIDAY_WEEKS]
    return {week: rate * len(school_weeks) / sum(school_weeks) for week, rate in rates.items()}


def _season(roll: _Roll) -> Floats:
    """[day]: how much likelier than usual absence is."""
    weeks = _season_of(roll.school.phase)
    return np.array(
        [
            weeks.get(day.isocalendar().week, 1.0)
            * _WEEKDAY[day.weekday()]
            * (_LAST_DAY_OF_A_HALF_TERM if gap > 5 else 1.0)
            for day, gap in zip(roll.days, np.diff(roll.ordinals, append=10**7), strict=True)
        ]
    )


def _habits(roll: _Roll, risk: Risk) -> Floats:
    """[row, day]: those few who miss Mondays and Fridays more than other days."""
    is_edge = np.array([day.weekday() in (0, 4) for day in roll.days])
    mondays = risk.mondays[_index(roll)][:, None]
    habits: Floats = np.where(is_edge, mondays, np.where(mondays > 1, 0.3, 1.0))
    return habits


def _absent_days(roll: _Roll, risk: Risk) -> Mask:
    """Each row's days away: as many as its rate says, where its own unrest stands highest.

    Unrest wanders from day to day, so that days away come in spells, and leans on the season: a day
    that is a fifth likelier for all is so for each, the more for those who are seldom away.
    """
    season = _season(roll)
    rates = np.clip(roll.rates, 0.002, 0.97)
    lean = 1 / np.interp(rates, _RATES, _HAZARDS)[:, roll.year_of_day]
    unrest = _wandering(roll, rates.max(axis=1, initial=0.002))
    unrest += (_LEAN[roll.school.phase] * np.log(season * _habits(roll, risk)) * lean).astype(
        np.float32
    )
    is_open = np.array([kind is Sitting.OPEN for kind in roll.kinds])
    unrest[~(roll.on_roll & is_open)] = -np.inf
    away = np.zeros(roll.shape, dtype=np.bool_)
    for year in range(len(roll.window.years)):
        days = np.flatnonzero(roll.year_of_day == year)
        if days.size:
            due = (roll.on_roll & is_open)[:, days] @ season[days]
            order = np.argsort(rates[:, year], kind="stable")
            wanted = rates[:, year] * due + spread_lots(roll.random.random(), order)
            wanted = np.minimum(wanted, days.size)
            away[:, days] = _highest(unrest[:, days], wanted.astype(np.int64))
    return away


def _wandering(roll: _Roll, typical: Floats) -> NDArray[np.float32]:
    """[row, day]: normal values that stay near yesterday's, the nearer the more one is away."""
    near = np.clip(_NEARNESS + 0.3 * typical, 0, 0.975).astype(np.float32)
    fresh = np.sqrt(1 - near**2)
    values = roll.random.standard_normal((roll.shape[1], roll.shape[0]), dtype=np.float32)
    for day in range(1, len(values)):
        values[day] = near * values[day - 1] + fresh * values[day]
    return np.ascontiguousarray(values.T)


def _highest(values: NDArray[np.float32], wanted: NDArray[np.int64]) -> Mask:
    """The `wanted` [row] highest values of each row; never one that is minus infinity."""
    ordered = np.sort(values, axis=1)
    column = np.clip(values.shape[1] - wanted, 0, values.shape[1] - 1)
    line = ordered[np.arange(len(values)), column][:, None]
    highest: Mask = (values >= line) & (wanted[:, None] > 0) & np.isfinite(values)
    return highest


def _absences(roll: _Roll, risk: Risk, codes: Codes) -> None:
    away = _absent_days(roll, risk)
    whole = _both(away)
    today = roll.rates[:, roll.year_of_day]
    halves = roll.random.random(roll.shape) < _HALF_DAY_CHANCE * (1 - np.minimum(today * 3, 1))
    is_morning = roll.random.random(roll.shape) < 0.6
    whole[:, 0::2] &= ~(halves & is_morning)
    whole[:, 1::2] &= ~(halves & ~is_morning)
    truant = _both(_truant(roll, away))
    codes[whole & ~truant] = NUMBER["I"]
    codes[whole & truant] = NUMBER["O"]
    _unexplained(roll, codes)
    _holidays(roll, risk, codes)
    _suspensions(roll, codes)


def _truant(roll: _Roll, away: Mask) -> Mask:
    """Which days away nobody accepts: a spell, or a fortnight of a long one, is of one kind."""
    level = roll.level
    share = np.clip(level.unauthorised_base + level.unauthorised_slope * roll.rates, 0, 0.85)
    is_first = away & ~np.pad(away, ((0, 0), (1, 0)))[:, :-1]
    spell = np.where(is_first | (np.arange(roll.shape[1]) % _DAYS_OF_A_KIND == 0), 1, 0)
    spell = np.cumsum(spell, axis=1).astype(np.int32)
    lots = roll.random.random((roll.shape[0], int(spell.max(initial=0)) + 1), dtype=np.float32)
    lot = np.take_along_axis(lots, spell, axis=1)
    truant: Mask = away & (lot < share[:, roll.year_of_day])
    return truant


def _unexplained(roll: _Roll, codes: Codes) -> None:
    """Reasons not yet established: many of the last days', a few that nobody settled this year."""
    absent = (codes == NUMBER["O"]) | (codes == NUMBER["I"])
    recent = 2 * max(0, roll.shape[1] - _UNSETTLED_DAYS)
    lot = roll.random.random(codes.shape)
    this_year = np.repeat(roll.year_of_day == len(roll.window.years) - 1, 2)
    unsettled = absent & this_year & (codes == NUMBER["O"]) & (lot < _NEVER_SETTLED_CHANCE)
    unsettled[:, recent:] |= absent[:, recent:] & (lot[:, recent:] < _UNSETTLED_CHANCE)
    codes[unsettled] = NUMBER["N"]


def _holidays(roll: _Roll, risk: Risk, codes: Codes) -> None:
    households = np.array([place.child.household.number for place in roll.places])
    for year_place in range(len(roll.window.years)):
        goes = risk.holiday_lot[households, year_place] < roll.level.holidays
        start = np.where(goes, risk.holiday_start[households, year_place], 10**7)
        end = risk.holiday_end[households, year_place]
        away = (roll.ordinals >= start[:, None]) & (roll.ordinals <= end[:, None])
        codes[_both(away)] = NUMBER["G"]
    agreed = roll.random.random(roll.shape[0]) < 0.2
    before = np.repeat(np.array([day < marks.REFORM for day in roll.days]), 2)
    codes[(codes == NUMBER["G"]) & agreed[:, None] & before] = NUMBER["H"]


def _suspensions(roll: _Roll, codes: Codes) -> None:
    """They fall on those who are absent more, and hardly on the youngest."""
    leaning = np.minimum(roll.rates / max(float(roll.rates.mean()), 0.001), 5.0)
    share = roll.level.suspended * leaning[:, roll.year_of_day]
    codes[_both(_spells(roll, share, np.full(roll.shape[0], 2.5)))] = NUMBER["E"]


def _leave(roll: _Roll, codes: Codes) -> None:
    level = roll.level
    rows, columns = codes.shape
    # An appointment takes one session.
    codes[roll.random.random((rows, columns)) < level.medical] = NUMBER["M"]
    codes[_both(_scattered(roll, level.leave, 1.2))] = NUMBER["C"]
    codes[_both(_scattered(roll, 0.00004, 2.0))] = NUMBER["C1"]
    often_away = roll.rates[:, -1] >= np.quantile(roll.rates[:, -1], 0.35)
    part_time = _scattered(roll, level.part_time * 0.32, 25.0, often_away)
    codes[:, 1::2][part_time] = NUMBER["C2"]
    eldest = roll.grades[:, -1] == 11
    if roll.school.phase == "SS":
        codes[:, 0::2][_scattered(roll, 0.0006, 1.0, eldest)] = NUMBER["J1"]
    keeps_eid = np.array(
        [place.child.household.heritage in _MUSLIM_HERITAGES for place in roll.places]
    )
    eid = np.array([day in _EID for day in roll.days])
    takes_off = roll.random.random(roll.shape) < 0.85
    codes[_both(keeps_eid[:, None] & eid & takes_off)] = NUMBER["R"]
    travels = np.array([place.child.ethnicity in _TRAVELLERS for place in roll.places])
    codes[_both(_scattered(roll, 0.008, 8.0, travels))] = NUMBER["T"]


def _rare_causes(roll: _Roll, codes: Codes) -> None:
    """Sessions in which the child could not attend: not possible sessions."""
    for code, share, mean_days in (
        ("Q", 0.0003, 6.0), ("Y1", 0.0003, 1.0), ("Y2", 0.0001, 1.0), ("Y3", 0.0002, 2.0),
        ("Y6", 0.0001, 4.0), ("Y7", 0.0002, 3.0),
    ):  # fmt: skip
        codes[_both(_scattered(roll, share, mean_days))] = NUMBER[code]
    if roll.school.phase in ("SS", "PR"):
        old_enough = roll.grades[:, -1] >= 9
        codes[_both(_scattered(roll, 0.0001, 4.0, old_enough))] = NUMBER["Y5"]


def _young_and_old(roll: _Roll, codes: Codes) -> None:
    """Staggered starts in Reception (X), study leave at the end of Year 11 (S)."""
    for year_place, year in enumerate(roll.window.years):
        days = np.flatnonzero(roll.year_of_day == year_place)
        youngest = roll.grades[:, year_place] == 0
        staggered = youngest & (roll.random.random(roll.shape[0]) < 0.5)
        codes[np.ix_(staggered, 2 * days[:_STAGGERED_DAYS] + 1)] = NUMBER["X"]
        if roll.school.phase == "SS" and roll.school.number % _GRANTS_STUDY_LEAVE == 0:
            eldest = roll.grades[:, year_place] == 11
            from_day = date(year + 1, *_STUDY_LEAVE_FROM).toordinal()
            leave = days[roll.ordinals[days] >= from_day]
            codes[np.ix_(eldest, np.concatenate([2 * leave, 2 * leave + 1]))] = NUMBER["S"]


def _gaps(roll: _Roll, codes: Codes) -> None:
    codes[roll.random.random(codes.shape) < _GAP_CHANCE] = NUMBER["-"]
    silent = roll.random.random(roll.shape[0]) < _SILENT_CHANCE
    codes[silent, -2 * (_UNSETTLED_DAYS + 2) :] = NO_MARK


def _stories(roll: _Roll, codes: Codes) -> None:
    """The fixture children: this year's register is told, not drawn."""
    is_open = np.array([kind is Sitting.OPEN for kind in roll.kinds])
    this_year = roll.year_of_day == len(roll.window.years) - 1
    for row, place in enumerate(roll.places):
        if place.child.key:
            days = np.flatnonzero(is_open & this_year & roll.on_roll[row])
            codes[row, 0::2][this_year] = marks.PRESENT[0]
            codes[row, 1::2][this_year] = marks.PRESENT[1]
            dates = [roll.days[day] for day in days]
            tell(place.child.key, Register(codes[row], days.tolist(), dates, roll.window))


def _closures_and_edges(roll: _Roll, codes: Codes) -> None:
    for row, place in enumerate(roll.places):
        if place.away_weekdays and place.dual_from:
            away = [
                day.isoweekday() in place.away_weekdays and day >= place.dual_from
                for day in roll.days
            ]
            codes[row, np.repeat(np.array(away), 2)] = NUMBER["D"]
    inset = np.repeat(np.array([kind is Sitting.INSET for kind in roll.kinds]), 2)
    # Some schools send planned closures, others send nothing for the day.
    codes[:, inset] = NUMBER["#"] if roll.school.number % 2 == 0 else NO_MARK
    codes[:, np.repeat(np.array([kind is Sitting.SNOW for kind in roll.kinds]), 2)] = NUMBER["Y4"]
    saturday_afternoon = np.array([day.isoweekday() == 6 for day in roll.days])
    codes[:, 1::2][:, saturday_afternoon] = NO_MARK
    codes[~_both(roll.on_roll)] = NO_MARK


def _minutes(roll: _Roll, codes: Codes) -> NDArray[np.uint8]:
    lot = roll.random.integers(1, 30, size=codes.shape, dtype=np.uint8)
    late = np.where(codes == NUMBER["L"], lot, 0)
    return np.where(codes == NUMBER["U"], lot + 30, late).astype(np.uint8)
