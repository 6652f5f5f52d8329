"""Answering a flag: no action needed now, why, and when to look again.

Raises: Refused (this person may not, or not now), Invalid (the date or the reason cannot be used).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import transaction

from accounts.models import User
from accounts.roles import ROLES, Permission
from accounts.services.audit import record_audit
from attendance.models import Flag, FlagAnswer
from attendance.rules.answers import look_again_problem, still_answers
from attendance_portal.shared import wording
from attendance_portal.shared.errors import Invalid, Refused
from schools.permissions import check_has
from schools.scoping import roles_of

LONGEST_REASON: Final = 500  # characters


def check_can_answer(user: User, flag: Flag, *, on: date) -> None:
    """Whether this person may answer this flag today. Raises Refused with the reason."""
    check_has(user, Permission.ANSWER_FLAGS)
    if not Flag.objects.visible_to(user).filter(pk=flag.pk).exists():
        raise Refused("This flag is not one of yours.", code="out_of_scope")
    if flag.closed_on is not None:
        raise Refused(
            f"This flag closed on {wording.day(flag.closed_on)}, so it needs no answer.",
            code="flag_closed",
        )
    answer = latest_answer(flag)
    if answer is not None and still_answers(answer.look_again_on, on):
        raise Refused(already_answered(answer), code="already_answered")


def latest_answer(flag: Flag) -> FlagAnswer | None:
    """What was last decided about the flag, whether it still holds or not."""
    return FlagAnswer.objects.filter(flag=flag, is_latest=True).first()


def already_answered(answer: FlagAnswer) -> str:
    """By which role, when, and until when it holds."""
    return (
        f"This flag is answered already, by role {answer.get_by_role_display()} on "
        f"{wording.moment(answer.at)}: no action needed now. "
        f"It asks again on {wording.day(answer.look_again_on)}."
    )


def answer_flag(
    *, flag: Flag, reason: str, look_again_on: date, by: User, on: date, at: datetime
) -> FlagAnswer:
    """Write down that nothing is needed now. The same answer sent twice is one record."""
    _check_words(reason, look_again_on, on)
    with transaction.atomic():
        locked = Flag.objects.select_for_update().get(pk=flag.pk)
        before = latest_answer(locked)
        if before is not None and _is_the_same(before, reason, look_again_on, by):
            return before
        check_can_answer(by, locked, on=on)
        if before is not None:
            FlagAnswer.objects.filter(pk=before.pk).update(is_latest=False)
        answer = FlagAnswer.objects.create(
            flag=locked,
            reason=reason,
            look_again_on=look_again_on,
            by=by,
            by_role=_role_that_answers(by, on),
            at=at,
        )
        _audit(answer, before)
    return answer


def _check_words(reason: str, look_again_on: date, on: date) -> None:
    if not reason.strip():
        raise Invalid("Say why no action is needed now.", code="reason_missing")
    if len(reason) > LONGEST_REASON:
        raise Invalid(f"The reason must be {LONGEST_REASON} characters or fewer.")
    problem = look_again_problem(look_again_on, on)
    if problem:
        raise Invalid(problem, code="look_again_on")


def _is_the_same(before: FlagAnswer, reason: str, look_again_on: date, by: User) -> bool:
    return (before.by_id, before.reason, before.look_again_on) == (by.pk, reason, look_again_on)


def _role_that_answers(by: User, on: date) -> str:
    """The first of the person's roles, in the order of roles, that may answer."""
    held = roles_of(by, on)
    return next(
        role.value
        for role, facts in ROLES.items()
        if role in held and Permission.ANSWER_FLAGS in facts.permissions
    )


def _audit(answer: FlagAnswer, before: FlagAnswer | None) -> None:
    record_audit(
        by=answer.by,
        verb="flag.answered",
        object_kind="flag",
        object_ref=str(answer.flag_id),
        before={"look_again_on": before.look_again_on.isoformat()} if before else None,
        after={
            "kind": answer.kind,
            "reason": answer.reason,
            "look_again_on": answer.look_again_on.isoformat(),
        },
        at=answer.at,
    )
