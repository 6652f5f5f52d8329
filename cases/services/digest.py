"""The morning's digest: one e-mail a person, counts only, and nothing where nothing is due.

It survives a missing supervisor: what is led or owned by somebody who has left, or whose role no
longer shows it, is told to the managers who see it; what no manager sees, to the administrators;
without one, to the log. One address that cannot be reached stops nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string

from accounts.models import User
from accounts.roles import Permission, permissions_of_roles
from attendance.selectors import is_expected_school_day
from cases.models import Action, Case, DigestSent, Referral, StageOverride
from cases.rules.digest import Digest, dues_of
from cases.states import ReferralState
from schools.scoping import membership_in_force, roles_of

_WEEKDAYS: Final = "12345"


@dataclass(frozen=True)
class Sent:
    """What became of a morning: how many were sent, and how many could not be."""

    sent: int = 0
    not_sent: int = 0


@dataclass
class _Person:
    """Somebody with a role today: what they may do, and which cases they look after."""

    user: User
    may: frozenset[Permission]
    reviews: dict[int, date] = field(default_factory=dict)


def is_working_day(on: date) -> bool:
    """Monday to Friday, bank holidays apart: offices work while schools have holidays."""
    return is_expected_school_day(on, _WEEKDAYS, ())


def send_digests(*, on: date, at: datetime) -> Sent:
    """Send to everyone with something due who has not had a digest that day."""
    if not is_working_day(on):
        return Sent()
    had = set(DigestSent.objects.filter(on=on).values_list("user_id", flat=True))
    sent = not_sent = 0
    for user, digest in digests(on):
        if digest.is_empty or user.pk in had:
            continue
        try:
            sent += _send_once(user, digest, on=on, at=at)
        except Exception as problem:  # whatever a mail server does to one, the others get theirs
            not_sent += 1
            _log().warning("digest_not_sent", user_id=user.pk, kind=type(problem).__name__)
    return Sent(sent, not_sent)


def digests(on: date) -> list[tuple[User, Digest]]:
    """What each person with a role today would be told, empty ones included."""
    people = _people(on)
    for person in people:
        person.reviews = _reviews(person, on)
    adrift = _Adrift.of(people)
    told = [(person.user, _digest(person, adrift, on)) for person in people]
    if adrift.unmanaged and not any(Permission.MANAGE_PEOPLE in one.may for one in people):
        _log().warning("digest_nobody_manages", waiting=len(adrift.unmanaged))
    return told


@dataclass
class _Adrift:
    """What nobody looks after, by number: cases whose lead is gone, cases that wait for a lead, and
    actions whose owner is gone.

    `seen`: what of it each manager sees, by the number of the person.
    """

    cases: set[int]
    waiting: set[int]
    actions: set[int]
    seen: dict[int, set[tuple[str, int]]] = field(default_factory=dict)

    @classmethod
    def of(cls, people: list[_Person]) -> _Adrift:
        """Live cases that have a lead who no longer sees them, and open actions without an owner
        who could do them; then which of all that waits some manager sees."""
        held = {case for person in people for case in person.reviews}
        led = Case.objects.live().filter(lead__isnull=False).values_list("pk", flat=True)
        able = [one.user.pk for one in people if Permission.HAVE_ACTIONS in one.may]
        owned = Action.objects.open().filter(owner__isnull=False).exclude(owner__in=able)
        found = cls(
            cases=set(led) - held,
            waiting=set(Case.objects.unallocated().values_list("pk", flat=True)),
            actions=set(owned.values_list("pk", flat=True)),
        )
        found.seen = {person.user.pk: found._seen_by(person) for person in people}
        return found

    def _seen_by(self, person: _Person) -> set[tuple[str, int]]:
        """What of it this person sees as a manager; nothing for others."""
        if Permission.ALLOCATE_CASES not in person.may:
            return set()
        cases = Case.objects.visible_to(person.user).filter(pk__in=self.cases | self.waiting)
        actions = Action.objects.visible_to(person.user).filter(pk__in=self.actions)
        return {("case", pk) for pk in cases.values_list("pk", flat=True)} | {
            ("action", pk) for pk in actions.values_list("pk", flat=True)
        }

    @property
    def unmanaged(self) -> set[tuple[str, int]]:
        """What waits for a manager, and no manager sees."""
        everything = {("case", pk) for pk in self.cases | self.waiting}
        everything |= {("action", pk) for pk in self.actions}
        return everything.difference(*self.seen.values())


def _people(on: date) -> list[_Person]:
    """Everyone who can sign in and holds a role today, in order."""
    held = membership_in_force(on, "memberships__")
    users = User.objects.filter(held, is_active=True, is_machine=False).distinct().order_by("pk")
    return [_Person(user, permissions_of_roles(roles_of(user, on))) for user in users]


def _reviews(person: _Person, on: date) -> dict[int, date]:
    """The cases somebody leads or covers and still sees, with the day of their next review."""
    if Permission.LEAD_CASES not in person.may:
        return {}
    led = Case.objects.visible_to(person.user).live().led_by(person.user, on)
    return dict(led.values_list("pk", "next_review_on"))


def _digest(person: _Person, adrift: _Adrift, on: date) -> Digest:
    seen = adrift.seen[person.user.pk]
    is_administrator = Permission.MANAGE_PEOPLE in person.may
    own = _own_actions(person)
    return Digest(
        actions=dues_of((due for due, _ in own), on),
        reviews=dues_of(person.reviews.values(), on),
        asked_over=sum(asked_by is not None for _, asked_by in own),
        outcomes=_outcomes(person),
        overrides=_overrides(person),
        unallocated=_number(seen, "case", adrift.waiting),
        cases_adrift=_number(seen, "case", adrift.cases),
        actions_adrift=_number(seen, "action", adrift.actions),
        unmanaged=len(adrift.unmanaged) if is_administrator else 0,
    )


def _own_actions(person: _Person) -> list[tuple[date, int | None]]:
    """When each of somebody's own open actions is due, and who asks to take it over."""
    if Permission.HAVE_ACTIONS not in person.may:
        return []
    own = Action.objects.visible_to(person.user).open().filter(owner=person.user)
    return list(own.values_list("due_on", "asked_over_by"))


def _outcomes(person: _Person) -> int:
    """Referrals of the cases somebody leads that have ended, and nobody was told how."""
    if not person.reviews:
        return 0
    ended = Referral.objects.visible_to(person.user).filter(
        case__in=person.reviews,
        state__in=(ReferralState.ENDED, ReferralState.DECLINED),
        told_on__isnull=True,
    )
    number: int = ended.count()
    return number


def _overrides(person: _Person) -> int:
    if Permission.OVERRIDE_GATES not in person.may:
        return 0
    asked = StageOverride.objects.visible_to(person.user)
    number: int = asked.filter(decision=StageOverride.Decision.WAITING).count()
    return number


def _number(seen: set[tuple[str, int]], kind: str, among: Iterable[int]) -> int:
    return sum((kind, pk) in seen for pk in among)


@transaction.atomic
def _send_once(user: User, digest: Digest, *, on: date, at: datetime) -> bool:
    """Send, unless another run did. What could not be sent is not written down as sent, so that
    the next run tries again."""
    _, is_first = DigestSent.objects.get_or_create(user=user, on=on, defaults={"at": at})
    if is_first:
        _mail(user, digest).send()
    return is_first


def _mail(user: User, digest: Digest) -> EmailMultiAlternatives:
    facts = {
        "greeting": f"Good morning {user.name}," if user.name else "Good morning,",
        "digest": digest,
        "link": f"{settings.PORTAL_ADDRESS}/",
    }
    text = render_to_string("emails/digest.txt", facts)
    mail = EmailMultiAlternatives(digest.subject, text, None, [user.email])
    mail.attach_alternative(render_to_string("emails/digest.html", facts), "text/html")
    return mail


def _log() -> structlog.stdlib.BoundLogger:
    log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)
    return log
