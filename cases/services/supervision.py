"""What a worker and the one who supervises them agreed about a case.

Read by whoever wrote it, the case's lead and those who read every restricted note. Nothing of it
goes on the timeline, into the API or into a file. Raises: Refused, Invalid.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from cases.models import Case, SupervisionNote
from cases.permissions import check_live, check_visible
from cases.services.common import write_audit
from cases.services.typed import fits, gone_by, needed
from schools.permissions import check_has

LONGEST: Final = 5000  # characters


def check_can_supervise(user: User, case: Case, on: date) -> None:
    """Whether this person writes supervision notes on this case. Raises Refused."""
    check_has(user, Permission.SUPERVISE)
    check_visible(user, case)
    check_live(case)


@transaction.atomic
def add_supervision_note(
    *,
    case: Case,
    text: str,
    agreed: str = "",
    with_user: User | None = None,
    on_day: date,
    by: User,
    on: date,
    at: datetime,
) -> SupervisionNote:
    """Keep what was talked about and agreed. The audit trail says that a note was written, and
    nothing of its words."""
    check_can_supervise(by, case, on)
    note = SupervisionNote.objects.create(
        case=case,
        on=gone_by(on_day, on=on, pointer="on_day"),
        text=needed(text, "Say what you talked about.", pointer="text", longest=LONGEST),
        agreed=fits(agreed, pointer="agreed", longest=LONGEST),
        with_user=with_user,
        by=by,
        at=at,
    )
    after = {"case": case.reference, "with": with_user.pk if with_user else None}
    write_audit(verb="supervision.noted", about=note, by=by, at=at, after=after)
    return note
