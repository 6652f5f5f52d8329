"""The Celery app and its schedule. Tasks are thin and live with their apps."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "attendance_portal.settings")

NIGHT_HOUR = 4  # London time: registers of the day before are in, nobody is at work
#: London time: before people start. The second time reaches only those the first did not.
DIGEST_HOURS = "7,8"
EVERY_MINUTE = 60.0  # seconds
EVERY_TEN_MINUTES = 600.0

app = Celery("attendance_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {
    "nightly-run": {
        "task": "attendance.tasks.nightly_run",
        "schedule": crontab(hour=NIGHT_HOUR, minute=0),
    },
    "recompute-waiting-schools": {
        "task": "attendance.tasks.recompute_waiting_schools",
        "schedule": EVERY_MINUTE,
        "options": {"expires": EVERY_MINUTE},  # while the worker is away they do not pile up
    },
    "forget-abandoned-uploads": {
        "task": "attendance.tasks.forget_abandoned_uploads",
        "schedule": crontab(hour=NIGHT_HOUR, minute=50),
    },
    "forget-idempotency-keys": {
        "task": "attendance.tasks.forget_idempotency_keys",
        "schedule": crontab(hour=NIGHT_HOUR, minute=45),
    },
    "forget-drafts": {
        "task": "accounts.tasks.forget_drafts",
        "schedule": crontab(hour=NIGHT_HOUR, minute=50),
    },
    "make-waiting-exports": {
        "task": "attendance.tasks.make_waiting_exports",
        "schedule": EVERY_MINUTE,
        "options": {"expires": EVERY_MINUTE},
    },
    "forget-export-files": {
        "task": "attendance.tasks.forget_export_files",
        "schedule": crontab(minute=50),
    },
    "forget-past-figures": {
        "task": "attendance.tasks.forget_past_figures",
        "schedule": crontab(minute=55),
    },
    "warm-figures": {
        "task": "dashboards.tasks.warm_figures",
        "schedule": EVERY_TEN_MINUTES,
        "options": {"expires": EVERY_TEN_MINUTES},
    },
    "check-audit-chain": {
        "task": "attendance.tasks.check_audit_chain",
        "schedule": crontab(hour=NIGHT_HOUR, minute=15),
    },
    "send-digests": {
        "task": "cases.tasks.send_digests",
        "schedule": crontab(hour=DIGEST_HOURS, minute=0, day_of_week="mon-fri"),
    },
    "send-meeting-reminders": {
        "task": "meetings.tasks.send_reminders",
        "schedule": crontab(hour=DIGEST_HOURS, minute=10, day_of_week="mon-fri"),
    },
    "send-unsent-meeting-mails": {
        "task": "meetings.tasks.send_unsent_mails",
        "schedule": crontab(minute=20),
    },
    "send-weekly-digests": {
        "task": "dashboards.tasks.send_weekly_digests",
        "schedule": crontab(hour=DIGEST_HOURS, minute=20, day_of_week="mon-fri"),
    },
    "seal-audit-trail": {
        "task": "attendance.tasks.seal_audit_trail",
        "schedule": EVERY_MINUTE,
        "options": {"expires": EVERY_MINUTE},
    },
}
app.autodiscover_tasks()
