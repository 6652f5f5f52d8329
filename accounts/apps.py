"""App configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The `accounts` app."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Write every sign-in down."""
        from accounts import sign_ins

        sign_ins.listen()
