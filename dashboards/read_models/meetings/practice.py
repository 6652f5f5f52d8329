"""What worked, and what people think of a meeting, as printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from attendance_portal.shared import wording
from cases.choices import BARRIERS
from meetings.choices import Side
from meetings.models import Meeting, PracticeNote, Reflection
from meetings.permissions import side_of

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class PracticeLine:
    """A note of what worked. `may_decide`: whether the reader gives the school's leave."""

    pk: int
    title: str
    school: str
    barrier: str
    text: str
    when: str
    is_shared: bool
    may_decide: bool = False


@dataclass(frozen=True)
class Reflections:
    """`own`: the reader's text, shared or not; `shared`: what others let them read."""

    own: str
    own_is_shared: bool
    shared: list[tuple[str, str]]


def notes_of(meeting: Meeting, user: User) -> list[PracticeLine]:
    """The notes of one meeting, newest first."""
    rows = PracticeNote.objects.visible_to(user).filter(meeting=meeting).select_related("school")
    decides = side_of(user) is Side.SCHOOL
    return [_line(row, may_decide=decides) for row in rows]


def network_notes(barrier: str | None) -> QuerySet[PracticeNote]:
    """The notes that schools let others read; of one barrier, of any (''), or none (None)."""
    rows = PracticeNote.objects.for_the_network().select_related("school")
    if barrier is None:
        return rows.none()
    found: QuerySet[PracticeNote] = rows.filter(barrier=barrier) if barrier else rows
    return found


def practice_lines(rows: Iterable[PracticeNote]) -> list[PracticeLine]:
    """Notes of the network as printed."""
    return [_line(row) for row in rows]


def reflections_of(meeting: Meeting, user: User) -> Reflections:
    """One's own, and those that others share."""
    rows = list(Reflection.objects.visible_to(user).filter(meeting=meeting).select_related("by"))
    own = next((row for row in rows if row.by_id == user.pk), None)
    return Reflections(
        own=own.text if own is not None else "",
        own_is_shared=own is not None and own.shared_at is not None,
        shared=[(str(row.by), row.text) for row in rows if row.by_id != user.pk],
    )


def _line(row: PracticeNote, *, may_decide: bool = False) -> PracticeLine:
    return PracticeLine(
        pk=row.pk,
        title=row.title,
        school=row.school.name,
        barrier=BARRIERS[row.barrier].label,
        text=row.text,
        when=wording.moment(row.at),
        is_shared=row.leave_given_at is not None,
        may_decide=may_decide,
    )
