"""Whether the invented borough looks like one: its figures beside published ones, line by line.

The targets are `data/calibration.csv`: one published figure a line, with its place, period, series
and source. Ours are counted over the dates the line names, ages 5 to 15, one enrolment one row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from attendance.borough.build import Options, draw_borough
from attendance.borough.measuring import Measures, Period, Row, measure
from attendance.borough.tables import read_table
from schools.rules.calendar import academic_year

PUPILS: Final = 22_000
YEARS: Final = 2  # the targets speak of 2024/25 and of 2025/26

_CHARACTERISTICS: Final[dict[str, Callable[[Row], bool]]] = {
    "all": lambda row: True,
    "fsm": lambda row: row.is_fsm,
    "sen support": lambda row: row.sen == "K",
    "ehc plan": lambda row: row.sen == "E",
    "any sen": lambda row: row.sen != "N",
}
_WEEKDAYS: Final = {"Monday": 1, "Friday": 5}
_MIDWEEK: Final = (2, 3, 4)


@dataclass(frozen=True)
class Target:
    """One published figure. Per cent, or for `weekday` the ratio to midweek."""

    measure: str
    phase: str
    characteristic: str
    code: str
    first: date
    last: date
    published: float
    tolerance: float
    geography: str
    series: str
    period: str
    source: str

    @property
    def period_key(self) -> str:
        return f"{self.first} to {self.last}"

    @property
    def label(self) -> str:
        """What is compared, in words: 'Persistent absence, secondary'."""
        what = _WORDS[self.measure].format(
            code=self.code, day=self.characteristic, first=self.first, last=self.last
        )
        who = self.phase if self.phase != "all" else "all phases"
        if self.characteristic in _NAMES:
            who = f"{who}, {_NAMES[self.characteristic]}"
        return f"{what}: {who}"


_WORDS: Final = {
    "absence": "Absence",
    "persistent": "Persistent absence",
    "severe": "Severe absence",
    "code": "Code {code}",
    "weeks": "Absence {first} to {last}",
    "weekday": "{day} beside midweek",
}
_NAMES: Final = {
    "fsm": "free school meals",
    "sen support": "SEN support",
    "ehc plan": "EHC plan",
    "any sen": "SEN support or EHC plan",
}


@dataclass(frozen=True)
class Line:
    """Ours beside the published."""

    target: Target
    ours: float

    @property
    def difference(self) -> float:
        return self.ours - self.target.published

    @property
    def is_met(self) -> bool:
        return abs(self.difference) <= self.target.tolerance


def read_targets() -> tuple[Target, ...]:
    """Every published figure the borough is held to."""
    return tuple(
        Target(
            measure=row["measure"],
            phase=row["phase"],
            characteristic=row["characteristic"],
            code=row["code"],
            first=date.fromisoformat(row["first"]),
            last=date.fromisoformat(row["last"]),
            published=float(row["published"]),
            tolerance=float(row["tolerance"]),
            geography=row["geography"],
            series=row["series"],
            period=row["period"],
            source=row["source"],
        )
        for row in read_table("calibration")
    )


def calibrate(options: Options) -> list[Line]:
    """Draws the borough and compares. Raises Invalid for a size it cannot make."""
    targets = read_targets()
    periods = {(t.first, t.last): t.period_key for t in targets}
    drawn = draw_borough(options)
    counted = tuple(
        Period(key, academic_year(first), first, last) for (first, last), key in periods.items()
    )
    measures = measure(drawn, counted)
    return [Line(target, _ours(measures, target)) for target in targets]


def _ours(measures: Measures, target: Target) -> float:
    if target.measure == "code":
        return measures.code_share(target.period_key, target.phase, target.code)
    if target.measure == "weeks":
        return measures.absence_on(target.period_key, lambda phase, _: phase == target.phase)
    if target.measure == "weekday":
        return _beside_midweek(measures, target)
    is_of = _CHARACTERISTICS[target.characteristic]
    rates = measures.rates(
        target.period_key,
        lambda row: is_of(row) and target.phase in ("all", row.phase),
    )
    return float(getattr(rates, target.measure))


def _beside_midweek(measures: Measures, target: Target) -> float:
    def on(weekday: int) -> float:
        return measures.absence_on(target.period_key, lambda _, day: day.isoweekday() == weekday)

    return on(_WEEKDAYS[target.characteristic]) / (sum(map(on, _MIDWEEK)) / len(_MIDWEEK))
