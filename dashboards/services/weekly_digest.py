"""The weekly digest: one e-mail a person on the first working morning of a week, counts only.

It goes to people who lead attendance at schools, their champions among them, and to officers of
patches, unless they turned it off. One address that cannot be reached stops nobody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import User, WeeklyDigestSent
from accounts.roles import Role
from cases.services.digest import is_working_day
from dashboards.read_models.weekly_digest import WeeklyDigest, weekly_digest
from schools.scoping import membership_in_force

_READERS: Final = (Role.SCHOOL_LEAD, Role.ATTENDANCE_OFFICER)
ListsWithNew = Callable[[User, date], int]


@dataclass(frozen=True)
class Sent:
    """What became of a morning: how many were sent, and how many could not be."""

    sent: int = 0
    not_sent: int = 0


def send_weekly_digests(*, on: date, at: datetime, lists_with_new: ListsWithNew) -> Sent:
    """Send to everyone with something to read who has not had this week's.

    `lists_with_new` says how many of a person's worklists have somebody new.
    """
    if not is_first_working_day(on):
        return Sent()
    sent = not_sent = 0
    for user in _readers(on):
        try:
            lists = lists_with_new(user, on)
            digest = weekly_digest(user, on=on, at=at, lists_with_new=lists)
            sent += not digest.is_empty and _send_once(user, digest, on=on, at=at)
        except Exception as problem:  # whatever a mail server does to one, the others get theirs
            not_sent += 1
            _log().warning("weekly_digest_not_sent", user_id=user.pk, kind=type(problem).__name__)
    return Sent(sent, not_sent)


def is_first_working_day(on: date) -> bool:
    """Monday, or the first day after it that is no bank holiday; never a weekend."""
    earlier = (on - timedelta(days=number) for number in range(1, on.weekday() + 1))
    return is_working_day(on) and not any(map(is_working_day, earlier))


def monday_of(on: date) -> date:
    """The Monday of a day's week."""
    return on - timedelta(days=on.weekday())


def _readers(on: date) -> Iterator[User]:
    """Those who get one this week and have not had it, in order."""
    held = membership_in_force(on, "memberships__")
    users = User.objects.filter(
        held,
        memberships__role__in=_READERS,
        is_active=True,
        is_machine=False,
        wants_weekly_digest=True,
    ).exclude(weekly_digests__week=monday_of(on))
    yield from users.distinct().order_by("pk")


@transaction.atomic
def _send_once(user: User, digest: WeeklyDigest, *, on: date, at: datetime) -> bool:
    """Send, unless another run did. What could not be sent is not written down as sent, so that
    the next run tries again."""
    _, is_first = WeeklyDigestSent.objects.get_or_create(
        user=user, week=monday_of(on), defaults={"at": at}
    )
    if is_first:
        _mail(user, digest).send()
    return is_first


def _mail(user: User, digest: WeeklyDigest) -> EmailMultiAlternatives:
    address = settings.PORTAL_ADDRESS
    facts = {
        "greeting": f"Good morning {user.name}," if user.name else "Good morning,",
        "digest": digest,
        "subject": "Attendance: your week",
        "lines": [(line.words, f"{address}{line.path}") for line in digest.lines],
        "choice": f"{address}{reverse('mail_choices')}",
    }
    text = render_to_string("emails/weekly_digest.txt", facts)
    mail = EmailMultiAlternatives(str(facts["subject"]), text, None, [user.email])
    mail.attach_alternative(render_to_string("emails/weekly_digest.html", facts), "text/html")
    return mail


def _log() -> structlog.stdlib.BoundLogger:
    log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)
    return log
