"""The attendance portal: wiring only."""

from attendance_portal.celery import app as celery_app

__all__ = ["celery_app"]
