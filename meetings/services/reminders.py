"""The morning's reminders of meetings: what is owed before them, one message a person a day.

The contact of the attendance team hears of agendas that are due, of offers that wait, and of
meetings of which nobody said whether they were held; people of the school, of offers that wait, not
more often than once in five school days. A reminder that could not be sent is tried again by the
next run of the day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from django.conf import settings
from django.db import transaction

from attendance.read_models.calendar import ExpectedDays
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from cases.services.digest import is_working_day
from meetings.choices import MailKind, Side
from meetings.models import Attendance, Meeting, MeetingMail
from meetings.rules.booking import AGENDA_SCHOOL_DAYS, OFFER_SCHOOL_DAYS
from meetings.services.mails import Letter, message
from meetings.states import MailState, MeetingState


@dataclass(frozen=True)
class Line:
    """One thing that is owed, and where to do it. `is_urgent`: said each morning until done."""

    words: str
    link: str
    is_urgent: bool


@dataclass(frozen=True)
class Sent:
    """What became of a morning."""

    sent: int = 0
    not_sent: int = 0


def send_reminders(*, on: date, at: datetime) -> Sent:
    """Send to everyone who owes something and has had no reminder today."""
    if not is_working_day(on):
        return Sent()
    sent = not_sent = 0
    for email, lines in reminders(on, at).items():
        try:
            sent += _send_once(email, lines, on=on, at=at)
        except Exception as problem:  # whatever a mail server does to one, the others get theirs
            not_sent += 1
            _log().warning("meeting_reminder_not_sent", kind=type(problem).__name__)
    return Sent(sent, not_sent)


def reminders(on: date, at: datetime) -> dict[str, list[Line]]:
    """What each address would be told, those without anything left out."""
    calendar = ExpectedDays()
    told: dict[str, list[Line]] = defaultdict(list)
    for meeting in Meeting.objects.to_record(at).select_related("school", "la_contact"):
        told[meeting.la_contact.email].append(_to_record(meeting))
    for meeting in _not_begun(at):
        for email, line in _lines(meeting, calendar, on):
            told[email].append(line)
    lately = _reminded_since(calendar.before(on, OFFER_SCHOOL_DAYS), on)
    return {
        email: lines
        for email, lines in told.items()
        if email not in lately or any(line.is_urgent for line in lines)
    }


def agenda_due_on(meeting: Meeting, calendar: ExpectedDays) -> date | None:
    """The day by which the school should have the agenda; None while no day is booked."""
    if meeting.starts_at is None:
        return None
    starts_on = meeting.starts_at.astimezone(LONDON).date()
    return calendar.before(starts_on, AGENDA_SCHOOL_DAYS, meeting.school.meeting_days)


def _not_begun(at: datetime) -> list[Meeting]:
    rows = Meeting.objects.ahead().filter(started_at__isnull=True)
    return list(rows.exclude(starts_at__lt=at).select_related("school", "la_contact"))


def _to_record(meeting: Meeting) -> Line:
    assert meeting.starts_at is not None  # noqa: S101  # it is booked
    on = wording.day(meeting.starts_at.astimezone(LONDON).date())
    words = f"Say whether the meeting with {meeting.school} on {on} was held."
    return Line(words, f"{settings.PORTAL_ADDRESS}/meetings/{meeting.pk}/", is_urgent=True)


def _lines(meeting: Meeting, calendar: ExpectedDays, on: date) -> Iterator[tuple[str, Line]]:
    if meeting.state == MeetingState.OFFERED:
        yield from _of_an_offer(meeting, calendar, on)
        return
    due_on = agenda_due_on(meeting, calendar)
    if meeting.agenda_shared_at is None and due_on is not None and due_on <= on:
        due = "is due today" if due_on == on else f"was due on {wording.day(due_on)}"
        words = f"Share the agenda with {meeting.school}. It {due}."
        link = f"{settings.PORTAL_ADDRESS}/meetings/{meeting.pk}/prepare/"
        yield meeting.la_contact.email, Line(words, link, is_urgent=True)


def _of_an_offer(meeting: Meeting, calendar: ExpectedDays, on: date) -> Iterator[tuple[str, Line]]:
    offered_on = meeting.offered_on
    if offered_on is None:
        return
    if calendar.between(offered_on, on, meeting.school.meeting_days) < OFFER_SCHOOL_DAYS:
        return
    since = wording.day(offered_on)
    words = f"{meeting.school} has chosen no time yet. Times were offered on {since}."
    link = f"{settings.PORTAL_ADDRESS}/meetings/{meeting.pk}/"
    yield meeting.la_contact.email, Line(words, link, is_urgent=False)
    ask = f"Choose a time for the meeting with {meeting.school}. Times were offered on {since}."
    confirm = f"{settings.PORTAL_ADDRESS}/m/{meeting.confirm_token}/"
    people = Attendance.objects.filter(meeting=meeting, is_expected=True, side=Side.SCHOOL)
    for person in people.select_related("user"):
        yield person.address, Line(ask, confirm, is_urgent=False)


def _reminded_since(day: date, on: date) -> set[str]:
    """Who had a reminder after a day, and before today."""
    rows = MeetingMail.objects.filter(
        kind=MailKind.REMINDER, state=MailState.SENT, on__gt=day, on__lt=on
    )
    return set(rows.values_list("email", flat=True))


@transaction.atomic
def _send_once(email: str, lines: list[Line], *, on: date, at: datetime) -> bool:
    """Send, unless another run did. What could not be sent is not kept as sent."""
    _, is_first = MeetingMail.objects.get_or_create(
        kind=MailKind.REMINDER.value,
        email=email,
        on=on,
        defaults={"at": at, "state": MailState.SENT.value, "ended_at": at},
    )
    if is_first:
        number = wording.counted(len(lines), "thing")
        facts = {"greeting": "Good morning,", "lines": lines}
        message(email, Letter("reminder", f"Meetings: {number} to do", facts)).send()
    return is_first


def _log() -> structlog.stdlib.BoundLogger:
    log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)
    return log
