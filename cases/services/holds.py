"""Holds: nothing steps up and nothing is sent for a child, until somebody looks again.

Raises: Refused (this person may not), Invalid (a word or a day that cannot be used), Conflict (a
hold stands already, or is gone).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared import wording
from attendance_portal.shared.errors import Conflict, Refused
from cases.choices import HOLDS, HoldKind
from cases.models import Hold
from cases.permissions import check_leads
from cases.read_models.partners import sees_casework_of
from cases.rules.reviews import hold_problem
from cases.selectors import live_case, standing_hold
from cases.services.common import acting_role, tell, write_audit
from cases.services.typed import needed, one_of, wrong
from cases.states import EntryKind
from schools.models import Pupil
from schools.permissions import check_has


def check_can_hold(user: User, pupil: Pupil, on: date) -> None:
    """Whether this person may place a hold for this child: everyone who works on cases and sees
    this one, since a hold protects. Raises Refused."""
    check_has(user, Permission.LEAD_CASES)
    if not sees_casework_of(user, pupil, on):
        raise Refused("This child is not one of yours.", code="out_of_scope")


def check_can_change_hold(user: User, hold: Hold, on: date) -> None:
    """Whether this person may extend or end a hold: whoever leads the child's case, where there is
    one. Raises Refused."""
    check_can_hold(user, hold.pupil, on)
    case = live_case(hold.pupil)
    if case is not None:
        check_leads(user, case, on)


@transaction.atomic
def place_hold(
    *, pupil: Pupil, kind: str, reason: str, review_on: date, by: User, on: date, at: datetime
) -> Hold:
    """Stop every step up and every letter for a child. A child has one hold at a time."""
    pupil = Pupil.objects.select_for_update().get(pk=pupil.pk)
    check_can_hold(by, pupil, on)
    one_of(kind, HOLDS, "Choose why nothing should be sent.", pointer="kind")
    kept = needed(reason, "Say why nothing should be sent.", pointer="reason")
    _check_review(review_on, on)
    standing = standing_hold(pupil)
    if standing is not None:
        raise Conflict(
            f"A hold stands already, to be reviewed on {wording.day(standing.review_on)}. "
            "Change that one.",
            code="hold_stands",
        )
    hold = Hold.objects.create(
        pupil=pupil,
        kind=kind,
        reason=kept,
        from_on=on,
        review_on=review_on,
        by=by,
        by_role=acting_role(by, Permission.LEAD_CASES, on),
    )
    title = f"Hold: {HOLDS[HoldKind(kind)].lower()}, until a review on {wording.day(review_on)}"
    facts = {"kind": kind, "review_on": str(review_on)}
    _record(hold, "hold.placed", title, kept, None, facts, by=by, on=on, at=at)
    return hold


@transaction.atomic
def extend_hold(
    *, hold: Hold, review_on: date, reason: str, by: User, on: date, at: datetime
) -> Hold:
    """The hold was reviewed and stands on, to another day."""
    hold = _standing(hold)
    check_can_change_hold(by, hold, on)
    kept = needed(reason, "Say why the hold goes on.", pointer="reason")
    _check_review(review_on, on)
    before, hold.review_on = hold.review_on, review_on
    hold.save(update_fields=["review_on"])
    title = f"Hold goes on, until a review on {wording.day(review_on)}"
    facts = {"review_on": str(review_on)}
    _record(
        hold, "hold.extended", title, kept, {"review_on": str(before)}, facts, by=by, on=on, at=at
    )
    return hold


@transaction.atomic
def end_hold(*, hold: Hold, reason: str, by: User, on: date, at: datetime) -> Hold:
    """Steps and letters are possible again."""
    hold = _standing(hold)
    check_can_change_hold(by, hold, on)
    kept = needed(reason, "Say why the hold can end.", pointer="reason")
    hold.ended_at, hold.ended_by, hold.end_reason = at, by, kept
    hold.save(update_fields=["ended_at", "ended_by", "end_reason"])
    _record(hold, "hold.ended", "Hold ended", kept, None, {"ended": True}, by=by, on=on, at=at)
    return hold


def _standing(hold: Hold) -> Hold:
    """The hold, held by this transaction. Raises Conflict once it has ended."""
    locked = Hold.objects.select_for_update(of=("self",)).select_related("pupil").get(pk=hold.pk)
    if locked.ended_at is not None:
        raise Conflict("This hold has ended meanwhile.", code="hold_ended")
    return locked


def _check_review(review_on: date, on: date) -> None:
    if problem := hold_problem(review_on, on):
        raise wrong(problem, pointer="review_on")


def _record(
    hold: Hold,
    verb: str,
    title: str,
    text: str,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    *,
    by: User,
    on: date,
    at: datetime,
) -> None:
    tell(
        pupil=hold.pupil,
        case=live_case(hold.pupil),
        kind=EntryKind.HOLD,
        title=title,
        text=text,
        at=at,
        by=by,
        by_role=acting_role(by, Permission.LEAD_CASES, on),
        about=hold,
    )
    write_audit(verb=verb, about=hold, by=by, at=at, before=before, after=after)
