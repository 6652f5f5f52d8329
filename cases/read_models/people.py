"""Whom a case can be given to, or something promised by: who works on it, and whose patch it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q

from accounts.roles import ROLES, Permission, Role
from cases.choices import AGENCIES, AGENCY_OF_ROLE
from cases.models import Case, CaseWorker
from schools.models import Membership, School
from schools.scoping import casework_access_of, in_force, membership_in_force

if TYPE_CHECKING:
    from accounts.models import User

#: Roles whose memberships for a school make somebody a colleague for each of its children.
_OF_SCHOOLS = (Role.ATTENDANCE_OFFICER, Role.TEAM_MANAGER, Role.SCHOOL_LEAD)


@dataclass(frozen=True)
class Colleague:
    """Somebody who may be asked: `what` is their role in words, `agency` whom they speak for."""

    user_id: int
    name: str
    what: str
    agency: str

    @property
    def label(self) -> str:
        """'Asha Khan, Attendance officer'."""
        return f"{self.name}, {self.what}"


def people_for(case: Case, user: User, *, on: date | None = None) -> list[tuple[str, str]]:
    """The choices of owners for something about this case: the id and name of each, reader first.

    `on`: today, unless given.
    """
    return as_choices(colleagues_of(case, user, on=on), user)


def leads_for(school: School, user: User, *, on: date | None = None) -> list[tuple[str, str]]:
    """The same for who may lead a case at a school: its officers, managers and school leads."""
    return as_choices(_of_school(school, on or casework_access_of(user).on), user)


def colleagues_of(case: Case, user: User, *, on: date | None = None) -> list[Colleague]:
    """Who works on the case, and the officers, managers and leads of its school. Two queries."""
    on = on or casework_access_of(user).on
    found = {one.user_id: one for one in _of_school(case.school, on)}
    for one in _workers(case, on):
        found.setdefault(one.user_id, one)
    return list(found.values())


def as_choices(people: Iterable[Colleague], user: User) -> list[tuple[str, str]]:
    """Pairs for a form, each person once: the reader first as "Me", then by name."""
    found = {one.user_id: one for one in people}
    mine = found.pop(user.pk, None)
    rest = sorted(found.values(), key=lambda one: (one.name.casefold(), one.user_id))
    first = [(str(mine.user_id), f"Me, {mine.name}")] if mine is not None else []
    return first + [(str(one.user_id), one.label) for one in rest]


def _of_school(school: School, on: date) -> list[Colleague]:
    """People with a role for this school that leads cases, in the order of roles."""
    covers = (
        Q(scope=Membership.Scope.LA)
        | Q(school=school)
        | Q(patch__schools=school)
        | (Q(trust=school.trust_id) if school.trust_id else Q(pk__in=[]))
    )
    held = Membership.objects.filter(
        membership_in_force(on), covers, role__in=_OF_SCHOOLS, user__is_active=True
    ).select_related("user")
    order = {role.value: place for place, role in enumerate(Role)}
    found: dict[int, Colleague] = {}
    for row in sorted(held, key=lambda row: order[row.role]):
        found.setdefault(row.user_id, _colleague(row.user, Role(row.role)))
    return list(found.values())


def _workers(case: Case, on: date) -> list[Colleague]:
    """People who have a part in the case now and a role in which they can have actions."""
    parts = CaseWorker.objects.filter(
        in_force(on),
        case=case,
        ended_at__isnull=True,
        user__is_active=True,
        user__is_machine=False,
    ).select_related("user")
    able = {
        row["user_id"]: Role(row["role"])
        for row in Membership.objects.filter(
            membership_in_force(on),
            user__in=parts.values("user"),
            role__in=[r for r in Role if Permission.HAVE_ACTIONS in ROLES[r].permissions],
        ).values("user_id", "role")
    }
    return [
        Colleague(part.user_id, str(part.user), AGENCIES[part.agency], part.agency)
        for part in parts
        if part.user_id in able
    ]


def _colleague(user: User, role: Role) -> Colleague:
    return Colleague(user.pk, str(user), ROLES[role].label, AGENCY_OF_ROLE[role].value)
