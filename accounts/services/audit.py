"""The audit trail: write a deed down, seal what is written into the chain, check the chain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from accounts.models import AuditEvent, AuditHead, ChainCheckRecord, User
from accounts.rules import chain
from attendance_portal.shared.locks import AUDIT_SEALING

SEALED_AT_ONCE: Final = 1000  # rows a transaction, so that a long backlog holds no lock for long
NOBODY: Final = "The portal"

FACTS: Final = (
    "at",
    "actor_id",
    "actor_label",
    "verb",
    "object_kind",
    "object_ref",
    "before",
    "after",
)


def record_audit(
    *,
    by: User | None,
    verb: str,
    object_kind: str,
    object_ref: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    at: datetime,
) -> AuditEvent:
    """Write down who did what to which thing, in the caller's transaction. `by` None: a command
    or the schedule. The row is unsealed, so that no writer waits for another."""
    return AuditEvent.objects.create(
        at=at,
        actor=by,
        actor_label=by.email if by is not None else NOBODY,
        verb=verb,
        object_kind=object_kind,
        object_ref=object_ref,
        before=before,
        after=after,
    )


def seal_audit() -> int:
    """Seal every row that waits, in order of id; returns how many. Two at once wait in turn, and
    a kill loses nothing: each batch is one transaction."""
    sealed = 0
    while count := _seal_batch():
        sealed += count
    return sealed


def _seal_batch() -> int:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", AUDIT_SEALING)
        head = AuditHead.objects.first()
        previous, last = (head.hash, head.sequence) if head else (chain.GENESIS, 0)
        waiting = list(
            AuditEvent.objects.filter(sequence__isnull=True).order_by("id")[:SEALED_AT_ONCE]
        )
        for sequence, event in enumerate(waiting, start=last + 1):
            event.sequence, event.previous_hash = sequence, previous
            event.hash = previous = chain.hash_of(sequence, facts_of(event), previous)
        AuditEvent.objects.bulk_update(
            waiting, ["sequence", "previous_hash", "hash"], batch_size=SEALED_AT_ONCE
        )
        if waiting:
            AuditHead.objects.update_or_create(
                pk=1, defaults={"sequence": last + len(waiting), "hash": previous}
            )
    return len(waiting)


def verify_audit_chain() -> chain.ChainCheck:
    """Walk the whole chain, a piece at a time; names the first entry that does not hold."""
    head = AuditHead.objects.first()
    return chain.check(_entries(), until=head.sequence if head else 0)


def check_chain(*, by: User | None, at: datetime) -> ChainCheckRecord:
    """Walk the whole chain and keep what was found, for pages to tell. While it holds, what waits
    is sealed as well; a broken chain is left as it is. `by` None: the schedule."""
    found = verify_audit_chain()
    sealed = found.sealed if found.broken else found.sealed + seal_audit()
    record = ChainCheckRecord.objects.create(
        at=at,
        by=by,
        sealed=sealed,
        broken_at=found.broken.sequence if found.broken else None,
        problem=found.broken.problem if found.broken else "",
    )
    if by is not None:
        record_audit(
            by=by,
            verb="checked",
            object_kind="audit_chain",
            after={"sealed": sealed, "broken_at": record.broken_at},
            at=at,
        )
    return record


def entries_sealed() -> int:
    """How long the chain is."""
    head = AuditHead.objects.first()
    return head.sequence if head else 0


def waiting_since(before: datetime) -> int:
    """How many rows written before that moment are still unsealed."""
    return AuditEvent.objects.filter(sequence__isnull=True, at__lt=before).count()


def facts_of(event: AuditEvent) -> dict[str, Any]:
    """What the hash of an event covers."""
    return {name: getattr(event, name) for name in FACTS}


def _entries() -> Iterator[chain.Entry]:
    sealed = AuditEvent.objects.filter(sequence__isnull=False).order_by("sequence")
    for event in sealed.iterator(chunk_size=2000):
        yield chain.Entry(
            event_id=event.pk,
            sequence=event.sequence or 0,
            previous_hash=event.previous_hash,
            hash=event.hash,
            facts=facts_of(event),
        )
