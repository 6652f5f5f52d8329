"""Whom the morning's digest has reached: one a person a day, however often the task runs."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class DigestSent(models.Model):
    """One digest that was handed to the mail server. Says nothing of what was in it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digests"
    )
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "on"], name="digest_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"Digest of {self.on} to {self.user_id}"
