"""The first sub-page of a record: three figures a roll, open flags, cohorts, schools, facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from accounts.roles import Permission
from attendance.cohorts import COHORTS, LINES
from attendance.models import Flag
from attendance.read_models import YearCount, year_counts
from attendance.read_models.days_left import DaysLeft
from attendance.rules.absence import (
    Counts,
    count,
    is_at_risk,
    is_persistent,
    is_severe,
    is_too_early_to_say,
)
from attendance.rules.cohort_why import why_in_cohort
from attendance.rules.flags import Facts
from attendance.rules.patterns import cohorts_of
from attendance.rules.percent import shown_percent
from attendance.rules.projection_words import still_may_miss, under_again
from attendance.rules.why import why_sentence
from attendance.states import CLOSE_REASON_LABELS, CloseReason, FlagKind
from attendance_portal.shared import wording
from dashboards.read_models.pupil import Record, RollHeading, roll_heading
from dashboards.read_models.pupil_list import date_notes
from dashboards.read_models.rolls import school_pages
from schools.choices import (
    ENROLMENT_STATUS,
    ETHNICITY,
    MAIN_ENROLMENT_STATUSES,
    SEN_PROVISION,
    SEX,
    SOCIAL_CARE,
    main_ethnicity,
    year_group_label,
)
from schools.models import Enrolment, Pupil
from schools.rules.alignment import same_time_before
from schools.rules.calendar import (
    academic_year,
    academic_year_label,
    academic_year_start,
    week_start,
)

RECENT_WEEKS = 6


@dataclass(frozen=True)
class Figure:
    """One figure, as printed: its rate, its count and what it covers."""

    name: str
    rate: str
    count: str


@dataclass(frozen=True)
class FlagCard:
    """A flag with its why-sentence; for a closed one when and why it closed."""

    flag_id: int
    kind: str
    sentence: str
    since: date
    school: str
    closed: str = ""


@dataclass(frozen=True)
class CohortCard:
    """A named cohort the child is in, and the figures that put them there."""

    key: str
    label: str
    reason: str
    question: str


@dataclass(frozen=True)
class RollSummary:
    """One enrolment of the year: three figures and the cohorts; no figures: no marks came.

    `ahead`: what would follow in the rest of the year, for staff alone."""

    heading: RollHeading
    figures: list[Figure]
    cohorts: list[CohortCard]
    ahead: tuple[str, ...] = ()


@dataclass(frozen=True)
class SchoolLine:
    """One enrolment, past or present."""

    school: str
    year_group: str
    status: str
    dates: str
    notes: tuple[str, ...]
    href: str


@dataclass(frozen=True)
class Summary:
    """The sub-page. `facts` leaves out what this person may not know."""

    rolls: list[RollSummary]
    open_flags: list[FlagCard]
    closed_flags: list[FlagCard]
    schools: list[SchoolLine]
    facts: list[tuple[str, str]]
    has_many_rolls: bool
    to_confirm: list[Enrolment] = field(default_factory=list)
    still_on_roll_of: str = ""


def summary_of(record: Record) -> Summary:
    """Everything of the sub-page; without a finished run yet, no figures."""
    cards = _cards(record)
    waiting = [row for row in record.enrolments if row.awaiting_confirmation]
    rolls = _rolls(record) if record.as_of else []
    return Summary(
        rolls=rolls,
        open_flags=[card for card in cards if not card.closed],
        closed_flags=[card for card in cards if card.closed],
        schools=_school_lines(record),
        facts=_facts(record),
        has_many_rolls=len(rolls) > 1,
        to_confirm=waiting,
        still_on_roll_of=_settled_school(record) if waiting else "",
    )


def _settled_school(record: Record) -> str:
    main = record.main
    return main.school.name if main and not main.awaiting_confirmation else ""


def _rolls(record: Record) -> list[RollSummary]:
    as_of = record.stands
    rows = Enrolment.objects.filter(pk__in=[row.pk for row in record.enrolments])
    then = same_time_before(as_of, record.half_terms)
    before = year_counts(rows, as_of=then) if then else {}
    return [_roll(record, row, before, then) for row in record.this_year]


def _roll(
    record: Record,
    enrolment: Enrolment,
    before: dict[int, YearCount],
    then: date | None,
) -> RollSummary:
    marked = bool(_of_year(record, enrolment))
    figures = [
        _figure(
            f"{_year_name(record.stands)} so far", _counts(record.years.get(enrolment.pk)), record
        ),
        _recent(record, enrolment),
        _last_year(record, enrolment, before, then),
    ]
    return RollSummary(
        heading=roll_heading(record, enrolment),
        figures=figures if marked else [],
        cohorts=_cohorts(record, enrolment),
        ahead=_ahead(record, enrolment) if marked else (),
    )


def _ahead(record: Record, enrolment: Enrolment) -> tuple[str, ...]:
    """From 5% on, and under half, of a child who is on this roll."""
    counts = _counts(record.years.get(enrolment.pk))
    absent, possible = counts.absent, counts.possible
    is_near = is_at_risk(absent, possible) or is_persistent(absent, possible)
    is_here = enrolment.ends_on is None or enrolment.ends_on > record.stands
    if is_too_early_to_say(possible, record.minimum) or is_severe(absent, possible):
        return ()
    if not (is_near and is_here):
        return ()
    days = DaysLeft(record.stands).of(enrolment.school.meeting_days, enrolment.ends_on)
    said = (still_may_miss(absent, possible, days), under_again(absent, possible, days))
    return tuple(words for words in said if words)


def _of_year(record: Record, enrolment: Enrolment) -> bool:
    first = academic_year_start(academic_year(record.stands))
    return any(mark.date >= first for mark in record.registers[enrolment.pk])


def _year_name(on: date) -> str:
    return academic_year_label(academic_year(on))


def _counts(year: YearCount | None) -> Counts:
    return Counts(year.attended, year.authorised, year.unauthorised) if year else Counts()


def _figure(name: str, counts: Counts, record: Record, note: str = "") -> Figure:
    is_early = bool(counts.possible) and is_too_early_to_say(counts.possible, record.minimum)
    rate = "Too early to say" if is_early else shown_percent(counts.absent, counts.possible)
    sessions = f"{counts.absent:,} of {wording.counted(counts.possible, 'session')}"
    return Figure(name, rate, ", ".join(part for part in (sessions, note) if part))


def _recent(record: Record, enrolment: Enrolment) -> Figure:
    """The latest six weeks in which the school met, as far as the child was on its roll."""
    weeks = record.calendars[enrolment.school_id].weeks[-RECENT_WEEKS:]
    marks = [m for m in record.registers[enrolment.pk] if week_start(m.date) in set(weeks)]
    note = f"since {wording.day(weeks[0])}" if weeks else ""
    return _figure(f"Last {RECENT_WEEKS} school weeks", count(marks), record, note)


def _last_year(
    record: Record, enrolment: Enrolment, before: dict[int, YearCount], then: date | None
) -> Figure:
    """The same time last year: on this roll, else on the rolls of the schools before it."""
    name = "Same time last year"
    found = [enrolment] if enrolment.pk in before else _main_rolls(record.enrolments, before)
    if not found or then is None:
        return Figure(name, "No data", "No marks of that time here")
    counts = sum((_counts(before[row.pk]) for row in found), Counts())
    others = [row.school.name for row in found if row.school_id != enrolment.school_id]
    at = f" at {wording.listed(others)}" if others else ""
    return _figure(name, counts, record, f"to {wording.day(then)}{at}")


def _main_rolls(enrolments: Sequence[Enrolment], before: dict[int, YearCount]) -> list[Enrolment]:
    return [row for row in enrolments if row.pk in before and row.status in MAIN_ENROLMENT_STATUSES]


def _cohorts(record: Record, enrolment: Enrolment) -> list[CohortCard]:
    facts = Facts(
        marks=record.registers[enrolment.pk],
        calendar=record.calendars[enrolment.school_id],
        enrolment_start=enrolment.starts_on,
        enrolment_end=enrolment.ends_on,
        on=record.stands,
        minimum_possible=record.minimum,
    )
    return [
        CohortCard(
            key=str(key),
            label=COHORTS[key].label,
            reason=why_in_cohort(key, figures, LINES),
            question=COHORTS[key].first_question,
        )
        for key, figures in cohorts_of(facts, LINES).items()
    ]


def _cards(record: Record) -> list[FlagCard]:
    schools = {row.pk: row.school.name for row in record.enrolments}
    return [_card(flag, schools[flag.enrolment_id]) for flag in record.flags]


def _card(flag: Flag, school: str) -> FlagCard:
    closed = ""
    if flag.closed_on is not None:
        reason = CLOSE_REASON_LABELS[CloseReason(flag.close_reason)].lower()
        closed = f"Closed on {wording.day(flag.closed_on)}: {reason}"
    sentence = why_sentence(FlagKind(flag.kind), flag.evidence)
    return FlagCard(flag.pk, flag.kind, sentence, flag.met_on, school, closed)


def _school_lines(record: Record) -> list[SchoolLine]:
    pages = school_pages(record.user, {row.school_id for row in record.enrolments})
    return [_school_line(row, record.on, pages.get(row.school_id, "")) for row in record.enrolments]


def _school_line(row: Enrolment, on: date, href: str) -> SchoolLine:
    until = f" to {wording.day(row.ends_on)}" if row.ends_on else ", no end"
    return SchoolLine(
        school=row.school.name,
        year_group=year_group_label(row.year_group) or "Not known",
        status=ENROLMENT_STATUS[row.status],
        dates=f"{wording.day(row.starts_on)}{until}",
        notes=tuple(date_notes(row, on)),
        href=href,
    )


def _facts(record: Record) -> list[tuple[str, str]]:
    """Summary rows; a fact that is unknown, or not for this person, has no row."""
    pupil = record.pupil
    rows = [("UPN", pupil.upn), ("Date of birth", wording.day(pupil.date_of_birth))]
    if record.is_whole:
        rows.append(("Sex", SEX.get(pupil.sex, pupil.sex)))
        rows.append(("Ward of home", pupil.ward.name if pupil.ward else ""))
    if record.may(Permission.SEE_SENSITIVE):
        rows += _sensitive_facts(pupil)
    return [(key, value) for key, value in rows if value]


def _sensitive_facts(pupil: Pupil) -> Iterable[tuple[str, str]]:
    ethnicity = ETHNICITY.get(main_ethnicity(pupil.ethnicity), pupil.ethnicity)
    return [
        ("SEN", SEN_PROVISION.get(pupil.sen_provision, pupil.sen_provision)),
        ("Free school meals", _yes_no(pupil.fsm_eligible)),
        ("Pupil premium", _yes_no(pupil.pupil_premium)),
        ("Ethnicity", ethnicity),
        ("Social care", SOCIAL_CARE.get(pupil.social_care, pupil.social_care)),
        ("Young carer", _yes_no(pupil.young_carer)),
    ]


def _yes_no(value: bool | None) -> str:
    return {True: "Yes", False: "No", None: ""}[value]
