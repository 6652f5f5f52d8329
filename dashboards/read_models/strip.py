"""The year of one enrolment, mark by mark: the strip and its table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from attendance.codes import NO_MARK, by_symbol
from attendance.models import RegisterWeek, SchoolDay
from attendance.rules.absence import Counts, count
from attendance.rules.marks import AFTERNOON, MORNING
from attendance_portal.shared import wording
from dashboards import charts
from dashboards.read_models.marks import marks_of
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
    facts = strip_facts([enrolment], as_of).get(enrolment.pk)
    return None if facts is None else strip_from(facts)


def strip_facts(enrolments: Sequence[Enrolment], as_of: date) -> dict[int, charts.StripFacts]:
    """Enrolment id to what its strip is drawn from, for children of one school; without those of
    whom no mark has come. Four queries at most."""
    half_terms = _half_terms(academic_year(as_of))
    pages = _pages(enrolments, as_of)
    met = _sessions_met([row for row in enrolments if row.pk in pages], pages, as_of)
    return {
        row.pk: charts.StripFacts(pages[row.pk], half_terms, met, *_days_of(row, as_of))
        for row in enrolments
        if row.pk in pages
    }


def strip_from(facts: charts.StripFacts) -> YearStrip:
    """The strip with its words and its table."""
    year = academic_year(facts.last)
    return _with_words(facts, [_week_line(week) for week in facts.weeks], year)


def _days_of(enrolment: Enrolment, as_of: date) -> tuple[date, date]:
    """The days of the enrolment in the academic year, up to a day."""
    first = max(enrolment.starts_on, academic_year_start(academic_year(as_of)))
    return first, min(as_of, enrolment.ends_on or as_of)


def _pages(enrolments: Sequence[Enrolment], as_of: date) -> dict[int, list[charts.Week]]:
    """The weeks in which any mark of the year stands, by enrolment."""
    days = {row.pk: _days_of(row, as_of) for row in enrolments}
    weeks = RegisterWeek.objects.filter(
        enrolment__in=list(days),
        week_start__gt=academic_year_start(academic_year(as_of)) - timedelta(days=7),
        week_start__lte=as_of,
    ).order_by("week_start")
    found: dict[int, list[charts.Week]] = {}
    for pk, monday, symbols in weeks.values_list("enrolment_id", "week_start", "marks"):
        week = _cut(monday, symbols, *days[pk])
        if week.symbols.strip():
            found.setdefault(pk, []).append(week)
    return found


def _sessions_met(
    enrolments: Sequence[Enrolment], pages: Mapping[int, Sequence[charts.Week]], as_of: date
) -> set[tuple[date, int]]:
    """The school's sessions. Days are stored; a half of one only matters where a child has a gap,
    so only those weeks of the school are looked at for who else has a mark."""
    if not enrolments:
        return set()
    school = enrolments[0].school_id
    first = min(_days_of(row, as_of)[0] for row in enrolments)
    stored = SchoolDay.objects.filter(school=school, date__range=(first, as_of))
    days = set(stored.values_list("date", flat=True))
    sessions = {(day, session) for day in days for session in (MORNING, AFTERNOON)}
    gaps = {gap for row in enrolments for gap in _gaps(row, pages[row.pk], sessions, as_of)}
    if not gaps:
        return sessions
    mondays = {week_start(on) for on, _ in gaps}
    others = RegisterWeek.objects.filter(
        enrolment__in=Enrolment.objects.filter(school=school).values("pk"),
        week_start__in=mondays,
    )
    met = {
        (on, session)
        for monday, symbols in others.values_list("week_start", "marks").distinct()
        for on, session, symbol in _slots(charts.Week(monday, symbols))
        if by_symbol(symbol).makes_a_session
    }
    return sessions - (gaps - met)


def _gaps(
    enrolment: Enrolment,
    weeks: Sequence[charts.Week],
    sessions: set[tuple[date, int]],
    as_of: date,
) -> set[tuple[date, int]]:
    """The sessions of the school for which this child has no mark."""
    first, last = _days_of(enrolment, as_of)
    marked = {(on, session) for week in weeks for on, session, _ in _slots(week)}
    return {one for one in sessions - marked if first <= one[0] <= last}


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


def _with_words(facts: charts.StripFacts, lines: Sequence[WeekLine], year: int) -> YearStrip:
    total = sum(
        (Counts(line.attended, line.authorised, line.unauthorised) for line in lines), Counts()
    )
    sessions = wording.counted(total.possible, "possible session")
    return YearStrip(
        title=f"{total.absent:,} of {sessions} were recorded as absence",
        subtitle=(
            f"Each session of {academic_year_label(year)}, AM and PM, marks to "
            f"{wording.day_of_week(facts.last)}"
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
