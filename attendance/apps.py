"""App configuration."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AttendanceConfig(AppConfig):
    """The `attendance` app."""

    name = "attendance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the code table after every migrate, and after every test that truncates."""
        post_migrate.connect(fill_code_table, sender=self)


def fill_code_table(*, using: str, **_: Any) -> None:
    """Load the code table, once the models are there."""
    from attendance.services.code_table import load_code_table

    load_code_table(using=using)
