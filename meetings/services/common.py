"""What every service of meetings does: hold the row, save it, say what the trail keeps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from meetings.models import Meeting


def locked(meeting: Meeting) -> Meeting:
    """The meeting as it stands now, held by this transaction until its end."""
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("school", "la_contact")
    found: Meeting = rows.get(pk=meeting.pk)
    return found


def save(meeting: Meeting, at: datetime) -> None:
    """Keep it, as another version."""
    meeting.version += 1
    meeting.updated_at = at
    meeting.save()


def facts(meeting: Meeting) -> dict[str, Any]:
    """What the trail keeps of a meeting: no words, nobody's name."""
    return {
        "school": meeting.school_id,
        "year": meeting.academic_year,
        "term": meeting.term,
        "state": meeting.state,
        "starts_at": meeting.starts_at.isoformat() if meeting.starts_at else None,
        "minutes": meeting.minutes,
        "la_contact": meeting.la_contact_id,
    }
