"""The family sub-page of a record: parents, siblings, professionals, consents.

A school sees it while the child is on its roll. What a role may not know has no row at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from accounts.models import User
from accounts.roles import ROLES, Permission, Role
from attendance_portal.shared import wording
from dashboards.read_models.cases.partners import ConsentLine, consent_lines
from dashboards.read_models.pupil import Record
from dashboards.read_models.pupil_casework import Worker, workers_of
from dashboards.read_models.pupil_list import date_notes
from dashboards.read_models.rolls import rank
from schools.choices import year_group_label
from schools.models import Enrolment, Membership, Pupil, PupilGrant, Responsibility
from schools.scoping import grant_in_force, membership_in_force


@dataclass(frozen=True)
class ParentCard:
    """One parent: rows in words, those this person may know."""

    name: str
    relationship: str
    rows: list[tuple[str, str]]


@dataclass(frozen=True)
class Sibling:
    """A child of the same household whose record this person may open."""

    public_id: UUID
    name: str
    year_group: str
    school: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Professional:
    """Someone who works with the child: in which role, for whom, since when, how to reach."""

    name: str
    role: str
    organisation: str
    since: str
    reach: str


@dataclass(frozen=True)
class FamilyPage:
    """The sub-page; `is_open` False: the child has left this school, and the family with them."""

    is_open: bool
    parents: list[ParentCard]
    siblings: list[Sibling]
    professionals: list[Professional]
    shows_contacts: bool
    consents: list[ConsentLine] = field(default_factory=list)
    shows_consents: bool = False


def family_of(record: Record) -> FamilyPage:
    """Everything of the sub-page."""
    if not record.is_whole:
        return FamilyPage(False, [], [], [], shows_contacts=False)
    return FamilyPage(
        is_open=True,
        parents=_parents(record),
        siblings=_siblings(record),
        professionals=_professionals(record),
        shows_contacts=record.may(Permission.SEE_CONTACTS),
        consents=consent_lines(record.case, record.user, may_refer=False) if record.case else [],
        shows_consents=record.may(Permission.SEE_CASES),
    )


def _parents(record: Record) -> list[ParentCard]:
    ties = Responsibility.objects.visible_to(record.user).filter(pupil=record.pupil)
    in_order = sorted(ties.select_related("parent"), key=_who_first)
    return [_parent(tie, record.may(Permission.SEE_CONTACTS)) for tie in in_order]


def _who_first(tie: Responsibility) -> tuple[bool, bool, str, int]:
    return not tie.lives_with, not tie.parental_responsibility, tie.parent.name, tie.pk


def _parent(tie: Responsibility, shows_contacts: bool) -> ParentCard:
    parent = tie.parent
    rows = [
        ("Parental responsibility", _known(tie.parental_responsibility)),
        ("Lives with the child", _known(tie.lives_with)),
        ("Language", parent.language),
    ]
    if shows_contacts:
        rows += [
            ("Telephone", parent.phone),
            ("E-mail", parent.email),
            ("Address", parent.address),
        ]
    return ParentCard(
        name=parent.name,
        relationship=tie.relationship or "Relationship not known",
        rows=[(key, value) for key, value in rows if value],
    )


def _known(value: bool | None) -> str:
    return {True: "Yes", False: "No", None: "Not known"}[value]


def _siblings(record: Record) -> list[Sibling]:
    household = record.pupil.household_id
    if household is None:
        return []
    others = Pupil.objects.visible_to(record.user).filter(household=household)
    children = list(others.exclude(pk=record.pupil.pk).order_by("date_of_birth", "pk"))
    rolls = _main_rolls(record, children)
    return [_sibling(child, rolls.get(child.pk), record.on) for child in children]


def _main_rolls(record: Record, children: Iterable[Pupil]) -> dict[int, Enrolment]:
    rolls: dict[int, Enrolment] = {}
    rows = Enrolment.objects.visible_to(record.user).filter(pupil__in=[c.pk for c in children])
    for row in rows.select_related("school"):
        held = rolls.get(row.pupil_id)
        if held is None or rank(row, record.on) > rank(held, record.on):
            rolls[row.pupil_id] = row
    return rolls


def _sibling(child: Pupil, roll: Enrolment | None, on: date) -> Sibling:
    return Sibling(
        public_id=child.public_id,
        name=str(child),
        year_group=year_group_label(roll.year_group) if roll else "",
        school=roll.school.name if roll else "",
        notes=tuple(date_notes(roll, on)) if roll else (),
    )


def _professionals(record: Record) -> list[Professional]:
    """Who works on the case, the officer and the champion of the school, then those who were given
    this child; each person once."""
    workers = workers_of(record)
    on_the_case = {worker.user_id for worker in workers}
    others = [
        Worker(user.pk, str(user), role, user.organisation, since, user.email)
        for user, role, since in [*_of_the_school(record), *_given(record)]
        if user.pk not in on_the_case
    ]
    shows_reach = record.may(Permission.SEE_CONTACTS)
    return [
        Professional(
            name=one.name,
            role=one.role,
            organisation=one.organisation,
            since=one.since,
            reach=one.email if shows_reach else "",
        )
        for one in [*workers, *others]
    ]


def _of_the_school(record: Record) -> list[tuple[User, str, str]]:
    main = record.main
    if main is None:
        return []
    school = main.school
    posts = (
        (school.link_officer, f"Link officer of {school.name}"),
        (school.attendance_champion, f"Senior attendance champion of {school.name}"),
    )
    return [(user, role, "") for user, role in posts if user is not None]


def _given(record: Record) -> list[tuple[User, str, str]]:
    grants = PupilGrant.objects.filter(grant_in_force(record.on), pupil=record.pupil)
    rows = list(grants.select_related("user").order_by("from_on", "pk"))
    roles = _roles([row.user_id for row in rows], record.on)
    return [
        (row.user, wording.listed(roles[row.user_id]), wording.day(row.from_on))
        for row in rows
        if row.user_id in roles
    ]


def _roles(user_ids: list[int], on: date) -> dict[int, list[str]]:
    """The roles that people hold today, as labels; nobody who holds none."""
    held = Membership.objects.filter(
        membership_in_force(on), user__in=user_ids, user__is_active=True
    )
    found: dict[int, list[str]] = defaultdict(list)
    for user_id, role in held.values_list("user_id", "role").order_by("role").distinct():
        if role in set(Role):
            found[user_id].append(ROLES[Role(role)].label)
    return found
