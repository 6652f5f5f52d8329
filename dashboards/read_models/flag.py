"""Why one flag stands: its figures, the very sessions they count, and what would close it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from attendance.codes import CODE_OF_SYMBOL, ILLNESS, NO_MARK, UNEXPLAINED
from attendance.models import Flag, MarkChange, NightlyRun
from attendance.rules.absence import PERSISTENT_ONE_IN
from attendance.rules.closing import also_closes_at, moves_on_in_words, window_moves_on
from attendance.rules.marks import Mark, Register, SchoolCalendar
from attendance.rules.penalty_window import (
    WINDOW_SCHOOL_WEEKS,
    counts_to_threshold,
    window_now,
)
from attendance.rules.recent import RECENT_SCHOOL_DAYS
from attendance.rules.returns import illness_sessions, overdue_sessions
from attendance.rules.runs import current_run_days
from attendance.rules.why import source_in_words, what_would_close_it, why_sentence
from attendance.selectors import figures_date, schools_behind
from attendance.states import (
    CLOSE_REASON_LABELS,
    FLAGS,
    CloseReason,
    FlagKind,
    FlagState,
)
from attendance_portal.shared import wording
from dashboards.parts import marks_behind
from dashboards.read_models.marks import (
    Correction,
    calendar_of,
    corrected_sessions,
    register_of,
)
from schools.choices import year_group_label
from schools.models import Pupil
from schools.rules.calendar import academic_year

if TYPE_CHECKING:
    from accounts.models import User

_DAYS_IN_A_WEEK: Final = 7


@dataclass(frozen=True)
class SessionLine:
    """One session that counts."""

    when: str
    session: int
    code: str
    meaning: str
    corrected: str
    was: str


@dataclass(frozen=True)
class WhyPage:
    """The whole page."""

    flag: Flag
    pupil: Pupil
    school: str
    year_group: str
    state: FlagState
    sentence: str
    facts: list[tuple[str, str]]
    source: str
    feed: str
    closes: list[str]
    closed: str
    heading: str
    sessions: list[SessionLine]
    meanings: str
    named: list[str]
    named_heading: str
    skipped: str


def visible_flag(flag_id: int, user: User) -> Flag | None:
    """The flag, for those who may open the child's record; None for everyone else."""
    flags = Flag.objects.visible_to(user).select_related(
        "enrolment__pupil", "school", "opened_by_run", "closed_by_run"
    )
    pupils = Pupil.objects.visible_to(user).values("pk")
    return flags.filter(pk=flag_id, enrolment__pupil__in=pupils).first()


def why_page(flag: Flag, user: User) -> WhyPage:
    """Everything that proves a flag. A closed flag shows what counted on the day it opened."""
    kind = FlagKind(flag.kind)
    on = flag.opened_on if flag.closed_on else figures_date() or flag.opened_on
    register = register_of(flag.enrolment, on)
    calendar = calendar_of(flag.school_id, on)
    sessions = _COUNTED[kind](register, calendar, on)
    corrected = corrected_sessions(flag.enrolment)
    heading, named = _named(kind, calendar)
    year_group = flag.enrolment.year_group
    return WhyPage(
        flag=flag,
        pupil=flag.enrolment.pupil,
        school=flag.school.name,
        year_group=year_group_label(year_group),
        state=FLAGS[kind],
        sentence=why_sentence(kind, flag.evidence),
        facts=_facts(flag, FLAGS[kind], on),
        source=source_in_words(kind),
        feed=_feed(flag, user),
        closes=[] if flag.closed_on else _closes(flag, sessions, calendar),
        closed=_closed(flag),
        heading=_heading(flag, len(sessions), on),
        sessions=[_line(mark, corrected) for mark in sessions],
        meanings=_meanings(sessions),
        named=named,
        named_heading=heading,
        skipped=_skipped(kind, calendar),
    )


def _feed(flag: Flag, user: User) -> str:
    """How late the school's registers are, while the flag stands."""
    latest = figures_date()
    if flag.closed_on is not None or latest is None:
        return ""
    feed = next((one for one in schools_behind(user, latest) if one.urn == flag.school_id), None)
    stale = marks_behind(feed.last_mark_on, feed.school_days_behind) if feed else None
    return stale.text if stale else ""


def _closes(flag: Flag, sessions: list[Mark], calendar: SchoolCalendar) -> list[str]:
    """What has to happen, in sessions; the rolling ten and the band close in another way too."""
    kind, figures = FlagKind(flag.kind), flag.evidence
    told = [what_would_close_it(kind, figures)]
    if kind is FlagKind.PENALTY_NOTICE_THRESHOLD:
        told.append(moves_on_in_words(window_moves_on(sessions, calendar)))
    if kind is FlagKind.AT_RISK:
        told.append(also_closes_at(figures["absent"], figures["possible"], PERSISTENT_ONE_IN))
    return told


def _closed(flag: Flag) -> str:
    if flag.closed_on is None:
        return ""
    reason = CLOSE_REASON_LABELS[CloseReason(flag.close_reason)].lower()
    corrected = _what_became_what(closing_corrections(flag))
    return f"Closed on {wording.day(flag.closed_on)}: {corrected or reason}."


def closing_corrections(flag: Flag) -> list[MarkChange]:
    """The corrections between the run before the one that closed the flag and that one, of
    sessions that counted before and no longer do. None where the flag closed for another reason."""
    run = flag.closed_by_run
    if run is None or flag.close_reason != CloseReason.NO_LONGER_MET:
        return []
    ran = Q(is_for_everyone=True) | Q(school_urns__contains=[flag.school_id])
    finished = NightlyRun.objects.filter(ran, state=NightlyRun.State.FINISHED, pk__lt=run.pk)
    before = finished.order_by("-pk").first()
    if before is None:
        return []
    changes = MarkChange.objects.filter(
        enrolment=flag.enrolment_id, at__gt=before.started_at, at__lte=run.started_at
    )
    kind = FlagKind(flag.kind)
    return [
        change
        for change in changes.order_by("date", "session")
        if _counted(kind, change, change.old) and not _counted(kind, change, change.new)
    ]


def _counted(kind: FlagKind, change: MarkChange, symbol: str) -> bool:
    """Whether a session with this symbol is one that the flag counts."""
    if symbol == NO_MARK:
        return False
    counts = _COUNTING.get(kind)
    return counts is not None and counts(Mark(change.date, change.session, CODE_OF_SYMBOL[symbol]))


def _is_absent(mark: Mark) -> bool:
    return mark.meaning.is_authorised or mark.meaning.is_unauthorised


_COUNTING: dict[FlagKind, Callable[[Mark], bool]] = {
    FlagKind.SEVERE_ABSENCE: _is_absent,
    FlagKind.PERSISTENT_ABSENCE: _is_absent,
    FlagKind.AT_RISK: _is_absent,
    FlagKind.PENALTY_NOTICE_THRESHOLD: counts_to_threshold,
    FlagKind.UNAUTHORISED_RUN: lambda mark: mark.meaning.is_unauthorised,
    FlagKind.SICKNESS_RETURN: lambda mark: mark.code == ILLNESS,
    FlagKind.UNRESOLVED_N: lambda mark: mark.code == UNEXPLAINED,
}


def _what_became_what(changes: list[MarkChange]) -> str:
    """'3 N codes became I'; empty when nothing did."""
    pairs = Counter((change.old, change.new) for change in changes)
    return (
        wording.listed(
            f"{wording.counted(number, f'{CODE_OF_SYMBOL[old]} code')} became "
            f"{'no mark' if new == NO_MARK else CODE_OF_SYMBOL[new]}"
            for (old, new), number in pairs.items()
        )
        if pairs
        else ""
    )


def _heading(flag: Flag, number: int, on: date) -> str:
    sessions = wording.counted(number, "session")
    if flag.closed_on is None:
        return f"The {sessions} that count" if number != 1 else "The session that counts"
    return f"{sessions} counted on {wording.day(on)}, when it opened, by the marks known today"


def _facts(flag: Flag, state: FlagState, on: date) -> list[tuple[str, str]]:
    run = flag.opened_by_run
    finished = run.finished_at if run else None
    rows = [
        ("Kind", state.label),
        ("Condition first met", wording.day_of_week(flag.met_on)),
        ("Opened on", wording.day_of_week(flag.opened_on)),
        ("Found by", f"The run of {wording.moment(finished)}" if finished else ""),
        ("Closed on", wording.day_of_week(flag.closed_on) if flag.closed_on else ""),
        ("Rule version", flag.rule_version),
        ("Marks to", wording.day_of_week(on)),
    ]
    return [(key, value) for key, value in rows if value]


def _line(mark: Mark, corrected: Mapping[tuple[date, int], Correction]) -> SessionLine:
    change = corrected.get((mark.date, mark.session))
    return SessionLine(
        when=wording.day_of_week(mark.date),
        session=mark.session,
        code=mark.code,
        meaning=mark.meaning.short_name,
        corrected=f"Was {change.old} until {wording.day(change.corrected_on)}" if change else "",
        was=change.old if change else "",
    )


def _meanings(sessions: list[Mark]) -> str:
    """'I Illness; O Unauthorised, no other code applies.': the codes once, for paper."""
    named = {mark.code: mark.meaning.short_name for mark in sessions}
    return "; ".join(f"{code} {name}" for code, name in sorted(named.items())) + "."


def _absent_this_year(register: Register, _calendar: SchoolCalendar, on: date) -> list[Mark]:
    year = academic_year(on)
    return [mark for mark in register if academic_year(mark.date) == year and _is_absent(mark)]


def _in_the_run(register: Register, _calendar: SchoolCalendar, _on: date) -> list[Mark]:
    days = set(current_run_days(register))
    return [mark for mark in register if mark.date in days and mark.meaning.is_possible]


_COUNTED: dict[FlagKind, Callable[[Register, SchoolCalendar, date], list[Mark]]] = {
    FlagKind.SEVERE_ABSENCE: _absent_this_year,
    FlagKind.PERSISTENT_ABSENCE: _absent_this_year,
    FlagKind.AT_RISK: _absent_this_year,
    FlagKind.PENALTY_NOTICE_THRESHOLD: window_now,
    FlagKind.UNAUTHORISED_RUN: _in_the_run,
    FlagKind.SICKNESS_RETURN: lambda register, _calendar, on: illness_sessions(register, on),
    FlagKind.UNRESOLVED_N: overdue_sessions,
    FlagKind.NO_RECENT_MARKS: lambda _register, _calendar, _on: [],
}


def _named(kind: FlagKind, calendar: SchoolCalendar) -> tuple[str, list[str]]:
    """The school weeks of the rolling ten, or the school days without a mark."""
    if kind is FlagKind.PENALTY_NOTICE_THRESHOLD:
        weeks = calendar.weeks[-WINDOW_SCHOOL_WEEKS:]
        return f"The latest {len(weeks)} school weeks", [_week(monday) for monday in weeks]
    if kind is FlagKind.NO_RECENT_MARKS:
        days = calendar.days[-RECENT_SCHOOL_DAYS:]
        heading = f"The school's last {len(days)} days, with no mark for this pupil"
        return heading, [wording.day_of_week(day) for day in days]
    return "", []


def _week(monday: date) -> str:
    friday = monday + timedelta(days=4)
    return f"{monday.day} {monday:%b} to {wording.day(friday)}"


def _skipped(kind: FlagKind, calendar: SchoolCalendar) -> str:
    """The weeks among the rolling ten in which the school did not meet, so that they are none."""
    weeks = calendar.weeks[-WINDOW_SCHOOL_WEEKS:]
    if kind is not FlagKind.PENALTY_NOTICE_THRESHOLD or not weeks:
        return ""
    between = range(0, (weeks[-1] - weeks[0]).days, _DAYS_IN_A_WEEK)
    gaps = [weeks[0] + timedelta(days=days) for days in between]
    closed = [wording.day(monday) for monday in gaps if monday not in set(weeks)]
    if not closed:
        return ""
    word = "week" if len(closed) == 1 else "weeks"
    return f"Not among them, since the school did not meet: the {word} of {wording.listed(closed)}."
