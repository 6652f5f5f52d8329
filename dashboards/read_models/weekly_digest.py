"""What one person's weekly digest says: counts of their own schools, and nothing about whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from accounts.roles import Permission
from attendance.models import Flag, NightlyRun, RegisterWeek
from attendance.read_models.calendar import ExpectedDays
from attendance.selectors import latest_run, previous_figures_date, schools_behind
from attendance.states import FlagKind
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from cases.models import Action
from cases.rules.digest import dues_of
from dashboards.read_models.worklist_flags import moved
from dashboards.read_models.worklist_tally import tallies, total
from meetings.models import Meeting
from meetings.read_models.board import upcoming
from meetings.services.reminders import agenda_due_on
from schools.models import School
from schools.permissions import permissions_of

if TYPE_CHECKING:
    from accounts.models import User

WEEK: Final = timedelta(days=7)
MEETINGS_AHEAD: Final = timedelta(days=14)
_KINDS: Final = (
    (FlagKind.PERSISTENT_ABSENCE, "persistent absence"),
    (FlagKind.SEVERE_ABSENCE, "severe absence"),
)


@dataclass(frozen=True)
class DigestLine:
    """One count in words, and the page that shows what is behind it."""

    words: str
    path: str


@dataclass(frozen=True)
class WeeklyDigest:
    """One person's week. Nothing to say is nothing to send."""

    schools: str
    lines: tuple[DigestLine, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write about."""
        return not self.lines


def weekly_digest(user: User, *, on: date, at: datetime, lists_with_new: int = 0) -> WeeklyDigest:
    """The week up to a Monday, for one person's schools; empty where none of them met.

    `lists_with_new`: how many of their worklists have somebody new.
    """
    schools = School.objects.visible_to(user).filter(status="open")
    urns = list(schools.values_list("pk", flat=True))
    days = ExpectedDays()
    whose = wording.counted(len(urns), "school")
    if not met_last_week(urns, on, days):
        return WeeklyDigest(whose)
    run = latest_run()
    lines = [
        *(_of_figures(user, run, on=on, days=days) if run else ()),
        *_meetings(user, on, at, days),
        *_actions(user, on),
        *_lists(lists_with_new),
    ]
    return WeeklyDigest(whose, tuple(lines))


def met_last_week(urns: Collection[int], on: date, days: ExpectedDays) -> bool:
    """Whether one of these schools met in the seven days before, or should have."""
    if not urns:
        return False
    week = [on - timedelta(days=number) for number in range(1, 8)]
    if any(days.is_school_day(day) for day in week):
        return True
    mondays = {day - timedelta(days=day.weekday()) for day in week}
    marks = RegisterWeek.objects.filter(week_start__in=mondays, school__in=urns, possible__gt=0)
    return marks.exists()


def _of_figures(user: User, run: NightlyRun, *, on: date, days: ExpectedDays) -> list[DigestLine]:
    """Who came over a line since last week and who left it, flags that wait, and schools behind."""
    today = reverse("worklist")
    before = previous_figures_date(run.as_of - WEEK + timedelta(days=1))
    changed = moved(user, before, run.as_of, on=on)
    lines = [
        DigestLine(words, today)
        for kind, name in _KINDS
        if (words := _moved(changed.opened, changed.closed, kind, name))
    ]
    waiting = total(tallies(user, on=on, days=days)).unanswered
    if waiting:
        flags = wording.counted(waiting, "flag waits", "flags wait")
        lines.append(DigestLine(f"{flags} for an answer", today))
    behind = len(schools_behind(user, run.as_of))
    if behind:
        are = wording.counted(behind, "school is", "schools are")
        lines.append(DigestLine(f"{are} behind with marks", f"{today}#behind"))
    return lines


def _moved(opened: list[Flag], closed: list[Flag], kind: FlagKind, name: str) -> str:
    new = sum(flag.kind == kind for flag in opened)
    left = sum(flag.kind == kind for flag in closed)
    if not new and not left:
        return ""
    return f"{name.capitalize()}: {new:,} new and {left:,} cleared since last week"


def _meetings(user: User, on: date, at: datetime, days: ExpectedDays) -> list[DigestLine]:
    """The next targeting support meetings, and agendas that are due by the end of the week."""
    if Permission.SEE_MEETINGS not in permissions_of(user):
        return []
    booked = [one for one in upcoming(user, at, most=100) if _day(one) <= on + MEETINGS_AHEAD]
    if not booked:
        return []
    meetings = wording.counted(len(booked), "targeting support meeting")
    first = wording.long_day(min(map(_day, booked)))
    path = reverse("meeting_list")
    lines = [DigestLine(f"{meetings} in the next two weeks, the first on {first}", path)]
    sunday = on + timedelta(days=6 - on.weekday())
    due = sum(_agenda_is_due(one, sunday, days) for one in booked)
    if due:
        agendas = wording.counted(due, "agenda is", "agendas are")
        lines.append(DigestLine(f"{agendas} due by the end of this week", path))
    return lines


def _day(meeting: Meeting) -> date:
    assert meeting.starts_at is not None  # noqa: S101 - those that are upcoming have a time
    return meeting.starts_at.astimezone(LONDON).date()


def _agenda_is_due(meeting: Meeting, sunday: date, days: ExpectedDays) -> bool:
    due_on = agenda_due_on(meeting, days)
    return meeting.agenda_shared_at is None and due_on is not None and due_on <= sunday


def _actions(user: User, on: date) -> list[DigestLine]:
    """Their own promises that are overdue or due this week."""
    if Permission.HAVE_ACTIONS not in permissions_of(user):
        return []
    own = Action.objects.visible_to(user).open().filter(owner=user)
    dues = dues_of(own.values_list("due_on", flat=True), on)
    if not dues.total:
        return []
    late = f", {dues.overdue:,} of them overdue" if dues.overdue else ""
    actions = wording.counted(dues.total, "action of yours is", "actions of yours are")
    return [DigestLine(f"{actions} due this week{late}", reverse("action_list"))]


def _lists(number: int) -> list[DigestLine]:
    if not number:
        return []
    lists = wording.counted(number, "worklist of yours has", "worklists of yours have")
    return [DigestLine(f"{lists} somebody new", reverse("saved_views"))]
