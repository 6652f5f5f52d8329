"""What the drawn registers come to, counted as the published figures are: no database, no files.

One row an enrolment (STAT-12). Marks count by the code table, as they do in the portal; a test
holds that both come to the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from attendance import codes
from attendance.borough import marks
from attendance.borough.build import Drawn, draw_sheets
from attendance.borough.days import all_half_terms
from attendance.borough.people import LAST_GRADE, Child
from attendance.borough.registers import Sheet
from attendance.borough.schools import PRIMARY, SECONDARY, SPECIAL, DemoSchool
from schools.rules.calendar import academic_year

PHASES: Final = {PRIMARY: "primary", SECONDARY: "secondary", SPECIAL: "special"}
_LAST_HALF_TERM: Final = 6
_REFORMED: Final = date(2025, 1, 6)  # a day on which today's codes are in force

Numbers = NDArray[np.int64]
Choice = Callable[["Row"], bool]


@dataclass(frozen=True)
class Period:
    """Dates of one academic year, both included."""

    key: str
    year: int
    first: date
    last: date


@dataclass(frozen=True)
class Row:
    """One enrolment over one period: sessions, and what the published tables break down by."""

    phase: str
    is_fsm: bool
    sen: str
    grade: int
    possible: int
    absent: int


@dataclass(frozen=True)
class Rates:
    """Per cent: of sessions, and of enrolments with a possible session (STAT-06 to STAT-11)."""

    absence: float
    persistent: float
    severe: float
    enrolments: int


@dataclass
class Measures:
    """Rows by period, sessions by phase and code, and absence by phase and day, ages 5 to 15."""

    rows: dict[str, list[Row]]
    by_code: dict[tuple[str, str], Numbers]  # (period, phase) -> sessions by code number
    by_day: dict[tuple[str, str, date], tuple[int, int]]  # (period, phase, day) -> possible, absent

    def rates(self, period: str, chosen: Choice) -> Rates:
        """Of the chosen enrolments."""
        rows = [row for row in self.rows[period] if row.possible and chosen(row)]
        possible, absent = sum(row.possible for row in rows), sum(row.absent for row in rows)
        persistent = sum(row.absent * 10 >= row.possible for row in rows)
        severe = sum(row.absent * 2 >= row.possible for row in rows)
        count = max(len(rows), 1)
        return Rates(
            100 * absent / max(possible, 1), 100 * persistent / count, 100 * severe / count,
            len(rows),
        )  # fmt: skip

    def code_share(self, period: str, phase: str, code: str) -> float:
        """Per cent of possible sessions with that code (STAT-30)."""
        counts = self.by_code[period, phase]
        return 100 * float(counts[marks.NUMBER[code]]) / max(float(counts[_POSSIBLE].sum()), 1.0)

    def absence_on(self, period: str, chosen: Callable[[str, date], bool]) -> float:
        """Per cent of the possible sessions of the chosen phases and days of that period."""
        sums = [
            sums
            for (key, phase, day), sums in self.by_day.items()
            if key == period and chosen(phase, day)
        ]
        return 100 * sum(away for _, away in sums) / max(sum(due for due, _ in sums), 1)


def _lookup(of: Callable[[codes.Code], bool]) -> NDArray[np.bool_]:
    found = np.zeros(256, dtype=np.bool_)
    for code, number in marks.NUMBER.items():
        if codes.in_force(code, _REFORMED):
            found[number] = of(codes.meaning(code, _REFORMED))
    return found


_POSSIBLE: Final = _lookup(lambda code: code.is_possible)
_ABSENT: Final = _lookup(lambda code: code.is_authorised or code.is_unauthorised)


def measure(drawn: Drawn, periods: tuple[Period, ...], *, all_ages: bool = False) -> Measures:
    """Counts every register. Ages 5 to 15 and three phases (STAT-16, STAT-20) unless `all_ages`."""
    found = Measures({period.key: [] for period in periods}, {}, {})
    for school, sheet, _ in draw_sheets(drawn):
        if school.phase in PHASES or all_ages:
            for period in periods:
                _add(found, school, sheet, period, all_ages=all_ages)
    return found


def _add(
    found: Measures, school: DemoSchool, sheet: Sheet, period: Period, *, all_ages: bool
) -> None:
    children = [place.child for place in sheet.places]
    rows = [n for n, child in enumerate(children) if all_ages or _is_counted(child, period.year)]
    days = [n for n, day in enumerate(sheet.days) if period.first <= day <= period.last]
    if not rows or not days:
        return
    part = sheet.codes[rows, 2 * days[0] : 2 * days[-1] + 2]
    phase = PHASES.get(school.phase, "alternative")
    if not all_ages:
        part = _without_examination_term(part, sheet.days[days[0] : days[-1] + 1], children, rows)
    possible, absent = _POSSIBLE[part], _ABSENT[part]
    found.rows[period.key] += _rows(
        [children[row] for row in rows], phase, period.year, possible.sum(1), absent.sum(1)
    )
    counts = np.bincount(part.ravel(), minlength=256)
    key = (period.key, phase)
    found.by_code[key] = found.by_code.get(key, np.zeros(256, dtype=np.int64)) + counts
    a_day = possible.sum(0).reshape(-1, 2).sum(1), absent.sum(0).reshape(-1, 2).sum(1)
    for day, due, away in zip(sheet.days[days[0] : days[-1] + 1], *a_day, strict=True):
        before = found.by_day.get((period.key, phase, day), (0, 0))
        found.by_day[period.key, phase, day] = (before[0] + int(due), before[1] + int(away))


def _without_examination_term(
    part: marks.Codes, days: list[date], children: list[Child], rows: list[int]
) -> marks.Codes:
    """Year 11 counts up to the summer half-term holiday (STAT-17)."""
    ends = {h.academic_year: h.start for h in all_half_terms() if h.half_term == _LAST_HALF_TERM}
    year = academic_year(days[0])
    late = np.repeat(np.array([day >= ends[year] for day in days]), 2)
    eldest = np.array([children[row].grade_in(year) == LAST_GRADE for row in rows])
    kept = part.copy()
    kept[np.ix_(eldest, late)] = marks.NO_MARK
    return kept


def _is_counted(child: Child, year: int) -> bool:
    """Aged 5 to 15 on 31 August: past Reception, not yet past Year 11."""
    return 1 <= child.grade_in(year) <= LAST_GRADE


def _rows(
    children: list[Child], phase: str, year: int, possible: Numbers, absent: Numbers
) -> Iterator[Row]:
    for child, due, away in zip(children, possible.tolist(), absent.tolist(), strict=True):
        yield Row(phase, child.is_fsm, child.sen, child.grade_in(year), due, away)
