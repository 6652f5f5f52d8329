"""Published figures of England, its region and the borough, each with its year, series and source.

Two series are published and never mixed in one chart (STAT-24): the accredited one of a whole
academic year (six half-terms, from the school census), and the provisional one made from daily
registers, which runs a little higher and gives the year to date and single weeks. Our own figures
are registers too, so a year to date stands beside the daily series where it has the measure.
The tables and their sources are in `data/` (see `data/SOURCES.md`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from attendance.rules.percent import shown_percent
from attendance_portal.shared import wording
from schools.rules.calendar import academic_year, academic_year_label

ABSENCE: Final = "overall_absence_rate"
UNAUTHORISED: Final = "unauthorised_absence_rate"
PERSISTENT: Final = "persistent_absence_rate"
SEVERE: Final = "severe_absence_rate"
ENGLAND: Final = "England"
REGION: Final = "North East"
BOROUGH: Final = "Redcar and Cleveland"
ALL_PUPILS: Final = "all pupils"
TOTAL: Final = "total"
ACCREDITED: Final = "accredited, six half-terms"
DAILY: Final = "provisional, daily data"
DAILY_SUFFIX: Final = "_daily_data"
_DAILY_SOURCE: Final = "DfE, Pupil attendance in schools"
_ACCREDITED_SOURCE: Final = "DfE, Pupil absence in schools in England"
_BANDS: Final = tuple(
    f"pct_of_enrolments_absence_band_{band}"
    for band in (*(f"{low:02d}_{low + 5:02d}" for low in range(0, 50, 5)), "50_plus")
)
_DATA: Final = Path(__file__).parent / "data"
_MILLIONTHS: Final = 1_000_000


@dataclass(frozen=True)
class Published:
    """One published percentage. `published_on` is known for the year to date and for weeks."""

    value: Decimal
    academic_year: str
    source: str
    series: str
    geography: str = ENGLAND
    published_on: date | None = None

    @property
    def shown(self) -> str:
        """The percentage as a page prints it."""
        return shown_percent(int(self.value * _MILLIONTHS / 100), _MILLIONTHS)

    @property
    def of(self) -> str:
        """The period in words: '2024/25', or '2025/26 to date, published 18 Feb 2026'."""
        if self.published_on is None:
            return self.academic_year
        return f"{self.academic_year} to date, published {wording.day(self.published_on)}"


@dataclass(frozen=True)
class Beside:
    """One measure of one phase as published of three places: one series and one period (STAT-24).

    None where nothing is published of a place.
    """

    england: Published | None = None
    region: Published | None = None
    borough: Published | None = None

    @property
    def known(self) -> tuple[Published, ...]:
        """What is published, England first."""
        all_three = (self.england, self.region, self.borough)
        return tuple(each for each in all_three if each is not None)

    @property
    def series(self) -> str:
        """The one series; empty where nothing is published."""
        return self.known[0].series if self.known else ""

    @property
    def of(self) -> str:
        """The period in words, as `Published.of`; empty where nothing is published."""
        return self.known[0].of if self.known else ""

    @property
    def source(self) -> str:
        """'DfE, Pupil attendance in schools: 2025/26 to date, published 18 Feb 2026 (...)'."""
        if not self.known:
            return ""
        first = self.known[0]
        return f"{first.source}: {first.of} ({first.series})"


@dataclass(frozen=True)
class SideBySide:
    """What is published now, and at the same time last year in the same series."""

    now: Beside
    last_year: Beside


@dataclass(frozen=True)
class PublishedBands:
    """Percentages of enrolments in the eleven bands of STAT-26, least absence first."""

    percents: tuple[Decimal, ...]
    academic_year: str
    source: str


@dataclass(frozen=True)
class PublishedWeek:
    """The absence of one calendar week."""

    monday: date
    value: Decimal
    published_on: date


def published(
    measure: str,
    *,
    phase: str | None,
    characteristic: str = ALL_PUPILS,
    geography: str = ENGLAND,
    year: str | None = None,
) -> Published | None:
    """A whole year's figure, None where nothing is published.

    `measure` as in `benchmarks.csv` (with `_daily_data` for the provisional series); `phase` a
    statistical phase, None for all state-funded schools; `year` as '2024/25', None for the latest.
    """
    key = (geography, phase or TOTAL, characteristic, measure)
    of_years = _whole_years().get(key, {})
    chosen = max(of_years, default="") if year is None else year
    return of_years.get(chosen)


def latest_by(
    measure: str, *, phase: str | None, on: date, geography: str = ENGLAND
) -> Published | None:
    """What a year to date at `on` is best compared with.

    The year to date of the same academic year last published by `on` (daily series); else the
    latest whole year before it (accredited); None where neither is published.
    """
    year = academic_year_label(academic_year(on))
    rows = _years_to_date().get((geography, phase or TOTAL, measure, year), {})
    by_then = max((day for day in rows if day <= on), default=None)
    return rows[by_then] if by_then else _whole_year_before(measure, phase, geography, year)


def side_by_side(measure: str, *, phase: str | None, on: date) -> SideBySide:
    """England, the region and the borough beside each other, and a year before.

    The year to date last published of England by `on` (daily series), of all three places on that
    day; while the daily series has none, the latest whole year before (accredited). Last year is
    of the same series, so it is empty where that has none.
    """
    now = _to_date(measure, phase, academic_year(on), on)
    if now.known:
        return SideBySide(now, _to_date(measure, phase, academic_year(on) - 1, _a_year_before(on)))
    before = academic_year_label(academic_year(on))
    latest = _whole_year_before(measure, phase, ENGLAND, before)
    if latest is None:
        return SideBySide(Beside(), Beside())
    first_year = int(latest.academic_year[:4])
    return SideBySide(
        _whole_year(measure, phase, first_year), _whole_year(measure, phase, first_year - 1)
    )


def _to_date(measure: str, phase: str | None, year: int, on: date) -> Beside:
    """The daily series of one year as it stood on a day."""
    rows = {
        place: _years_to_date().get((place, phase or TOTAL, measure, academic_year_label(year)), {})
        for place in (ENGLAND, REGION, BOROUGH)
    }
    day = max((day for day in rows[ENGLAND] if day <= on), default=None)
    return Beside() if day is None else Beside(*(of_place.get(day) for of_place in rows.values()))


def _whole_year(measure: str, phase: str | None, year: int) -> Beside:
    label = academic_year_label(year)
    return Beside(
        *(
            _whole_years().get((place, phase or TOTAL, ALL_PUPILS, measure), {}).get(label)
            for place in (ENGLAND, REGION, BOROUGH)
        )
    )


def _a_year_before(on: date) -> date:
    """The same date; 28 February for the 29th."""
    is_leap_day = (on.month, on.day) == (2, 29)
    return on.replace(year=on.year - 1, day=28 if is_leap_day else on.day)


def published_bands(
    *, phase: str | None, year: int, geography: str = ENGLAND
) -> PublishedBands | None:
    """The bands of the latest whole year before `year` that has them, accredited series."""
    before = academic_year_label(year)
    found = [_whole_year_before(band, phase, geography, before) for band in _BANDS]
    known = [each for each in found if each is not None]
    if len(known) < len(_BANDS):
        return None
    return PublishedBands(
        percents=tuple(each.value for each in known),
        academic_year=known[0].academic_year,
        source=known[0].source,
    )


def published_weeks(
    *, phase: str | None, year: int, upto: date, geography: str = ENGLAND
) -> list[PublishedWeek]:
    """The weeks of an academic year that were published and had begun by `upto`."""
    key = (geography, phase or TOTAL, academic_year_label(year))
    return [week for week in _weeks().get(key, []) if week.monday <= upto]


def _whole_year_before(
    measure: str, phase: str | None, geography: str, before: str
) -> Published | None:
    of_years = _whole_years().get((geography, phase or TOTAL, ALL_PUPILS, measure), {})
    return of_years.get(max((year for year in of_years if year < before), default=""))


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def _whole_years() -> dict[tuple[str, str, str, str], dict[str, Published]]:
    found: dict[tuple[str, str, str, str], dict[str, Published]] = {}
    for row in _rows("benchmarks.csv"):
        key = (row["geography"], row["phase"], row["characteristic"], row["measure"])
        is_daily = row["measure"].endswith(DAILY_SUFFIX)
        found.setdefault(key, {})[row["academic_year"]] = Published(
            value=Decimal(row["value"]),
            academic_year=row["academic_year"],
            source=_DAILY_SOURCE if is_daily else _ACCREDITED_SOURCE,
            series=DAILY if is_daily else ACCREDITED,
            geography=row["geography"],
        )
    return found


@cache
def _years_to_date() -> dict[tuple[str, str, str, str], dict[date, Published]]:
    found: dict[tuple[str, str, str, str], dict[date, Published]] = {}
    for row in _rows("year_to_date.csv"):
        day = date.fromisoformat(row["published_on"])
        for measure in (ABSENCE, UNAUTHORISED, PERSISTENT):
            if row[measure]:
                key = (row["geography"], row["phase"], measure, row["academic_year"])
                found.setdefault(key, {})[day] = Published(
                    value=Decimal(row[measure]),
                    academic_year=row["academic_year"],
                    source=_DAILY_SOURCE,
                    series=DAILY,
                    geography=row["geography"],
                    published_on=day,
                )
    return found


@cache
def _weeks() -> dict[tuple[str, str, str], list[PublishedWeek]]:
    found: dict[tuple[str, str, str], list[PublishedWeek]] = {}
    for row in _rows("weekly.csv"):
        key = (row["geography"], row["phase"], row["academic_year"])
        week = PublishedWeek(
            monday=date.fromisoformat(row["monday"]),
            value=Decimal(row[ABSENCE]),
            published_on=date.fromisoformat(row["published_on"]),
        )
        found.setdefault(key, []).append(week)
    return found
