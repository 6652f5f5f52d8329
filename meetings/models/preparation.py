"""How both sides get ready: tasks, pupils to discuss, what was tried, offers, the school's view."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.choices import AGENCIES, choices_of
from meetings.choices import SIDES, WHY_DISCUSSED, WhyDiscussed
from meetings.models.meeting import Meeting
from meetings.querysets import (
    AssessmentQuerySet,
    DiscussedQuerySet,
    InsideAMeeting,
    ScoreQuerySet,
    TakenOffQuerySet,
)
from meetings.states import ASSESSMENTS, SCORES, AssessmentState
from schools.models import Pupil, School


class PreparationMark(models.Model):
    """One task of one side that is done."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="preparation")
    side = models.CharField(max_length=10, choices=choices_of(SIDES))
    task = models.CharField(max_length=20)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    done_at = models.DateTimeField()

    objects = InsideAMeeting.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "side", "task"], name="preparation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.side}: {self.task}"


class CohortNote(models.Model):
    """What a school has tried for a named group of pupils, and what helped."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="cohort_notes")
    cohort = models.CharField(max_length=40)
    tried = models.TextField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    objects = InsideAMeeting.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "cohort"], name="cohort_note_once"),
            models.CheckConstraint(name="cohort_note_says_something", condition=~Q(tried="")),
        ]

    def __str__(self) -> str:
        return f"{self.cohort} at {self.meeting_id}"


class PlacesOffered(models.Model):
    """Support that the council brings to the table, with how many places it has now."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="places_offered")
    what = models.CharField(max_length=200)
    agency = models.CharField(max_length=30, choices=choices_of(AGENCIES))
    places = models.PositiveSmallIntegerField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = TakenOffQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="places_offered_says_what", condition=~Q(what="")),
        ]

    def __str__(self) -> str:
        return self.what


class DiscussedPupil(models.Model):
    """A child who is spoken about. Who is severely absent is in by itself: `by` is empty.

    `is_severe` is kept when the meeting starts, beside the reason that somebody gave before.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="discussed")
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="discussed_at")
    why = models.CharField(max_length=10, choices=choices_of(WHY_DISCUSSED))
    is_severe = models.BooleanField(default=False)
    note = models.CharField(max_length=300, blank=True)
    side = models.CharField(max_length=10, choices=choices_of(SIDES), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = DiscussedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "pupil"], name="discussed_once"),
            models.CheckConstraint(
                name="discussed_chosen_by_somebody",
                condition=Q(why=WhyDiscussed.SEVERE.value) | Q(by__isnull=False),
            ),
            models.CheckConstraint(
                name="discussed_agencies_says_which",
                condition=~Q(why=WhyDiscussed.AGENCIES.value) | ~Q(note=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pupil_id} at {self.meeting_id}"


class SelfAssessment(models.Model):
    """How a school sees its own work on attendance in one term; comparable with the term before."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="self_assessments")
    academic_year = models.SmallIntegerField()
    term = models.SmallIntegerField()
    state = models.CharField(
        max_length=10,
        choices=[(key.value, tag.label) for key, tag in ASSESSMENTS.items()],
        default=AssessmentState.DRAFT.value,
    )
    strengths = models.TextField(blank=True)
    weaknesses = models.TextField(blank=True)
    opportunities = models.TextField(blank=True)
    threats = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-academic_year", "-term"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "academic_year", "term"], name="self_assessment_once"
            ),
            models.CheckConstraint(
                name="self_assessment_term_is_1_to_3", condition=Q(term__range=(1, 3))
            ),
            models.CheckConstraint(
                name="self_assessment_submitted_has_a_moment",
                condition=Q(state=AssessmentState.DRAFT.value, submitted_at__isnull=True)
                | Q(state=AssessmentState.SUBMITTED.value, submitted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.academic_year}/{self.term}"


class ExpectationScore(models.Model):
    """What a school gives itself for one expectation of the guidance, 1 to 4."""

    assessment = models.ForeignKey(SelfAssessment, on_delete=models.CASCADE, related_name="scores")
    expectation = models.CharField(max_length=20)
    score = models.PositiveSmallIntegerField(choices=[(int(k), v) for k, v in SCORES.items()])
    note = models.CharField(max_length=300, blank=True)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assessment", "expectation"], name="expectation_scored_once"
            ),
            models.CheckConstraint(
                name="expectation_score_is_1_to_4", condition=Q(score__range=(1, 4))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expectation}: {self.score}"
