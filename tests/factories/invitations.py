"""What went out about a meeting: whom it reached, and the calendar file in it."""

from __future__ import annotations

from django.core import mail
from icalendar import Calendar


def reached() -> list[str]:
    """The addresses of what went out, A to Z."""
    return sorted(one.to[0] for one in mail.outbox)


def calendar_of(message) -> Calendar:
    """The one calendar file of a mail, which says its method twice alike."""
    (part,) = [one for one in message.attachments if one.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    assert part.get_param("method") == calendar["METHOD"]
    return calendar


def event_of(message):
    """Its one entry."""
    (event,) = calendar_of(message).walk("VEVENT")
    return event
