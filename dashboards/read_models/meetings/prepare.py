"""P20: what each side still does before a meeting, and what it has brought so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.urls import reverse

from attendance.read_models.calendar import ExpectedDays
from attendance.read_models.cohorts import cohort_counts
from attendance_portal.shared import wording
from dashboards.read_models.meetings.head import meeting_page
from dashboards.read_models.school_list import pupils_of
from meetings.choices import SIDES, Side
from meetings.models import Meeting
from meetings.permissions import side_of
from meetings.read_models.agreed import ActionLine, last_actions
from meetings.read_models.own_view import OwnView, own_view
from meetings.read_models.preparation import (
    Places,
    Task,
    cohorts_tried,
    discussed,
    places_of,
    tasks_of,
)
from meetings.services.reminders import agenda_due_on
from schools.models import Enrolment

if TYPE_CHECKING:
    from accounts.models import User

_SCHOOL: Final = Side.SCHOOL


@dataclass(frozen=True)
class TaskLine:
    """One task of a side; `href` is empty where the reader has no page for it."""

    key: str
    text: str
    href: str
    done: str
    is_own: bool


@dataclass(frozen=True)
class SideTasks:
    """The tasks of one side, and how far it is."""

    title: str
    done: str
    is_own: bool
    lines: list[TaskLine]


@dataclass(frozen=True)
class CohortLine:
    """A named group: how many children of the school are in it, what was tried and what helped."""

    key: str
    label: str
    first_question: str
    count: int
    href: str
    tried: str
    by: str
    write_href: str


@dataclass(frozen=True)
class Preparation:
    """The page. `refusal`: why it can only be read; `discussed`: how many children, in words."""

    refusal: str
    agenda_due: str
    sides: list[SideTasks]
    discussed: str
    cohorts: list[CohortLine]
    places: tuple[Places, ...]
    view: OwnView
    view_words: str
    last: tuple[ActionLine, ...]
    may_offer: bool
    is_school: bool


def preparation(meeting: Meeting, user: User, *, on: date, refusal: str) -> Preparation:
    """How far both sides are. `refusal` is the service's own; empty while it may be changed."""
    side = side_of(user)
    view = own_view(user, meeting.school, academic_year=meeting.academic_year, term=meeting.term)
    found = discussed(user, meeting)
    severe = sum(one.is_severe for one in found)
    return Preparation(
        refusal=refusal,
        agenda_due=_agenda_due(meeting),
        sides=_sides(meeting, side, may_change=not refusal),
        discussed=_discussed(len(found), severe),
        cohorts=cohort_lines(meeting, user, on=on, may_write=side is _SCHOOL and not refusal),
        places=places_of(meeting),
        view=view,
        view_words=_view_words(view, side),
        last=last_actions(user, meeting, on),
        may_offer=side is Side.LA and not refusal,
        is_school=side is _SCHOOL,
    )


def cohort_lines(meeting: Meeting, user: User, *, on: date, may_write: bool) -> list[CohortLine]:
    """The named groups at this school with their counts, and what the school wrote of each."""
    counts = cohort_counts(
        Enrolment.objects.visible_to(user).on_roll(on).filter(school=meeting.school_id)
    )
    return [
        CohortLine(
            key=one.cohort,
            label=one.label,
            first_question=one.first_question,
            count=counts.get(one.cohort, 0),
            href=pupils_of(meeting.school_id, cohort=one.cohort),
            tried=one.tried,
            by=one.by,
            write_href=reverse("meeting_tried", args=[meeting.pk, one.cohort]) if may_write else "",
        )
        for one in cohorts_tried(meeting)
    ]


def _agenda_due(meeting: Meeting) -> str:
    if meeting.agenda_shared_at is not None:
        return f"The agenda was shared on {wording.moment(meeting.agenda_shared_at)}."
    due = agenda_due_on(meeting, ExpectedDays())
    if due is None:
        return "The agenda is due 5 school days before the meeting, once a time is chosen."
    return f"Share the agenda by {wording.day_of_week(due)}, 5 school days before."


def _sides(meeting: Meeting, own: Side, *, may_change: bool) -> list[SideTasks]:
    tasks = tasks_of(meeting)
    pages = _pages(meeting)
    order = sorted(tasks, key=lambda side: side is not own)
    return [
        SideTasks(
            title=SIDES[side],
            done=f"{sum(task.is_done for task in tasks[side])} of {len(tasks[side])} done",
            is_own=side is own and may_change,
            lines=[_line(task, pages, is_own=side is own) for task in tasks[side]],
        )
        for side in order
    ]


def _line(task: Task, pages: Mapping[str, str], *, is_own: bool) -> TaskLine:
    done = ""
    if task.done_on is not None:
        by = f", {task.done_by}" if task.done_by else ""
        done = f"Done {wording.day(task.done_on)}{by}"
    href = pages.get(task.key, "") if is_own else ""
    return TaskLine(task.key, task.label, href, done, is_own)


def _pages(meeting: Meeting) -> dict[str, str]:
    """Where each task is done."""
    severe = urlencode({"school": meeting.school_id, "flag": "severe_absence", "plan": "none"})
    here = reverse("meeting_prepare", args=[meeting.pk])
    return {
        "read_pack": meeting_page("meeting_pack", meeting.pk),
        "check_champion": reverse("school", args=[meeting.school_id]) + "#steps",
        "check_plans": f"{reverse('pupil_list')}?{severe}",
        "agenda_items": reverse("meeting", args=[meeting.pk]) + "#agenda",
        "choose_pupils": reverse("meeting_pupils", args=[meeting.pk]),
        "offers": reverse("meeting_offers", args=[meeting.pk]),
        "what_helped": f"{here}#tried",
        "own_view": reverse("meeting_own_view", args=[meeting.pk]),
    }


def _discussed(number: int, severe: int) -> str:
    if not number:
        return "No child is on the list yet. Severely absent children are in by themselves."
    children = wording.counted(number, "child", "children")
    return f"{children} on the list, {severe:,} of them severely absent and in by themselves."


def _view_words(view: OwnView, side: Side) -> str:
    if view.view is not None:
        number = len(view.scores)
        return f"{view.scored} of {number} expectations scored."
    if side is _SCHOOL:
        return "Nothing is written for this term yet."
    return "The school has not shared its own view for this term yet."
