"""A register that a person uploads: looked at first, stored when they say so.

Nothing of a file is in the register before `confirm`; then everything is checked again, because the
register, the roll or the date may have moved on since the review.
Raises: Invalid (the file cannot be used), Refused (this person may not), Conflict (the review is
out of date or gone).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Permission
from accounts.services.audit import record_audit
from attendance.codes import CODE_OF_SYMBOL
from attendance.imports.marks import MOST_SHOWN, MarksFile, MarksRun, Preview
from attendance.models import MarkChange, RegisterBatch, Reject, UploadedFile
from attendance.services.batches import open_batch
from attendance.services.flag_changes import OPENS
from attendance.services.registers import Correction
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from schools.models import Enrolment, Pupil, School
from schools.permissions import check_has

GOOD_FOR: Final = timedelta(days=1)  # how long a review is taken at its word

NO_CODE: Final = "No mark"

_Counts = tuple[int, int, int, int]
KEPT_FOR: Final = timedelta(days=7)  # how long the bytes of a review that nobody saved are kept
_NOTHING_MORE: Final[dict[str, Any]] = {"not_sent": [], "not_sent_count": 0}


@dataclass(frozen=True)
class ChangedMark:
    """A stored mark that the file would change, or has changed: codes, not symbols."""

    pupil: Pupil
    date: date
    session: str
    old_code: str
    new_code: str


@dataclass(frozen=True)
class ChangedFlag:
    """A flag that the file would open or close."""

    pupil: Pupil
    kind: str
    opens: bool


@dataclass(frozen=True)
class Review:
    """What a person looks at before they save: the counts are on the batch.

    `changes` are the first so many of `batch.changed`; `not_sent` the first so many of the
    `not_sent_count` pupils on roll on the file's days of whom it has no mark; `flags` the first so
    many of the `flags_count` that would open or close.
    """

    batch: RegisterBatch
    rejects: QuerySet[Reject]
    changes: Sequence[ChangedMark]
    not_sent: Sequence[Pupil]
    not_sent_count: int
    flags: Sequence[ChangedFlag]
    flags_count: int

    @property
    def marks_to_save(self) -> int:
        """How many marks saving would store."""
        return self.batch.inserted + self.batch.changed


def start_review(
    *, school: School, content: bytes, file_name: str, by: User, on: date, at: datetime
) -> RegisterBatch:
    """Keep the file and say what it would do. The batch is in state `review`."""
    _check_may_upload(by, school)
    marks_file = MarksFile.open(content, school=school, file_name=file_name)
    _check_belongs(marks_file, school)
    with transaction.atomic():
        batch = open_batch(
            route=RegisterBatch.Route.UPLOAD,
            by=by,
            school=school,
            file_name=file_name,
            sha256=marks_file.sha256,
            warnings=marks_file.warnings,
        )
        found = MarksRun(marks_file, batch=batch, on=on, at=at).preview()
        UploadedFile.objects.create(
            batch=batch, content=content, review=_as_json(found), reviewed_at=at
        )
    return batch


def review_of(batch: RegisterBatch) -> Review:
    """What the dry run found, or, once saved, what became of it."""
    upload = UploadedFile.objects.filter(batch=batch).only("review").first()
    review: dict[str, Any] = upload.review if upload else _NOTHING_MORE
    corrections = (
        [
            Correction(key, date.fromisoformat(day), *rest)
            for key, day, *rest in review["corrections"]
        ]
        if upload
        else _corrections_of(batch)
    )
    flags: list[Any] = review.get("flags", [])
    pupils = _pupils_of(
        {row.enrolment_id for row in corrections}
        | set(review["not_sent"])
        | {key for key, *_ in flags}
    )
    return Review(
        batch=batch,
        rejects=batch.rejects.all(),
        changes=[_changed(row, pupils) for row in corrections if row.enrolment_id in pupils],
        not_sent=sorted(
            (pupils[key] for key in review["not_sent"] if key in pupils),
            key=lambda pupil: (pupil.folded_name, pupil.pk),
        ),
        not_sent_count=review["not_sent_count"],
        flags=[
            ChangedFlag(pupils[key], kind, change == OPENS)
            for key, kind, change in flags
            if key in pupils
        ],
        flags_count=review.get("flags_count", 0),
    )


def look_again_if_old(*, batch: RegisterBatch, on: date, at: datetime) -> bool:
    """Check a review of more than a day ago again, before it is looked at. Whether it was."""
    with transaction.atomic():
        locked = RegisterBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        upload = UploadedFile.objects.filter(batch=locked).first()
        if upload is None or at - upload.reviewed_at <= GOOD_FOR:
            return False
        _is_out_of_date(locked, upload, on=on, at=at)
    return True


def forget_old_reviews(*, at: datetime) -> int:
    """Drop the bytes of reviews that nobody saved within a week; the receipt stays. How many."""
    with transaction.atomic():
        uploads = UploadedFile.objects.select_for_update().filter(reviewed_at__lt=at - KEPT_FOR)
        batches = list(uploads.values_list("batch_id", flat=True))
        RegisterBatch.objects.filter(pk__in=batches).update(state=RegisterBatch.State.ABANDONED)
        UploadedFile.objects.filter(batch__in=batches).delete()
    return len(batches)


def confirm(*, batch: RegisterBatch, by: User, on: date, at: datetime) -> RegisterBatch:
    """Store what was reviewed. Pressed twice it is stored once, and answers the same.

    Raises Conflict when the review is older than a day and would now come out differently; the
    batch then holds the new review.
    """
    if batch.school is None:
        raise Conflict("This batch was not uploaded, so there is nothing to save.")
    _check_may_upload(by, batch.school)
    with transaction.atomic():
        locked = RegisterBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if locked.state == RegisterBatch.State.APPLIED:
            return locked
        upload = UploadedFile.objects.filter(batch=locked).first()
        if upload is None or locked.state != RegisterBatch.State.REVIEW:
            raise Conflict("This file is no longer here to be saved. Upload it again.")
        is_new = _is_out_of_date(locked, upload, on=on, at=at)
        if not is_new:
            _apply(locked, upload, by=by, on=on, at=at)
    if is_new:
        raise Conflict(
            "What this file would do has changed since you looked at it. Look at the review again, "
            "then save.",
            code="review_out_of_date",
        )
    return locked


def _check_may_upload(by: User, school: School) -> None:
    check_has(by, Permission.UPLOAD_REGISTERS)
    if not School.objects.visible_to(by).filter(pk=school.pk).exists():
        raise Refused("This school is not one of yours.", code="out_of_scope")


def _check_belongs(marks_file: MarksFile, school: School) -> None:
    """Refuse a file without rows, and one in which every row names another school."""
    named: set[str] = set()
    rows = 0
    for chunk in marks_file.chunks():
        rows += len(chunk) + len(chunk.misfits)
        column = chunk.columns.get("urn")
        if column is not None:
            named.update(column.values[code] for code in np.unique(column.codes).tolist())
    if not rows:
        raise Invalid("There are no marks in this file, only its header. Export it again.")
    if named and "" not in named and str(school.urn) not in named:
        urns = ", ".join(sorted(named)[:5])
        raise Invalid(
            f"This file is for another school ({urns}), not for {school.name} ({school.urn}). "
            "Choose that school, or send the right file.",
            code="another_school",
        )


def _is_out_of_date(batch: RegisterBatch, upload: UploadedFile, *, on: date, at: datetime) -> bool:
    """Look again at a review of more than a day ago; whether it comes out differently."""
    if at - upload.reviewed_at <= GOOD_FOR:
        return False
    before = _counts(batch)
    upload.review = _as_json(_run(batch, upload, on=on, at=at).preview())
    upload.reviewed_at = at
    upload.save()
    return _counts(batch) != before


def _apply(batch: RegisterBatch, upload: UploadedFile, *, by: User, on: date, at: datetime) -> None:
    _run(batch, upload, on=on, at=at).apply()
    upload.delete()
    record_audit(
        by=by,
        verb="registers.uploaded",
        object_kind="register_batch",
        object_ref=str(batch.pk),
        after={
            "school": batch.school_id,
            "inserted": batch.inserted,
            "changed": batch.changed,
            "rejected": batch.rejected,
        },
        at=at,
    )


def _run(batch: RegisterBatch, upload: UploadedFile, *, on: date, at: datetime) -> MarksRun:
    """The stored bytes once more, on the same receipt."""
    batch.rejects.all().delete()
    marks_file = MarksFile.open(
        bytes(upload.content), school=batch.school, file_name=batch.file_name
    )
    return MarksRun(marks_file, batch=batch, on=on, at=at)


def _counts(batch: RegisterBatch) -> _Counts:
    return batch.inserted, batch.changed, batch.unchanged, batch.rejected


def _as_json(found: Preview) -> dict[str, object]:
    return {
        "corrections": [
            [row.enrolment_id, row.date.isoformat(), row.session, row.old, row.new]
            for row in found.corrections
        ],
        "not_sent": found.not_sent[:MOST_SHOWN],
        "not_sent_count": len(found.not_sent),
        "flags": [[row.enrolment_id, row.kind, row.change] for row in found.flags[:MOST_SHOWN]],
        "flags_count": len(found.flags),
    }


def _corrections_of(batch: RegisterBatch) -> list[Correction]:
    rows = MarkChange.objects.filter(batch=batch).exclude(old=" ").order_by("id")
    facts = rows.values_list("enrolment_id", "date", "session", "old", "new")[:MOST_SHOWN]
    return [Correction(*row) for row in facts]


def _pupils_of(enrolments: set[int]) -> dict[int, Pupil]:
    rows = Enrolment.objects.filter(pk__in=enrolments).select_related("pupil")
    return {enrolment.pk: enrolment.pupil for enrolment in rows}


def _changed(row: Correction, pupils: dict[int, Pupil]) -> ChangedMark:
    return ChangedMark(
        pupil=pupils[row.enrolment_id],
        date=row.date,
        session="PM" if row.session else "AM",
        old_code=CODE_OF_SYMBOL[row.old],
        new_code=CODE_OF_SYMBOL.get(row.new, NO_CODE),
    )
