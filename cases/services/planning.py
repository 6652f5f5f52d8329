"""What every change of barriers and plans asks first: may this person, and on this case, now.

Raises: Refused, with a sentence that says what to do.
"""

from __future__ import annotations

from datetime import date, datetime

from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared.errors import Refused
from cases.models import Case, SupportPlan, TimelineEntry
from cases.permissions import check_live, check_visible
from cases.services.common import acting_role, tell
from cases.services.saving import locked_case
from cases.states import EntryKind, PlanState
from schools.permissions import check_has


def check_can_plan(user: User, case: Case) -> None:
    """Whether this person may name barriers and write the plan of this case. Raises Refused."""
    check_has(user, Permission.EDIT_PLANS)
    check_visible(user, case)
    check_live(case)


def check_can_change(user: User, plan: SupportPlan) -> None:
    """Whether this person may change this plan now. Raises Refused."""
    check_can_plan(user, plan.case)
    if plan.state == PlanState.ENDED:
        raise Refused("This plan has ended. Start a new plan on the case.", code="plan_ended")


def case_to_plan(case: Case, by: User) -> Case:
    """The case's row, held until the caller's transaction ends; may this person plan on it?"""
    locked = locked_case(case)
    check_can_plan(by, locked)
    return locked


def locked_plan(plan: SupportPlan, by: User) -> SupportPlan:
    """The plan's row, held until the caller's transaction ends; may this person change it?"""
    locked = (
        SupportPlan.objects.select_for_update(of=("self",))
        .select_related("case__school", "pupil")
        .get(pk=plan.pk)
    )
    check_can_change(by, locked)
    return locked


def tell_of_plan(
    case: Case,
    title: str,
    *,
    by: User,
    on: date,
    at: datetime,
    text: str = "",
    about: object = None,
) -> TimelineEntry:
    """A line about the plan in the child's timeline, in the role that plans."""
    return tell(
        pupil=case.pupil,
        case=case,
        kind=EntryKind.PLAN,
        title=title,
        text=text,
        at=at,
        by=by,
        by_role=acting_role(by, Permission.EDIT_PLANS, on),
        about=about,
    )
