"""Contacts of one case: the latest, the child's words first; restricted ones by role and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.urls import reverse

from accounts.roles import Permission
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from cases.choices import AGENCIES, AGENCY_OF_ROLE, BARRIERS, Agency
from cases.models import Case, Contact
from cases.read_models.contacts import readable_ids, role_label
from cases.services.contacts import title_of
from schools.permissions import has_permission

if TYPE_CHECKING:
    from accounts.models import User

LATEST_SHOWN: Final = 10


@dataclass(frozen=True)
class ContactLine:
    """One contact, ready to print; `words` and the rest are empty where it is restricted and not
    for the reader, and `title` says so."""

    title: str
    when: str
    who: str
    child_words: str = ""
    family_words: str = ""
    said: str = ""
    notes: tuple[str, ...] = ()
    is_hidden: bool = False


@dataclass(frozen=True)
class ContactBlock:
    """The block of the case page. `more`: how many older ones there are; `log_href`: empty for
    readers who log none, or when the case is closed."""

    lines: list[ContactLine]
    more: int
    log_href: str


def contact_block(case: Case, user: User, *, on: date) -> ContactBlock:
    """The block of the case page."""
    known = Contact.objects.known_to(user).filter(case=case)
    count = known.count()
    latest = list(
        known.order_by("-at", "-pk").values("pk", "at", "by_role")[:LATEST_SHOWN]
    )  # no words yet: they are asked for only where they may be read
    may_read = readable_ids((row["pk"] for row in latest), user)
    rows = Contact.objects.in_bulk(may_read)
    return ContactBlock(
        lines=[
            line_of(rows[row["pk"]], on)
            if row["pk"] in rows
            else _hidden(row["by_role"], row["at"])
            for row in latest
        ],
        more=max(count - LATEST_SHOWN, 0),
        log_href=_log_href(case, user),
    )


def line_of(contact: Contact, on: date) -> ContactLine:
    """A contact that the reader may read."""
    notes = []
    if contact.is_restricted:
        notes.append("Restricted note")
    if contact.barrier:
        notes.append(f"Barrier heard: {BARRIERS[contact.barrier].label}")
    if contact.consequences_explained:
        notes.append("What may follow was explained plainly")
    return ContactLine(
        title=title_of(contact.kind, contact.reached),
        when=_when(contact.at, on),
        who=_who(contact),
        child_words=contact.child_words,
        family_words=contact.family_words,
        said=contact.said,
        notes=tuple(notes),
    )


def _hidden(role: str, at: datetime) -> ContactLine:
    day = at.astimezone(LONDON).date()
    return ContactLine(
        title=f"Restricted note, {role_label(role)}, {wording.day(day)}",
        when="",
        who="",
        is_hidden=True,
    )


def _when(at: datetime, on: date) -> str:
    """'Today, 9:40am', 'Tue 3 Mar 2026, 9:40am'."""
    day = at.astimezone(LONDON).date()
    said = "Today" if day == on else wording.day_of_week(day)
    return f"{said}, {wording.clock_time(at)}"


def _who(contact: Contact) -> str:
    """The role; the agency too where the role does not say it."""
    role = role_label(contact.by_role)
    if AGENCY_OF_ROLE.get(contact.by_role) == contact.agency:
        return role
    return f"{role}, {AGENCIES[Agency(contact.agency)]}"


def _log_href(case: Case, user: User) -> str:
    """Where a contact is logged and the way back; nobody logs one for a case that is closed."""
    if not case.is_live or not has_permission(user, Permission.LOG_CONTACTS):
        return ""
    there = reverse("case", args=[case.reference])
    query = urlencode({"pupil": str(case.pupil.public_id), "next": there}, safe="/")
    return f"{reverse('contact_log')}?{query}"
