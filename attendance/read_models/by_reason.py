"""Sessions by code and by day of the week (STAT-30): of whole schools, or of any enrolments.

Whole schools at the figures' date come from the stored summary, in this academic year and the one
before; every other date or year, and any other set of enrolments, from the statement that fills
it, kept until the next import. Scope is the caller's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.core.cache import cache
from django.db.models import QuerySet

from attendance import codes
from attendance.models import SchoolReason
from attendance.read_models.keeping import (
    KEPT_SECONDS,
    Rows,
    SchoolKey,
    kept_by_school,
    last_run_id,
    told,
)
from attendance.rules.percent import shown_percent
from attendance.rules.periods import Period, PeriodKind
from attendance.rules.reasons import class_of
from attendance.rules.slots import long_day, short_label
from attendance.selectors import figures_date, last_import_until
from attendance.sql.working import (
    REASON_STATEMENTS,
    REASON_YEARS,
    TEMPORARY,
    Question,
    answers,
)
from attendance.states import CODE_CLASSES, CodeClass
from schools.models import Enrolment
from schools.rules.calendar import academic_year, academic_year_end

_SLOTS: Final = 14
_ORDER: Final = list(CODE_CLASSES)
_Counts = dict[str, tuple[int, ...]]  # symbol to sessions by slot


@dataclass(frozen=True)
class CodeLine:
    """One code: how often it stands in the registers asked, and of how many possible sessions."""

    code: str
    name: str
    kind: CodeClass
    sessions: int
    possible: int

    @property
    def kind_label(self) -> str:
        """'Authorised absence'."""
        return CODE_CLASSES[self.kind]

    @property
    def rate(self) -> str:
        """Of the possible sessions (STAT-30); empty for a code whose sessions are not possible."""
        if self.kind is CodeClass.NOT_POSSIBLE:
            return ""
        return shown_percent(self.sessions, self.possible)


@dataclass(frozen=True)
class WeekdayLine:
    """Sessions of one weekday, or of one half of it. `label`: 'Monday' or 'Mon AM'."""

    label: str
    possible: int
    attended: int
    authorised: int
    unauthorised: int

    @property
    def absent(self) -> int:
        """Sessions missed."""
        return self.authorised + self.unauthorised

    @property
    def rate(self) -> str:
        """All absence of the possible sessions."""
        return shown_percent(self.absent, self.possible)


@dataclass(frozen=True)
class Reasons:
    """Sessions by code and by day. Codes by how they count, commonest first; days Monday first.

    `days` and `halves` (mornings and afternoons) have those on which a session was possible.
    """

    codes: tuple[CodeLine, ...]
    days: tuple[WeekdayLine, ...]
    halves: tuple[WeekdayLine, ...]
    possible: int
    attended: int
    authorised: int
    unauthorised: int

    @property
    def absent(self) -> int:
        """Sessions missed."""
        return self.authorised + self.unauthorised

    def of(self, kind: CodeClass) -> tuple[CodeLine, ...]:
        """The codes that count in one way."""
        return tuple(line for line in self.codes if line.kind is kind)

    @property
    def absences(self) -> tuple[CodeLine, ...]:
        """The codes of absence, unauthorised first."""
        return (*self.of(CodeClass.UNAUTHORISED), *self.of(CodeClass.AUTHORISED))


def reasons_of_schools(urns: Collection[int], *, as_of: date, period: Period) -> Reasons:
    """Whole schools in a year, term or half-term, up to a day.

    Raises ValueError for a week.
    """
    half_terms = _half_terms(period)
    if _is_stored(as_of, period.academic_year):
        return _in_words(_stored(urns, period.academic_year, half_terms))
    return _in_words(_added(_of_past_schools(urns, as_of, period.academic_year), half_terms))


def reasons_of_enrolments(
    enrolments: QuerySet[Enrolment], *, as_of: date, period: Period
) -> Reasons:
    """These enrolments in a year, term or half-term, up to a day; kept until the next import.

    For whole schools `reasons_of_schools` is far cheaper. Raises ValueError for a week.
    """
    half_terms = _half_terms(period)
    chosen = sorted(enrolments.values_list("pk", flat=True))
    until = min(as_of, academic_year_end(period.academic_year))
    if not chosen or academic_year(until) != period.academic_year:
        return _in_words({})
    key = f"reasons:{until.isoformat()}:{last_import_until(until)}:{last_run_id()}:{told(chosen)}"
    rows: Rows | None = cache.get(key)
    if rows is None:
        question = Question(as_of=until, enrolments=chosen)
        rows = [row[1:] for row in _work_out(question)]
        cache.set(key, rows, KEPT_SECONDS)
    return _in_words(_added(rows, half_terms))


def _half_terms(period: Period) -> frozenset[int] | None:
    """The half-terms of a period; None for all, days between them included."""
    match period.kind:
        case PeriodKind.YEAR:
            return None
        case PeriodKind.TERM:
            return frozenset({2 * int(period.key) - 1, 2 * int(period.key)})
        case PeriodKind.HALF_TERM:
            return frozenset({int(period.key)})
    raise ValueError("Codes are counted by year, term and half-term, not by week.")


def _is_stored(as_of: date, year: int) -> bool:
    """Whether the stored rows of a year stand at that day, or at the year's end before it."""
    figures, end = figures_date(), academic_year_end(year)
    if figures is None or not 0 <= academic_year(figures) - year < REASON_YEARS:
        return False
    return min(as_of, end) == min(figures, end)


def _stored(urns: Collection[int], year: int, half_terms: frozenset[int] | None) -> _Counts:
    """Stored rows change by runs only, so what they add up to is kept until the next one."""
    asked = "year" if half_terms is None else "-".join(map(str, sorted(half_terms)))
    key = f"reasons-of-schools:{year}:{asked}:{last_run_id()}:{told(urns)}"
    counts: _Counts | None = cache.get(key)
    if counts is None:
        rows = SchoolReason.objects.filter(school__in=urns, academic_year=year)
        counts = _added(rows.values_list("half_term", "symbol", "sessions"), half_terms)
        cache.set(key, counts, KEPT_SECONDS)
    return counts


def _of_past_schools(urns: Collection[int], as_of: date, year: int) -> Rows:
    until = min(as_of, academic_year_end(year))
    if academic_year(until) != year:
        return []

    def work_out(pairs: Collection[SchoolKey]) -> dict[SchoolKey, Rows]:
        question = Question(as_of=until, schools=sorted({urn for _, urn in pairs}))
        found: dict[SchoolKey, Rows] = {}
        for urn, *rest in _work_out(question):
            found.setdefault((until.isoformat(), urn), []).append(tuple(rest))
        return found

    kept = kept_by_school("reason", {until.isoformat(): until}, urns, work_out)
    return [row for rows in kept for row in rows]


def _work_out(question: Question) -> Rows:
    """School, half-term, symbol and sessions by slot, in the academic year of the day asked."""
    year = academic_year(question.as_of)
    with answers(question, REASON_STATEMENTS, lines={"reasons_from": year}) as cursor:
        cursor.execute(
            f"SELECT school_id, half_term, symbol, sessions FROM {TEMPORARY.name('reason')}"  # noqa: S608 - our own names
        )
        rows: Rows = cursor.fetchall()
    return rows


def _added(
    rows: Iterable[tuple[int, str, Sequence[int]]], half_terms: frozenset[int] | None
) -> _Counts:
    """Sessions by symbol and slot, over schools and the half-terms asked."""
    found: dict[str, list[int]] = {}
    for half_term, symbol, sessions in rows:
        if half_terms is None or half_term in half_terms:
            sums = found.setdefault(symbol, [0] * _SLOTS)
            for slot, number in enumerate(sessions):
                sums[slot] += number
    return {symbol: tuple(sums) for symbol, sums in found.items()}


def _in_words(counts: _Counts) -> Reasons:
    by_kind = {kind: [0] * _SLOTS for kind in CodeClass}
    by_code: dict[tuple[CodeClass, str], int] = {}
    for symbol, sessions in counts.items():
        code = codes.by_symbol(symbol)
        kind = class_of(code)
        by_code[kind, code.code] = by_code.get((kind, code.code), 0) + sum(sessions)
        for slot, number in enumerate(sessions):
            by_kind[kind][slot] += number
    halves = [_weekday(short_label(slot), by_kind, (slot,)) for slot in range(_SLOTS)]
    days = [_weekday(long_day(slot), by_kind, (slot, slot + 1)) for slot in range(0, _SLOTS, 2)]
    possible = sum(line.possible for line in halves)
    lines = [
        CodeLine(code, _name(kind, code), kind, sessions, possible)
        for (kind, code), sessions in by_code.items()
    ]
    return Reasons(
        codes=tuple(
            sorted(lines, key=lambda line: (_ORDER.index(line.kind), -line.sessions, line.code))
        ),
        days=tuple(line for line in days if line.possible),
        halves=tuple(line for line in halves if line.possible),
        possible=possible,
        attended=sum(by_kind[CodeClass.ATTENDED]),
        authorised=sum(by_kind[CodeClass.AUTHORISED]),
        unauthorised=sum(by_kind[CodeClass.UNAUTHORISED]),
    )


def _weekday(
    label: str, by_kind: dict[CodeClass, list[int]], slots: tuple[int, ...]
) -> WeekdayLine:
    attended, authorised, unauthorised = (
        sum(by_kind[kind][slot] for slot in slots)
        for kind in (CodeClass.ATTENDED, CodeClass.AUTHORISED, CodeClass.UNAUTHORISED)
    )
    return WeekdayLine(
        label=label,
        possible=attended + authorised + unauthorised,
        attended=attended,
        authorised=authorised,
        unauthorised=unauthorised,
    )


def _name(kind: CodeClass, code: str) -> str:
    """The newest name of a code that counts in this way."""
    named = (row for row in codes.all_codes() if row.code == code and class_of(row) is kind)
    return next(named).short_name
