"""The attendance sub-page of a record: charts, figures by period, reasons, spells, corrections."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from django.urls import reverse

from accounts.roles import Permission
from attendance.codes import ILLNESS
from attendance.cohorts import LINES
from attendance.models import RegisterBatch
from attendance.read_models import AbsenceRow, absence_rows
from attendance.rules.absence import is_too_early_to_say
from attendance.rules.marks import Mark, Register
from attendance.rules.percent import shown_percent
from attendance.rules.periods import periods_of
from attendance.rules.slots import MORNINGS, slots
from attendance.rules.spells import Spell, spells
from attendance_portal.shared import wording
from dashboards import charts
from dashboards.read_models.marks import Correction, corrections_of
from dashboards.read_models.pupil import Record, RollHeading, roll_heading
from dashboards.read_models.strip import YearStrip, strip_of
from schools.models import Enrolment
from schools.rules.alignment import place_of_week
from schools.rules.calendar import (
    TERM_NAMES,
    TermDates,
    academic_year,
    academic_year_label,
    academic_year_start,
    half_term_label,
    week_start,
)

CORRECTIONS_SHOWN = 20
KINDS = ("year", "term", "half_term")


class Absence(StrEnum):
    """Which absence the page speaks of, by the names that addresses and the API use."""

    ALL = ""
    AUTHORISED = "authorised"
    UNAUTHORISED = "unauthorised"
    ILLNESS = "illness"

    def counts(self, mark: Mark) -> bool:
        """Whether a mark is an absence of this kind."""
        meaning = mark.meaning
        return {
            Absence.ALL: meaning.is_authorised or meaning.is_unauthorised,
            Absence.AUTHORISED: meaning.is_authorised,
            Absence.UNAUTHORISED: meaning.is_unauthorised,
            Absence.ILLNESS: mark.code == ILLNESS,
        }[self]


#: The kinds of absence in the order of their links, as headings say them.
ABSENCE_LABELS = {
    Absence.ALL: "All absence",
    Absence.AUTHORISED: "Authorised absence",
    Absence.UNAUTHORISED: "Unauthorised absence",
    Absence.ILLNESS: "Absence through illness",
}


@dataclass(frozen=True)
class PeriodFigures:
    """A line of the figures table, as printed. `of_kind`: sessions of the kind asked for."""

    label: str
    level: str
    absence: str
    sessions: str
    authorised: int
    unauthorised: int


@dataclass(frozen=True)
class Reason:
    """One code of absence and how many sessions of the year bear it."""

    code: str
    meaning: str
    kind: str
    sessions: int


@dataclass(frozen=True)
class SpellLine:
    """Sessions missed one after the other, as printed."""

    first: str
    last: str
    sessions: int
    days: int
    codes: str


@dataclass(frozen=True)
class RollAttendance:
    """One enrolment of the year; without a strip, no mark came."""

    heading: RollHeading
    figures: list[PeriodFigures]
    strip: YearStrip | None
    charts: list[charts.Chart]
    reasons: list[Reason]
    spells: list[SpellLine]


@dataclass(frozen=True)
class EarlierRoll:
    """A school and year before this one."""

    school: str
    year: str
    dates: str
    absence: str
    sessions: str


@dataclass(frozen=True)
class AttendancePage:
    """The sub-page."""

    measure: str
    is_narrowed: bool
    rolls: list[RollAttendance]
    earlier: list[EarlierRoll]
    corrections: list[Correction]
    more_corrections: int


#: The period rows of each enrolment, by school and first day.
PeriodRows = dict[tuple[int, date], list[AbsenceRow]]


def attendance_of(record: Record, kind: Absence) -> AttendancePage:
    """Everything of the sub-page; without a finished run yet, corrections alone."""
    rows = _period_rows(record)
    corrections, more = corrections_of(record.enrolments, at_most=CORRECTIONS_SHOWN)
    return AttendancePage(
        measure=ABSENCE_LABELS[kind],
        is_narrowed=kind is not Absence.ALL,
        rolls=[_roll(record, row, rows, kind) for row in record.this_year] if record.as_of else [],
        earlier=_earlier(record, rows, kind),
        corrections=_with_receipts(corrections, record),
        more_corrections=more,
    )


def _with_receipts(corrections: list[Correction], record: Record) -> list[Correction]:
    """The corrections, each with its batch's receipt where this person may open that."""
    if not corrections or Permission.UPLOAD_REGISTERS not in record.permissions:
        return corrections
    asked = {change.at_batch for change in corrections}
    seen = RegisterBatch.objects.visible_to(record.user).filter(pk__in=asked)
    receipts = {
        pk: reverse("register_batch", args=[pk]) for pk in seen.values_list("pk", flat=True)
    }
    return [replace(change, href=receipts.get(change.at_batch, "")) for change in corrections]


def _period_rows(record: Record) -> PeriodRows:
    found: PeriodRows = {}
    if record.as_of is None:
        return found
    chosen = Enrolment.objects.filter(pk__in=[row.pk for row in record.enrolments])
    for line in absence_rows(chosen, as_of=record.as_of, kinds=KINDS):
        found.setdefault((line.urn, line.enrolment_start), []).append(line)
    return found


def _roll(record: Record, enrolment: Enrolment, rows: PeriodRows, kind: Absence) -> RollAttendance:
    year = academic_year(record.stands)
    mine = rows.get((enrolment.school_id, enrolment.starts_on), [])
    register = _of_year(record.registers[enrolment.pk], record.stands)
    return RollAttendance(
        heading=roll_heading(record, enrolment),
        figures=_figures(
            record, enrolment, [row for row in mine if row.academic_year == year], kind
        ),
        strip=strip_of(enrolment, record.stands),
        charts=_charts(record, enrolment, register, kind),
        reasons=reasons(register, kind),
        spells=spell_lines(register) if kind is Absence.ALL else [],
    )


def _of_year(register: Register, on: date) -> Register:
    first = academic_year_start(academic_year(on))
    return tuple(mark for mark in register if mark.date >= first)


def _figures(
    record: Record, enrolment: Enrolment, rows: Sequence[AbsenceRow], kind: Absence
) -> list[PeriodFigures]:
    order = {name: place for place, name in enumerate(KINDS)}
    ill = _illness_by_period(record, enrolment) if kind is Absence.ILLNESS else Counter()
    return [
        _period(row, _missed(row, kind, ill), record.minimum)
        for row in sorted(rows, key=lambda row: (order[row.kind], row.key))
    ]


def _illness_by_period(record: Record, enrolment: Enrolment) -> Counter[tuple[int, str, str]]:
    terms = TermDates(tuple(record.half_terms))
    return Counter(
        (period.academic_year, str(period.kind), period.key)
        for mark in record.registers[enrolment.pk]
        if Absence.ILLNESS.counts(mark)
        for period in periods_of(mark, terms)
    )


def _missed(row: AbsenceRow, kind: Absence, ill: Counter[tuple[int, str, str]]) -> int:
    """Sessions of the kind asked for in one period."""
    return {
        Absence.ALL: row.authorised + row.unauthorised,
        Absence.AUTHORISED: row.authorised,
        Absence.UNAUTHORISED: row.unauthorised,
        Absence.ILLNESS: ill[row.academic_year, row.kind, row.key],
    }[kind]


def _period(row: AbsenceRow, missed: int, minimum: int) -> PeriodFigures:
    too_early = is_too_early_to_say(row.possible, minimum)
    return PeriodFigures(
        label=_period_label(row),
        level=row.kind,
        absence="Too early to say" if too_early else shown_percent(missed, row.possible),
        sessions=f"{missed:,} of {wording.counted(row.possible, 'session')}",
        authorised=row.authorised,
        unauthorised=row.unauthorised,
    )


def _period_label(row: AbsenceRow) -> str:
    if row.kind == "year":
        return f"{academic_year_label(row.academic_year)} so far"
    if row.kind == "term":
        return f"{TERM_NAMES[int(row.key)]} term"
    return half_term_label(int(row.key))


def _charts(
    record: Record, enrolment: Enrolment, register: Register, kind: Absence
) -> list[charts.Chart]:
    """F5, F6 and, of all absence, F7; those that have something to draw."""
    heading = charts.Heading(
        who=str(record.pupil),
        period=academic_year_label(academic_year(record.stands)),
        marks_to=record.stands,
        source=f"The registers of {enrolment.school.name}",
        measure=ABSENCE_LABELS[kind],
    )
    drawn = [
        charts.weeks_missed(charts.PupilWeeksFacts(heading, pupil_weeks(register, record, kind))),
        charts.running_absence(charts.RunningFacts(heading, running_points(register, kind))),
    ]
    if kind is Absence.ALL:
        drawn.append(charts.weekday_pattern(_pattern(heading, register)))
    return [chart for chart in drawn if chart is not None]


def pupil_weeks(register: Register, record: Record, kind: Absence) -> list[charts.PupilWeek]:
    """Each week with a mark; of the kind asked for, so that both parts stay apart."""
    return [
        charts.PupilWeek(
            monday=monday,
            half_term=place_of_week(monday, record.half_terms).half_term,
            possible=sum(mark.meaning.is_possible for mark in marks),
            authorised=sum(kind.counts(m) and m.meaning.is_authorised for m in marks),
            unauthorised=sum(kind.counts(m) and m.meaning.is_unauthorised for m in marks),
        )
        for monday, marks in _by_week(register)
    ]


def running_points(register: Register, kind: Absence) -> list[charts.RunningPoint]:
    """The year so far at the end of each week with something possible."""
    possible = absent = 0
    points = []
    for _, marks in _by_week(register):
        counted = [mark for mark in marks if mark.meaning.is_possible]
        possible += len(counted)
        absent += sum(kind.counts(mark) for mark in counted)
        if counted:
            points.append(charts.RunningPoint(counted[-1].date, possible, absent))
    return points


def _by_week(register: Register) -> list[tuple[date, list[Mark]]]:
    weeks: dict[date, list[Mark]] = defaultdict(list)
    for mark in register:
        weeks[week_start(mark.date)].append(mark)
    return sorted(weeks.items())


def _pattern(heading: charts.Heading, register: Register) -> charts.PatternFacts:
    found = slots(register, deviations=LINES.same_days_deviations)
    by_weekday = [slot for slot in found if slot.slot < MORNINGS]
    return charts.PatternFacts(
        heading=heading,
        slots=[
            charts.SlotShare(
                label=slot.label,
                share=charts.Share(slot.absent, slot.possible),
                expected_low=slot.expected_low,
                expected_high=slot.expected_high,
                is_beyond_chance=slot.is_beyond_chance,
            )
            for slot in by_weekday
        ],
        own=charts.Share(
            sum(slot.absent for slot in by_weekday), sum(slot.possible for slot in by_weekday)
        ),
    )


def reasons(register: Register, kind: Absence) -> list[Reason]:
    """The codes of absence among these marks, most sessions first."""
    missed = [mark for mark in register if kind.counts(mark)]
    sessions = Counter(mark.code for mark in missed)
    newest = {mark.code: mark.meaning for mark in missed}
    return [
        Reason(
            code=code,
            meaning=newest[code].short_name,
            kind="Authorised" if newest[code].is_authorised else "Unauthorised",
            sessions=number,
        )
        for code, number in sorted(sessions.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def spell_lines(register: Register) -> list[SpellLine]:
    """The year's absences one after the other, latest first."""
    return [_spell_line(spell) for spell in reversed(spells(register))]


def _spell_line(spell: Spell) -> SpellLine:
    codes = Counter(mark.code for mark in spell.marks)
    return SpellLine(
        first=wording.session_day(spell.first, spell.marks[0].session),
        last=wording.session_day(spell.last, spell.marks[-1].session),
        sessions=spell.sessions,
        days=spell.days,
        codes=", ".join(f"{code} {number}" for code, number in codes.most_common()),
    )


def _earlier(record: Record, rows: PeriodRows, kind: Absence) -> list[EarlierRoll]:
    """Every earlier academic year at every school, latest first."""
    this_year = academic_year(record.stands)
    found = [
        (line, enrolment)
        for enrolment in record.enrolments
        for line in rows.get((enrolment.school_id, enrolment.starts_on), [])
        if line.kind == "year" and line.academic_year < this_year
    ]
    found.sort(key=lambda pair: pair[0].academic_year, reverse=True)
    return [_earlier_line(record, line, enrolment, kind) for line, enrolment in found]


def _earlier_line(
    record: Record, line: AbsenceRow, enrolment: Enrolment, kind: Absence
) -> EarlierRoll:
    ill = _illness_by_period(record, enrolment) if kind is Absence.ILLNESS else Counter()
    missed = _missed(line, kind, ill)
    until = wording.day(enrolment.ends_on) if enrolment.ends_on else "now"
    too_early = is_too_early_to_say(line.possible, record.minimum)
    return EarlierRoll(
        school=enrolment.school.name,
        year=academic_year_label(line.academic_year),
        dates=f"{wording.day(enrolment.starts_on)} to {until}",
        absence="Too early to say" if too_early else shown_percent(missed, line.possible),
        sessions=f"{missed:,} of {wording.counted(line.possible, 'session')}",
    )


def absence_of(text: str) -> Absence | None:
    """The kind an address asks for; None for a word that is no kind."""
    return Absence(text) if text in set(Absence) else None


def absence_links(kind: Absence) -> Iterable[tuple[Absence, str, bool]]:
    """Each kind with its words, and whether it is the one shown."""
    return [(one, label, one is kind) for one, label in ABSENCE_LABELS.items()]
