"""App configuration."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    """The `meetings` app."""

    name = "meetings"
    default_auto_field = "django.db.models.BigAutoField"
