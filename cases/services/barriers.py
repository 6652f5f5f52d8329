"""Naming what makes school hard for a child, and saying that it has eased.

Raises: Refused (this person may not, or not on this case now), Invalid (no such barrier).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import transaction

from accounts.models import User
from attendance_portal.shared.errors import ErrorDetail, Invalid
from cases.choices import BARRIERS, DOMAINS
from cases.models import Barrier, Case
from cases.services.common import write_audit
from cases.services.planning import case_to_plan, tell_of_plan

LONGEST_NOTE: Final = 1000  # characters
NAMED_BY: Final = {"child": "The child", "family": "The family", "worker": "A worker"}


@transaction.atomic
def name_barrier(
    *, case: Case, kind: str, named_by: str, note: str = "", by: User, on: date, at: datetime
) -> Barrier:
    """Name a barrier of the case. One that stands already is that one, and a new note joins it.

    `named_by`: child, family or worker. The plan shows the same barriers: they hang on the case.
    """
    _check_barrier(kind, named_by, note)
    held = case_to_plan(case, by)
    standing = held.barriers.filter(kind=kind, eased_on__isnull=True).first()
    if standing is not None:
        return _with_note(standing, note.strip())
    barrier = Barrier.objects.create(
        case=held, kind=kind, note=note.strip(), named_by=named_by, named_on=on, by=by
    )
    known = BARRIERS[kind]
    tell_of_plan(
        held,
        f"Barrier named: {known.label} ({DOMAINS[known.domain]})",
        by=by,
        on=on,
        at=at,
        about=barrier,
    )
    write_audit(
        verb="barrier.named",
        about=barrier,
        by=by,
        at=at,
        after={"case": held.reference, "kind": kind, "named_by": named_by},
    )
    return barrier


@transaction.atomic
def ease_barrier(*, barrier: Barrier, note: str = "", by: User, on: date, at: datetime) -> Barrier:
    """It no longer makes school hard. It stays on the case with its day; eased twice is once."""
    _check_note(note)
    held = case_to_plan(barrier.case, by)
    row = Barrier.objects.select_for_update().get(pk=barrier.pk)
    if row.eased_on is not None:
        return row
    row.eased_on = on
    row.note = _joined(row.note, note.strip())
    row.save(update_fields=["eased_on", "note"])
    title = f"Barrier eased: {BARRIERS[row.kind].label}"
    tell_of_plan(held, title, text=note.strip(), by=by, on=on, at=at, about=row)
    write_audit(
        verb="barrier.eased",
        about=row,
        by=by,
        at=at,
        before={"eased_on": None},
        after={"case": held.reference, "kind": row.kind, "eased_on": on.isoformat()},
    )
    return row


def _check_barrier(kind: str, named_by: str, note: str) -> None:
    wrong = []
    if kind not in BARRIERS:
        wrong.append(ErrorDetail("kind", "Choose what makes it hard.", "kind"))
    if named_by not in NAMED_BY:
        wrong.append(ErrorDetail("named_by", "Choose who named it.", "named_by"))
    if wrong:
        raise Invalid(wrong[0].message, errors=tuple(wrong))
    _check_note(note)


def _check_note(note: str) -> None:
    if len(note) > LONGEST_NOTE:
        message = f"Use {LONGEST_NOTE:,} characters or fewer."
        raise Invalid(message, errors=(ErrorDetail("note", message, "note"),))


def _with_note(barrier: Barrier, note: str) -> Barrier:
    """The barrier that stands; words that it does not have yet are added to it."""
    if note and note not in barrier.note:
        barrier.note = _joined(barrier.note, note)
        barrier.save(update_fields=["note"])
    return barrier


def _joined(first: str, second: str) -> str:
    return "\n".join(part for part in (first, second) if part)
