"""Who is on which school's roll, and when: moves, leavers, joiners, two schools at once."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from attendance.borough import schools as demo_schools
from attendance.borough.days import Sitting, Window, first_day_of_year
from attendance.borough.draw import Draw
from attendance.borough.people import FIRST_SECONDARY_GRADE, LAST_GRADE, Child, Population
from schools.rules.calendar import academic_year

# In a year, of all children.
_MOVE_CHANCE: Final = 0.022
_LEAVE_CHANCE: Final = 0.010
_JOIN_CHANCE: Final = 0.016
_ALTERNATIVE_CHANCE: Final = 0.009  # of secondary pupils from Year 8
_FEWEST_IN_ALTERNATIVE: Final = 8
_DUAL_SPECIAL_CHANCE: Final = 0.05
_FIRST_ALTERNATIVE_GRADE: Final = 8
# ISO weekdays at the subsidiary school; the others are at the main one.
_DAYS_AT_ALTERNATIVE: Final = frozenset({1, 2, 3})
_DAYS_AT_MAINSTREAM: Final = frozenset({5})
# Possible sessions of the 'exactly' fixtures, two a day.
_EXACT_DAYS: Final = {
    "exactly_20_of_200": 100, "exactly_20_of_201": 101, "exactly_10_of_200": 100,
    "exactly_100_of_200": 100,
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """One enrolment. `away_weekdays`: ISO weekdays due at the other school (D) from `dual_from`."""

    child: Child
    school: int
    start: date
    end: date | None
    status: str = "C"
    away_weekdays: frozenset[int] = frozenset()
    dual_from: date | None = None

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True)
class Rolls:
    """What placing a child needs to know."""

    people: Population
    window: Window
    school_days: tuple[tuple[tuple[date, Sitting], ...], ...]

    def phase(self, phase: str) -> tuple[int, ...]:
        return demo_schools.of_phase(self.people.schools, phase)

    def open_days(self, school: int, year: int) -> list[date]:
        first = first_day_of_year(year)
        return [d for d, kind in self.school_days[school] if kind is Sitting.OPEN and d >= first]


def place_everybody(rolls: Rolls, seed: int) -> list[Place]:
    """All enrolments that touch the window, by child."""
    draw = Draw(seed, 2)
    secondary = sum(
        FIRST_SECONDARY_GRADE < child.grade_in(rolls.window.this_year) <= LAST_GRADE
        for child in rolls.people.children
    )
    alternative_chance = max(_ALTERNATIVE_CHANCE, _FEWEST_IN_ALTERNATIVE / max(secondary, 20))
    places: list[Place] = []
    for child in rolls.people.children:
        usual = _usual_places(rolls, child)
        if child.key:
            places += _fixture_places(rolls, child, usual)
        else:
            places += _with_events(rolls, usual, draw, alternative_chance)
    return places


def _usual_places(rolls: Rolls, child: Child) -> list[Place]:
    first = first_day_of_year(child.reception_year)
    moves_up = first_day_of_year(child.reception_year + FIRST_SECONDARY_GRADE)
    leaves = date(child.reception_year + LAST_GRADE + 1, 6, 30)
    if child.special is not None:
        stays = [(child.special, first, leaves)]
    else:
        last_of_primary = date(child.reception_year + FIRST_SECONDARY_GRADE, 7, 31)
        stays = [(child.primary, first, last_of_primary), (child.secondary, moves_up, leaves)]
    until = rolls.window.until
    return [
        Place(child, school, start, end if end <= until else None)
        for school, start, end in stays
        if start <= until and end >= rolls.window.first_day
    ]


def _with_events(
    rolls: Rolls, usual: list[Place], draw: Draw, alternative_chance: float
) -> list[Place]:
    """At most one event a child, always in the last enrolment."""
    *before, last = usual
    lot = draw.unit() / len(rolls.window.years)
    day = draw.pick(rolls.window.days)
    if not _is_inside(last, day, rolls.window):
        return usual
    if lot < _MOVE_CHANCE:
        return before + _moved(rolls, last, day, draw)
    if lot < _MOVE_CHANCE + _LEAVE_CHANCE:
        return [*before, replace(last, end=day)]
    if lot < _MOVE_CHANCE + _LEAVE_CHANCE + _JOIN_CHANCE:
        return [replace(last, start=day)]
    phase = rolls.people.schools[last.school].phase
    is_old_enough = last.child.grade_in(rolls.window.this_year) >= _FIRST_ALTERNATIVE_GRADE
    if phase == demo_schools.SECONDARY and is_old_enough and draw.chance(alternative_chance):
        return before + _to_alternative(rolls, last, day, draw)
    if phase == demo_schools.SPECIAL and draw.chance(_DUAL_SPECIAL_CHANCE):
        return before + _dual(last, _mainstream(rolls, last.child), day, _DAYS_AT_MAINSTREAM)
    return usual


def _mainstream(rolls: Rolls, child: Child) -> int:
    is_primary = child.grade_in(rolls.window.this_year) < FIRST_SECONDARY_GRADE
    return child.primary if is_primary else child.secondary


def _is_inside(place: Place, day: date, window: Window) -> bool:
    """Whether something may happen on that day: a fortnight after the start, before the end."""
    after_start = day > max(place.start, window.first_day) + timedelta(days=14)
    return after_start and place.covers(day) and place.end is None and day < window.until


def _moved(rolls: Rolls, place: Place, day: date, draw: Draw) -> list[Place]:
    others = [
        school
        for school in rolls.phase(rolls.people.schools[place.school].phase)
        if school != place.school
    ]
    gap = draw.weighted(((1, 60), (3, 15), (7, 15), (12, 10)))
    start = day + timedelta(days=gap)
    ended = replace(place, end=day)
    if not others or start > rolls.window.until:
        return [ended]
    return [ended, Place(place.child, draw.pick(others), start, None)]


def _to_alternative(rolls: Rolls, place: Place, day: date, draw: Draw) -> list[Place]:
    alternative = rolls.phase(demo_schools.ALTERNATIVE)[0]
    if draw.chance(0.5):
        return _dual(place, alternative, day, _DAYS_AT_ALTERNATIVE)
    start = day + timedelta(days=1)
    return [replace(place, end=day), Place(place.child, alternative, start, None)]


def _dual(main: Place, other: int, day: date, weekdays: frozenset[int]) -> list[Place]:
    """Main and subsidiary enrolment: the subsidiary has the child on `weekdays`."""
    elsewhere = frozenset(range(1, 8)) - weekdays
    return [
        replace(main, status="M", away_weekdays=weekdays, dual_from=day),
        Place(main.child, other, day, None, "S", elsewhere, day),
    ]


def _fixture_places(rolls: Rolls, child: Child, usual: list[Place]) -> list[Place]:
    *before, last = usual
    open_days = rolls.open_days(last.school, rolls.window.this_year)
    if child.key in _EXACT_DAYS:
        return [replace(last, start=open_days[-min(_EXACT_DAYS[child.key], len(open_days))])]
    if child.key == "moved":
        other = rolls.phase(demo_schools.SECONDARY)[1]
        day = open_days[len(open_days) // 2]
        return [
            *before,
            replace(last, end=day),
            Place(child, other, day + timedelta(days=1), None),
        ]
    if child.key == "dual":
        alternative = rolls.phase(demo_schools.ALTERNATIVE)[0]
        first = open_days[min(5, len(open_days) - 1)]
        return before + _dual(last, alternative, first, _DAYS_AT_ALTERNATIVE)
    return usual


def year_group(child: Child, year: int) -> str:
    """The census code of the grade: R, 1 to 11."""
    grade = max(0, min(LAST_GRADE, child.grade_in(year)))
    return "R" if grade == 0 else str(grade)


def place_rows(rolls: Rolls, places: list[Place]) -> list[list[str]]:
    """Rows of enrolments.csv; an enrolment that ended keeps the year group it ended in."""
    rows = []
    for place in places:
        last_day = place.end or rolls.window.until
        year = academic_year(last_day)
        rows.append(
            [
                place.child.upn,
                str(rolls.people.schools[place.school].urn),
                place.start.isoformat(),
                place.end.isoformat() if place.end else "",
                place.status,
                year_group(place.child, year),
            ]
        )
    return rows
