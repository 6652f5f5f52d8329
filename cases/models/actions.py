"""The one action of the whole product: one thing one person promised to do by a date."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.choices import AGENCIES, choices_of
from cases.models.case import Case
from cases.models.contacts import Contact
from cases.models.plans import SupportPlan
from cases.querysets import ActionQuerySet
from cases.states import ORIGINS
from schools.models import Pupil, School


class Action(models.Model):
    """What, who, by when, and where it was promised.

    `owner` has a login; a parent, the child or an outsider is named in `owner_name` instead.
    `origin` and `origin_label` say where it was promised: floors above (meetings, panels) point
    down to the actions they made. `pupil` is empty for an action about a whole school.
    """

    class State(models.TextChoices):
        """Whether it stands."""

        OPEN = "open", "Open"
        DONE = "done", "Done"
        DROPPED = "dropped", "Dropped"

    origin = models.CharField(max_length=10, choices=choices_of(ORIGINS))
    origin_label = models.CharField(max_length=150)
    pupil = models.ForeignKey(
        Pupil, null=True, blank=True, on_delete=models.CASCADE, related_name="actions"
    )
    school = models.ForeignKey(
        School, null=True, blank=True, on_delete=models.PROTECT, related_name="actions"
    )
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="actions"
    )
    plan = models.ForeignKey(
        SupportPlan, null=True, blank=True, on_delete=models.PROTECT, related_name="actions"
    )
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="actions"
    )
    text = models.CharField(max_length=300)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owner_name = models.CharField(max_length=150, blank=True)
    agency = models.CharField(max_length=30, choices=choices_of(AGENCIES))
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(max_length=300, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    on_family_copy = models.BooleanField(default=False)
    asked_over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_over_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="action_has_one_owner",
                condition=Q(owner__isnull=False, owner_name="")
                | (Q(owner__isnull=True) & ~Q(owner_name="")),
            ),
            models.CheckConstraint(
                name="action_ended_says_what_happened",
                condition=Q(state="open", ended_on__isnull=True)
                | (~Q(state="open") & Q(ended_on__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="action_is_about_something",
                condition=Q(pupil__isnull=False) | Q(school__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["owner", "due_on"], name="action_owner", condition=Q(state="open")
            ),
            models.Index(fields=["case", "due_on"], name="action_case"),
            models.Index(fields=["pupil", "due_on"], name="action_pupil"),
            models.Index(fields=["updated_at", "id"], name="action_changed"),
        ]

    def __str__(self) -> str:
        return self.text
