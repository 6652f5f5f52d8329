"""The meetings of one school: what is next, what was held, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from accounts.roles import Permission
from attendance.states import Tag
from attendance_portal.shared import wording
from dashboards.read_models.meetings.head import moment_in_words, term_in_words
from meetings.models import Meeting, TsmFrequency
from meetings.permissions import check_can_book
from meetings.read_models.agreed import (
    ActionLine,
    Completion,
    completions,
    last_actions_of_school,
)
from meetings.read_models.board import next_meeting
from meetings.rules.frequency import DUE_TERMS, ONE_A_TERM
from meetings.states import MeetingState, meeting_tag
from schools.models import School
from schools.permissions import allowed, has_permission
from schools.rules.calendar import TERM_NAMES

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class NextStep:
    """What to press on the page of a school."""

    text: str
    href: str


@dataclass(frozen=True)
class MeetingLine:
    """One meeting. `actions`: how many of them are done, once it was held."""

    term: str
    when: str
    href: str
    tag: Tag
    note: str
    actions: str


@dataclass(frozen=True)
class SchoolMeetings:
    """The meetings, newest first, and the actions that the next one opens with. `how_often`: with
    the reason, where it is not once a term; `change_href` for those who say how often."""

    how_often: str
    change_href: str
    lines: list[MeetingLine]
    actions: tuple[ActionLine, ...]
    next: NextStep | None


def next_step(school: School, user: User, *, at: datetime) -> NextStep | None:
    """Prepare the meeting that is ahead; else book one, for those who may."""
    if not has_permission(user, Permission.PREPARE_MEETINGS):
        return None
    ahead = next_meeting(user, school, at)
    if ahead is not None:
        return NextStep("Prepare the TSM", reverse("meeting_prepare", args=[ahead.pk]))
    if not allowed(check_can_book, user, school):
        return None
    query = urlencode({"school": school.pk})
    return NextStep("Book a TSM", f"{reverse('meeting_book')}?{query}")


def school_meetings(school: School, user: User, *, on: date, at: datetime) -> SchoolMeetings:
    """All of them, and what came of the actions."""
    rows = list(Meeting.objects.visible_to(user).filter(school=school).with_decision_maker())
    done = completions([row.pk for row in rows], on)
    may_change = has_permission(user, Permission.EDIT_AGENDAS)
    return SchoolMeetings(
        how_often=_how_often(school, user),
        change_href=reverse("school_how_often", args=[school.pk]) if may_change else "",
        lines=[_line(row, done.get(row.pk)) for row in rows],
        actions=last_actions_of_school(user, school, on),
        next=next_step(school, user, at=at),
    )


def how_often_in_words(per_year: int) -> str:
    """'2 a year, in the autumn and the summer term': when they are due is the rule's."""
    if per_year == ONE_A_TERM:
        return "One each term"
    terms = [f"the {TERM_NAMES[term].lower()}" for term in DUE_TERMS[per_year]]
    return f"{per_year} a year, in {wording.listed(terms)} term"


def _how_often(school: School, user: User) -> str:
    kept = TsmFrequency.objects.visible_to(user).filter(school=school).first()
    if kept is None:
        return how_often_in_words(ONE_A_TERM)
    return f"{how_often_in_words(kept.per_year)}: {kept.reason}"


def _line(row: Meeting, done: Completion | None) -> MeetingLine:
    is_held = row.state == MeetingState.HELD
    note = row.not_held_reason
    if is_held:
        decided = row.has_decision_maker  # type: ignore[attr-defined]
        note = "Decision maker there" if decided else "No decision maker there"
    return MeetingLine(
        term=term_in_words(row.academic_year, row.term),
        when=moment_in_words(row),
        href=reverse("meeting_after" if is_held else "meeting", args=[row.pk]),
        tag=meeting_tag(row.state),
        note=note,
        actions=(done or Completion()).words if is_held else "",
    )
