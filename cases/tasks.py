"""What the worker does on the schedule. Each is safe to run twice, and safe to miss."""

from __future__ import annotations

from celery import shared_task

from attendance_portal.shared import clock
from cases.services import digest


@shared_task
def send_digests() -> None:
    """The morning's digest, to everyone who has something due and has not had it today."""
    digest.send_digests(on=clock.today(), at=clock.now())
