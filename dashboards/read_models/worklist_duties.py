"""What casework asks of one person: reviews of their cases, their actions, replies they owe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse

from attendance.read_models.calendar import ExpectedDays
from attendance_portal.shared.clock import LONDON
from cases.models import Action, Case
from cases.read_models.partners import outcomes_to_tell
from cases.rules.replies import REPLY_SCHOOL_DAYS
from cases.states import STAGES, Stage

if TYPE_CHECKING:
    from accounts.models import User


class DutyKind(StrEnum):
    """What is asked for."""

    REVIEW = "review"
    REPLY = "reply"
    ACTION = "action"


_ORDER = {kind: place for place, kind in enumerate(DutyKind)}


@dataclass(frozen=True)
class Duty:
    """One thing to do by a day. `text` leads to `href`; `about`: the child or school; `also`: what
    else helps to know."""

    kind: DutyKind
    on: date
    text: str
    href: str
    about: str
    also: str = ""


def duties(user: User, *, on: date, days: ExpectedDays) -> list[Duty]:
    """Everything asked of this person up to the end of next week, the oldest first."""
    until = on + timedelta(days=13 - on.weekday())
    found = [
        *_reviews(user, on, until),
        *_actions(user, until, days),
        *_outcomes(user, on, until, days),
    ]
    in_time = [duty for duty in found if duty.on <= until]
    return sorted(in_time, key=lambda duty: (duty.on, _ORDER[duty.kind], duty.about, duty.text))


def _reviews(user: User, on: date, until: date) -> Iterator[Duty]:
    """Of the cases that this person leads, or covers today."""
    rows = Case.objects.visible_to(user).live().led_by(user, on).filter(next_review_on__lte=until)
    for case in rows.select_related("pupil", "school"):
        yield Duty(
            DutyKind.REVIEW,
            case.next_review_on,
            f"Review case {case.reference}",
            reverse("case", args=[case.reference]),
            f"{case.pupil}, {case.school}",
            STAGES[Stage(case.stage)].place,
        )


def _actions(user: User, until: date, days: ExpectedDays) -> Iterator[Duty]:
    """Their own promises, and requests of others to take one over."""
    own = Action.objects.visible_to(user).open().filter(owner=user)
    due = own.filter(Q(due_on__lte=until) | Q(asked_over_by__isnull=False))
    href = reverse("action_list")
    for action in due.select_related("pupil", "school"):
        about = str(action.pupil or action.school)
        yield Duty(DutyKind.ACTION, action.due_on, action.text, href, about, action.origin_label)
        if action.asked_over_at is not None:
            asked_on = action.asked_over_at.astimezone(LONDON).date()
            yield Duty(
                DutyKind.REPLY,
                days.after(asked_on, REPLY_SCHOOL_DAYS),
                "Say whether a colleague may take this action over",
                href,
                about,
                action.text,
            )


def _outcomes(user: User, on: date, until: date, days: ExpectedDays) -> Iterator[Duty]:
    """Referrals that have come to an end, and whose outcome nobody has told yet."""
    for referral in outcomes_to_tell(user, on=on):
        case = referral.case
        ended_on = referral.ended_on or referral.answered_on or referral.sent_on
        yield Duty(
            DutyKind.REPLY,
            days.after(ended_on, REPLY_SCHOOL_DAYS),
            f"Tell the outcome: {referral.service}",
            reverse("referral", args=[case.reference, referral.pk]),
            f"{case.pupil}, {case.school}",
            f"Case {case.reference}",
        )


def number_of(found: Sequence[Duty], kind: DutyKind, *, by: date) -> int:
    """How many of a kind fall due by a day."""
    return sum(duty.kind is kind and duty.on <= by for duty in found)
