"""Being in touch: writing down a contact, and saying that one is ringing now.

Raises: Refused (this person may not, or the child is not one of theirs), Invalid (a field that
cannot be used, with every such field in `errors`), Conflict (a colleague rings already).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from attendance_portal.shared.errors import Conflict, ErrorDetail, Invalid, Refused
from cases.choices import CONTACT_KINDS, REACHED, ContactKind, Reached
from cases.models import Case, Contact, ContactClaim
from cases.read_models.contacts import standing_claim
from cases.rules.contacts import (
    CALL_HELD_FOR,
    Problem,
    Said,
    follow_up_problem,
    named_by,
    problems_of,
    when_problem,
)
from cases.services.actions import add_action
from cases.services.barriers import name_barrier
from cases.services.common import acting_role, agency_of, tell, write_audit
from cases.states import EntryKind, Fact, Origin
from schools.models import Pupil
from schools.permissions import check_has, has_permission

NOT_YOURS = "This child is not one of yours. Ask the attendance team to share the family with you."


def check_can_log(user: User, pupils: Sequence[Pupil]) -> None:
    """Whether this person may write down a contact with these children. Raises Refused."""
    check_has(user, Permission.LOG_CONTACTS)
    wanted = {pupil.pk for pupil in pupils}
    known = Pupil.objects.worked_with_by(user).filter(pk__in=wanted).count()
    if known != len(wanted):
        raise Refused(NOT_YOURS, code="out_of_scope")


@transaction.atomic
def log_contact(
    *,
    pupils: Sequence[Pupil],
    kind: str,
    reached: str,
    said: str,
    child_words: str = "",
    family_words: str = "",
    barrier: str = "",
    consequences_explained: bool = False,
    is_restricted: bool = False,
    happened_at: datetime,
    follow_up_on: date | None = None,
    by: User,
    on: date,
    at: datetime,
) -> list[Contact]:
    """Write down one contact about one child or several: a row each, with the same `together`.

    It hangs on the child's live case, if there is one; a barrier heard is named there too by who
    may, unless the note is restricted. `follow_up_on`: one action for the writer, about the first
    child.
    """
    typed = Said(
        kind, reached, said.strip(), child_words.strip(), family_words.strip(), barrier,
        consequences_explained,
    )  # fmt: skip
    _check(typed, pupils, happened_at, follow_up_on, on=on, at=at)
    check_can_log(by, pupils)
    role = acting_role(by, Permission.LOG_CONTACTS, on)
    cases = {case.pupil_id: case for case in Case.objects.live().filter(pupil__in=pupils)}
    together = uuid.uuid4()
    contacts = [
        Contact.objects.create(
            pupil=pupil,
            case=cases.get(pupil.pk),
            together=together,
            **asdict(typed),
            is_restricted=is_restricted,
            at=happened_at,
            logged_at=at,
            by=by,
            by_role=role,
            agency=agency_of(role, by),
        )
        for pupil in pupils
    ]
    for contact in contacts:
        _write_down(contact, by=by, on=on, at=at)
    if follow_up_on is not None:
        _promise(contacts[0], follow_up_on, by=by, on=on, at=at)
    _claims_of(pupils, by).delete()
    return contacts


def _check(
    typed: Said,
    pupils: Sequence[Pupil],
    happened_at: datetime,
    follow_up_on: date | None,
    *,
    on: date,
    at: datetime,
) -> None:
    found = [] if pupils else [Problem("pupils", "Choose which child this was about.")]
    found += problems_of(typed)
    if problem := when_problem(happened_at, on, at, LONDON):
        found.append(Problem("happened_at", problem))
    if follow_up_on is not None and (problem := follow_up_problem(follow_up_on, on)):
        found.append(Problem("follow_up_on", problem))
    if found:
        raise Invalid(
            found[0].text,
            code="contact_incomplete",
            errors=tuple(ErrorDetail(f"{p.field}_wrong", p.text, f"/{p.field}") for p in found),
        )


def _write_down(contact: Contact, *, by: User, on: date, at: datetime) -> None:
    """The line of the timeline, the barrier on the case, the audit entry."""
    case = contact.case
    tell(
        pupil=contact.pupil,
        case=case,
        kind=EntryKind.CONTACT,
        title=title_of(contact.kind, contact.reached),
        text=_text_of(contact),
        fact=Fact.CONSEQUENCES_EXPLAINED.value if contact.consequences_explained else "",
        agency=contact.agency,
        at=contact.at,
        by=by,
        by_role=contact.by_role,
        is_restricted=contact.is_restricted,
        about=contact,
    )
    may_plan = has_permission(by, Permission.EDIT_PLANS)
    if contact.barrier and case is not None and may_plan and not contact.is_restricted:
        name_barrier(
            case=case,
            kind=contact.barrier,
            named_by=named_by(contact.reached),
            by=by,
            on=on,
            at=at,
        )
    write_audit(
        verb="contact.logged",
        about=contact,
        by=by,
        at=at,
        after={
            "pupil": str(contact.pupil.public_id),
            "case": case.reference if case is not None else None,
            "kind": contact.kind,
            "reached": contact.reached,
            "is_restricted": contact.is_restricted,
            "happened_at": contact.at.isoformat(),
        },
    )


def title_of(kind: str, reached: str) -> str:
    """'Visit: the child and a parent', 'Call: no answer'."""
    whom = "the child and a parent" if reached == Reached.BOTH else REACHED[Reached(reached)]
    return f"{CONTACT_KINDS[ContactKind(kind)]}: {whom[:1].lower()}{whom[1:]}"


def _text_of(contact: Contact) -> str:
    """The child's own words come first."""
    quoted = [f"“{words}”" for words in (contact.child_words, contact.family_words) if words]
    return "\n".join([*quoted, contact.said]).strip()


def _promise(contact: Contact, due_on: date, *, by: User, on: date, at: datetime) -> None:
    """One action for the writer. Its words are read by everyone on the case, so it has none of
    what was said, and of a restricted note not even what it was."""
    kind = "Note" if contact.is_restricted else CONTACT_KINDS[ContactKind(contact.kind)]
    day = wording.day(contact.at.astimezone(LONDON).date())
    add_action(
        text=f"Be in touch again, after the {kind.lower()} of {day}",
        due_on=due_on,
        origin=Origin.CONTACT,
        origin_label=f"{kind}, {day}",
        agency=contact.agency,
        owner=by,
        pupil=contact.pupil,
        case=contact.case,
        contact=contact,
        by=by,
        on=on,
        at=at,
    )


# I'm ringing now.


@transaction.atomic
def claim_call(
    *, pupil: Pupil, anyway: bool = False, by: User, on: date, at: datetime
) -> ContactClaim:
    """Say that one is ringing this family now: others see it for half an hour.

    Raises Conflict when a colleague said so first, unless one rings `anyway`.
    """
    check_can_log(by, [pupil])
    Pupil.objects.select_for_update(of=("self",)).get(pk=pupil.pk)  # one after another
    other = standing_claim(pupil, at, by)
    if other is not None and not anyway:
        raise Conflict(other.sentence, code="call_claimed")
    claim, _ = ContactClaim.objects.update_or_create(
        pupil=pupil,
        defaults={
            "by": by,
            "by_role": acting_role(by, Permission.LOG_CONTACTS, on),
            "at": at,
            "until": at + CALL_HELD_FOR,
        },
    )
    write_audit(
        verb="contact.claimed",
        about=claim,
        by=by,
        at=at,
        after={"pupil": str(pupil.public_id), "anyway": anyway},
    )
    return claim


@transaction.atomic
def release_call(*, pupil: Pupil, by: User, on: date, at: datetime) -> None:
    """No longer ringing the family; somebody else's claim stays."""
    for claim in _claims_of([pupil], by).select_for_update():
        write_audit(verb="contact.claim_released", about=claim, by=by, at=at)
        claim.delete()


def _claims_of(pupils: Sequence[Pupil], by: User) -> QuerySet[ContactClaim]:
    """What this person said about these children's families."""
    homes = [pupil.household_id for pupil in pupils if pupil.household_id]
    of_family = Q(pupil__in=pupils)
    if homes:
        of_family |= Q(pupil__in=Pupil.objects.filter(household__in=homes).values("pk"))
    return ContactClaim.objects.filter(of_family, by=by)
