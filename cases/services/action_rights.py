"""Who may do what with an action. Each check raises Refused with a sentence to act on.

The rule (our proposal): a promise is ended by its owner, by whoever leads the case, or by a
manager. What a parent or an outsider promised has no login behind it: whoever works on the case
may end it. A system of another agency may end what its own agency promised.
"""

from __future__ import annotations

from datetime import date

from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared import wording
from attendance_portal.shared.errors import Refused
from cases.models import Action
from cases.permissions import is_lead_of
from cases.services.common import agency_of
from cases.states import ActionState
from schools.permissions import check_has, has_permission

_MANAGES = (Permission.ALLOCATE_CASES, Permission.MANAGE_TEAM)


def check_can_end(user: User, action: Action, *, on: date) -> None:
    """Whether this person may say that it is done, or will not be."""
    check_is_theirs(user, action)
    check_is_open(action)
    if not may_end(user, action, on):
        raise _is_anothers(action)


def may_end(user: User, action: Action, on: date) -> bool:
    """The same of an open action that is known to be theirs to see; no query for a line of a list
    whose case was read with it."""
    return _holds(user, action) or _decides(user, action, on)


def check_can_hand_on(user: User, action: Action, *, on: date) -> None:
    """Whether this person may give it to somebody else: those who may end it, and its writer."""
    check_is_theirs(user, action)
    check_is_open(action)
    if action.by_id != user.pk and not may_end(user, action, on):
        raise _is_anothers(action)


def check_can_ask(user: User, action: Action) -> None:
    """Whether this person may ask to take it over."""
    check_is_theirs(user, action)
    check_is_open(action)
    if action.owner_id == user.pk:
        raise Refused("This action is yours already.", code="is_yours")
    if action.owner_id is None:
        raise Refused(
            f"{action.owner_name} has no login here. Give the action to somebody who has one.",
            code="no_login",
        )


def check_can_answer(user: User, action: Action, *, on: date) -> None:
    """Whether this person may say yes or no to somebody who asked to take it over."""
    check_is_theirs(user, action)
    check_is_open(action)
    if action.asked_over_by_id is None:
        raise Refused("Nobody is asking to take this over now.", code="nobody_asks")
    if not (action.owner_id == user.pk or _decides(user, action, on)):
        raise Refused(f"{action.owner} is asked, and answers.", code="not_the_owner")


def check_can_show_to_family(user: User, action: Action) -> None:
    """Whether this person may put it on the family copy of its plan, or take it off."""
    check_has(user, Permission.EDIT_PLANS)
    check_is_theirs(user, action)
    if action.plan is None:
        raise Refused("Only an action of a support plan can be on the family copy.", code="no_plan")


def check_is_theirs(user: User, action: Action) -> None:
    """Whether it is in scope. Pages answer 404 before they ask this."""
    check_has(user, Permission.HAVE_ACTIONS)
    if not Action.objects.visible_to(user).filter(pk=action.pk).exists():
        raise Refused("This action is not one of yours.", code="out_of_scope")


def check_is_open(action: Action) -> None:
    """Whether it still stands."""
    if action.state == ActionState.OPEN or action.ended_on is None:
        return
    ended = "done" if action.state == ActionState.DONE else "dropped"
    raise Refused(
        f"This action was marked {ended} on {wording.day(action.ended_on)}.", code="has_ended"
    )


def _holds(user: User, action: Action) -> bool:
    """The owner; for what has no login behind it, whoever works on it; a system, its agency's."""
    if user.is_machine:
        return action.agency == agency_of("", user)
    if action.owner_id is None:
        return has_permission(user, Permission.LEAD_CASES)
    return action.owner_id == user.pk


def _decides(user: User, action: Action, on: date) -> bool:
    """Whoever leads the case or covers for its lead, and managers."""
    if action.case is not None and is_lead_of(user, action.case, on):
        return True
    return any(has_permission(user, permission) for permission in _MANAGES)


def _is_anothers(action: Action) -> Refused:
    who = str(action.owner) if action.owner is not None else action.owner_name
    return Refused(
        f"{who} promised this. Ask to take it over, or ask whoever leads the case.",
        code="not_the_owner",
    )
