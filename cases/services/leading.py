"""Who stands on a case as lead, cover or lead practitioner: one goes as the other comes.

For services that have made their own check, in their transaction.
"""

from __future__ import annotations

from datetime import date, datetime

from accounts.models import User
from accounts.roles import ROLES, Permission
from attendance_portal.shared.errors import Refused
from cases.choices import AGENCY_OF_ROLE, Agency
from cases.models import Case, CaseWorker
from cases.services.saving import locked_case, save_case
from cases.services.workers import add_worker, end_parts
from schools.scoping import roles_of

_FIELDS = {
    CaseWorker.Part.LEAD: "lead",
    CaseWorker.Part.COVER: "cover",
    CaseWorker.Part.LEAD_PRACTITIONER: "lead_practitioner",
}


def lead_agency(user: User, on: date) -> str:
    """The agency for which somebody would lead a case. Raises Refused where no role leads any."""
    held = roles_of(user, on)
    for role, facts in ROLES.items():
        if role in held and Permission.LEAD_CASES in facts.permissions:
            return AGENCY_OF_ROLE.get(role.value, Agency.ATTENDANCE).value
    raise Refused(
        f"{user} has no role that leads cases today. Choose somebody else.", code="cannot_lead"
    )


def hand_over(
    case: Case,
    part: CaseWorker.Part,
    to: User | None,
    *,
    until_on: date | None = None,
    by: User,
    on: date,
    at: datetime,
) -> None:
    """Give a part to somebody, or to nobody; whoever had it leaves it at this moment."""
    agency = lead_agency(to, on) if to is not None else ""
    had = CaseWorker.objects.filter(case=case, part=part, ended_at__isnull=True)
    gone = list(had.exclude(user=to, until_on=until_on).select_related("user", "grant", "case"))
    if to is not None:
        _end_same(gone, to, by=by, on=on, at=at)
        add_worker(
            case=case, user=to, agency=agency, part=part, until_on=until_on, by=by, on=on, at=at
        )
    end_parts((one for one in gone if one.user_id != _pk(to)), reason="", by=by, on=on, at=at)
    locked = locked_case(case)
    setattr(locked, _FIELDS[part], to)
    if part == CaseWorker.Part.COVER:
        locked.cover_until = until_on if to is not None else None
    save_case(locked, at)


def _end_same(gone: list[CaseWorker], to: User, *, by: User, on: date, at: datetime) -> None:
    """Somebody who has the part until another day has it anew."""
    same = [one for one in gone if one.user_id == to.pk]
    end_parts(same, reason="", by=by, on=on, at=at)


def _pk(user: User | None) -> int | None:
    return user.pk if user is not None else None
