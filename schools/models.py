"""Where pupils are: trusts, schools, places, pupils, families, enrolments and terms.

Coded values (phase, sex, ethnicity, ...) are the codes of `schools.choices`; the code is stored,
the label is shown.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from accounts.roles import ROLE_CHOICES
from schools.querysets import (
    EnrolmentQuerySet,
    ParentQuerySet,
    PupilFactQuerySet,
    PupilQuerySet,
    SchoolQuerySet,
)


class Trust(models.Model):
    """A multi-academy trust, by its GIAS group UID."""

    uid = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """A ward, or a locality that groups wards."""

    class Kind(models.TextChoices):
        """Which sort of place."""

        WARD = "ward", "Ward"
        LOCALITY = "locality", "Locality"

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.WARD)
    part_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="wards"
    )

    def __str__(self) -> str:
        return self.name


class School(models.Model):
    """A school, keyed by its URN. `meeting_days` are the ISO weekdays on which it meets."""

    urn = models.IntegerField(primary_key=True)
    name = models.CharField(max_length=200)
    folded_name = models.CharField(max_length=200, db_index=True)
    la_code = models.CharField(max_length=3)
    estab = models.CharField(max_length=4, blank=True)
    phase = models.CharField(max_length=2, blank=True)
    type = models.CharField(max_length=3, blank=True)
    status = models.CharField(max_length=10, default="open")
    trust = models.ForeignKey(
        Trust, null=True, blank=True, on_delete=models.PROTECT, related_name="schools"
    )
    ward = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.PROTECT, related_name="schools"
    )
    postcode = models.CharField(max_length=10, blank=True)
    meeting_days = models.CharField(max_length=7, default="12345")
    predecessor_urn = models.IntegerField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    link_officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    attendance_champion = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = SchoolQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Patch(models.Model):
    """A named list of schools that an officer looks after."""

    name = models.CharField(max_length=100, unique=True)
    schools = models.ManyToManyField(School, related_name="patches")

    def __str__(self) -> str:
        return self.name


class Term(models.Model):
    """One half-term of an academic year, for all schools alike."""

    academic_year = models.SmallIntegerField()
    half_term = models.SmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["academic_year", "half_term"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["academic_year", "half_term"], name="term_once"),
            models.CheckConstraint(
                name="term_half_is_1_to_6", condition=models.Q(half_term__range=(1, 6))
            ),
            models.CheckConstraint(
                name="term_ends_after_start", condition=models.Q(ends_on__gte=models.F("starts_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.academic_year}/{self.half_term}"


class Household(models.Model):
    """Children who live with the same parent. People may correct it (`is_corrected`)."""

    is_corrected = models.BooleanField(default=False)


class Pupil(models.Model):
    """A child. `public_id` is what URLs carry; `folded_name` is for search and sorting."""

    id = models.AutoField(primary_key=True)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    upn = models.CharField(max_length=13, unique=True)
    surname = models.CharField(max_length=100)
    forename = models.CharField(max_length=100)
    folded_name = models.CharField(max_length=202, db_index=True)
    date_of_birth = models.DateField()
    sex = models.CharField(max_length=1, blank=True)
    ethnicity = models.CharField(max_length=4, blank=True)
    first_language = models.CharField(max_length=4, blank=True)
    sen_provision = models.CharField(max_length=1, blank=True)
    fsm_eligible = models.BooleanField(null=True)
    pupil_premium = models.BooleanField(null=True)
    social_care = models.CharField(max_length=4, blank=True)
    young_carer = models.BooleanField(null=True)
    home_la = models.CharField(max_length=3, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    ward = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.PROTECT, related_name="pupils"
    )
    idaci_decile = models.SmallIntegerField(null=True)
    household = models.ForeignKey(
        Household, null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = PupilQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["folded_name"], name="pupil_name_trgm", opclasses=["gin_trgm_ops"]),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="pupil_idaci_is_1_to_10",
                condition=models.Q(idaci_decile__isnull=True)
                | models.Q(idaci_decile__range=(1, 10)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.forename} {self.surname}"


class FormerUpn(models.Model):
    """A UPN the child had before. It finds the child, and may be nobody else's."""

    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="former_upns")
    upn = models.CharField(max_length=13, unique=True)

    objects = PupilFactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.upn


class Parent(models.Model):
    """A parent or carer, by the reference the sending system uses."""

    parent_ref = models.CharField(max_length=50, unique=True)
    name = models.CharField(max_length=200)
    phone = models.CharField(max_length=50, blank=True)
    email = models.CharField(max_length=200, blank=True)
    address = models.TextField(blank=True)
    language = models.CharField(max_length=50, blank=True)

    objects = ParentQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Responsibility(models.Model):
    """One parent's tie to one child: notices need it per parent and child."""

    parent = models.ForeignKey(Parent, on_delete=models.CASCADE, related_name="responsibilities")
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="responsibilities")
    relationship = models.CharField(max_length=50, blank=True)
    parental_responsibility = models.BooleanField(null=True)
    lives_with = models.BooleanField(null=True)

    objects = PupilFactQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["parent", "pupil"], name="responsibility_once"),
        ]

    def __str__(self) -> str:
        return f"{self.parent_id} for {self.pupil_id}"


class DateRange(models.Func):
    """The SQL function `daterange`, both ends included."""

    function = "daterange"
    output_field = DateRangeField()


class Enrolment(models.Model):
    """One pupil's time on one school's roll; first and last day included.

    `awaiting_confirmation`: a school's system said so while another main enrolment of the child
    was open. Until that one ends or a person at the LA confirms, the school sees its own marks of
    this enrolment and none of the child's record (see `schools.scoping`).
    """

    id = models.AutoField(primary_key=True)
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="enrolments")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="enrolments")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=1, default="C")
    year_group = models.CharField(max_length=2, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    awaiting_confirmation = models.BooleanField(default=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pupil", "school", "starts_on"], name="enrolment_once"),
            models.CheckConstraint(
                name="enrolment_ends_after_start",
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="enrolment_status_known", condition=models.Q(status__in=["C", "M", "S", "G"])
            ),
            models.CheckConstraint(
                name="enrolment_confirmed_by_someone",
                condition=models.Q(confirmed_at__isnull=True)
                | models.Q(awaiting_confirmation=False),
            ),
            ExclusionConstraint(
                name="enrolment_no_overlap_at_a_school",
                expressions=[
                    ("pupil", RangeOperators.EQUAL),
                    ("school", RangeOperators.EQUAL),
                    (
                        DateRange("starts_on", "ends_on", models.Value("[]")),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pupil_id} at {self.school_id} from {self.starts_on}"


class Membership(models.Model):
    """A person's role for some schools, from and until a day (both included).

    Scope `la` is every school; `nobody` shows no pupil by itself: early help workers and panel
    members see only the children granted to them, administrators none.
    """

    class Scope(models.TextChoices):
        """Which schools the role is held for."""

        LA = "la", "The whole local authority"
        PATCH = "patch", "A patch of schools"
        TRUST = "trust", "The schools of a trust"
        SCHOOL = "school", "One school"
        NOBODY = "nobody", "Only the children granted"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=30, choices=ROLE_CHOICES)
    scope = models.CharField(max_length=10, choices=Scope.choices)
    patch = models.ForeignKey(Patch, null=True, blank=True, on_delete=models.PROTECT)
    trust = models.ForeignKey(Trust, null=True, blank=True, on_delete=models.PROTECT)
    school = models.ForeignKey(School, null=True, blank=True, on_delete=models.PROTECT)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    #: The moment it was taken away before its last day was over; from then on it shows nothing.
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="membership_scope_names_its_schools",
                condition=(
                    models.Q(
                        scope__in=["la", "nobody"],
                        patch__isnull=True,
                        trust__isnull=True,
                        school__isnull=True,
                    )
                    | models.Q(
                        scope="patch", patch__isnull=False, trust__isnull=True, school__isnull=True
                    )
                    | models.Q(
                        scope="trust", patch__isnull=True, trust__isnull=False, school__isnull=True
                    )
                    | models.Q(
                        scope="school", patch__isnull=True, trust__isnull=True, school__isnull=False
                    )
                ),
            ),
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=models.Q(until_on__isnull=True)
                | models.Q(until_on__gte=models.F("from_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role} ({self.scope})"


class PupilGrant(models.Model):
    """Lets a person see one child from and until a day (both included), and why.

    Written by the apps above when a case is assigned or a child is put on a panel's agenda.
    `ended_at`: the moment it was taken away before its last day; from then on it shows nothing.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pupil_grants"
    )
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="grants")
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="grant_ends_after_start",
                condition=models.Q(until_on__isnull=True)
                | models.Q(until_on__gte=models.F("from_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} may see {self.pupil_id}"
