"""Being in touch: what was said, by whom and when; who rings now; the lines of the timeline."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.roles import ROLE_CHOICES
from cases.choices import AGENCIES, BARRIERS, CONTACT_KINDS, REACHED, Reached, choices_of
from cases.models.case import Case
from cases.querysets import (
    ContactQuerySet,
    PupilFactQuerySet,
    SupervisionQuerySet,
    TimelineQuerySet,
)
from cases.states import ENTRIES
from schools.models import Pupil


class Contact(models.Model):
    """One call, visit, message or meeting with a child or family.

    `at`: when it happened; `logged_at`: when it was written down. One contact about several
    children is one row each with the same `together`. `child_words`, `family_words`: their own
    words. `consequences_explained`: what may follow was explained plainly (SUP-26).
    """

    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="contacts")
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="contacts"
    )
    together = models.UUIDField(default=uuid.uuid4)
    kind = models.CharField(max_length=10, choices=choices_of(CONTACT_KINDS))
    reached = models.CharField(max_length=10, choices=choices_of(REACHED))
    said = models.TextField(blank=True)
    child_words = models.TextField(blank=True)
    family_words = models.TextField(blank=True)
    barrier = models.CharField(
        max_length=30, blank=True, choices=[(key, one.label) for key, one in BARRIERS.items()]
    )
    consequences_explained = models.BooleanField(default=False)
    is_restricted = models.BooleanField(default=False)
    at = models.DateTimeField()
    logged_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    by_role = models.CharField(max_length=30, choices=ROLE_CHOICES)
    agency = models.CharField(max_length=30, choices=choices_of(AGENCIES))

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="contact_says_what_was_said",
                condition=~Q(said="") | Q(reached=Reached.NO_ANSWER.value),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["pupil", "-at"], name="contact_pupil"),
            models.Index(fields=["case", "-at"], name="contact_case"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} about {self.pupil_id}"


class ContactClaim(models.Model):
    """'I'm ringing now': who is about to be in touch, so that nobody else rings the same family."""

    pupil = models.OneToOneField(Pupil, on_delete=models.CASCADE, related_name="contact_claim")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    by_role = models.CharField(max_length=30, choices=ROLE_CHOICES)
    at = models.DateTimeField()
    until = models.DateTimeField()

    objects = PupilFactQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.by_id} rings {self.pupil_id}"


class SupervisionNote(models.Model):
    """What a worker and the one who supervises them agreed about a case. Always restricted."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="supervision_notes")
    on = models.DateField()
    text = models.TextField()
    agreed = models.TextField(blank=True)
    with_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_restricted = models.BooleanField(default=True)

    objects = SupervisionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="supervision_is_restricted", condition=Q(is_restricted=True)
            ),
        ]

    def __str__(self) -> str:
        return f"Supervision of {self.case_id} on {self.on}"


class TimelineEntry(models.Model):
    """One line of a child's timeline: what every page shows, and how gates learn of higher floors.

    `fact`: what a gate may ask for (`cases.states.Fact`), or nothing. `object_kind` and
    `object_ref` name the row it tells of.
    """

    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="timeline_entries")
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="timeline_entries"
    )
    at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=choices_of(ENTRIES))
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    fact = models.CharField(max_length=40, blank=True)
    agency = models.CharField(max_length=30, blank=True, choices=choices_of(AGENCIES))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    by_role = models.CharField(max_length=30, choices=ROLE_CHOICES, blank=True)
    is_restricted = models.BooleanField(default=False)
    object_kind = models.CharField(max_length=40, blank=True)
    object_ref = models.CharField(max_length=40, blank=True)

    objects = TimelineQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["pupil", "-at"], name="timeline_pupil"),
            models.Index(fields=["case", "-at"], name="timeline_case"),
            models.Index(fields=["case", "fact"], name="timeline_fact", condition=~Q(fact="")),
        ]

    def __str__(self) -> str:
        return self.title
