"""App configuration."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    """The `dashboards` app."""

    name = "dashboards"
    default_auto_field = "django.db.models.BigAutoField"
