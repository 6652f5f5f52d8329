"""The panels "by reason" and "by day of the week": of a slice, or of whole schools (STAT-30).

Every sum is that of the figures beside it: sessions by code and by day of the same enrolments.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from attendance.models import PeriodKind
from attendance.read_models import figures
from attendance.read_models.by_reason import (
    CodeLine,
    Reasons,
    WeekdayLine,
    reasons_of_enrolments,
    reasons_of_schools,
)
from attendance.read_models.figures import ABSENT, WHOLE_YEAR
from attendance.rules import periods, protection
from attendance.rules.chance import moved_beyond_chance
from attendance.rules.percent import shown_percent
from attendance.rules.protection import HIDDEN, MEANINGS
from attendance.states import CodeClass
from dashboards.charts.words import thresholds
from dashboards.read_models.slices import Slice, sums
from schools.rules.calendar import academic_year

#: Names of the filter bar that leave schools whole, beside a place of schools.
_OF_SCHOOLS: Final = frozenset({"period", "as_of", "phase", "school", "trust", "absence"})
_UNAUTHORISED_FIRST: Final = (CodeClass.UNAUTHORISED, CodeClass.AUTHORISED)
_CLASSES: Final = {
    ABSENT: _UNAUTHORISED_FIRST,
    "authorised": (CodeClass.AUTHORISED,),
    "unauthorised": (CodeClass.UNAUTHORISED,),
    "illness": (CodeClass.AUTHORISED,),
}
_ILLNESS: Final = "I"
PROTECTED_NOTE: Final = f"Counts are to the nearest 5. {HIDDEN} means {MEANINGS[HIDDEN]}."


@dataclass(frozen=True)
class CodeRow:
    """A code of absence: its share of the possible sessions, and its count in words."""

    code: str
    name: str
    kind: str
    rate: str
    sessions: str


@dataclass(frozen=True)
class DayRow:
    """A day of the week: sessions missed of its own possible ones."""

    day: str
    rate: str
    authorised: str
    unauthorised: str
    sessions: str
    possible: str


@dataclass(frozen=True)
class ReasonsPanel:
    """Both tables with their sentences; `is_hidden`: too few pupils for a protected view."""

    by_code: str
    by_day: str
    codes: tuple[CodeRow, ...]
    days: tuple[DayRow, ...]
    possible: str
    period: str
    note: str = ""
    is_hidden: bool = False


def panel_of_slice(asked: Slice) -> ReasonsPanel | None:
    """The panels of whom a slice names, in its period; None where nothing was possible.

    `asked.missed` narrows the codes. In a protected view of a small group nothing is shown.
    """
    period = _period(asked.figures.period, asked.figures.year)
    if _is_of_whole_schools(asked):
        found = reasons_of_schools(asked.schools, as_of=asked.as_of, period=period)
    else:
        found = reasons_of_enrolments(asked.rows, as_of=asked.as_of, period=period)
    return _panel(
        found,
        period=asked.period,
        missed=asked.missed,
        pupils=sums(asked).enrolments if asked.is_protected else None,
    )


def panel_of_schools(
    urns: Collection[int], *, as_of: date, protected_pupils: int | None = None
) -> ReasonsPanel | None:
    """The panels of whole schools in the year of a day up to it; None where nothing was possible.

    `protected_pupils`: how many pupils the figures are of, for a protected view; None: for the
    team. Scope is the caller's.
    """
    year = academic_year(as_of)
    found = reasons_of_schools(urns, as_of=as_of, period=_period(WHOLE_YEAR, year))
    label = WHOLE_YEAR.label(year)
    return _panel(found, period=label, missed=ABSENT, pupils=protected_pupils)


def _is_of_whole_schools(asked: Slice) -> bool:
    """As `Slice.is_of_whole_schools`, of any period: codes are kept by half-term."""
    by_school = asked.address.get("place_by") == "school"
    whole = _OF_SCHOOLS | ({"place", "place_by"} if by_school else {"place_by"})
    return set(asked.address) <= whole


def _period(period: figures.Period, year: int) -> periods.Period:
    kinds = {
        PeriodKind.YEAR: periods.PeriodKind.YEAR,
        PeriodKind.TERM: periods.PeriodKind.TERM,
        PeriodKind.HALF_TERM: periods.PeriodKind.HALF_TERM,
    }
    return periods.Period(year, kinds[period.kind], str(period.key or year))


def _panel(found: Reasons, *, period: str, missed: str, pupils: int | None) -> ReasonsPanel | None:
    """`pupils`: of a protected view; None for readers of children's records."""
    if not found.possible:
        return None
    lines = [
        line
        for kind in _CLASSES[missed]
        for line in found.of(kind)
        if missed != "illness" or line.code == _ILLNESS
    ]
    if pupils is None:
        return ReasonsPanel(
            by_code=_said_of_codes(lines, found),
            by_day=_said_of_days(found.days),
            codes=tuple(_code_row(line) for line in lines),
            days=tuple(_day_row(line) for line in found.days),
            possible=f"{found.possible:,}",
            period=period,
        )
    if 0 < pupils < thresholds().smallest_group:
        return ReasonsPanel("", "", (), (), HIDDEN, period, PROTECTED_NOTE, is_hidden=True)
    return ReasonsPanel(
        by_code="",
        by_day="",
        codes=_protected_codes(lines, found),
        days=_protected_days(found.days),
        possible=protection.protected_total(found.possible, thresholds()),
        period=period,
        note=PROTECTED_NOTE,
    )


def _said_of_codes(lines: Sequence[CodeLine], found: Reasons) -> str:
    """'Illness (I) is the commonest reason: 3.1% of sessions, 1,234 of 40,000.'"""
    if not any(line.sessions for line in lines):
        return "No session was missed."
    most = max(lines, key=lambda line: line.sessions)
    return (
        f"{most.name} ({most.code}) is the commonest reason: {most.rate} of sessions, "
        f"{most.sessions:,} of {found.possible:,}."
    )


def _said_of_days(days: Sequence[WeekdayLine]) -> str:
    """The day most missed beside the day least missed, where chance does not explain it."""
    by_rate = sorted(days, key=lambda day: day.absent / day.possible)
    least, most = by_rate[0], by_rate[-1]
    if not moved_beyond_chance((least.absent, least.possible), (most.absent, most.possible)):
        return "Absence is about the same on each day of the week."
    return (
        f"{most.label}s are missed most, {most.rate} of sessions; "
        f"{least.label}s least, {least.rate}."
    )


def _code_row(line: CodeLine) -> CodeRow:
    return CodeRow(line.code, line.name, line.kind_label, line.rate, f"{line.sessions:,}")


def _day_row(line: WeekdayLine) -> DayRow:
    return DayRow(
        day=line.label,
        rate=line.rate,
        authorised=shown_percent(line.authorised, line.possible),
        unauthorised=shown_percent(line.unauthorised, line.possible),
        sessions=f"{line.absent:,}",
        possible=f"{line.possible:,}",
    )


def _protected_codes(lines: Sequence[CodeLine], found: Reasons) -> tuple[CodeRow, ...]:
    """Rounded, and hidden where telling; all other sessions are the rest of the row."""
    rest = found.possible - sum(line.sessions for line in lines)
    counts, whole = protection.protected_row(
        [*(line.sessions for line in lines), rest], thresholds()
    )
    return tuple(
        CodeRow(line.code, line.name, line.kind_label, _percent(count, whole), _count(count))
        for line, count in zip(lines, counts[:-1], strict=True)
    )


def _protected_days(days: Sequence[WeekdayLine]) -> tuple[DayRow, ...]:
    table = protection.protected_table(
        [(day.authorised, day.unauthorised, day.attended) for day in days], thresholds()
    )
    rows = []
    for day, (authorised, unauthorised, _, possible) in zip(days, table[:-1], strict=True):
        absent = None
        if authorised is not None and unauthorised is not None:
            absent = authorised + unauthorised
        rows.append(
            DayRow(
                day=day.label,
                rate=_percent(absent, possible),
                authorised=_percent(authorised, possible),
                unauthorised=_percent(unauthorised, possible),
                sessions=_count(absent),
                possible=_count(possible),
            )
        )
    return tuple(rows)


def _count(count: int | None) -> str:
    return HIDDEN if count is None else f"{count:,}"


def _percent(part: int | None, whole: int | None) -> str:
    if part is None or not whole:
        return HIDDEN
    return f"{protection.whole_percent(part, whole)}%"
