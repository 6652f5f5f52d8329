"""Access is given and ended: a role, for some schools, from and until a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.roles import MACHINE_ROLE, ROLES, Permission, Role
from accounts.services import record_audit
from attendance_portal.shared.errors import Invalid
from schools.models import Membership, Patch, School, Trust
from schools.permissions import check_has


@transaction.atomic
def give_access(
    *,
    user: User,
    role: str,
    schools: Sequence[School] = (),
    trusts: Sequence[Trust] = (),
    patch: Patch | None = None,
    from_on: date,
    until_on: date | None = None,
    by: User | None,
    at: datetime,
) -> list[Membership]:
    """Give a person a role for these schools, trusts or patch; with none of them, for what the
    role has by default. `by` None: a command on the server.
    Raises Refused (no right to), Invalid (a school lead needs a school or trust)."""
    if by is not None:
        check_has(by, Permission.MANAGE_PEOPLE)
    scopes: list[dict[str, Any]] = [
        *({"scope": "school", "school": school} for school in schools),
        *({"scope": "trust", "trust": trust} for trust in trusts),
        *([{"scope": "patch", "patch": patch}] if patch else []),
    ]
    given = [
        Membership.objects.create(user=user, role=role, from_on=from_on, until_on=until_on, **scope)
        for scope in scopes or [{"scope": default_scope(role)}]
    ]
    for membership in given:
        _write_down(membership, verb="gave_access", by=by, at=at)
    return given


@transaction.atomic
def end_access(
    *, membership: Membership, last_day: date, by: User | None, at: datetime
) -> Membership:
    """Let a membership end with this day. Raises Refused (no right to)."""
    if by is not None:
        check_has(by, Permission.MANAGE_PEOPLE)
    before = {"until_on": membership.until_on}
    membership.until_on = max(last_day, membership.from_on)
    membership.save(update_fields=["until_on"])
    _write_down(membership, verb="ended_access", by=by, at=at, before=before)
    return membership


def default_scope(role: str) -> Membership.Scope:
    """What a role shows when no school is named. Raises Invalid for an unknown role and for a
    school lead."""
    if role == MACHINE_ROLE:
        return Membership.Scope.NOBODY
    if role not in {known.value for known in Role}:
        raise Invalid(f"There is no role '{role}'. There are: {', '.join(Role)}.")
    if role == Role.SCHOOL_LEAD:
        raise Invalid("A school lead needs a school or a trust: name one.")
    whole = ROLES[Role(role)].whole_la_by_default
    return Membership.Scope.LA if whole else Membership.Scope.NOBODY


def schools_by_urn(urns: Sequence[int]) -> list[School]:
    """The schools with these URNs. Raises Invalid naming the first that is not loaded."""
    found = School.objects.in_bulk(urns)
    for urn in urns:
        if urn not in found:
            raise Invalid(f"There is no school with the URN {urn}. Load it first.")
    return [found[urn] for urn in dict.fromkeys(urns)]


def trusts_by_uid(uids: Sequence[str]) -> list[Trust]:
    """The trusts with these UIDs. Raises Invalid naming the first that is not loaded."""
    found = Trust.objects.in_bulk(uids, field_name="uid")
    for uid in uids:
        if uid not in found:
            raise Invalid(f"There is no trust with the UID {uid}. Load its schools first.")
    return [found[uid] for uid in dict.fromkeys(uids)]


def _write_down(
    membership: Membership,
    *,
    verb: str,
    by: User | None,
    at: datetime,
    before: dict[str, Any] | None = None,
) -> None:
    record_audit(
        by=by,
        verb=verb,
        object_kind="membership",
        object_ref=str(membership.pk),
        before=before,
        after={
            "user": membership.user.email,
            "role": membership.role,
            "scope": membership.scope,
            "school": membership.school_id,
            "trust": membership.trust.uid if membership.trust else None,
            "patch": membership.patch.name if membership.patch else None,
            "from_on": membership.from_on,
            "until_on": membership.until_on,
        },
        at=at,
    )
