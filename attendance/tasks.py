"""What the worker does on the schedule. Each is safe to run twice, and safe to miss."""

from __future__ import annotations

from celery import shared_task

from accounts.services import seal_audit
from accounts.services.audit import check_chain
from attendance.exports import requests as exports
from attendance.imports.uploads import forget_old_reviews
from attendance.read_models import figures
from attendance.services import nightly
from attendance.services.idempotency import forget_old_keys
from attendance_portal.shared import clock


@shared_task
def nightly_run() -> None:
    """Everyone, as of today. A missed night needs nothing more: flags are dated by the marks."""
    nightly.run_for_everyone(as_of=clock.today())


@shared_task
def recompute_waiting_schools() -> None:
    """Schools in which an import changed something."""
    nightly.recompute_waiting()


@shared_task
def seal_audit_trail() -> None:
    """New entries of the audit trail, into the chain."""
    seal_audit()


@shared_task
def forget_idempotency_keys() -> None:
    """Keys of calls that are older than thirty days."""
    forget_old_keys(at=clock.now())


@shared_task
def check_audit_chain() -> None:
    """The whole audit chain; what was found stands on the audit page."""
    check_chain(by=None, at=clock.now())


@shared_task
def forget_abandoned_uploads() -> None:
    """The bytes of uploads that were looked at and never saved, after a week."""
    forget_old_reviews(at=clock.now())


@shared_task
def make_export(record_id: int) -> None:
    """One file that somebody has just asked for."""
    exports.make_export(record_id, at=clock.now())


@shared_task
def make_waiting_exports() -> None:
    """Files whose worker was away, or was killed."""
    exports.make_waiting(at=clock.now())


@shared_task
def forget_export_files() -> None:
    """The bytes of files that were made a day ago."""
    exports.forget_files(at=clock.now())


@shared_task
def forget_past_figures() -> None:
    """What was worked out of past days that nobody asks for any more."""
    figures.forget_past_figures()
