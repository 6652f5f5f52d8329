"""A meeting with a school: its times, who comes, what was mailed, how often schools meet."""

from __future__ import annotations

import secrets
import uuid
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.choices import choices_of
from meetings.choices import KINDS, MAIL_KINDS, SIDES, THEMES, Kind
from meetings.querysets import FrequencyQuerySet, InsideAMeeting, MeetingQuerySet, OfAMeeting
from meetings.states import MAILS, MEETINGS, RESPONSES, STANDING, MailState, MeetingState, Response
from schools.models import School

TOKEN_BYTES: Final = 32  # of chance: nobody guesses an address
MOST_SLOTS: Final = 3


def new_token() -> str:
    """What the confirmation link carries; it opens times and a place, no child."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class Meeting(models.Model):
    """One targeting support meeting of a school and term (SUP-12).

    `term` is 1 to 3. `starts_at` is empty while times are offered. The link with `confirm_token`
    works without signing in, for as long as the meeting stands; it says what stands and shows no
    child. `sequence` counts the calendar files sent under `calendar_uid`. `version` goes up with
    every change that others at the table must see.
    """

    kind = models.CharField(max_length=10, choices=choices_of(KINDS), default=Kind.TSM.value)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="meetings")
    academic_year = models.SmallIntegerField()
    term = models.SmallIntegerField()
    state = models.CharField(
        max_length=10,
        choices=[(key.value, tag.label) for key, tag in MEETINGS.items()],
        default=MeetingState.OFFERED.value,
    )
    theme = models.CharField(max_length=20, choices=choices_of(THEMES))
    la_contact = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    starts_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(default=60)
    place = models.CharField(max_length=200, blank=True)
    link = models.URLField(max_length=500, blank=True)
    confirm_token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by_name = models.CharField(max_length=150, blank=True)
    calendar_uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    sequence = models.PositiveIntegerField(default=0)
    offered_on = models.DateField(null=True, blank=True)
    agenda_shared_at = models.DateTimeField(null=True, blank=True)
    agenda_shared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    people_there = models.PositiveSmallIntegerField(default=0)
    not_held_reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-academic_year", "-term", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "academic_year", "term"],
                condition=Q(
                    kind=Kind.TSM.value, state__in=sorted(state.value for state in STANDING)
                ),
                name="tsm_one_standing_a_term",
            ),
            models.CheckConstraint(name="meeting_term_is_1_to_3", condition=Q(term__range=(1, 3))),
            models.CheckConstraint(
                name="meeting_offered_has_no_start",
                condition=~Q(state=MeetingState.OFFERED.value)
                | (Q(starts_at__isnull=True) & Q(offered_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="meeting_booked_has_a_start",
                condition=~Q(state=MeetingState.BOOKED.value) | Q(starts_at__isnull=False),
            ),
            models.CheckConstraint(
                name="meeting_held_has_start_end_and_people",
                condition=~Q(state=MeetingState.HELD.value)
                | Q(
                    starts_at__isnull=False,
                    started_at__isnull=False,
                    ended_at__isnull=False,
                    people_there__gte=1,
                ),
            ),
            models.CheckConstraint(
                name="meeting_ended_only_when_held",
                condition=Q(state=MeetingState.HELD.value) | Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="meeting_started_only_when_booked",
                condition=Q(state__in=[MeetingState.BOOKED.value, MeetingState.HELD.value])
                | Q(started_at__isnull=True),
            ),
            models.CheckConstraint(
                name="meeting_not_held_says_why",
                condition=Q(state=MeetingState.NOT_HELD.value) & ~Q(not_held_reason="")
                | ~Q(state=MeetingState.NOT_HELD.value) & Q(not_held_reason=""),
            ),
            models.CheckConstraint(
                name="meeting_lasts_a_while", condition=Q(minutes__range=(15, 240))
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "starts_at"], name="meeting_state_start"),
            models.Index(fields=["la_contact", "starts_at"], name="meeting_la_contact"),
        ]

    def __str__(self) -> str:
        return f"TSM {self.school_id} {self.academic_year}/{self.term}"

    @property
    def is_ahead(self) -> bool:
        """Whether it is still offered or booked."""
        return self.state in (MeetingState.OFFERED, MeetingState.BOOKED)

    @property
    def is_going_on(self) -> bool:
        """Whether it was started and not ended."""
        return self.started_at is not None and self.ended_at is None


class Slot(models.Model):
    """One of up to three times that a school may choose from."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="slots")
    position = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    chosen_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = OfAMeeting.as_manager()

    class Meta:
        ordering: ClassVar = ["starts_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["meeting", "position"],
                condition=Q(withdrawn_at__isnull=True),
                name="slot_once_a_position",
            ),
            models.UniqueConstraint(
                fields=["meeting", "starts_at"],
                condition=Q(withdrawn_at__isnull=True),
                name="slot_once_a_time",
            ),
            models.UniqueConstraint(
                fields=["meeting"],
                condition=Q(chosen_at__isnull=False, withdrawn_at__isnull=True),
                name="slot_one_chosen",
            ),
            models.CheckConstraint(
                name="slot_position_is_1_to_3", condition=Q(position__range=(1, MOST_SLOTS))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class Attendance(models.Model):
    """One person at the table: somebody with a login, or a name and an address.

    `is_decision_maker`: for the school they can decide, as its senior champion can (SUP-13).
    `came` is empty until the meeting was started.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="meeting_attendances",
    )
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    side = models.CharField(max_length=10, choices=choices_of(SIDES))
    is_decision_maker = models.BooleanField(default=False)
    is_expected = models.BooleanField(default=True)
    response = models.CharField(
        max_length=12, choices=choices_of(RESPONSES), default=Response.NONE.value
    )
    responded_at = models.DateTimeField(null=True, blank=True)
    came = models.BooleanField(null=True, blank=True)

    objects = OfAMeeting.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="attendance_is_one_person",
                condition=Q(user__isnull=False, name="", email="")
                | (Q(user__isnull=True) & ~Q(name="") & ~Q(email="")),
            ),
            models.UniqueConstraint(
                fields=["meeting", "user"],
                condition=Q(user__isnull=False),
                name="attendance_once_a_user",
            ),
            models.UniqueConstraint(
                fields=["meeting", "email"],
                condition=Q(user__isnull=True),
                name="attendance_once_an_email",
            ),
            models.CheckConstraint(
                name="attendance_answer_has_a_moment",
                condition=Q(response=Response.NONE.value, responded_at__isnull=True)
                | (~Q(response=Response.NONE.value) & Q(responded_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """What the person is called."""
        return str(self.user) if self.user is not None else self.name

    @property
    def address(self) -> str:
        """Where mail reaches them."""
        return self.user.email if self.user is not None else self.email


class MeetingMail(models.Model):
    """One e-mail about a meeting, or a day's reminder to one person, and what became of it.

    Says nothing of what was in it. `meeting` is empty for a reminder, which may tell of several.
    """

    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, on_delete=models.CASCADE, related_name="mails"
    )
    kind = models.CharField(max_length=12, choices=choices_of(MAIL_KINDS))
    email = models.EmailField()
    on = models.DateField()
    at = models.DateTimeField()
    state = models.CharField(
        max_length=10,
        choices=[(key.value, tag.label) for key, tag in MAILS.items()],
        default=MailState.WAITING.value,
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = InsideAMeeting.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["email", "on"], condition=Q(kind="reminder"), name="reminder_once_a_day"
            ),
            models.CheckConstraint(
                name="mail_is_about_a_meeting_or_reminds",
                condition=Q(kind="reminder", meeting__isnull=True)
                | (~Q(kind="reminder") & Q(meeting__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.email}"


class TsmFrequency(models.Model):
    """How many meetings a year a school has, where it is not one a term (SUP-16), and why."""

    school = models.OneToOneField(
        School, primary_key=True, on_delete=models.CASCADE, related_name="tsm_frequency"
    )
    per_year = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    objects = FrequencyQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="tsm_frequency_is_1_to_3", condition=Q(per_year__range=(1, 3))
            ),
            models.CheckConstraint(name="tsm_frequency_says_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.school_id}: {self.per_year} a year"
