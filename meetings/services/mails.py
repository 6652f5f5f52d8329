"""E-mails about meetings: written down with what they are about, sent once that is kept.

What was not sent stays to be seen and is tried again. No child is named in any of them. A mail is
made of the meeting as it stands when it is sent, and left unsent once it no longer fits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string

from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from meetings.choices import MailKind, Side
from meetings.models import Attendance, Meeting, MeetingAction, MeetingMail
from meetings.services.calendars import CANCEL, REQUEST, attached, calendar_file, title_of
from meetings.states import MailState, MeetingState

#: A mail that was not sent is tried again for so long.
TRIED_FOR: Final = timedelta(days=3)
UNSENT: Final = (MailState.WAITING, MailState.FAILED)
#: How the meeting must stand for a mail to be worth sending.
_FITS: Final = {
    MailKind.OFFER: (MeetingState.OFFERED,),
    MailKind.BOOKED: (MeetingState.BOOKED,),
    MailKind.CALLED_OFF: (MeetingState.NOT_HELD,),
    MailKind.UNINVITED: (MeetingState.BOOKED,),
    MailKind.AGENDA: (MeetingState.OFFERED, MeetingState.BOOKED),
    MailKind.ACCEPT: (MeetingState.BOOKED, MeetingState.HELD),
    MailKind.SUMMARY: (MeetingState.HELD,),
}


@dataclass(frozen=True)
class Letter:
    """What one mail says: its template's name, subject and facts, and perhaps a calendar file."""

    template: str
    subject: str
    facts: dict[str, Any] = field(default_factory=dict)
    calendar: bytes = b""
    method: str = REQUEST


def standing_people(meeting: Meeting) -> list[Attendance]:
    """Those who are expected, in the order in which they were asked."""
    return list(meeting.attendances.filter(is_expected=True).select_related("user"))


def write(
    meeting: Meeting, kind: MailKind, addresses: Iterable[str], *, on: date, at: datetime
) -> None:
    """Write down one mail an address; they are sent as soon as this transaction is kept."""
    rows = [
        MeetingMail(meeting=meeting, kind=kind.value, email=email, on=on, at=at)
        for email in dict.fromkeys(addresses)
    ]
    MeetingMail.objects.bulk_create(rows)
    transaction.on_commit(lambda: send([row.pk for row in rows], at=at))


def send(mail_ids: Iterable[int], *, at: datetime) -> int:
    """Send these, each in a transaction of its own; returns how many went out.

    One that is being sent by another run is left to it; one that fails stops no other.
    """
    return sum(_send_one(pk, at) for pk in mail_ids)


def send_unsent(*, at: datetime) -> int:
    """Try again what was not sent in the last days. Safe to run twice, and at once."""
    rows = MeetingMail.objects.filter(state__in=UNSENT, at__gte=at - TRIED_FOR)
    return send(rows.exclude(kind=MailKind.REMINDER).values_list("pk", flat=True), at=at)


def unsent_of(meeting: Meeting) -> list[MeetingMail]:
    """The mails about a meeting that could not be sent."""
    return list(meeting.mails.filter(state=MailState.FAILED))


@transaction.atomic
def _send_one(pk: int, at: datetime) -> bool:
    rows = MeetingMail.objects.select_for_update(skip_locked=True, of=("self",))
    mail = (
        rows.select_related("meeting__school", "meeting__la_contact")
        .filter(pk=pk, state__in=UNSENT)
        .first()
    )
    if mail is None or not _still_fits(mail):
        return False
    try:
        message(mail.email, letter_of(mail)).send()
        mail.state = MailState.SENT.value
    except Exception as problem:  # whatever a mail server does to one, the others get theirs
        mail.state = MailState.FAILED.value
        _log().warning("meeting_mail_not_sent", mail_id=mail.pk, kind=type(problem).__name__)
    mail.ended_at = at
    mail.save(update_fields=["state", "ended_at"])
    return mail.state == MailState.SENT.value


def message(email: str, letter: Letter) -> EmailMultiAlternatives:
    """The mail in words and in HTML, with its calendar file."""
    facts = {"subject": letter.subject, **letter.facts}
    text = render_to_string(f"emails/meetings/{letter.template}.txt", facts)
    mail = EmailMultiAlternatives(letter.subject, text, None, [email])
    html = render_to_string(f"emails/meetings/{letter.template}.html", facts)
    mail.attach_alternative(html, "text/html")
    if letter.calendar:
        mail.attach(attached(letter.calendar, method=letter.method))
    return mail


def letter_of(mail: MeetingMail) -> Letter:
    """What a mail about a meeting says now."""
    meeting = mail.meeting
    assert meeting is not None  # noqa: S101  # reminders are made elsewhere, a day at a time
    facts = _facts(meeting)
    kind = MailKind(mail.kind)
    if kind is MailKind.OFFER:
        return _offer(mail.email, meeting, facts)
    if kind is MailKind.BOOKED:
        file = calendar_file(meeting, standing_people(meeting), method=REQUEST)
        subject = f"Meeting on {facts['when_short']}: {meeting.school.name}"
        return Letter("booked", subject, facts, file)
    if kind is MailKind.CALLED_OFF:
        return _called_off(meeting, facts)
    if kind is MailKind.UNINVITED:
        person = meeting.attendances.filter(is_expected=False).select_related("user")
        gone = [one for one in person if one.address == mail.email]
        file = calendar_file(meeting, gone, method=CANCEL)
        subject = f"You need not come: {title_of(meeting)}"
        return Letter("uninvited", subject, facts, file, CANCEL)
    if kind is MailKind.AGENDA:
        facts["items"] = [item.title for item in meeting.agenda_items.standing()]
        return Letter("agenda", f"Agenda: {title_of(meeting)}", facts)
    if kind is MailKind.ACCEPT:
        asked = _actions_of(mail.email, meeting).filter(acceptance="asked")
        facts["actions"] = [_action_line(row) for row in asked]
        return Letter("accept", f"An action for you: {meeting.school.name}", facts)
    return _summary(mail.email, meeting, facts)


def _offer(email: str, meeting: Meeting, facts: dict[str, Any]) -> Letter:
    """The school chooses; others are told that the time they know of no longer stands."""
    facts["chooses"] = email in school_addresses(meeting)
    slots = meeting.slots.filter(withdrawn_at__isnull=True)
    facts["times"] = [wording.long_moment(slot.starts_at) for slot in slots]
    subject = f"{'Choose a time' if facts['chooses'] else 'Moved'}: {title_of(meeting)}"
    if meeting.sequence == 0:
        return Letter("offer", subject, facts)
    # A time that stood before no longer does; the entry goes from calendars until one is chosen.
    last = meeting.slots.filter(chosen_at__isnull=False).order_by("-withdrawn_at").first()
    if last is None:
        return Letter("offer", subject, facts)
    facts["withdrawn"] = wording.long_moment(last.starts_at)
    meeting.starts_at = last.starts_at  # for the file alone: it is not saved
    file = calendar_file(meeting, standing_people(meeting), method=CANCEL)
    return Letter("offer", subject, facts, file, CANCEL)


def _called_off(meeting: Meeting, facts: dict[str, Any]) -> Letter:
    subject = f"Called off: {title_of(meeting)}"
    if meeting.starts_at is None:
        return Letter("called_off", subject, facts)
    file = calendar_file(meeting, standing_people(meeting), method=CANCEL)
    return Letter("called_off", subject, facts, file, CANCEL)


def _summary(email: str, meeting: Meeting, facts: dict[str, Any]) -> Letter:
    mine = _actions_of(email, meeting)
    facts["actions"] = [_action_line(row) for row in mine]
    facts["all_actions"] = wording.counted(meeting.actions.count(), "action")
    return Letter("summary", f"What was agreed: {title_of(meeting)}", facts)


def _actions_of(email: str, meeting: Meeting) -> Any:
    """The actions of whoever has this address."""
    rows = MeetingAction.objects.filter(meeting=meeting, action__owner__email__iexact=email)
    return rows.select_related("action__pupil")


def _action_line(row: MeetingAction) -> str:
    """'RS: due 12 Mar 2026': whom by initials, and when. The words may name a child; they stand
    behind the sign-in."""
    pupil = row.action.pupil
    whom = "The school" if pupil is None else initials(pupil.forename, pupil.surname)
    return f"{whom}: due {wording.day(row.action.due_on)}"


def initials(forename: str, surname: str) -> str:
    """'RS'."""
    return f"{forename[:1]}{surname[:1]}".upper()


def _facts(meeting: Meeting) -> dict[str, Any]:
    starts_at = meeting.starts_at
    return {
        "title": title_of(meeting),
        "school": meeting.school.name,
        "contact": str(meeting.la_contact),
        "when": wording.long_moment(starts_at) if starts_at else "",
        "when_short": wording.day_of_week(starts_at.astimezone(LONDON).date()) if starts_at else "",
        "minutes": meeting.minutes,
        "place": meeting.place,
        "online": meeting.link,
        "reason": meeting.not_held_reason,
        "confirm_link": f"{settings.PORTAL_ADDRESS}/m/{meeting.confirm_token}/",
        "link": f"{settings.PORTAL_ADDRESS}/meetings/{meeting.pk}/",
    }


def _still_fits(mail: MeetingMail) -> bool:
    return mail.meeting is not None and mail.meeting.state in _FITS[MailKind(mail.kind)]


def school_addresses(meeting: Meeting) -> list[str]:
    """Where the people of the school are reached."""
    return [one.address for one in standing_people(meeting) if one.side == Side.SCHOOL]


def _log() -> structlog.stdlib.BoundLogger:
    log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)
    return log
