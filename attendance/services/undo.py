"""Taking back a whole upload: every mark as it was before, until a later batch touches its school.

Raises: Refused (this person may not), Conflict (it cannot be taken back any more), Invalid (no
reason was given).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import connection, transaction

from accounts.models import User
from accounts.roles import Permission
from accounts.services.audit import record_audit
from attendance.models import BatchSchool, MarkChange, RegisterBatch
from attendance.services.batches import open_batch
from attendance.services.registers import lock_registers, statement
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from schools.models import School
from schools.permissions import check_has

LONGEST_REASON: Final = 300  # characters
NOT_AN_UPLOAD: Final = "Only an upload that was saved can be undone."


def check_can_undo(user: User, batch: RegisterBatch) -> None:
    """Whether this person may take this batch back now. Raises Refused or Conflict, saying why."""
    check_has(user, Permission.UPLOAD_REGISTERS)
    if not School.objects.visible_to(user).filter(pk=batch.school_id).exists():
        raise Refused("This school is not one of yours.", code="out_of_scope")
    if batch.route != RegisterBatch.Route.UPLOAD or batch.state != RegisterBatch.State.APPLIED:
        raise Conflict(NOT_AN_UPLOAD, code="not_an_upload")
    undo = undone_by(batch)
    if undo is not None:
        raise Conflict(f"This upload was undone already, by batch {undo.pk}.", code="undone")
    if not MarkChange.objects.filter(batch=batch).exists():
        raise Conflict("This upload changed no mark, so there is nothing to undo.", code="empty")
    later = _touched_later(batch)
    if later is not None:
        raise Conflict(
            f"Batch {later} came after this one and changed the same school. Correct the marks "
            "in your system and send them again.",
            code="touched_later",
        )


def undone_by(batch: RegisterBatch) -> RegisterBatch | None:
    """The batch that took this one back, if any did."""
    return RegisterBatch.objects.filter(undoes=batch).first()


def undo_upload(*, batch: RegisterBatch, reason: str, by: User, at: datetime) -> RegisterBatch:
    """Put every mark back as it was. The answer is the batch that did; pressed twice, the same."""
    reason = reason.strip()
    if not reason:
        raise Invalid("Say why this upload is undone.", code="reason_missing")
    if len(reason) > LONGEST_REASON:
        raise Invalid(f"The reason must be {LONGEST_REASON} characters or fewer.")
    school = batch.school
    if school is None:
        raise Conflict(NOT_AN_UPLOAD, code="not_an_upload")
    with transaction.atomic():
        lock_registers([school.pk])
        locked = RegisterBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        undo = undone_by(locked)
        if undo is not None and undo.by_id == by.pk:
            return undo
        check_can_undo(by, locked)
        undo = _take_back(locked, school, reason=reason, by=by, at=at)
        _audit(undo, at)
    return undo


def _take_back(
    batch: RegisterBatch, school: School, *, reason: str, by: User, at: datetime
) -> RegisterBatch:
    undo = open_batch(
        route=RegisterBatch.Route.UNDO, by=by, school=school, file_name=batch.file_name
    )
    with connection.cursor() as cursor:
        cursor.execute(statement("register_undo"), {"batch": batch.pk, "undo": undo.pk, "at": at})
        (marks, _gone, monday) = cursor.fetchone()
    undo.undoes, undo.reason, undo.applied_at = batch, reason, at
    undo.received = undo.changed = marks
    undo.save()
    BatchSchool.objects.create(batch=undo, school=school, from_on=monday)
    return undo


def _touched_later(batch: RegisterBatch) -> int | None:
    """The number of the first batch that changed the school after this one was saved.

    Rows of a school are written while its registers are locked, so their order is that of saving.
    """
    own = BatchSchool.objects.filter(batch=batch, school=batch.school_id).first()
    if own is None:
        return None
    later = BatchSchool.objects.filter(school=batch.school_id, pk__gt=own.pk).order_by("pk")
    return later.values_list("batch_id", flat=True).first()


def _audit(undo: RegisterBatch, at: datetime) -> None:
    record_audit(
        by=undo.by,
        verb="registers.upload_undone",
        object_kind="register_batch",
        object_ref=str(undo.undoes_id),
        after={
            "school": undo.school_id,
            "undo": undo.pk,
            "marks": undo.changed,
            "reason": undo.reason,
        },
        at=at,
    )
