"""What the worker does on the schedule. Each is safe to run twice, and safe to miss."""

from __future__ import annotations

from celery import shared_task

from attendance_portal.shared import clock
from dashboards.services import weekly_digest
from dashboards.worklists import lists_with_new


@shared_task
def send_weekly_digests() -> None:
    """The week's digest, to everyone who has something to read and has not had it."""
    weekly_digest.send_weekly_digests(
        on=clock.today(), at=clock.now(), lists_with_new=lists_with_new
    )
