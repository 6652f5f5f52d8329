"""Access is given and ended: a role, for some schools, from and until a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.roles import MACHINE_ROLE, ROLES, Role
from accounts.services import record_audit
from attendance_portal.shared.errors import Invalid
from schools.models import Membership, Patch, School, Trust
from schools.scoping import access_of
from schools.services.giving import (
    NEEDS_A_SCHOOL,
    check_facts,
    refusals_to_end,
    refusals_to_give,
    refuse_if,
    urns_named,
)


@transaction.atomic
def give_access(
    *,
    user: User,
    role: str,
    schools: Sequence[School] = (),
    trusts: Sequence[Trust] = (),
    patch: Patch | None = None,
    scope: str = "",
    from_on: date,
    until_on: date | None = None,
    reason: str = "",
    by: User | None,
    at: datetime,
) -> list[Membership]:
    """Give a person a role for these schools, trusts or patch; with none of them, for `scope`
    (the whole LA, nobody) or what the role has by default. The same access again is not given
    twice: what is there is returned. `by` None: a command on the server.
    Raises Refused (no right to; own roles), Invalid (a role without what it needs)."""
    User.objects.select_for_update().get(pk=user.pk)  # a second press waits, and finds the first
    named = _scopes(schools, trusts, patch)
    whole = scope or (named[0]["scope"] if named else default_scope(role))
    if by is not None:
        urns = urns_named(scope=whole, schools=schools, trusts=trusts, patch=patch)
        refuse_if(refusals_to_give(by, user=user, role=role, urns=urns))
        check_facts(
            role=role, scope=whole, from_on=from_on, until_on=until_on, today=access_of(by).on
        )
    facts = {"user": user, "role": role, "from_on": from_on, "until_on": until_on}
    return [
        _give_once({**facts, **one}, reason=reason, by=by, at=at)
        for one in named or [{"scope": whole}]
    ]


def _scopes(
    schools: Sequence[School], trusts: Sequence[Trust], patch: Patch | None
) -> list[dict[str, Any]]:
    return [
        *({"scope": "school", "school": school} for school in schools),
        *({"scope": "trust", "trust": trust} for trust in trusts),
        *([{"scope": "patch", "patch": patch}] if patch else []),
    ]


def _give_once(facts: dict[str, Any], *, reason: str, by: User | None, at: datetime) -> Membership:
    if by is not None:
        there = Membership.objects.filter(ended_at__isnull=True, **facts).first()
        if there is not None:
            return there
    membership = Membership.objects.create(reason=reason, **facts)
    _write_down(membership, verb="gave_access", by=by, at=at)
    return membership


@transaction.atomic
def end_access(
    *,
    membership: Membership,
    last_day: date | None,
    reason: str = "",
    by: User | None,
    at: datetime,
) -> Membership:
    """Let a membership end with this day, or at this moment (None). Ending what has ended changes
    nothing. Raises Refused (no right to; own role; the last administrator)."""
    # Two administrators who end each other's role take turns: the second finds itself the last.
    list(Membership.objects.select_for_update().filter(role=membership.role).order_by("pk"))
    membership.refresh_from_db()
    if membership.ended_at is not None:
        return membership
    if by is not None:
        refuse_if(refusals_to_end(by, membership, last_day))
    before = {"until_on": membership.until_on, "ended_at": None}
    if last_day is None:
        membership.ended_at = at
    else:
        membership.until_on = max(last_day, membership.from_on)
    membership.end_reason = reason
    membership.save(update_fields=["until_on", "ended_at", "end_reason"])
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
        raise Invalid(NEEDS_A_SCHOOL)
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
            "ended_at": membership.ended_at,
            "reason": membership.end_reason or membership.reason,
        },
        at=at,
    )
