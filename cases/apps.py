"""App configuration."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The `cases` app."""

    name = "cases"
    default_auto_field = "django.db.models.BigAutoField"
