"""After a meeting: private reflections, and what worked, shared only with the school's leave.

Raises: Refused (not theirs), Invalid (words).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared.errors import Refused
from cases.choices import BARRIERS
from cases.services.common import write_audit
from cases.services.typed import needed, one_of
from meetings.choices import Side
from meetings.models import Meeting, PracticeNote, Reflection
from meetings.permissions import check_sees_all, side_of
from schools.models import School
from schools.permissions import check_has

LONGEST: Final = 2000  # characters


@transaction.atomic
def write_reflection(*, meeting: Meeting, text: str, by: User, at: datetime) -> Reflection:
    """What one thinks of a meeting, for oneself; a later text takes the place of an earlier one.
    The trail keeps that it was written, not what."""
    check_has(by, Permission.SEE_MEETINGS)
    if not Meeting.objects.visible_to(by).filter(pk=meeting.pk).exists():
        raise Refused("This meeting is not one of yours.", code="out_of_scope")
    words = needed(text, "Write what you think.", pointer="text", longest=LONGEST)
    row, _ = Reflection.objects.update_or_create(
        meeting=meeting, by=by, defaults={"text": words, "at": at}
    )
    write_audit(verb="reflection.written", about=row, by=by, at=at)
    return row


@transaction.atomic
def share_reflection(
    *, reflection: Reflection, is_shared: bool, by: User, at: datetime
) -> Reflection:
    """Let those who see the meeting read it, or take that back. The writer alone decides."""
    row = Reflection.objects.select_for_update().get(pk=reflection.pk)
    if row.by_id != by.pk:
        raise Refused("Only its writer decides about this.", code="not_the_writer")
    if (row.shared_at is not None) == is_shared:
        return row
    row.shared_at = at if is_shared else None
    row.save(update_fields=["shared_at"])
    verb = "reflection.shared" if is_shared else "reflection.unshared"
    write_audit(verb=verb, about=row, by=by, at=at)
    return row


@transaction.atomic
def write_practice_note(
    *, meeting: Meeting, barrier: str, title: str, text: str, by: User, at: datetime
) -> PracticeNote:
    """'Worked here': what the school did about a barrier. The same title at one meeting is one
    note, with the later text; a new text needs the school's leave anew."""
    check_has(by, Permission.PREPARE_MEETINGS)
    check_sees_all(by, meeting)
    title = needed(title, "Give it a title.", pointer="title", longest=150)
    note = PracticeNote.objects.filter(meeting=meeting, title__iexact=title).first()
    note = note or PracticeNote(meeting=meeting, school=meeting.school)
    note.barrier = one_of(barrier, BARRIERS, "Choose what it helped with.", pointer="barrier")
    note.title = title
    note.text = needed(text, "Say what worked.", pointer="text", longest=LONGEST)
    note.by, note.at = by, at
    note.leave_given_at = note.leave_given_by = None
    note.save()
    write_audit(verb="practice.written", about=note, by=by, at=at, after=_facts(note))
    return note


@transaction.atomic
def give_leave(*, note: PracticeNote, is_given: bool, by: User, at: datetime) -> PracticeNote:
    """The school lets other schools read it, or takes that back."""
    row = PracticeNote.objects.select_for_update(of=("self",)).get(pk=note.pk)
    check_has(by, Permission.PREPARE_MEETINGS)
    if not School.objects.visible_to(by).filter(pk=row.school_id).exists():
        raise Refused("This school is not one of yours.", code="out_of_scope")
    if side_of(by) is not Side.SCHOOL:
        raise Refused("The school gives leave. Ask its lead.", code="not_the_school")
    if (row.leave_given_at is not None) == is_given:
        return row
    row.leave_given_at, row.leave_given_by = (at, by) if is_given else (None, None)
    row.save(update_fields=["leave_given_at", "leave_given_by"])
    verb = "practice.leave_given" if is_given else "practice.leave_taken_back"
    write_audit(verb=verb, about=row, by=by, at=at, after=_facts(row))
    return row


def _facts(note: PracticeNote) -> dict[str, object]:
    return {
        "school": note.school_id,
        "barrier": note.barrier,
        "for_everyone": note.leave_given_at is not None,
    }
