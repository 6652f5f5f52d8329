"""Who may do what to a case: first the person, then the state of the case.

Each check raises Refused with a sentence that somebody can act on; pages show the same sentence
where a button would be dead.
"""

from __future__ import annotations

from datetime import date

from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared import wording
from attendance_portal.shared.errors import Refused
from attendance_portal.shared.once import once_a_reading
from cases.models import Case
from schools.permissions import check_has, has_permission

#: Those who may act on a case that somebody else leads.
_ABOVE_THE_LEAD = (Permission.ALLOCATE_CASES, Permission.MANAGE_TEAM)


def check_can_see_casework(user: User) -> None:
    """Whether this person reads cases at all."""
    check_has(user, Permission.SEE_CASES)


def check_can_work(user: User, case: Case, on: date) -> None:
    """Whether this person keeps this case up to date today: theirs to see, and not closed."""
    check_has(user, Permission.LEAD_CASES)
    check_visible(user, case)
    check_live(case)


def check_visible(user: User, case: Case) -> None:
    """Whether the case is in scope. Pages answer 404 before they ask this."""
    if not _sees(user, case.pk):
        raise Refused("This case is not one of yours.", code="out_of_scope")


@once_a_reading
def _sees(user: User, case_id: int) -> bool:
    return bool(Case.objects.visible_to(user).filter(pk=case_id).exists())


def check_live(case: Case) -> None:
    """Whether the case is being worked on."""
    if not case.is_live:
        closed = f" on {wording.day(case.closed_on)}" if case.closed_on else ""
        raise Refused(
            f"Case {case.reference} closed{closed}. Reopen it first.", code="case_already_closed"
        )


def is_lead_of(user: User, case: Case, on: date) -> bool:
    """Whether this person leads the case, or covers for its lead on that day."""
    if case.lead_id == user.pk:
        return True
    in_force = case.cover_until is None or case.cover_until >= on
    return case.cover_id == user.pk and in_force


def check_leads(user: User, case: Case, on: date) -> None:
    """Whether this person decides about the case: its lead, its cover, or a manager."""
    if is_lead_of(user, case, on):
        return
    if any(has_permission(user, permission) for permission in _ABOVE_THE_LEAD):
        return
    if case.lead is None:
        raise Refused(
            "Nobody leads this case yet. Ask the team manager to allocate it.",
            code="case_unallocated",
        )
    raise Refused(f"{case.lead} leads this case. Ask them, or their manager.", code="not_the_lead")
