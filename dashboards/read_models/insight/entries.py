"""What is written down of a place besides its figures: offers, strengths, funding, decisions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse

from accounts.roles import Permission
from attendance_portal.shared import wording
from interventions.choices import ENTRY_KINDS, EntryKind
from interventions.models import PlaceEntry
from schools.models import Place
from schools.permissions import has_permission

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class EntryLine:
    """One entry. `where`: the ward, on the page of its locality; `when`: the days it runs; `said`:
    who wrote it down and when; `ended`: since when it holds no more, and why."""

    title: str
    text: str
    views: str
    where: str
    when: str
    said: str
    ended: str
    end_href: str


@dataclass(frozen=True)
class EntrySection:
    """One kind: what holds, and below it what holds no more. `add_href` for those who may."""

    key: str
    heading: str
    add: str
    add_href: str
    empty: str
    lines: list[EntryLine]
    past: list[EntryLine]


def entry_sections(place: Place, user: User, *, on: date) -> list[EntrySection]:
    """Every kind in its order, for the place and the wards in it. One query."""
    may_edit = has_permission(user, Permission.EDIT_PLACES)
    wards = place.wards.all() if place.kind == Place.Kind.LOCALITY else ()
    rows = PlaceEntry.objects.of_places([place, *wards]).select_related("place", "by")
    found: dict[str, list[PlaceEntry]] = defaultdict(list)
    for row in rows:
        found[row.kind].append(row)
    return [_section(kind, found[kind.value], place, on, may_edit=may_edit) for kind in ENTRY_KINDS]


def _section(
    kind: EntryKind, rows: list[PlaceEntry], place: Place, on: date, *, may_edit: bool
) -> EntrySection:
    facts = ENTRY_KINDS[kind]
    return EntrySection(
        key=kind.value,
        heading=facts.heading,
        add=facts.add,
        add_href=reverse("place_entry_add", args=[place.code, kind.value]) if may_edit else "",
        empty=facts.empty,
        lines=[_line(row, place, may_edit=may_edit) for row in rows if _holds(row, on)],
        past=[_line(row, place, may_edit=False) for row in rows if not _holds(row, on)],
    )


def _holds(row: PlaceEntry, on: date) -> bool:
    """Until it is ended, and until its last day."""
    return row.ended_on is None and (row.until_on is None or row.until_on >= on)


def _line(row: PlaceEntry, place: Place, *, may_edit: bool) -> EntryLine:
    said = f"Written {wording.day(row.at.date())}{f' by {row.by}' if row.by else ''}"
    ended = f"Ended {wording.day(row.ended_on)}: {row.ended_why}" if row.ended_on else ""
    return EntryLine(
        title=row.title,
        text=row.text,
        views=row.views,
        where="" if row.place_id == place.pk else row.place.name,
        when=_when(row),
        said=said,
        ended=ended,
        end_href=reverse("place_entry_end", args=[row.pk]) if may_edit else "",
    )


def _when(row: PlaceEntry) -> str:
    """'From 5 Jan 2026 until 31 Mar 2026'; empty where no day is known."""
    first = f"from {wording.day(row.from_on)}" if row.from_on else ""
    last = f"until {wording.day(row.until_on)}" if row.until_on else ""
    words = " ".join(filter(None, (first, last)))
    return words[:1].upper() + words[1:]
