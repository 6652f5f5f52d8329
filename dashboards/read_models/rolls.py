"""The enrolments that are a person's own to work with.

A school may see the past of a child it has now; its lists still show its own roll only.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.roles import Permission
from schools.choices import MAIN_ENROLMENT_STATUSES
from schools.models import Enrolment, Pupil, PupilGrant, School
from schools.permissions import permissions_of
from schools.rules.calendar import academic_year, academic_year_start
from schools.scoping import access_of, grant_in_force

if TYPE_CHECKING:
    from accounts.models import User


def school_pages(user: User, urns: Collection[int]) -> dict[int, str]:
    """URN to the address of a school's page, for those of these that this person may open."""
    if not urns or Permission.SEE_SCHOOLS not in permissions_of(user):
        return {}
    seen = School.objects.visible_to(user).filter(pk__in=set(urns)).values_list("pk", flat=True)
    return {urn: reverse("school", args=[urn]) for urn in seen}


def own_enrolments(user: User, on: date) -> QuerySet[Enrolment]:
    """Enrolments at the person's schools and of children granted, whose record may be opened."""
    visible = Enrolment.objects.visible_to(user)
    if access_of(user).everything:
        return visible
    granted = PupilGrant.objects.filter(grant_in_force(on), user=user).values("pupil_id")
    schools = School.objects.visible_to(user).values("pk")
    return visible.filter(
        Q(school__in=schools) | Q(pupil__in=granted),
        pupil__in=Pupil.objects.visible_to(user).values("pk"),
    )


def enrolments_of_year(user: User, *, as_of: date, on: date) -> QuerySet[Enrolment]:
    """Own enrolments of the academic year of `as_of`, leavers of the year included."""
    return own_enrolments(user, on).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=academic_year_start(academic_year(as_of)))
    )


def awaiting_confirmation(user: User) -> QuerySet[Enrolment]:
    """Enrolments that a school of this person asserted and nobody has confirmed yet."""
    return (
        Enrolment.objects.visible_to(user)
        .filter(
            awaiting_confirmation=True,
            school__in=School.objects.visible_to(user).values("pk"),
        )
        .select_related("school", "pupil")
        .order_by("school__folded_name", "starts_on", "pk")
    )


def rank(row: Enrolment, on: date) -> tuple[bool, bool, bool, date]:
    """Of a child's enrolments the greatest names the school: settled, open, main, the latest."""
    is_open = row.ends_on is None or row.ends_on >= on
    is_main = row.status in MAIN_ENROLMENT_STATUSES
    return not row.awaiting_confirmation, is_open, is_main, row.starts_on
