"""Enrolments that await confirmation: a person at the LA confirms, or the old enrolment ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from accounts.models import User
from accounts.roles import Permission
from accounts.services import record_audit
from attendance_portal.shared.errors import Conflict, Refused
from schools.models import Enrolment
from schools.permissions import check_has
from schools.querysets import EnrolmentQuerySet
from schools.services.merging import one_import_at_a_time


def _open_main(on: date) -> EnrolmentQuerySet:
    """Main enrolments that have not ended; one that starts later is open too."""
    not_ended = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    return Enrolment.objects.main().filter(not_ended)


def open_main_elsewhere(pupil_ids: Collection[int], *, on: date) -> dict[int, set[int]]:
    """For each pupil the URNs of the schools with a main enrolment that is open and accepted."""
    schools: dict[int, set[int]] = defaultdict(set)
    accepted = _open_main(on).filter(pupil_id__in=pupil_ids, awaiting_confirmation=False)
    for pupil_id, urn in accepted.values_list("pupil_id", "school_id"):
        schools[pupil_id].add(urn)
    return schools


@transaction.atomic
def confirm_enrolment(*, enrolment: Enrolment, by: User, at: datetime) -> Enrolment:
    """Let the school see the child's record. Raises Refused, or Conflict if nothing awaits it."""
    check_has(by, Permission.CONFIRM_ENROLMENTS)
    visible = Enrolment.objects.visible_to(by).filter(pk=enrolment.pk)
    locked = visible.select_for_update(of=("self",)).first()
    if locked is None:
        raise Refused("This enrolment is outside the schools you look after.")
    if not locked.awaiting_confirmation:
        raise Conflict("This enrolment does not await confirmation any more.")
    locked.awaiting_confirmation = False
    locked.confirmed_by, locked.confirmed_at = by, at
    locked.save()
    record_audit(
        by=by,
        verb="enrolment.confirmed",
        object_kind="enrolment",
        object_ref=str(locked.pk),
        before={"awaiting_confirmation": True},
        after={"awaiting_confirmation": False},
        at=at,
    )
    return locked


@transaction.atomic
def settle_confirmations(*, on: date) -> int:
    """Accept what awaits confirmation where no other main enrolment is open; how many.

    If two schools claim one child, neither claim settles by itself: the LA says whose it is, or one
    of them ends.
    """
    one_import_at_a_time()
    in_the_way = (
        _open_main(on)
        .filter(pupil_id=OuterRef("pupil_id"))
        .exclude(school_id=OuterRef("school_id"))
    )
    settled = list(
        Enrolment.objects.filter(~Exists(in_the_way), awaiting_confirmation=True)
        .select_for_update()
        .values_list("pk", flat=True)
    )
    Enrolment.objects.filter(pk__in=settled).update(awaiting_confirmation=False, updated_at=Now())
    for pk, at in Enrolment.objects.filter(pk__in=settled).values_list("pk", "updated_at"):
        record_audit(
            by=None,
            verb="enrolment.settled",
            object_kind="enrolment",
            object_ref=str(pk),
            before={"awaiting_confirmation": True},
            after={"awaiting_confirmation": False},
            at=at,
        )
    return len(settled)
