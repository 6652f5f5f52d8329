"""Other agencies: what was offered to a family, who was asked to help, and on what basis."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.roles import ROLE_CHOICES
from cases.choices import AGENCIES, BASES, choices_of
from cases.models.case import Case
from cases.querysets import CaseFactQuerySet, PupilFactQuerySet
from cases.states import OFFER_ANSWERS, OfferAnswer
from schools.models import Pupil


class Consent(models.Model):
    """Why one agency may be told about this child, and who said so.

    Consent that is withdrawn ends the access of that agency's workers at that moment; another
    basis has a reason instead of a person's agreement.
    """

    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="consents")
    agency = models.CharField(max_length=30, choices=choices_of(AGENCIES))
    basis = models.CharField(max_length=20, choices=choices_of(BASES))
    purpose = models.CharField(max_length=300)
    given_by = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    given_on = models.DateField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdraw_reason = models.CharField(max_length=300, blank=True)

    objects = PupilFactQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-given_on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pupil", "agency"],
                name="consent_one_standing_an_agency",
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="consent_says_who_or_why",
                condition=(Q(basis="consent") & ~Q(given_by=""))
                | (~Q(basis="consent") & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.basis} for {self.agency} about {self.pupil_id}"


class Offer(models.Model):
    """Support that was offered, by whom and when, and what came of it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="offers")
    what = models.CharField(max_length=200)
    agency = models.CharField(max_length=30, choices=choices_of(AGENCIES))
    offered_on = models.DateField()
    offered_to = models.CharField(max_length=150, blank=True)
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    by_role = models.CharField(max_length=30, choices=ROLE_CHOICES, blank=True)
    answer = models.CharField(
        max_length=20, choices=choices_of(OFFER_ANSWERS), default=OfferAnswer.WAITING.value
    )
    answered_on = models.DateField(null=True, blank=True)
    result = models.TextField(blank=True)
    result_on = models.DateField(null=True, blank=True)

    objects = CaseFactQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-offered_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="offer_answered_has_a_day",
                condition=Q(answer="waiting", answered_on__isnull=True)
                | (~Q(answer="waiting") & Q(answered_on__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.what


class Referral(models.Model):
    """Another agency was asked to help: sent, accepted or declined, started, outcome told."""

    class State(models.TextChoices):
        """How far it is."""

        SENT = "sent", "Sent"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        STARTED = "started", "Started"
        ENDED = "ended", "Ended"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="referrals")
    to_agency = models.CharField(max_length=30, choices=choices_of(AGENCIES))
    service = models.CharField(max_length=150)
    reason = models.TextField()
    consent = models.ForeignKey(
        Consent, null=True, blank=True, on_delete=models.PROTECT, related_name="referrals"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.SENT)
    sent_on = models.DateField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    by_role = models.CharField(max_length=30, choices=ROLE_CHOICES, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    decline_reason = models.TextField(blank=True)
    #: Meanwhile: what else helps while a service is slow (SUP-04).
    meanwhile = models.TextField(blank=True)
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    outcome = models.TextField(blank=True)
    told_on = models.DateField(null=True, blank=True)
    updated_at = models.DateTimeField()

    objects = CaseFactQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-sent_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="referral_declined_says_why",
                condition=~Q(state="declined") | ~Q(decline_reason=""),
            ),
            models.CheckConstraint(
                name="referral_told_has_an_outcome",
                condition=Q(told_on__isnull=True) | ~Q(outcome="") | ~Q(decline_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} for {self.case_id}"
