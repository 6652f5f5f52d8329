"""The registers of the fixture children, told day by day. What each promises is in `fixtures`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from attendance.borough.days import Window
from attendance.borough.fixtures import FRESH_DAYS
from attendance.borough.marks import NO_MARK, NUMBER, Codes
from schools.rules.calendar import week_start


@dataclass(frozen=True)
class Register:
    """One child's year so far, all present at first. `days`: places of open days, with `dates`."""

    codes: Codes
    days: list[int]
    dates: list[date]
    window: Window

    def session(self, place: int, code: str) -> None:
        """`place` counts sessions of the year from 0, mornings and afternoons alike."""
        day, half = self.days[place // 2], place % 2
        self.codes[2 * day + half] = NUMBER[code]

    def day(self, place: int, code: str) -> None:
        """Both sessions of a day; `place` counts the year's days, negative ones from the end."""
        if -len(self.days) <= place < len(self.days):
            day = self.days[place]
            self.codes[2 * day : 2 * day + 2] = NUMBER[code]

    def half_term_place(self, number: int) -> int:
        """The place of the first day of that half-term; the middle if it has not begun."""
        start = self.window.half_term(self.window.this_year, number).start
        later = [place for place, day in enumerate(self.dates) if day >= start]
        return later[0] if later else len(self.days) // 2


def _spread(register: Register, absent: int, step: float, skipped: int = 0) -> None:
    """`absent` sessions, one every `step`: the share stays under 1/step. The last is at the end."""
    sessions = 2 * len(register.days)
    for number in range(1, absent):
        place = skipped + int(step * number)
        if place < sessions - 2:
            register.session(place, "I")
    register.session(sessions - 1, "I")


def _exactly_20_of_200(register: Register) -> None:
    _spread(register, 20, 10.35)


def _exactly_20_of_201(register: Register) -> None:
    register.session(0, "Y1")  # not a possible session: 202 less one
    _spread(register, 20, 10.35, skipped=1)


def _exactly_10_of_200(register: Register) -> None:
    _spread(register, 10, 20.7)


def _exactly_100_of_200(register: Register) -> None:
    for place in range(1, 2 * len(register.days), 2):
        register.session(place, "C2")


def _declining(register: Register) -> None:
    debt = 0.0
    for place in range(len(register.days)):
        debt += max(0.01, (place / len(register.days) - 0.25) * 0.72)
        if debt >= 1:
            debt -= 1
            register.day(place, "I" if place % 3 == 0 else "O")


def _improving(register: Register) -> None:
    turn = register.half_term_place(3)
    for place in range(len(register.days)):
        if (place < turn and place % 3 == 1) or place == turn + 4:
            register.day(place, "I" if place % 2 else "O")


def _stopped(register: Register) -> None:
    for place in range(register.half_term_place(2), len(register.days)):
        register.day(place, "O")


def _holiday(register: Register) -> None:
    for place in range(-25, -15):
        register.day(place, "G")


def _monday_friday(register: Register) -> None:
    for place, day in enumerate(register.dates):
        is_edge = day.weekday() in (0, 4)
        if is_edge and (day.isocalendar().week + day.weekday()) % 3 != 0:
            register.day(place, "O" if day.weekday() == 0 else "I")


def _illness_spells(register: Register) -> None:
    for fifth in (0.15, 0.38, 0.6, 0.8):
        first = int(fifth * len(register.days))
        for place in range(first, first + 5):
            register.day(place, "I")


def _moved(register: Register) -> None:
    for place in (6, 13, 21):
        register.day(place, "I")


def _part_time(register: Register) -> None:
    for place in range(max(0, len(register.days) - 30), len(register.days)):
        register.session(2 * place + 1, "C2")


def _reception_x(register: Register) -> None:
    for place in range(min(15, len(register.days))):
        register.session(2 * place + 1, "X")


def _unresolved_n(register: Register) -> None:
    register.day(-9, "N")


def _late_after_register(register: Register) -> None:
    for place, day in enumerate(register.dates):
        if day.weekday() == 1 and place % 4 != 0:
            register.session(2 * place, "U")


def _no_recent_marks(register: Register) -> None:
    for day in register.days[-8:]:
        register.codes[2 * day : 2 * day + 2] = NO_MARK
    register.day(-3, "-")


def _excluded(register: Register) -> None:
    for place in (*range(-40, -37), *range(-12, -7)):
        register.day(place, "E")


def _unauthorised_run(register: Register) -> None:
    for place in range(-10, 0):
        register.day(place, "O")


def _penalty_across_holiday(register: Register) -> None:
    """Ten sessions in the ten school weeks that end with the last: the N is one of them."""
    first_of_week: dict[date, int] = {}
    for place, day in enumerate(register.dates):
        first_of_week.setdefault(week_start(day), place)
    weeks = list(first_of_week.values())
    for back in (10, 9, 8, 5):
        if len(weeks) >= back:
            register.day(weeks[-back], "O")
    if len(weeks) >= 2:
        register.session(2 * weeks[-2], "O")
        register.session(2 * weeks[-2] + 2, "N")


def _fresh(days_from_end: int) -> Callable[[Register], None]:
    def story(register: Register) -> None:
        for week in range(5):
            register.day(-days_from_end - 5 * week, "O")

    return story


_STORIES: Final[dict[str, Callable[[Register], None]]] = {
    "exactly_20_of_200": _exactly_20_of_200,
    "exactly_20_of_201": _exactly_20_of_201,
    "exactly_10_of_200": _exactly_10_of_200,
    "exactly_100_of_200": _exactly_100_of_200,
    "declining": _declining,
    "improving": _improving,
    "stopped": _stopped,
    "holiday": _holiday,
    "monday_friday": _monday_friday,
    "illness_spells": _illness_spells,
    "moved": _moved,
    "part_time": _part_time,
    "reception_x": _reception_x,
    "unresolved_n": _unresolved_n,
    "late_after_register": _late_after_register,
    "no_recent_marks": _no_recent_marks,
    "excluded": _excluded,
    "unauthorised_run": _unauthorised_run,
    "penalty_across_holiday": _penalty_across_holiday,
    **{f"fresh_{place:02d}": _fresh(place) for place in range(1, FRESH_DAYS + 1)},
}


def tell(key: str, register: Register) -> None:
    """Writes that child's story over an all-present register; a child without one stays present."""
    story = _STORIES.get(key)
    if story is not None and register.days:
        story(register)
