"""What is written down of a place: added by the team, ended with a reason, never lost."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from accounts.services import record_audit
from attendance_portal.shared.errors import Conflict
from cases.services.typed import needed, one_of, wrong
from interventions.choices import ENTRY_KINDS, EntryKind
from interventions.models import PlaceEntry
from schools.models import Place
from schools.permissions import check_has

LONGEST_TITLE: Final = 150  # characters
LONGEST: Final = 2000
LONGEST_REASON: Final = 300


@transaction.atomic
def write_entry(
    *,
    place: Place,
    kind: str,
    title: str,
    text: str = "",
    views: str = "",
    from_on: date | None = None,
    until_on: date | None = None,
    by: User,
    at: datetime,
) -> PlaceEntry:
    """One more thing about a place. A decision says whose views were heard; only what runs has
    days. Raises Refused, and Invalid with what to do."""
    check_has(by, Permission.EDIT_PLACES)
    facts = ENTRY_KINDS[EntryKind(one_of(kind, ENTRY_KINDS, "Choose what it is.", pointer="kind"))]
    if facts.has_dates and from_on and until_on and until_on < from_on:
        raise wrong("It cannot end before it begins.", pointer="until_on")
    entry = PlaceEntry(
        place=place,
        kind=kind,
        title=needed(title, "Say what it is.", pointer="title", longest=LONGEST_TITLE),
        text=_optional(text, pointer="text"),
        from_on=from_on if facts.has_dates else None,
        until_on=until_on if facts.has_dates else None,
        by=by,
        at=at,
    )
    if facts.has_views:
        entry.views = needed(views, "Say whose views were heard.", pointer="views", longest=LONGEST)
    entry.save()
    _audit("place.written", entry, by, at)
    return entry


@transaction.atomic
def end_entry(*, entry: PlaceEntry, reason: str, by: User, on: date, at: datetime) -> PlaceEntry:
    """It holds no more. It stays to be read, below what holds, with the reason."""
    check_has(by, Permission.EDIT_PLACES)
    row: PlaceEntry = PlaceEntry.objects.select_for_update().get(pk=entry.pk)
    if row.ended_on is not None:
        raise Conflict("This was ended already.", code="ended_already")
    row.ended_why = needed(
        reason, "Say why it holds no more.", pointer="reason", longest=LONGEST_REASON
    )
    row.ended_on = on
    row.save(update_fields=["ended_on", "ended_why"])
    _audit("place.ended", row, by, at)
    return row


def _optional(text: str, *, pointer: str) -> str:
    text = text.strip()
    if len(text) > LONGEST:
        raise wrong(f"It must be {LONGEST} characters or fewer.", pointer=pointer)
    return text


def _audit(verb: str, entry: PlaceEntry, by: User, at: datetime) -> None:
    record_audit(
        by=by,
        verb=verb,
        object_kind="place_entry",
        object_ref=str(entry.pk),
        after={
            "place": entry.place.code,
            "kind": entry.kind,
            "from": entry.from_on.isoformat() if entry.from_on else None,
            "until": entry.until_on.isoformat() if entry.until_on else None,
            "ended": entry.ended_on.isoformat() if entry.ended_on else None,
        },
        at=at,
    )
