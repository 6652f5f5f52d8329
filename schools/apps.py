"""App configuration."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SchoolsConfig(AppConfig):
    """The `schools` app."""

    name = "schools"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load the wards after every migrate, and after every test that truncates."""
        post_migrate.connect(fill_wards, sender=self)


def fill_wards(*, using: str, **_: Any) -> None:
    """Load the wards, once the models are there."""
    from schools.services.wards import load_wards

    load_wards(using=using)
