"""Not seen: children without an attended mark, and whom no contact has reached, for ten of their
school's days. They stand on Today until somebody sees them, not on one morning only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.cache import cache
from django.db.models import Max

from attendance.models import NightlyRun
from attendance.querysets import FlagQuerySet
from attendance.read_models.unseen import (
    first_of_last_days,
    flagged_on_roll,
    last_attended,
    surely_attended,
)
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from cases.choices import REACHED_THE_CHILD
from cases.flags import Casework
from cases.models import Contact
from cases.rules.unseen import UNSEEN_SCHOOL_DAYS, is_unseen
from schools.choices import year_group_label
from schools.models import Enrolment, School
from schools.scoping import access_of

if TYPE_CHECKING:
    from accounts.models import User

ROWS_SHOWN = 25
_KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class UnseenChild:
    """One child whom nobody has seen. `last`: when the register last had them in."""

    pupil_id: int
    public_id: UUID
    pupil: str
    urn: int
    school: str
    year_group: str
    last: str


@dataclass(frozen=True)
class Unseen:
    """Those who have waited longest first; `count` is all of them."""

    count: int
    children: list[UnseenChild]

    @property
    def more(self) -> int:
        return self.count - len(self.children)


@dataclass(frozen=True)
class UnseenLine:
    """One such child with what casework says: the case they are in, and the last contact."""

    child: UnseenChild
    case: str
    contact: str


@dataclass(frozen=True)
class UnseenGroup:
    """The group of the page."""

    count: int
    lines: list[UnseenLine]
    more: int


def unseen_group(found: Unseen, casework: Casework, *, on: date) -> UnseenGroup:
    """Each child with the case, if there is one, and the last contact by anyone."""
    return UnseenGroup(
        found.count, [_line(child, casework, on) for child in found.children], found.more
    )


def _line(child: UnseenChild, casework: Casework, on: date) -> UnseenLine:
    case, contact = casework.cases.get(child.pupil_id), casework.contacts.get(child.pupil_id)
    return UnseenLine(
        child=child,
        case=case.reference if case else "",
        contact=contact.sentence(on) if contact else "",
    )


def unseen(user: User, flags: FlagQuerySet, *, as_of: date) -> Unseen:
    """The children behind these open flags whom nobody has seen. `flags`: the person's own."""
    urns = list(School.objects.visible_to(user).values_list("pk", flat=True))
    since = first_of_last_days(urns, as_of=as_of, days=UNSEEN_SCHOOL_DAYS)
    absent = _absent(user, flags, since)
    children = set(absent.values())
    attended, reached = last_attended(children, as_of=as_of), _reached(children)
    found = {
        row.pupil_id: row
        for row in Enrolment.objects.filter(pk__in=absent).select_related("pupil", "school")
        if is_unseen(
            since=since[row.school_id],
            attended_on=attended.get(row.pupil_id),
            reached_on=reached.get(row.pupil_id),
        )
    }
    longest_first = sorted(
        found.values(),
        key=lambda row: (attended.get(row.pupil_id, date.min), row.pupil.folded_name, row.pk),
    )
    shown = longest_first[:ROWS_SHOWN]
    return Unseen(len(found), [_child(row, attended.get(row.pupil_id)) for row in shown])


def _absent(user: User, flags: FlagQuerySet, since: dict[int, date]) -> dict[int, int]:
    """Enrolment id to child's id of those who may be unseen. Of the whole authority they are kept
    until the next run."""
    if not access_of(user).everything:
        return _not_surely_seen(flags, since)
    finished = NightlyRun.objects.filter(state=NightlyRun.State.FINISHED)
    key = f"unseen:2:{finished.aggregate(last=Max('pk'))['last']}"
    kept: dict[int, int] | None = cache.get(key)
    if kept is None:
        kept = _not_surely_seen(flags, since)
        cache.set(key, kept, _KEPT_SECONDS)
    return kept


def _not_surely_seen(flags: FlagQuerySet, since: dict[int, date]) -> dict[int, int]:
    flagged = flagged_on_roll(flags, since)
    seen = surely_attended(set(flagged.values()), since)
    return {enrolment: pupil for enrolment, pupil in flagged.items() if pupil not in seen}


def _reached(children: set[int]) -> dict[int, date]:
    """Child's id to the day of the last contact that reached the child. Whether somebody saw the
    child is asked of every contact, a restricted one too: nothing of it is told."""
    rows = Contact.objects.filter(pupil__in=children, reached__in=REACHED_THE_CHILD)
    newest = rows.order_by().values_list("pupil_id").annotate(last=Max("at"))
    return {pupil: at.astimezone(LONDON).date() for pupil, at in newest}


def _child(row: Enrolment, attended_on: date | None) -> UnseenChild:
    last = f"In school on {wording.day_of_week(attended_on)}" if attended_on else ""
    return UnseenChild(
        pupil_id=row.pupil_id,
        public_id=row.pupil.public_id,
        pupil=str(row.pupil),
        urn=row.school_id,
        school=row.school.name,
        year_group=year_group_label(row.year_group),
        last=last or f"No attended mark since joining on {wording.day(row.starts_on)}",
    )
