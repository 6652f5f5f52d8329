"""Who may give and end which access: the checks that the service acts by and the pages show.

Each returns the reasons against it, in words; an empty list means that it may be done.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from accounts.models import User
from accounts.roles import ROLES, ROLES_WITH_AN_END, TEAM_ROLES, Permission, Role
from attendance_portal.shared.errors import ErrorDetail, Invalid, Refused
from schools.models import Membership, Patch, School, Trust
from schools.permissions import permissions_of
from schools.scoping import access_of, membership_in_force

OWN_ROLES = "Nobody gives or ends their own roles. Ask another administrator."
NO_RIGHT = "Your role does not include this: give and end people's access."
NOT_YOUR_ROLE = (
    "A team manager gives and ends the access of attendance officers and school leads. "
    "Ask an administrator for other roles."
)
BEYOND_YOUR_SCHOOLS = "You can give and end access for the schools that you see yourself."
LAST_ADMINISTRATOR = (
    "This is the last administrator. Give someone else that role first, without a last day or "
    "beyond this one's end."
)
NEEDS_AN_END = "Access for this role needs a last day."
NEEDS_A_SCHOOL = "A school lead needs a school or a trust: name one."
GRANTED_ONLY = "This role sees only the children granted one by one: choose no school."
SHOWS_NOTHING = "With no school this role would show nothing. Choose schools, or the whole LA."

_LA, _NOBODY = Membership.Scope.LA, Membership.Scope.NOBODY


def roles_given_by(by: User) -> list[Role]:
    """The roles that this person may give and end, in their settled order."""
    may = permissions_of(by)
    if Permission.MANAGE_PEOPLE in may:
        return list(Role)
    return [role for role in Role if role in TEAM_ROLES] if Permission.MANAGE_TEAM in may else []


def refusals_to_give(by: User, *, user: User | None, role: str, urns: set[int] | None) -> list[str]:
    """Why this person may not give that role for these schools (None: every school)."""
    if user is not None and user.pk == by.pk:
        return [OWN_ROLES]
    return _refusals(by, role, urns)


def refusals_to_end(by: User, membership: Membership, last_day: date | None) -> list[str]:
    """Why this person may not end that access with this day (None: now)."""
    if membership.user_id == by.pk:
        return [OWN_ROLES]
    reasons = _refusals(by, membership.role, urns_of(membership))
    return reasons or _last_administrator(membership, last_day, today=access_of(by).on)


def urns_of(membership: Membership) -> set[int] | None:
    """The schools a membership names; None for all of them."""
    return urns_named(
        scope=membership.scope,
        schools=[membership.school] if membership.school else [],
        trusts=[membership.trust] if membership.trust else [],
        patch=membership.patch,
    )


def urns_named(
    *, scope: str, schools: Sequence[School], trusts: Sequence[Trust], patch: Patch | None
) -> set[int] | None:
    """The schools that these name between them; None for the whole authority."""
    if scope == _LA:
        return None
    named = Q(pk__in=[s.pk for s in schools]) | Q(trust__in=trusts)
    if patch is not None:
        named |= Q(pk__in=patch.schools.values("pk"))
    return set(School.objects.filter(named).values_list("pk", flat=True))


def check_facts(
    *, role: str, scope: str, from_on: date, until_on: date | None, today: date
) -> None:
    """What must be true of any access given on a page. Raises Invalid naming each field."""
    wrong = []
    if role in ROLES_WITH_AN_END and until_on is None:
        wrong.append(ErrorDetail("needs_an_end", NEEDS_AN_END, pointer="until_on"))
    if until_on is not None and until_on < from_on:
        wrong.append(
            ErrorDetail("ends_first", "The last day is before the first day.", pointer="until_on")
        )
    if from_on < today:
        wrong.append(
            ErrorDetail("backdated", "The first day is today or later.", pointer="from_on")
        )
    problem = _scope_problem(role, scope)
    if problem:
        wrong.append(ErrorDetail("scope", problem, pointer="scope"))
    if wrong:
        raise Invalid(wrong[0].message, errors=tuple(wrong))


def _scope_problem(role: str, scope: str) -> str:
    if role == Role.SCHOOL_LEAD and scope in (_LA, _NOBODY):
        return NEEDS_A_SCHOOL
    by_grant = role in (Role.EARLY_HELP_WORKER, Role.PANEL_MEMBER)
    sees_pupils = role in set(Role) and ROLES[Role(role)].sees_pupils
    if scope != _NOBODY and (by_grant or not sees_pupils):
        return GRANTED_ONLY if by_grant else "This role sees no pupils: choose no school."
    if scope == _NOBODY and sees_pupils and not by_grant:
        return SHOWS_NOTHING
    return ""


def _refusals(by: User, role: str, urns: set[int] | None) -> list[str]:
    may = permissions_of(by)
    if Permission.MANAGE_PEOPLE in may:
        return []
    if Permission.MANAGE_TEAM not in may:
        return [NO_RIGHT]
    if role not in TEAM_ROLES:
        return [NOT_YOUR_ROLE]
    return [] if _is_within(by, urns) else [BEYOND_YOUR_SCHOOLS]


def _is_within(by: User, urns: set[int] | None) -> bool:
    access = access_of(by)
    return access.everything or (urns is not None and urns <= set(access.urns))


def _last_administrator(membership: Membership, last_day: date | None, *, today: date) -> list[str]:
    """Someone else must be administrator today and still be it after this one's last day."""
    if membership.role != Role.ADMINISTRATOR:
        return []
    others = (
        Membership.objects.filter(
            membership_in_force(today),
            membership_in_force(last_day or today),
            role=Role.ADMINISTRATOR,
            user__is_active=True,
            user__is_machine=False,
        )
        .filter(Q(until_on__isnull=True) | Q(until_on__gt=last_day or today))
        .exclude(user=membership.user)
    )
    is_in_force = membership.ended_at is None and (
        membership.until_on is None or membership.until_on >= today
    )
    return [LAST_ADMINISTRATOR] if is_in_force and not others.exists() else []


def refuse_if(reasons: list[str]) -> None:
    """Raises Refused with the reasons, if there are any."""
    if reasons:
        raise Refused(" ".join(reasons))
