"""What the worker does on the schedule. Each is safe to run twice, and safe to miss."""

from __future__ import annotations

from celery import shared_task

from accounts.services.drafts import forget_old_drafts
from attendance_portal.shared import clock


@shared_task
def forget_drafts() -> None:
    """Drafts that nobody came back to for thirty days."""
    forget_old_drafts(at=clock.now())
