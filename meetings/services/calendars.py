"""Calendar files: an invitation, or the end of one. No child is named in them.

One meeting keeps one UID; what is sent later has a higher SEQUENCE, so that calendars move the
entry instead of adding another (RFC 5545, RFC 5546).
"""

from __future__ import annotations

from datetime import timedelta
from email.mime.text import MIMEText
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

from attendance_portal.shared.clock import LONDON
from meetings.choices import KINDS, Kind
from meetings.models import Attendance, Meeting
from meetings.states import Response

REQUEST: Final = "REQUEST"
CANCEL: Final = "CANCEL"
_ANSWERS: Final = {
    Response.NONE: "NEEDS-ACTION",
    Response.COMING: "ACCEPTED",
    Response.NOT_COMING: "DECLINED",
}


def calendar_file(meeting: Meeting, people: list[Attendance], *, method: str) -> bytes:
    """The file of a meeting that has a start. `method` is REQUEST or CANCEL."""
    calendar = Calendar()
    calendar.add("prodid", "-//Attendance portal//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(meeting, people, method))
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def attached(content: bytes, *, method: str) -> MIMEText:
    """The file as a part of a mail, as mail programs expect an invitation."""
    part = MIMEText(content.decode(), "calendar", "utf-8")
    part.set_param("method", method)
    part.add_header("Content-Disposition", "attachment", filename="meeting.ics")
    return part


def title_of(meeting: Meeting) -> str:
    """'Targeting support meeting, Marsh Lane School'."""
    return f"{KINDS[Kind(meeting.kind)]}, {meeting.school.name}"


def _event(meeting: Meeting, people: list[Attendance], method: str) -> Event:
    assert meeting.starts_at is not None  # noqa: S101  # an offer has no calendar file
    starts_at = meeting.starts_at.astimezone(LONDON)
    event = Event()
    event.add("uid", f"{meeting.calendar_uid}@{urlsplit(settings.PORTAL_ADDRESS).hostname}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.updated_at)
    event.add("dtstart", starts_at)
    event.add("dtend", starts_at + timedelta(minutes=meeting.minutes))
    event.add("summary", title_of(meeting))
    event.add("status", "CONFIRMED" if method == REQUEST else "CANCELLED")
    if meeting.place:
        event.add("location", meeting.place)
    if meeting.link:
        event.add("url", meeting.link)
    event.add("description", f"{settings.PORTAL_ADDRESS}/meetings/{meeting.pk}/")
    event.add("organizer", _address(str(meeting.la_contact), meeting.la_contact.email))
    for person in people:
        address = _address(person.display_name, person.address)
        address.params["PARTSTAT"] = vText(_ANSWERS[Response(person.response)])
        address.params["ROLE"] = vText("REQ-PARTICIPANT")
        event.add("attendee", address, encode=False)
    return event


def _address(name: str, email: str) -> vCalAddress:
    address = vCalAddress(f"MAILTO:{email}")
    address.params["CN"] = vText(name)
    return address
