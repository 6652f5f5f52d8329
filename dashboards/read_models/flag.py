"""Why one flag stands: its figures, the very sessions they count, and what would close it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from attendance.models import Flag
from attendance.rules.marks import Mark, Register, SchoolCalendar
from attendance.rules.penalty_window import WINDOW_SCHOOL_WEEKS, window_now
from attendance.rules.recent import RECENT_SCHOOL_DAYS
from attendance.rules.returns import illness_sessions, overdue_sessions
from attendance.rules.runs import current_run_days
from attendance.rules.why import what_would_close_it, why_sentence
from attendance.selectors import figures_date
from attendance.states import (
    CLOSE_REASON_LABELS,
    FLAGS,
    CloseReason,
    FlagKind,
    FlagState,
)
from attendance_portal.shared import wording
from dashboards.read_models.marks import calendar_of, corrected_sessions, register_of
from schools.choices import YEAR_GROUP
from schools.models import Pupil
from schools.rules.calendar import academic_year

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class SessionLine:
    """One session that counts."""

    when: str
    session: int
    code: str
    meaning: str
    is_corrected: bool


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
    closes: str
    closed: str
    heading: str
    sessions: list[SessionLine]
    named: list[str]
    named_heading: str


def visible_flag(flag_id: int, user: User) -> Flag | None:
    """The flag, for those who may open the child's record; None for everyone else."""
    flags = Flag.objects.visible_to(user).select_related(
        "enrolment__pupil", "school", "opened_by_run"
    )
    pupils = Pupil.objects.visible_to(user).values("pk")
    return flags.filter(pk=flag_id, enrolment__pupil__in=pupils).first()


def why_page(flag: Flag) -> WhyPage:
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
        year_group=YEAR_GROUP.get(year_group, year_group),
        state=FLAGS[kind],
        sentence=why_sentence(kind, flag.evidence),
        facts=_facts(flag, FLAGS[kind], on),
        closes="" if flag.closed_on else what_would_close_it(kind, flag.evidence),
        closed=_closed(flag),
        heading=_heading(flag, len(sessions), on),
        sessions=[_line(mark, corrected) for mark in sessions],
        named=named,
        named_heading=heading,
    )


def _closed(flag: Flag) -> str:
    if flag.closed_on is None:
        return ""
    reason = CLOSE_REASON_LABELS[CloseReason(flag.close_reason)].lower()
    return f"Closed on {wording.day(flag.closed_on)}: {reason}."


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


def _line(mark: Mark, corrected: frozenset[tuple[date, int]]) -> SessionLine:
    return SessionLine(
        when=wording.day_of_week(mark.date),
        session=mark.session,
        code=mark.code,
        meaning=mark.meaning.short_name,
        is_corrected=(mark.date, mark.session) in corrected,
    )


def _absent_this_year(register: Register, _calendar: SchoolCalendar, on: date) -> list[Mark]:
    year = academic_year(on)
    return [
        mark
        for mark in register
        if academic_year(mark.date) == year
        and (mark.meaning.is_authorised or mark.meaning.is_unauthorised)
    ]


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
