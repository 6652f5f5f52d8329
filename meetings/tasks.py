"""What the worker does on the schedule. Each is safe to run twice, and safe to miss."""

from __future__ import annotations

from celery import shared_task

from attendance_portal.shared import clock
from meetings.services import mails, reminders


@shared_task
def send_reminders() -> None:
    """The morning's reminders, to everyone who owes something before a meeting."""
    reminders.send_reminders(on=clock.today(), at=clock.now())


@shared_task
def send_unsent_mails() -> None:
    """Try again the mails about meetings that could not be sent."""
    mails.send_unsent(at=clock.now())
