"""Receipts: what came, what became of it, and the refused rows for whoever sent them.

Refused rows are free text from outside: in a file for download a cell that a spreadsheet would take
for a formula gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from accounts.models import User
from attendance.models import BatchSchool, RegisterBatch, Reject
from attendance.services.registers import copy_csv
from attendance_portal.shared.rejects import Outcome, Rejected
from schools.models import School

REJECT_COLUMNS: Final = ("file", "line", "column", "value", "reason_code", "message")
_STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_FETCHED_AT_ONCE: Final = 2000
_LONGEST: Final = {"file": 40, "column": 40, "value": 200, "upn": 40, "message": 300}


def open_batch(
    *,
    route: str,
    by: User | None,
    school: School | None,
    file_name: str,
    sha256: str = "",
    content: str = "marks",
    warnings: Sequence[str] = (),
) -> RegisterBatch:
    """A receipt with no counts yet."""
    return RegisterBatch.objects.create(
        route=route,
        content=content,
        school=school,
        by=by,
        file_name=file_name[:255],
        sha256=sha256,
        warnings=list(warnings),
    )


def record_outcome(
    outcome: Outcome,
    *,
    content: str,
    route: str,
    by: User | None,
    at: datetime,
    file_name: str,
    school: School | None = None,
    sha256: str = "",
) -> RegisterBatch:
    """The receipt of a file of schools, terms, pupils, parents or enrolments, already stored."""
    batch = open_batch(
        route=route,
        by=by,
        school=school,
        file_name=file_name,
        sha256=sha256,
        content=content,
        warnings=outcome.warnings,
    )
    store_rejects(batch, outcome.rejects)
    batch.received, batch.rejected = outcome.received, len(outcome.rejects)
    batch.inserted, batch.changed = outcome.inserted, outcome.changed
    batch.unchanged = outcome.unchanged
    batch.applied_at = at
    batch.save()
    BatchSchool.objects.bulk_create(
        BatchSchool(batch=batch, school_id=urn) for urn in sorted(outcome.touched)
    )
    return batch


def store_rejects(batch: RegisterBatch, rejects: Iterable[Rejected]) -> int:
    """Add refused rows to a receipt, many at once. How many there were."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    count = 0
    for row in rejects:
        writer.writerow(
            [
                batch.pk,
                _clipped("file", row.file),
                row.line,
                _clipped("column", row.column),
                _clipped("value", row.value),
                _clipped("upn", row.upn),
                row.reason_code.value,
                _clipped("message", row.message),
            ]
        )
        count += 1
    if count:
        columns = '(batch_id, file, line, "column", value, upn, reason_code, message)'
        copy_csv(Reject._meta.db_table, text.getvalue(), columns)
    return count


def rejects_csv(rejects: QuerySet[Reject]) -> Iterator[str]:
    """Refused rows as the lines of a CSV file, the header first; safe to open in a spreadsheet."""
    yield csv_line(REJECT_COLUMNS)
    rows = rejects.order_by("batch_id", "line", "id").values_list(*REJECT_COLUMNS)
    for row in rows.iterator(chunk_size=_FETCHED_AT_ONCE):
        yield csv_line([str(cell) for cell in row])


def csv_line(cells: Sequence[str]) -> str:
    """One line of CSV in which no cell is a formula."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([_defused(cell) for cell in cells])
    return text.getvalue()


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_STARTS_A_FORMULA) else cell


def _clipped(column: str, text: str) -> str:
    return text.replace("\0", "")[: _LONGEST[column]]
