"""Children of one household together: who else lives there, and what is under way for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count

from attendance.models import Flag
from attendance_portal.shared import wording
from cases.models import Case
from schools.models import Pupil

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class HouseholdChild:
    """Another child of the household, as far as the reader may see. `case`: the reference of the
    live one; `flags`: open ones, counted in words."""

    public_id: UUID
    name: str
    case: str
    flags: str


def household_of(pupil: Pupil, user: User) -> list[HouseholdChild]:
    """The other children of the household whose record the reader may open; three queries."""
    if pupil.household_id is None:
        return []
    rows = Pupil.objects.visible_to(user).filter(household=pupil.household_id)
    children = list(rows.exclude(pk=pupil.pk).order_by("date_of_birth", "pk"))
    ids = [child.pk for child in children]
    cases = dict(
        Case.objects.visible_to(user)
        .live()
        .filter(pupil__in=ids)
        .values_list("pupil_id", "reference")
    )
    flags = _open_flags(ids, user)
    return [
        HouseholdChild(
            child.public_id,
            str(child),
            cases.get(child.pk, ""),
            wording.counted(flags[child.pk], "open flag") if child.pk in flags else "",
        )
        for child in children
    ]


def _open_flags(ids: list[int], user: User) -> dict[int, int]:
    rows = Flag.objects.visible_to(user).open().filter(enrolment__pupil__in=ids)
    counted = rows.order_by().values("enrolment__pupil").annotate(number=Count("pk"))
    return {row["enrolment__pupil"]: row["number"] for row in counted}
