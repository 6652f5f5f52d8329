"""The year of one enrolment, mark by mark: the strip and its table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from attendance.codes import NO_MARK, by_symbol
from attendance.models import RegisterWeek, SchoolDay
from attendance.rules.absence import Counts, count
from attendance.rules.marks import AFTERNOON, MORNING
from attendance_portal.shared import wording
from dashboards import charts
from dashboards.read_models.marks import marks_of, weeks_of
from schools.models import Enrolment, Term
from schools.rules.calendar import (
    HalfTerm,
    academic_year,
    academic_year_label,
    academic_year_start,
    week_start,
)


@dataclass(frozen=True)
class WeekLine:
    """A row of the strip's table; `codes` in order of time, '.' where there is no mark."""

    monday: date
    possible: int
    attended: int
    authorised: int
    unauthorised: int
    codes: str


@dataclass(frozen=True)
class YearStrip:
    """F4 with its words and its table."""

    title: str
    subtitle: str
    summary: str
    blocks: list[charts.Block]
    weeks: list[WeekLine]
    key: tuple[tuple[str, charts.Look, str], ...] = charts.KEY


def strip_of(enrolment: Enrolment, as_of: date) -> YearStrip | None:
    """The strip of the academic year up to a day; None while no mark has come."""
    year = academic_year(as_of)
    first = max(enrolment.starts_on, academic_year_start(year))
    last = min(as_of, enrolment.ends_on or as_of)
    weeks = [
        _cut(monday, symbols, first, last) for monday, symbols in weeks_of(enrolment, first, last)
    ]
    weeks = [week for week in weeks if week.symbols.strip()]
    if not weeks:
        return None
    facts = charts.StripFacts(
        weeks=weeks,
        half_terms=_half_terms(year),
        met=_sessions_met(enrolment, weeks, first, last),
        first=first,
        last=last,
    )
    lines = [_week_line(week) for week in weeks]
    return _with_words(facts, lines, year, as_of)


def _sessions_met(
    enrolment: Enrolment, weeks: Sequence[charts.Week], first: date, last: date
) -> set[tuple[date, int]]:
    """The school's sessions. Days are stored; a half of one only matters where this child has a
    gap, so only those weeks of the school are looked at for who else has a mark."""
    stored = SchoolDay.objects.filter(school=enrolment.school_id, date__range=(first, last))
    days = set(stored.values_list("date", flat=True))
    sessions = {(day, session) for day in days for session in (MORNING, AFTERNOON)}
    marked = {(on, session) for week in weeks for on, session, _ in _slots(week)}
    gaps = sessions - marked
    if not gaps:
        return sessions
    mondays = {week_start(on) for on, _ in gaps}
    others = RegisterWeek.objects.filter(
        enrolment__in=Enrolment.objects.filter(school=enrolment.school_id).values("pk"),
        week_start__in=mondays,
    )
    met = {
        (on, session)
        for monday, symbols in others.values_list("week_start", "marks").distinct()
        for on, session, symbol in _slots(charts.Week(monday, symbols))
        if by_symbol(symbol).makes_a_session
    }
    return sessions - (gaps - met)


def _slots(week: charts.Week) -> Iterator[tuple[date, int, str]]:
    """Each mark of a week: its day, session and symbol."""
    for slot, symbol in enumerate(week.symbols):
        if symbol != NO_MARK:
            yield week.monday + timedelta(days=slot // 2), slot % 2, symbol


def _cut(monday: date, symbols: str, first: date, last: date) -> charts.Week:
    """Marks outside the enrolment, the year or the as-of date do not count and are not drawn."""
    kept = [
        symbol if first <= monday + timedelta(days=slot // 2) <= last else NO_MARK
        for slot, symbol in enumerate(symbols)
    ]
    return charts.Week(monday, "".join(kept))


def _half_terms(year: int) -> list[HalfTerm]:
    terms = Term.objects.filter(academic_year=year).order_by("half_term")
    if not terms:
        whole = HalfTerm(academic_year_start(year), academic_year_start(year + 1), year, 1)
        return [whole]
    return [HalfTerm(row.starts_on, row.ends_on, year, row.half_term) for row in terms]


def _with_words(
    facts: charts.StripFacts, lines: Sequence[WeekLine], year: int, as_of: date
) -> YearStrip:
    total = sum(
        (Counts(line.attended, line.authorised, line.unauthorised) for line in lines), Counts()
    )
    sessions = wording.counted(total.possible, "possible session")
    return YearStrip(
        title=f"{total.absent:,} of {sessions} were recorded as absence",
        subtitle=(
            f"Each session of {academic_year_label(year)}, AM and PM, marks to "
            f"{wording.day_of_week(as_of)}"
        ),
        summary=(
            f"{wording.counted(total.authorised, 'session')} authorised and "
            f"{total.unauthorised:,} unauthorised, in {wording.counted(len(lines), 'school week')}."
        ),
        blocks=charts.year_strip(facts),
        weeks=list(lines),
    )


def _week_line(week: charts.Week) -> WeekLine:
    counts = count(marks_of([(week.monday, week.symbols)]))
    shown = week.symbols.rstrip(NO_MARK)
    return WeekLine(
        monday=week.monday,
        possible=counts.possible,
        attended=counts.attended,
        authorised=counts.authorised,
        unauthorised=counts.unauthorised,
        codes=" ".join("." if symbol == NO_MARK else by_symbol(symbol).code for symbol in shown),
    )
