"""What the form for a contact shows around it: the child, what to know first, who else is in touch.

Everything starts from the reader's casework.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from accounts.roles import Permission
from attendance_portal.shared import wording
from cases.choices import HOLDS, HoldKind
from cases.models import Case, Hold
from cases.read_models.contacts import Claim, claims_of, last_contact
from dashboards.read_models.rolls import rank
from schools.choices import year_group_label
from schools.models import Enrolment, Pupil, PupilGrant, Responsibility
from schools.permissions import has_permission
from schools.scoping import grant_in_force

if TYPE_CHECKING:
    from accounts.models import User

ENGLISH = frozenset({"", "english"})


@dataclass(frozen=True)
class ContactPage:
    """`hold`, `last`, `claim`: sentences and who rings; `others`: children of the household."""

    pupil: Pupil
    on_roll: str
    hold: str
    last: str
    claim: Claim | None
    before: list[str]
    others: list[tuple[str, str]]


@dataclass(frozen=True)
class ChildChoice:
    """A child that a contact could be about."""

    public_id: UUID
    name: str
    on_roll: str


def contact_page(pupil: Pupil, user: User, *, on: date, at: datetime) -> ContactPage:
    """Everything around the form. `at`: now, for who rings."""
    last = last_contact(pupil, user)
    return ContactPage(
        pupil=pupil,
        on_roll=rolls_of([pupil], user, on).get(pupil.pk, ""),
        hold=holds_of([pupil], user).get(pupil.pk, ""),
        last=last.sentence(on) if last else "Nobody has logged a contact with this family yet.",
        claim=claims_of([pupil], at, user).get(pupil.pk),
        before=before_contact([pupil], user),
        others=_others(pupil, user),
    )


def holds_of(pupils: Iterable[Pupil], user: User) -> dict[int, str]:
    """Child's id to the sentence about the hold that stands."""
    rows = Hold.objects.visible_to(user).filter(pupil__in=list(pupils), ended_at__isnull=True)
    return {
        row.pupil_id: (
            f"{HOLDS[HoldKind(row.kind)]}: no letter is sent, and the case does not step up. "
            f"To be reviewed on {wording.day(row.review_on)}. {row.reason}"
        )
        for row in rows
    }


def before_contact(pupils: Iterable[Pupil], user: User) -> list[str]:
    """What to know before anyone is in touch with these children's family."""
    children = list(pupils)
    cases = Case.objects.visible_to(user).live().filter(pupil__in=children).order_by("pk")
    ties: Iterable[Responsibility] = ()
    if has_permission(user, Permission.SEE_CONTACTS):
        rows = Responsibility.objects.visible_to(user).filter(pupil__in=children)
        ties = rows.select_related("parent").order_by("parent__name", "pk")
    return before_of(children, cases, ties)


def before_of(
    pupils: Iterable[Pupil], cases: Iterable[Case], ties: Iterable[Responsibility]
) -> list[str]:
    """The preferred way, whom each child trusts, and the languages of parents who may want an
    interpreter. `ties`: none for readers who do not see how to reach parents."""
    forenames = {pupil.pk: pupil.forename for pupil in pupils}
    found: list[str] = []
    for case in cases:
        if case.preferred_contact:
            found.append(f"Preferred way: {case.preferred_contact}")
        if case.trusted_adult:
            found.append(f"{forenames[case.pupil_id]} trusts {case.trusted_adult}")
    found += [
        f"{tie.parent.name} speaks {tie.parent.language}. Ask whether an interpreter would help."
        for tie in ties
        if tie.parent.language.strip().lower() not in ENGLISH
    ]
    return list(dict.fromkeys(found))


def _others(pupil: Pupil, user: User) -> list[tuple[str, str]]:
    """The other children of the household that this person works with."""
    if pupil.household_id is None:
        return []
    home = Pupil.objects.worked_with_by(user).filter(household=pupil.household_id)
    children = home.exclude(pk=pupil.pk).order_by("date_of_birth", "pk")
    return [(str(child.public_id), str(child)) for child in children]


def rolls_of(pupils: Iterable[Pupil], user: User, on: date) -> dict[int, str]:
    """Child's id to the school and year today, of the enrolment that names the school."""
    held: dict[int, Enrolment] = {}
    rows = Enrolment.objects.visible_to(user).on_roll(on).filter(pupil__in=list(pupils))
    for row in rows.select_related("school").order_by("pk"):
        before = held.get(row.pupil_id)
        if before is None or rank(row, on) > rank(before, on):
            held[row.pupil_id] = row
    return {
        pupil_id: ", ".join(filter(None, (row.school.name, year_group_label(row.year_group))))
        for pupil_id, row in held.items()
    }


def family_pupils(user: User, *, on: date) -> list[Pupil]:
    """The children granted to this person and those whose live case they lead or cover."""
    granted = PupilGrant.objects.filter(grant_in_force(on), user=user).values("pupil_id")
    led = Case.objects.visible_to(user).live().led_by(user, on).values("pupil_id")
    mine = Pupil.objects.worked_with_by(user).filter(Q(pk__in=granted) | Q(pk__in=led))
    return list(mine.order_by("folded_name", "pk"))


def choices_of_child(user: User, *, on: date) -> list[ChildChoice]:
    """Whom a contact could be about when the address does not say."""
    children = family_pupils(user, on=on)
    rolls = rolls_of(children, user, on)
    return [ChildChoice(one.public_id, str(one), rolls.get(one.pk, "")) for one in children]
