"""App configuration."""

from django.apps import AppConfig


class InterventionsConfig(AppConfig):
    """The `interventions` app."""

    name = "interventions"
    default_auto_field = "django.db.models.BigAutoField"
