"""What a meeting saw and agreed: the frozen pack, actions, referrals, decisions."""

from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from cases.choices import choices_of
from cases.models import Action, Referral
from meetings.choices import ABOUTS, About
from meetings.models.agenda import AgendaItem
from meetings.models.meeting import Meeting
from meetings.querysets import (
    DecisionQuerySet,
    InsideAMeeting,
    MeetingActionQuerySet,
    MeetingReferralQuerySet,
)
from meetings.states import ACCEPTANCES, Acceptance
from schools.models import Pupil

#: Marks so many school days behind are stale: freezing them asks why (pages, P21).
STALE_SCHOOL_DAYS: Final = 3


class PackSnapshot(models.Model):
    """The figures that lay on the table, as they stood; a later freeze is another version.

    `content` is written by the pack's builder and is never changed; `checksum` is the SHA-256 of
    its canonical JSON, so that a printed pack can be told from another.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="packs")
    version = models.PositiveSmallIntegerField()
    as_of = models.DateField()
    school_days_behind = models.PositiveSmallIntegerField(default=0)
    stale_reason = models.CharField(max_length=300, blank=True)
    content = models.JSONField(encoder=DjangoJSONEncoder)
    checksum = models.CharField(max_length=64)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    frozen_at = models.DateTimeField()

    objects = InsideAMeeting.as_manager()

    class Meta:
        ordering: ClassVar = ["version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "version"], name="pack_version_once"),
            models.CheckConstraint(
                name="pack_on_stale_marks_says_why",
                condition=Q(school_days_behind__lt=STALE_SCHOOL_DAYS) | ~Q(stale_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Pack {self.version} of {self.meeting_id}"


class MeetingAction(models.Model):
    """An action that a meeting made; the promise itself is casework's (`cases.Action`).

    `client_token` is the form's: pressed twice it is one action. Whoever was not there is asked
    to accept; until then the action stands in their list all the same.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="actions")
    action = models.OneToOneField(Action, on_delete=models.PROTECT, related_name="agreed_at")
    agenda_item = models.ForeignKey(
        AgendaItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="actions"
    )
    about = models.CharField(max_length=10, choices=choices_of(ABOUTS))
    cohort = models.CharField(max_length=40, blank=True)
    client_token = models.UUIDField()
    acceptance = models.CharField(
        max_length=10, choices=choices_of(ACCEPTANCES), default=Acceptance.THERE.value
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    declined_reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    objects = MeetingActionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["meeting", "client_token"], name="meeting_action_once_a_form"
            ),
            models.CheckConstraint(
                name="meeting_action_cohort_is_named",
                condition=Q(about=About.COHORT.value) & ~Q(cohort="")
                | ~Q(about=About.COHORT.value) & Q(cohort=""),
            ),
            models.CheckConstraint(
                name="meeting_action_answer_has_a_moment",
                condition=Q(
                    acceptance__in=[Acceptance.THERE.value, Acceptance.ASKED.value],
                    answered_at__isnull=True,
                )
                | Q(
                    acceptance__in=[Acceptance.ACCEPTED.value, Acceptance.DECLINED.value],
                    answered_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="meeting_action_declined_says_why",
                condition=~Q(acceptance=Acceptance.DECLINED.value) | ~Q(declined_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} of {self.meeting_id}"


class MeetingReferral(models.Model):
    """A referral that was made at the table; the referral itself is casework's."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="referrals")
    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="made_at")
    agenda_item = models.ForeignKey(
        AgendaItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="referrals"
    )
    client_token = models.UUIDField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    objects = MeetingReferralQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["meeting", "client_token"], name="meeting_referral_once_a_form"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} of {self.meeting_id}"


class Decision(models.Model):
    """What was decided, and the figure it relied on: the filter in words and the number seen."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions")
    agenda_item = models.ForeignKey(
        AgendaItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="decisions"
    )
    pupil = models.ForeignKey(
        Pupil, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    text = models.CharField(max_length=500)
    figure_words = models.CharField(max_length=300, blank=True)
    figure_shown = models.CharField(max_length=100, blank=True)
    client_token = models.UUIDField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["meeting", "client_token"], name="decision_once_a_form"
            ),
            models.CheckConstraint(name="decision_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="decision_figure_is_whole",
                condition=Q(figure_words="", figure_shown="")
                | (~Q(figure_words="") & ~Q(figure_shown="")),
            ),
        ]

    def __str__(self) -> str:
        return self.text
