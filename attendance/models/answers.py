"""What people decided about a flag: dated, with a reason, never overwritten."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.roles import ROLE_CHOICES
from attendance.models.figures import Flag
from attendance.querysets import FlagAnswerQuerySet


class FlagAnswer(models.Model):
    """One decision about one flag: no action needed now, why, and when to look again.

    `is_latest` marks the last one of its flag. It answers the flag until `look_again_on`; from that
    day on the flag asks again.
    """

    class Kind(models.TextChoices):
        """What was decided."""

        NO_ACTION_NOW = "no_action_now", "No action needed now"

    flag = models.ForeignKey(Flag, on_delete=models.CASCADE, related_name="answers")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.NO_ACTION_NOW)
    reason = models.TextField()
    look_again_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_role = models.CharField(max_length=30, choices=ROLE_CHOICES)
    at = models.DateTimeField()
    is_latest = models.BooleanField(default=True)

    objects = FlagAnswerQuerySet.as_manager()

    class Meta:
        db_table = "flag_answer"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["flag"],
                name="flag_answer_one_latest",
                condition=models.Q(is_latest=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["look_again_on", "flag"],
                name="flag_answer_look_again",
                condition=models.Q(is_latest=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Answer {self.pk} to flag {self.flag_id}"
