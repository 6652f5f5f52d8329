"""Who may do what to a meeting: first the person, then how far the meeting is.

Each check raises Refused with a sentence that somebody can act on; pages show the same sentence
where a button would be dead.
"""

from __future__ import annotations

from datetime import date

from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from attendance_portal.shared.errors import Refused
from meetings.choices import Side
from meetings.models import Meeting
from meetings.states import MeetingState
from schools.models import School
from schools.permissions import check_has, has_permission


def check_can_book(user: User, school: School) -> None:
    """Whether this person books meetings with this school."""
    check_has(user, Permission.BOOK_MEETINGS)
    if not School.objects.visible_to(user).filter(pk=school.pk).exists():
        raise Refused("This school is not one of yours.", code="out_of_scope")


def check_sees_all(user: User, meeting: Meeting) -> None:
    """Whether the meeting's school is theirs, so that they see its pupils and figures too."""
    if not Meeting.objects.with_figures_for(user).filter(pk=meeting.pk).exists():
        raise Refused("This meeting is not with one of your schools.", code="out_of_scope")


def check_can_prepare(user: User, meeting: Meeting) -> None:
    """Whether this person prepares this meeting now: it has not started, and it still stands."""
    check_has(user, Permission.PREPARE_MEETINGS)
    check_sees_all(user, meeting)
    check_ahead(meeting)
    check_not_started(meeting)


def check_can_run(user: User, meeting: Meeting) -> None:
    """Whether this person freezes, starts and ends meetings with this school."""
    check_has(user, Permission.RUN_MEETINGS)
    check_sees_all(user, meeting)


def check_ahead(meeting: Meeting) -> None:
    """Whether the meeting is offered or booked."""
    if meeting.state == MeetingState.HELD:
        raise Refused(
            "This meeting was held and ended. Nothing in it can be changed.", code="meeting_held"
        )
    if meeting.state == MeetingState.NOT_HELD:
        raise Refused(
            f"This meeting was not held: {meeting.not_held_reason} Book another.",
            code="meeting_not_held",
        )


def check_not_started(meeting: Meeting) -> None:
    """Whether there is still time to prepare."""
    if meeting.started_at is not None:
        raise Refused(
            "The meeting has started. From now on its preparation can only be read.",
            code="meeting_started",
        )


def check_its_day(meeting: Meeting, on: date) -> None:
    """Whether a time is booked, and its day has come."""
    if meeting.state != MeetingState.BOOKED or meeting.starts_at is None:
        raise Refused("No time is booked yet. Book one first.", code="meeting_not_booked")
    starts_on = meeting.starts_at.astimezone(LONDON).date()
    if on < starts_on:
        raise Refused(
            f"This meeting is on {wording.day_of_week(starts_on)}. Move it to start it earlier.",
            code="meeting_too_early",
        )


def check_going_on(meeting: Meeting) -> None:
    """Whether the meeting was started and not ended."""
    check_ahead(meeting)
    if meeting.started_at is None:
        raise Refused("The meeting has not started. Start it first.", code="meeting_not_started")


def side_of(user: User) -> Side:
    """For which side somebody with a role speaks: who books meetings is the council's."""
    if has_permission(user, Permission.BOOK_MEETINGS):
        return Side.LA
    return Side.SCHOOL if has_permission(user, Permission.PREPARE_MEETINGS) else Side.PARTNER
