"""What to do about a flag from its own page: how it is answered, and the one next thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse

from accounts.roles import Permission
from attendance.models import Flag
from attendance.states import Tag
from dashboards.read_models.worklist_flags import answered, flag_line
from schools.models import Pupil
from schools.permissions import permissions_of

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class NextStep:
    """How a flag is answered, and what this reader may do. An address is empty where they may not.

    `case`: the reference of the case the child is in; then a contact is the thing to do.
    """

    answer: Tag | None
    answered: str
    case: str
    open_href: str
    log_href: str
    answer_href: str


def next_step(flag: Flag, user: User, *, on: date) -> NextStep | None:
    """None for a flag that has closed, for readers without casework, and where something of the
    child is not theirs to see."""
    may = permissions_of(user)
    if flag.closed_on is not None or Permission.SEE_CASES not in may:
        return None
    pupil = flag.enrolment.pupil
    if not Pupil.objects.wholly_visible_to(user).filter(pk=pupil.pk).exists():
        return None
    line = flag_line(flag, answered(user, [flag]), on=on)
    here = reverse("flag_why", args=[flag.pk])
    may_open = Permission.OPEN_CASES in may and not line.case
    may_answer = Permission.ANSWER_FLAGS in may and not line.answered
    log = f"{reverse('contact_log')}?pupil={pupil.public_id}&next={here}"
    return NextStep(
        answer=line.answer,
        answered=": ".join(filter(None, (line.answered, line.reason))),
        case=line.case,
        open_href=f"{reverse('case_open')}?flag={flag.pk}" if may_open else "",
        log_href=log if Permission.LOG_CONTACTS in may else "",
        answer_href=f"{reverse('flag_answer', args=[flag.pk])}?next={here}" if may_answer else "",
    )
