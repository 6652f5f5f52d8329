"""Who is asked to a meeting, on which side, and what they answer.

Raises: Refused, Invalid (an address that cannot be one, somebody named twice).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import User
from attendance_portal.shared.errors import Refused
from cases.services.common import write_audit
from cases.services.typed import needed, one_of, wrong
from meetings.choices import SIDES, MailKind, Side
from meetings.models import Attendance, Meeting
from meetings.permissions import check_ahead, check_can_book
from meetings.services import mails
from meetings.services.common import locked, save
from meetings.states import MeetingState, Response

_NAME: Final = "Write the name of whoever should come."
_EMAIL: Final = "Write an e-mail address, like name@example.org."
_ANSWERS: Final = (Response.COMING, Response.NOT_COMING)


@dataclass(frozen=True)
class Guest:
    """Somebody to ask: a `user`, or a `name` and an `email`."""

    side: str
    user: User | None = None
    name: str = ""
    email: str = ""
    is_decision_maker: bool = False


def asked(meeting: Meeting, guests: Sequence[Guest]) -> list[Attendance]:
    """The people of a new meeting, its LA contact first; each once, whatever the form says."""
    contact = Guest(Side.LA, user=meeting.la_contact)
    found: dict[str, Attendance] = {}
    for guest in (contact, *guests):
        row = _attendance(meeting, guest)
        found.setdefault(row.address.casefold(), row)
    return Attendance.objects.bulk_create(found.values())


def forget_answers(meeting: Meeting) -> None:
    """Who said that they come meant another time."""
    meeting.attendances.update(response=Response.NONE.value, responded_at=None)


def add_people(meeting: Meeting, guests: Sequence[Guest]) -> list[Attendance]:
    """The rows of people who came without being asked; one who is on the list has theirs."""
    rows = []
    for guest in guests:
        row = _attendance(meeting, guest)
        known = _known(meeting, row.address)
        if known is None:
            row.save()
        rows.append(known or row)
    return rows


@transaction.atomic
def invite(*, meeting: Meeting, guest: Guest, by: User, on: date, at: datetime) -> Attendance:
    """Ask one more person; they get the calendar file where the meeting is booked, and are asked
    to choose a time where the school has not. Asked twice they are asked once."""
    meeting = locked(meeting)
    check_can_book(by, meeting.school)
    check_ahead(meeting)
    row = _attendance(meeting, guest)
    before = _known(meeting, row.address)
    if before is not None and before.is_expected:
        return before
    if before is not None:
        before.is_expected, before.side = True, row.side
        before.is_decision_maker = row.is_decision_maker
        row = before
    row.save()
    save(meeting, at)
    if meeting.state == MeetingState.BOOKED:
        mails.write(meeting, MailKind.BOOKED, [row.address], on=on, at=at)
    elif row.side == Side.SCHOOL:
        mails.write(meeting, MailKind.OFFER, [row.address], on=on, at=at)
    _record("meeting.invited", row, by, at)
    return row


@transaction.atomic
def uninvite(*, attendance: Attendance, by: User, on: date, at: datetime) -> Attendance:
    """Somebody need not come: they are told, and the entry goes from their calendar. They no
    longer see the meeting, unless the school is theirs."""
    meeting = locked(attendance.meeting)
    check_can_book(by, meeting.school)
    check_ahead(meeting)
    row: Attendance = meeting.attendances.get(pk=attendance.pk)
    if row.user_id == meeting.la_contact_id:
        raise Refused("The contact of the attendance team comes. Change the contact instead.")
    if row.is_expected:
        row.is_expected = False
        row.save(update_fields=["is_expected"])
        if meeting.state == MeetingState.BOOKED and meeting.started_at is None:
            meeting.sequence += 1
            mails.write(meeting, MailKind.UNINVITED, [row.address], on=on, at=at)
        save(meeting, at)
        _record("meeting.uninvited", row, by, at)
    return row


@transaction.atomic
def answer_invitation(*, meeting: Meeting, is_coming: bool, by: User, at: datetime) -> Attendance:
    """Say whether one comes; a later answer takes the place of an earlier one."""
    meeting = locked(meeting)
    check_ahead(meeting)
    row: Attendance | None = meeting.attendances.filter(user=by, is_expected=True).first()
    if row is None:
        raise Refused("You are not on the list of this meeting.", code="not_invited")
    answer = _ANSWERS[0] if is_coming else _ANSWERS[1]
    if row.response != answer:
        row.response, row.responded_at = answer.value, at
        row.save(update_fields=["response", "responded_at"])
        _record("meeting.answered", row, by, at)
    return row


@transaction.atomic
def set_decision_maker(
    *, attendance: Attendance, is_decision_maker: bool, by: User, at: datetime
) -> Attendance:
    """Whether somebody can decide for the school, as its senior champion can (SUP-13)."""
    meeting = locked(attendance.meeting)
    check_can_book(by, meeting.school)
    check_ahead(meeting)
    row: Attendance = meeting.attendances.get(pk=attendance.pk)
    if row.is_decision_maker != is_decision_maker:
        row.is_decision_maker = is_decision_maker
        row.save(update_fields=["is_decision_maker"])
        save(meeting, at)
        _record("meeting.decision_maker", row, by, at)
    return row


def _known(meeting: Meeting, address: str) -> Attendance | None:
    rows = meeting.attendances.select_related("user")
    return next((one for one in rows if one.address.casefold() == address.casefold()), None)


def _attendance(meeting: Meeting, guest: Guest) -> Attendance:
    side = one_of(guest.side, SIDES, "Choose for whom they come.", pointer="side")
    row = Attendance(
        meeting=meeting,
        side=side,
        is_decision_maker=guest.is_decision_maker and side == Side.SCHOOL,
    )
    if guest.user is not None:
        if not guest.user.is_active:
            raise wrong(f"{guest.user} can no longer sign in. Ask somebody else.", pointer="user")
        row.user = guest.user
        return row
    row.name = needed(guest.name, _NAME, pointer="name", longest=150)
    row.email = needed(guest.email, _EMAIL, pointer="email", longest=254).lower()
    try:
        validate_email(row.email)
    except ValidationError as problem:
        raise wrong(_EMAIL, pointer="email") from problem
    known = User.objects.filter(email=row.email, is_active=True, is_machine=False).first()
    if known is not None:  # whoever has a login sees the meeting when signed in
        row.user, row.name, row.email = known, "", ""
    return row


def _record(verb: str, row: Attendance, by: User, at: datetime) -> None:
    after = {
        "meeting": row.meeting_id,
        "user": row.user_id,
        "side": row.side,
        "is_decision_maker": row.is_decision_maker,
        "is_expected": row.is_expected,
        "response": row.response,
    }
    write_audit(verb=verb, about=row, by=by, at=at, after=after)
