"""The children granted to someone, by household: what an early help worker sees first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from attendance_portal.shared import wording
from schools.choices import YEAR_GROUP
from schools.models import Enrolment, Pupil, PupilGrant
from schools.scoping import grant_in_force

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class FamilyChild:
    """One child: where on roll, and until when this person may open the record."""

    public_id: UUID
    name: str
    on_roll: str
    until: str


@dataclass(frozen=True)
class Family:
    """Children of one household; a child whose household is not known stands alone."""

    name: str
    children: list[FamilyChild]


def families(user: User, *, on: date) -> list[Family]:
    """Every child granted to this person today, eldest of the alphabet first."""
    until = dict(
        PupilGrant.objects.filter(grant_in_force(on), user=user)
        .order_by("until_on")
        .values_list("pupil_id", "until_on")
    )
    pupils = list(Pupil.objects.visible_to(user).filter(pk__in=until).order_by("folded_name", "pk"))
    rolls = _rolls(user, pupils, on)
    households: dict[tuple[str, int], list[Pupil]] = defaultdict(list)
    for pupil in pupils:
        key = ("home", pupil.household_id) if pupil.household_id else ("alone", pupil.pk)
        households[key].append(pupil)
    return [
        Family(_name(children), [_child(one, rolls, until) for one in children])
        for children in households.values()
    ]


def _rolls(user: User, pupils: list[Pupil], on: date) -> dict[int, str]:
    """Pupil id to school and year today."""
    rows = (
        Enrolment.objects.visible_to(user)
        .on_roll(on)
        .filter(pupil__in=pupils)
        .order_by("pupil_id", "starts_on")
        .values_list("pupil_id", "school__name", "year_group")
    )
    found: dict[int, list[str]] = defaultdict(list)
    for pupil, school, year_group in rows:
        found[pupil].append(", ".join(filter(None, (school, YEAR_GROUP.get(year_group)))))
    return {pupil: wording.listed(texts) for pupil, texts in found.items()}


def _name(children: list[Pupil]) -> str:
    surnames = dict.fromkeys(child.surname for child in children)
    return f"{wording.listed(surnames)} family"


def _child(pupil: Pupil, rolls: dict[int, str], until: dict[int, date | None]) -> FamilyChild:
    last = until.get(pupil.pk)
    return FamilyChild(
        public_id=pupil.public_id,
        name=str(pupil),
        on_roll=rolls.get(pupil.pk, "Not on a school's roll today"),
        until=f"to {wording.day(last)}" if last else "",
    )
