"""The support plan: one plan a child that everyone can read, with its versions and reviews."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from accounts.roles import ROLE_CHOICES
from cases.choices import ADJUSTMENTS, AGENCIES, BARRIERS, SMALL_STEPS, choices_of
from cases.models.case import Case
from cases.querysets import CaseFactQuerySet, PlanPartQuerySet, PlanQuerySet
from schools.models import Pupil


class Barrier(models.Model):
    """One thing that makes school hard for this child, as named on the case; plans show it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="barriers")
    kind = models.CharField(max_length=30, choices=[(k, one.label) for k, one in BARRIERS.items()])
    note = models.TextField(blank=True)
    named_by = models.CharField(
        max_length=10,
        choices=[("child", "The child"), ("family", "The family"), ("worker", "A worker")],
    )
    named_on = models.DateField()
    eased_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CaseFactQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "kind"], name="barrier_once", condition=Q(eased_on__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"


class SupportPlan(models.Model):
    """One plan of a case. A view that could not be heard has the reason why.

    `version` counts saves (two people never overwrite one another); `PlanVersion` keeps what was
    agreed. `fresh_start_*`: the card for the day of coming back. `copies`: who has a copy.
    """

    class State(models.TextChoices):
        """How far it is."""

        DRAFT = "draft", "Draft"
        AGREED = "agreed", "Agreed"
        ENDED = "ended", "Ended"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="plans")
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="plans")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    child_view = models.TextField(blank=True)
    child_view_on = models.DateField(null=True, blank=True)
    no_child_view = models.TextField(blank=True)
    family_view = models.TextField(blank=True)
    family_view_on = models.DateField(null=True, blank=True)
    no_family_view = models.TextField(blank=True)
    strengths = models.TextField(blank=True)
    child_will_try = models.TextField(blank=True)
    fresh_start_greeter = models.CharField(max_length=200, blank=True)
    fresh_start_first_day = models.TextField(blank=True)
    fresh_start_not_to_say = models.TextField(blank=True)
    ring_name = models.CharField(max_length=150, blank=True)
    ring_phone = models.CharField(max_length=50, blank=True)
    copies = models.TextField(blank=True)
    next_review_on = models.DateField(null=True, blank=True)
    agreed_on = models.DateField(null=True, blank=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    agreed_without = models.TextField(blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.TextField(blank=True)
    started_on = models.DateField()
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    objects = PlanQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], name="plan_one_standing_a_case", condition=~Q(state="ended")
            ),
            models.CheckConstraint(
                name="plan_agreed_has_a_day",
                condition=Q(state="draft") | Q(state="ended") | Q(agreed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="plan_agreed_has_a_next_review",
                condition=~Q(state="agreed") | Q(next_review_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Plan {self.pk} of {self.case_id}"


class PlanVersion(models.Model):
    """What a plan said when it was agreed or reviewed, whole, as it may be printed again."""

    plan = models.ForeignKey(SupportPlan, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    why = models.CharField(max_length=300)
    content = models.JSONField(encoder=DjangoJSONEncoder)

    objects = PlanPartQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once"),
        ]

    def __str__(self) -> str:
        return f"Version {self.number} of plan {self.plan_id}"


class PlanParty(models.Model):
    """Somebody who agreed a plan: by name and what they are to the child."""

    plan = models.ForeignKey(SupportPlan, on_delete=models.CASCADE, related_name="parties")
    name = models.CharField(max_length=150)
    agency = models.CharField(max_length=30, choices=choices_of(AGENCIES))
    agreed_on = models.DateField()

    objects = PlanPartQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.name} agreed plan {self.plan_id}"


class PlanReview(models.Model):
    """One review: what helped, what changes, when we meet next (assess, plan, do, review)."""

    plan = models.ForeignKey(SupportPlan, on_delete=models.CASCADE, related_name="reviews")
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    by_role = models.CharField(max_length=30, choices=ROLE_CHOICES, blank=True)
    child_says = models.TextField(blank=True)
    family_says = models.TextField(blank=True)
    what_helped = models.TextField()
    what_changes = models.TextField(blank=True)
    next_review_on = models.DateField(null=True, blank=True)

    objects = PlanPartQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-on", "-id"]

    def __str__(self) -> str:
        return f"Review of plan {self.plan_id} on {self.on}"


class Goal(models.Model):
    """What we hope for: where it starts, how it is seen, where it should get to and by when.

    Of kind `attendance`, progress is drawn from marks: `baseline_absent` of `baseline_possible`
    sessions when it was set, `target_percent` at most missed.
    """

    class Kind(models.TextChoices):
        """What sort of goal."""

        ATTENDANCE = "attendance", "Days at school"
        OTHER = "other", "Something else"

    plan = models.ForeignKey(SupportPlan, on_delete=models.CASCADE, related_name="goals")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.OTHER)
    text = models.CharField(max_length=300)
    measure = models.CharField(max_length=300)
    baseline = models.CharField(max_length=200)
    baseline_absent = models.PositiveIntegerField(null=True, blank=True)
    baseline_possible = models.PositiveIntegerField(null=True, blank=True)
    baseline_on = models.DateField(null=True, blank=True)
    target = models.CharField(max_length=200)
    target_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    target_on = models.DateField()
    chosen_by_child = models.BooleanField(default=False)
    reached_on = models.DateField(null=True, blank=True)

    objects = PlanPartQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="goal_has_a_measure", condition=~Q(measure="")),
        ]

    def __str__(self) -> str:
        return self.text


class SmallStep(models.Model):
    """A rung of the ladder that counts while attendance is still nothing."""

    plan = models.ForeignKey(SupportPlan, on_delete=models.CASCADE, related_name="small_steps")
    kind = models.CharField(max_length=30, choices=choices_of(SMALL_STEPS))
    text = models.CharField(max_length=200, blank=True)
    place = models.PositiveSmallIntegerField()
    reached_on = models.DateField(null=True, blank=True)
    reached_note = models.CharField(max_length=300, blank=True)

    objects = PlanPartQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["place", "id"]

    def __str__(self) -> str:
        return self.text or SMALL_STEPS[self.kind]


class Adjustment(models.Model):
    """Something the school does differently for this child."""

    plan = models.ForeignKey(SupportPlan, on_delete=models.CASCADE, related_name="adjustments")
    kind = models.CharField(max_length=30, choices=choices_of(ADJUSTMENTS))
    text = models.CharField(max_length=300, blank=True)
    who = models.CharField(max_length=150, blank=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    objects = PlanPartQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.text or ADJUSTMENTS[self.kind]
