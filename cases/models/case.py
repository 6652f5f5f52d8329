"""The case: the shared record of working with one child, who works on it, and how it ended."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.roles import ROLE_CHOICES
from attendance.models import Flag
from cases.choices import AGENCIES, HOLDS, OPENED_FROM, OUTCOMES, Agency, choices_of
from cases.querysets import CaseFactQuerySet, CaseQuerySet, PupilFactQuerySet
from cases.states import DIRECTIONS, FIRST_STAGE, LIVE, STAGES, TRACKS, CaseStatus, Track
from schools.models import Pupil, PupilGrant, School

STAGE_CHOICES = [(stage.value, facts.label) for stage, facts in STAGES.items()]
_LIVE = Q(status__in=sorted(status.value for status in LIVE))


class Case(models.Model):
    """One child's case. `school`: where it is worked; `aim`: in the family's words.

    `version` counts saves: a form says which version it was opened on, so that two people never
    overwrite one another. `opened_on` is the day of the last opening: a reopened case keeps its
    history in `CaseClosure`.
    """

    class Status(models.TextChoices):
        """Whether it is being worked on."""

        OPEN = "open", "Open"
        PAUSED = "paused", "Paused"
        CLOSED = "closed", "Closed"

    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="cases")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="cases")
    reference = models.CharField(max_length=20, unique=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    paused_until = models.DateField(null=True, blank=True)
    pause_reason = models.TextField(blank=True)
    stage = models.PositiveSmallIntegerField(choices=STAGE_CHOICES, default=FIRST_STAGE.value)
    stage_since = models.DateField()
    track = models.CharField(
        max_length=20,
        choices=[(key.value, facts.label) for key, facts in TRACKS.items()],
        default=Track.ATTENDANCE_ONLY.value,
    )
    #: The team whose queue it waits in until somebody leads it.
    team = models.CharField(
        max_length=30, choices=choices_of(AGENCIES), default=Agency.ATTENDANCE.value
    )
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    cover = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    cover_until = models.DateField(null=True, blank=True)
    lead_practitioner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: Someone the child trusts; need not be a professional, nor have a login.
    trusted_adult = models.CharField(max_length=200, blank=True)
    preferred_contact = models.CharField(max_length=200, blank=True)
    concern = models.TextField(blank=True)
    aim = models.TextField(blank=True)
    deescalation = models.TextField(blank=True)
    worker_direction = models.CharField(
        max_length=10, choices=choices_of(DIRECTIONS), default="not_known"
    )
    worker_direction_why = models.TextField(blank=True)
    worker_direction_on = models.DateField(null=True, blank=True)
    next_review_on = models.DateField(null=True, blank=True)
    opened_on = models.DateField()
    opened_from = models.CharField(max_length=10, choices=choices_of(OPENED_FROM))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pupil"], name="case_one_live_a_pupil", condition=_LIVE
            ),
            models.CheckConstraint(name="case_stage_is_1_to_6", condition=Q(stage__range=(1, 6))),
            models.CheckConstraint(
                name="case_live_has_a_next_review",
                condition=~_LIVE | Q(next_review_on__isnull=False),
            ),
            models.CheckConstraint(
                name="case_closed_has_a_day",
                condition=Q(status=CaseStatus.CLOSED.value, closed_on__isnull=False)
                | (_LIVE & Q(closed_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="case_paused_has_an_end",
                condition=~Q(status=CaseStatus.PAUSED.value) | Q(paused_until__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["school", "status"], name="case_school"),
            models.Index(fields=["lead", "next_review_on"], name="case_lead", condition=_LIVE),
            models.Index(fields=["next_review_on", "id"], name="case_review", condition=_LIVE),
            models.Index(fields=["updated_at", "id"], name="case_changed"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_live(self) -> bool:
        """Whether it is being worked on; a paused case is."""
        return self.status in LIVE


class CaseFlag(models.Model):
    """A flag that a case rests on, with its figures as they stood that day."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="case_flags")
    flag = models.ForeignKey(Flag, on_delete=models.PROTECT, related_name="case_flags")
    evidence = models.JSONField(default=dict)
    linked_on = models.DateField()

    objects = CaseFactQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "flag"], name="case_flag_once"),
        ]

    def __str__(self) -> str:
        return f"Flag {self.flag_id} of {self.case_id}"


class CaseWorker(models.Model):
    """Somebody's part in a case, from and until a day. `grant`: what shows them the child, where
    their role alone would not; it ends with the part, at that moment."""

    class Part(models.TextChoices):
        """What they are in it."""

        LEAD = "lead", "Lead worker"
        COVER = "cover", "Cover"
        LEAD_PRACTITIONER = "lead_practitioner", "Lead practitioner"
        WORKER = "worker", "Worker"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="workers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="case_parts"
    )
    agency = models.CharField(max_length=30, choices=choices_of(AGENCIES))
    part = models.CharField(max_length=20, choices=Part.choices)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    grant = models.OneToOneField(
        PupilGrant, null=True, blank=True, on_delete=models.SET_NULL, related_name="case_worker"
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CaseFactQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "user", "part"],
                name="case_worker_once",
                condition=Q(ended_at__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["user", "case"],
                name="case_worker_user",
                condition=Q(ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.part} of {self.case_id}"


class CaseClosure(models.Model):
    """One closing of a case, and its reopening if there was one."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="closures")
    opened_on = models.DateField()
    closed_on = models.DateField()
    stage = models.PositiveSmallIntegerField(choices=STAGE_CHOICES)
    outcome = models.CharField(max_length=30, choices=choices_of(OUTCOMES))
    what_helped = models.TextField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reopened_on = models.DateField(null=True, blank=True)
    reopen_reason = models.TextField(blank=True)

    objects = CaseFactQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-closed_on", "-id"]

    def __str__(self) -> str:
        return f"{self.case_id} closed {self.closed_on}"


class Hold(models.Model):
    """Nothing steps up and nothing is sent for this child, until somebody reviews it.

    It stands until it is ended, also past `review_on`: an overdue review sends no letter.
    """

    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="holds")
    kind = models.CharField(max_length=20, choices=choices_of(HOLDS))
    reason = models.TextField()
    from_on = models.DateField()
    review_on = models.DateField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    by_role = models.CharField(max_length=30, choices=ROLE_CHOICES, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    end_reason = models.TextField(blank=True)

    objects = PupilFactQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pupil"], name="hold_one_a_pupil", condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                name="hold_review_after_start", condition=Q(review_on__gt=models.F("from_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"Hold of {self.pupil_id}: {self.kind}"
