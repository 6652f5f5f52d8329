"""What every service of casework does: act in a role, tell the timeline, write the audit entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from accounts.models import User
from accounts.roles import MACHINE_ROLE, ROLES, Permission
from accounts.services.audit import record_audit
from cases.choices import AGENCY_OF_ROLE, Agency
from cases.models import Case, TimelineEntry
from cases.states import EntryKind
from schools.models import Pupil
from schools.scoping import roles_of


def acting_role(user: User, permission: Permission, on: date) -> str:
    """The first of a person's roles, in the order of roles, that allows this; a machine's own."""
    held = roles_of(user, on)
    for role, facts in ROLES.items():
        if role in held and permission in facts.permissions:
            return role.value
    return MACHINE_ROLE


def agency_of(role: str, by: User | None = None) -> str:
    """The agency that somebody speaks for in a role; the attendance team where none is named.

    `by`: who speaks; a system says itself whom it speaks for.
    """
    if by is not None and by.agency:
        return by.agency
    return AGENCY_OF_ROLE.get(role, Agency.ATTENDANCE).value


def tell(
    *,
    pupil: Pupil,
    case: Case | None,
    kind: EntryKind,
    title: str,
    at: datetime,
    by: User | None,
    by_role: str = "",
    text: str = "",
    fact: str = "",
    agency: str = "",
    is_restricted: bool = False,
    about: Any = None,
) -> TimelineEntry:
    """One line of the child's timeline, in the caller's transaction. `about`: the row it tells of.

    `title` names no child; `fact` is one of `cases.states.Fact` where a gate may ask for it.
    """
    return TimelineEntry.objects.create(
        pupil=pupil,
        case=case,
        kind=kind.value,
        title=title,
        text=text,
        fact=fact,
        agency=agency or (agency_of(by_role, by) if by_role else ""),
        at=at,
        by=by,
        by_role=by_role,
        is_restricted=is_restricted,
        object_kind=about._meta.model_name if about is not None else "",
        object_ref=str(about.pk) if about is not None else "",
    )


def write_audit(
    *,
    verb: str,
    about: Any,
    by: User | None,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Who did what to which row of casework. Free text of families stays out of the trail."""
    record_audit(
        by=by,
        verb=verb,
        object_kind=about._meta.model_name,
        object_ref=str(getattr(about, "reference", about.pk)),
        before=before,
        after=after,
        at=at,
    )
