"""What is thought and kept after a meeting: private reflections, and what worked."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.choices import BARRIERS, choices_of
from meetings.models.meeting import Meeting
from meetings.querysets import PracticeNoteQuerySet, ReflectionQuerySet
from schools.models import School


class Reflection(models.Model):
    """What one person thought of a meeting. Nobody else reads it, and no file takes it out, unless
    the writer shared it."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="reflections")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    shared_at = models.DateTimeField(null=True, blank=True)

    objects = ReflectionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "by"], name="reflection_once"),
            models.CheckConstraint(name="reflection_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"Reflection {self.pk}"


class PracticeNote(models.Model):
    """'Worked here': something a school did about a barrier. Other schools read it once somebody of
    the school gave leave; leave can be taken back."""

    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="practice_notes"
    )
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="practice_notes")
    barrier = models.CharField(
        max_length=30, choices=choices_of({key: kind.label for key, kind in BARRIERS.items()})
    )
    title = models.CharField(max_length=150)
    text = models.TextField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    leave_given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    leave_given_at = models.DateTimeField(null=True, blank=True)

    objects = PracticeNoteQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="practice_note_leave_has_a_giver",
                condition=Q(leave_given_at__isnull=True, leave_given_by__isnull=True)
                | Q(leave_given_at__isnull=False, leave_given_by__isnull=False),
            ),
            models.CheckConstraint(
                name="practice_note_says_something", condition=~Q(text="") & ~Q(title="")
            ),
        ]

    def __str__(self) -> str:
        return self.title
