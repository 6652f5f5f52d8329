"""Today: the meetings of the next school days, and a school's own that it can prepare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from accounts.roles import Permission
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from meetings.choices import Side
from meetings.models import Meeting
from meetings.permissions import side_of
from schools.permissions import has_permission

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class MeetingAhead:
    """One meeting that is booked, and its page."""

    on: date
    text: str
    href: str


def meetings_ahead(user: User, *, on: date, until: date) -> list[MeetingAhead]:
    """The booked meetings from today to a day, both included, soonest first. For a school, with
    what there is to do for each: its preparation is open until the start."""
    if not has_permission(user, Permission.SEE_MEETINGS):
        return []
    rows = Meeting.objects.visible_to(user).upcoming(_midnight(on))
    found = rows.filter(starts_at__lt=_midnight(until + timedelta(days=1)), started_at=None)
    is_school = side_of(user) is Side.SCHOOL
    return [_ahead(one, on, is_school=is_school) for one in found.select_related("school")]


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), tzinfo=LONDON)


def _ahead(meeting: Meeting, today: date, *, is_school: bool) -> MeetingAhead:
    starts_at = meeting.starts_at
    assert starts_at is not None  # noqa: S101 - it is booked
    on, hour = starts_at.astimezone(LONDON).date(), wording.clock_time(starts_at)
    if not is_school:
        when = "today, " if on == today else ""
        text = f"Meeting with {meeting.school.name}, {when}{hour}"
        return MeetingAhead(on, text, reverse("meeting", args=[meeting.pk]))
    text = f"Your TSM on {wording.short_day(on)}, {hour}: preparation open"
    return MeetingAhead(on, text, reverse("meeting_prepare", args=[meeting.pk]))
