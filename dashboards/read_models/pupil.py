"""One child's record, as far as this person may see it: figures, strip, flags, schools before.

Everything starts from `Enrolment.objects.visible_to(user)`, so that the school a child has left
sees its own part and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from attendance.models import Flag
from attendance.read_models import AbsenceRow, absence_rows
from attendance.rules.absence import is_too_early_to_say
from attendance.rules.percent import shown_percent
from attendance.rules.why import why_sentence
from attendance.selectors import SchoolFeed, schools_behind
from attendance.states import CLOSE_REASON_LABELS, FLAG_ORDER, CloseReason, FlagKind
from attendance_portal.shared import wording
from dashboards.read_models.marks import Correction, corrections_of
from dashboards.read_models.pupil_list import date_notes
from dashboards.read_models.rolls import rank
from dashboards.read_models.strip import Reason, YearStrip, reasons, strip_of
from schools.choices import (
    ENROLMENT_STATUS,
    ETHNICITY,
    SEN_PROVISION,
    SEX,
    SOCIAL_CARE,
    YEAR_GROUP,
    main_ethnicity,
)
from schools.models import Enrolment, Pupil
from schools.rules.calendar import (
    TERM_NAMES,
    academic_year,
    academic_year_label,
    academic_year_start,
    age_on,
    half_term_label,
)

if TYPE_CHECKING:
    from accounts.models import User

CORRECTIONS_SHOWN = 20
FEED_WARNS_FROM = 3  # school days behind: from here a warning on the school
KINDS = ("year", "term", "half_term")

#: The period rows of each enrolment, by school and first day.
PeriodRows: TypeAlias = dict[tuple[int, date], list[AbsenceRow]]


@dataclass(frozen=True)
class PeriodFigures:
    """A line of the figures table, as printed."""

    label: str
    level: str
    absence: str
    sessions: str
    authorised: int
    unauthorised: int
    is_too_early: bool


@dataclass(frozen=True)
class FlagCard:
    """A flag with its why-sentence; for a closed one when and why it closed."""

    flag_id: int
    kind: str
    sentence: str
    since: date
    closed: str = ""


@dataclass(frozen=True)
class Roll:
    """One enrolment of the academic year with all its figures."""

    enrolment: Enrolment
    school: str
    notes: str
    feed: str
    is_feed_stopped: bool
    figures: list[PeriodFigures]
    strip: YearStrip | None
    reasons: list[Reason]


@dataclass(frozen=True)
class EarlierRoll:
    """A school and year before this one."""

    school: str
    year: str
    dates: str
    absence: str
    sessions: str


@dataclass(frozen=True)
class PupilPage:
    """The whole record. `facts` leaves out what this person may not know."""

    pupil: Pupil
    identity: list[tuple[str, str]]
    facts: list[tuple[str, str]]
    open_flags: list[FlagCard] = field(default_factory=list)
    closed_flags: list[FlagCard] = field(default_factory=list)
    rolls: list[Roll] = field(default_factory=list)
    earlier: list[EarlierRoll] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    to_confirm: list[Enrolment] = field(default_factory=list)
    still_on_roll_of: str = ""


def pupil_page(
    pupil: Pupil, user: User, *, as_of: date | None, on: date, minimum: int, sees_sensitive: bool
) -> PupilPage:
    """The record as of a date; without figures yet (`as_of` None) who the child is and where."""
    enrolments = _enrolments(pupil, user)
    is_whole = len(enrolments) == Enrolment.objects.filter(pupil=pupil).count()
    main = _main(enrolments, on)
    this_year, rows = _figures(enrolments, as_of or on, has_figures=as_of is not None)
    flags = _flags(enrolments)
    waiting = [row for row in enrolments if row.awaiting_confirmation]
    return PupilPage(
        pupil=pupil,
        identity=_identity(pupil, main, rows, as_of or on, on),
        facts=_facts(pupil, is_whole=is_whole, sees_sensitive=sees_sensitive and is_whole),
        open_flags=[card for card in flags if not card.closed],
        closed_flags=[card for card in flags if card.closed],
        rolls=_rolls(
            sorted(this_year, key=lambda row: rank(row, on), reverse=True),
            rows,
            user,
            as_of,
            on,
            minimum,
        )
        if as_of
        else [],
        earlier=_earlier(enrolments, rows, as_of or on),
        corrections=corrections_of(enrolments, at_most=CORRECTIONS_SHOWN),
        to_confirm=waiting,
        still_on_roll_of=_open_main_school(enrolments, on) if waiting else "",
    )


def _enrolments(pupil: Pupil, user: User) -> list[Enrolment]:
    rows = Enrolment.objects.visible_to(user).filter(pupil=pupil).select_related("school")
    return sorted(rows, key=lambda row: (row.starts_on, row.pk), reverse=True)


def _main(enrolments: Sequence[Enrolment], on: date) -> Enrolment | None:
    """The enrolment that names the child's school: open and main first, then the latest."""

    return max(enrolments, key=lambda row: rank(row, on), default=None)


def _open_main_school(enrolments: Sequence[Enrolment], on: date) -> str:
    settled = [row for row in enrolments if not row.awaiting_confirmation]
    main = _main(settled, on)
    return main.school.name if main else ""


def _figures(
    enrolments: Sequence[Enrolment], as_of: date, *, has_figures: bool
) -> tuple[list[Enrolment], PeriodRows]:
    """The enrolments of the academic year, and the period rows of all, by school and first day."""
    first = academic_year_start(academic_year(as_of))
    this_year = [
        row
        for row in enrolments
        if row.starts_on <= as_of and (row.ends_on is None or row.ends_on >= first)
    ]
    found: PeriodRows = {}
    if has_figures and enrolments:
        chosen = Enrolment.objects.filter(pk__in=[row.pk for row in enrolments])
        for line in absence_rows(chosen, as_of=as_of, kinds=KINDS):
            found.setdefault((line.urn, line.enrolment_start), []).append(line)
    return this_year, found


def _of_year(rows: Sequence[AbsenceRow], year: int) -> list[AbsenceRow]:
    order = {kind: place for place, kind in enumerate(KINDS)}
    chosen = [row for row in rows if row.academic_year == year]
    return sorted(chosen, key=lambda row: (order[row.kind], row.key))


def _rolls(
    enrolments: Sequence[Enrolment],
    rows: PeriodRows,
    user: User,
    as_of: date,
    on: date,
    minimum: int,
) -> list[Roll]:
    feeds = {feed.urn: feed for feed in schools_behind(user, as_of)}
    return [_roll(row, rows, feeds.get(row.school_id), as_of, on, minimum) for row in enrolments]


def _roll(
    enrolment: Enrolment,
    rows: PeriodRows,
    feed: SchoolFeed | None,
    as_of: date,
    on: date,
    minimum: int,
) -> Roll:
    year = academic_year(as_of)
    mine = _of_year(rows.get((enrolment.school_id, enrolment.starts_on), []), year)
    status = ENROLMENT_STATUS[enrolment.status]
    since = f"on roll since {wording.day(enrolment.starts_on)}"
    return Roll(
        enrolment=enrolment,
        school=enrolment.school.name,
        notes=", ".join([status, since, *date_notes(enrolment, on)]),
        feed=_feed_words(feed) if feed else "",
        is_feed_stopped=feed is not None and feed.school_days_behind >= FEED_WARNS_FROM,
        figures=[_period(row, minimum) for row in mine],
        strip=strip_of(enrolment, mine, as_of),
        reasons=reasons(enrolment, as_of),
    )


def _feed_words(feed: SchoolFeed) -> str:
    if feed.last_mark_on is None:
        return f"No marks have come from {feed.name} yet"
    days = wording.counted(feed.school_days_behind, "school day")
    return f"Marks to {wording.short_day(feed.last_mark_on)}, {days} behind"


def _period_label(row: AbsenceRow) -> str:
    if row.kind == "year":
        return f"{academic_year_label(row.academic_year)} so far"
    if row.kind == "term":
        return f"{TERM_NAMES[int(row.key)]} term"
    return half_term_label(int(row.key))


def _period(row: AbsenceRow, minimum: int) -> PeriodFigures:
    absent = row.authorised + row.unauthorised
    return PeriodFigures(
        label=_period_label(row),
        level=row.kind,
        absence=shown_percent(absent, row.possible),
        sessions=f"{absent:,} of {row.possible:,} sessions",
        authorised=row.authorised,
        unauthorised=row.unauthorised,
        is_too_early=is_too_early_to_say(row.possible, minimum),
    )


def _earlier(
    enrolments: Sequence[Enrolment],
    rows: PeriodRows,
    as_of: date,
) -> list[EarlierRoll]:
    """Every earlier academic year at every school, latest first."""
    this_year = academic_year(as_of)
    found = [
        (line, enrolment)
        for enrolment in enrolments
        for line in rows.get((enrolment.school_id, enrolment.starts_on), [])
        if line.kind == "year" and line.academic_year < this_year
    ]
    found.sort(key=lambda pair: pair[0].academic_year, reverse=True)
    return [_earlier_line(line, enrolment) for line, enrolment in found]


def _earlier_line(line: AbsenceRow, enrolment: Enrolment) -> EarlierRoll:
    absent = line.authorised + line.unauthorised
    until = wording.day(enrolment.ends_on) if enrolment.ends_on else "now"
    return EarlierRoll(
        school=enrolment.school.name,
        year=academic_year_label(line.academic_year),
        dates=f"{wording.day(enrolment.starts_on)} to {until}",
        absence=shown_percent(absent, line.possible),
        sessions=f"{absent:,} of {line.possible:,} sessions",
    )


def _flags(enrolments: Sequence[Enrolment]) -> list[FlagCard]:
    flags = Flag.objects.filter(enrolment__in=[row.pk for row in enrolments])
    in_order = sorted(flags, key=lambda flag: (FLAG_ORDER[FlagKind(flag.kind)], -flag.pk))
    return [_card(flag) for flag in in_order]


def _card(flag: Flag) -> FlagCard:
    closed = ""
    if flag.closed_on is not None:
        reason = CLOSE_REASON_LABELS[CloseReason(flag.close_reason)].lower()
        closed = f"Closed on {wording.day(flag.closed_on)}: {reason}"
    sentence = why_sentence(FlagKind(flag.kind), flag.evidence)
    return FlagCard(flag.pk, flag.kind, sentence, flag.met_on, closed)


def _identity(
    pupil: Pupil,
    main: Enrolment | None,
    rows: PeriodRows,
    as_of: date,
    on: date,
) -> list[tuple[str, str]]:
    strip = [("Age", str(age_on(pupil.date_of_birth, on)))]
    if main is None:
        return strip
    year_group = YEAR_GROUP.get(main.year_group, main.year_group)
    strip = [("School", main.school.name), ("Year", year_group or "Not known"), *strip]
    mine = rows.get((main.school_id, main.starts_on), [])
    year = academic_year(as_of)
    for row in mine:
        if row.kind == "year" and row.academic_year == year:
            words = f"{row.attended:,} of {row.possible:,} sessions"
            strip.append(("Attended this year", words))
    return strip


def _facts(pupil: Pupil, *, is_whole: bool, sees_sensitive: bool) -> list[tuple[str, str]]:
    """Summary rows; a fact that is unknown, or not for this person, has no row."""
    rows = [("UPN", pupil.upn), ("Date of birth", wording.day(pupil.date_of_birth))]
    if is_whole:
        rows.append(("Sex", SEX.get(pupil.sex, pupil.sex)))
        rows.append(("Ward of home", pupil.ward.name if pupil.ward else ""))
    if sees_sensitive:
        rows += _sensitive_facts(pupil)
    return [(key, value) for key, value in rows if value]


def _sensitive_facts(pupil: Pupil) -> list[tuple[str, str]]:
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
