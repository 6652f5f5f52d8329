"""The access log: who opened which child's record, and which figures left the portal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from accounts.models import AccessLogEntry, ExportRecord, User

_AT_ONCE: Final = 1000  # rows written by one statement


def log_view(
    *, user: User, subject_kind: str = "pupil", subject_ref: str, page: str, at: datetime
) -> AccessLogEntry:
    """A record was opened: by whom, in which roles, whose (its public id), on which page."""
    return AccessLogEntry.objects.create(
        at=at,
        user=user,
        roles=_roles(user),
        action="view",
        subject_kind=subject_kind,
        subject_ref=subject_ref,
        page=page,
    )


def log_views(*, user: User, subject_refs: Iterable[str], page: str, at: datetime) -> None:
    """A page told of several children by name: a line for each of them, in one statement."""
    AccessLogEntry.objects.bulk_create(
        AccessLogEntry(
            at=at,
            user=user,
            roles=_roles(user),
            action="view",
            subject_kind="pupil",
            subject_ref=ref,
            page=page,
        )
        for ref in dict.fromkeys(subject_refs)
    )


def log_paper(*, user: User, subject_ref: str, page: str, at: datetime) -> AccessLogEntry:
    """A paper about one child was taken out: by whom, whose (its public id), which."""
    return AccessLogEntry.objects.create(
        at=at,
        user=user,
        roles=_roles(user),
        action="export",
        subject_kind="pupil",
        subject_ref=subject_ref,
        page=page,
    )


def log_papers(*, user: User, subject_refs: Iterable[str], page: str, at: datetime) -> None:
    """A list that names children was taken out: each of them has it in their own log."""
    roles = _roles(user)
    AccessLogEntry.objects.bulk_create(
        [
            AccessLogEntry(
                at=at,
                user=user,
                roles=roles,
                action="export",
                subject_kind="pupil",
                subject_ref=ref,
                page=page,
            )
            for ref in subject_refs
        ],
        batch_size=_AT_ONCE,
    )


@transaction.atomic
def log_export(
    *,
    user: User | None,
    kind: str,
    as_of: date,
    rows: int,
    sha256: str,
    page: str,
    at: datetime,
    reason: str = "",
    filters: Mapping[str, Any] | None = None,
    reader: str = ExportRecord.Reader.ENTITLED,
    urns: Sequence[int] | None = None,
    state: str = ExportRecord.State.MADE,
) -> ExportRecord:
    """A file of figures left the portal. `user` None: a command on the server; the record says
    so, and the access log, which is about people, stays silent. `urns`: the schools it may be of,
    None for all; `state`: gone for one of which no copy is kept."""
    record = ExportRecord.objects.create(
        at=at,
        user=user,
        kind=kind,
        as_of=as_of,
        rows=rows,
        sha256=sha256,
        reason=reason,
        filters=dict(filters or {}),
        reader=reader,
        urns=None if urns is None else list(urns),
        state=state,
        made_at=at,
    )
    if user is not None:
        log_taken_out(record, user=user, page=page, at=at)
    return record


def log_taken_out(record: ExportRecord, *, user: User, page: str, at: datetime) -> AccessLogEntry:
    """Someone took a file out that was made before, perhaps by somebody else."""
    return AccessLogEntry.objects.create(
        at=at,
        user=user,
        roles=_roles(user),
        action="export",
        subject_kind=record.kind,
        subject_ref=str(record.pk),
        page=page,
    )


def _roles(user: User) -> str:
    return " ".join(sorted(user.roles_held))
