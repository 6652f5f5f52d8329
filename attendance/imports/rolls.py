"""Pupils and enrolments that a school's own system sends, with a receipt like that of marks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from attendance.models import RegisterBatch
from attendance.services.batches import record_outcome
from attendance.services.registers import lock_registers
from attendance.services.rehoming import rehome_marks
from schools.imports.load import PUPILS, SCHOOL_ENROLMENTS, load_enrolments, load_pupils
from schools.imports.tables import table_from_records
from schools.models import School


@transaction.atomic
def receive_pupils(
    rows: list[dict[str, Any]], *, school: School, by: User | None, on: date, at: datetime
) -> RegisterBatch:
    """Insert or change pupils, by the bundle's columns. `on` is today."""
    table = table_from_records(rows, file=PUPILS.file, required=PUPILS.required, known=PUPILS.known)
    outcome = load_pupils(table, by=by, school=school, on=on)
    return record_outcome(
        outcome,
        content="pupils",
        route=RegisterBatch.Route.API,
        by=by,
        at=at,
        file_name=PUPILS.file,
        school=school,
    )


@transaction.atomic
def receive_enrolments(
    rows: list[dict[str, Any]], *, school: School, by: User | None, on: date, at: datetime
) -> RegisterBatch:
    """Insert or change enrolments at this school, which so far only the school asserts."""
    columns = SCHOOL_ENROLMENTS
    table = table_from_records(
        rows, file=columns.file, required=columns.required, known=columns.known
    )
    lock_registers([school.urn])  # before the rolls' own lock, as an import of marks takes them
    outcome = load_enrolments(table, by=by, on=on, school=school, asserted=True)
    rehome_marks(outcome.touched)
    return record_outcome(
        outcome,
        content="enrolments",
        route=RegisterBatch.Route.API,
        by=by,
        at=at,
        file_name=columns.file,
        school=school,
    )
