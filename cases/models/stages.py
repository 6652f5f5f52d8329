"""How a case moves: each step with its reasons and evidence, and overrides of what was missing."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from accounts.roles import ROLE_CHOICES
from cases.models.case import STAGE_CHOICES, Case
from cases.querysets import CaseFactQuerySet, SchoolStepsQuerySet
from schools.models import School


class StageOverride(models.Model):
    """Somebody asked to move on although something is missing; a senior person decides.

    `missing`: the gates that stood open, as {key, text} of that day. What was decided, and why,
    shows on every later page and in any pack.
    """

    class Decision(models.TextChoices):
        """What was decided."""

        WAITING = "waiting", "With the manager"
        AGREED = "agreed", "Agreed"
        NOT_AGREED = "not_agreed", "Not agreed"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="overrides")
    to_stage = models.PositiveSmallIntegerField(choices=STAGE_CHOICES)
    missing = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    reason = models.TextField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    decision = models.CharField(max_length=20, choices=Decision.choices, default=Decision.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)

    objects = CaseFactQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], name="override_one_waiting", condition=Q(decision="waiting")
            ),
            models.CheckConstraint(
                name="override_decided_by_someone",
                condition=Q(decision="waiting", decided_by__isnull=True)
                | (~Q(decision="waiting") & Q(decided_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"Override {self.pk} of {self.case_id}"


class StageChange(models.Model):
    """One step of a case, up or down. `gates`: each gate of that day as {key, text, state, source};
    `evidence`: what they rested on as {kind, ref, text}."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="stage_changes")
    from_stage = models.PositiveSmallIntegerField(choices=STAGE_CHOICES, null=True)
    to_stage = models.PositiveSmallIntegerField(choices=STAGE_CHOICES)
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    by_role = models.CharField(max_length=30, choices=ROLE_CHOICES, blank=True)
    reason = models.TextField()
    gates = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    evidence = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    override = models.OneToOneField(
        StageOverride, null=True, blank=True, on_delete=models.PROTECT, related_name="change"
    )

    objects = CaseFactQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="stage_change_changes",
                condition=Q(from_stage__isnull=True) | ~Q(from_stage=models.F("to_stage")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.from_stage} to {self.to_stage}"


class SchoolSteps(models.Model):
    """What a school does for every child: expect (policy, champion, culture) and monitor.

    The champion is `School.attendance_champion`; a champion without a login is named here.
    """

    school = models.OneToOneField(School, on_delete=models.CASCADE, related_name="steps")
    policy_on = models.DateField(null=True, blank=True)
    policy_where = models.CharField(max_length=300, blank=True)
    champion_name = models.CharField(max_length=150, blank=True)
    champion_since = models.DateField(null=True, blank=True)
    champion_trained_on = models.DateField(null=True, blank=True)
    culture = models.TextField(blank=True)
    monitoring = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = SchoolStepsQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Steps of {self.school_id}"
