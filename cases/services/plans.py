"""The support plan as a whole: started, written part by part, agreed, reviewed, ended.

Raises: Refused (this person may not, or not now), Invalid (a word or a day that cannot be used),
Conflict (somebody else was first: nothing is saved).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared import wording
from attendance_portal.shared.errors import Conflict, ErrorDetail, Refused
from cases.choices import AGENCIES, Agency
from cases.models import Case, PlanParty, PlanReview, PlanVersion, SupportPlan
from cases.read_models.plan_content import plan_content
from cases.read_models.plan_facts import problems_of, review_facts
from cases.rules.plans import review_problem
from cases.services.common import acting_role, write_audit
from cases.services.planning import case_to_plan, locked_plan, tell_of_plan
from cases.services.saving import save_case
from cases.services.typed import fits, gone_by, needed, one_of, wrong
from cases.states import PlanState

LONGEST_TEXT: Final = 4000  # characters of a view
#: What may be saved of a plan's own row, and how long it may be; 0 marks a day.
FIELDS: Final = MappingProxyType(
    {
        "child_view": LONGEST_TEXT,
        "child_view_on": 0,
        "no_child_view": 500,
        "strengths": 1000,
        "child_will_try": 500,
        "family_view": LONGEST_TEXT,
        "family_view_on": 0,
        "no_family_view": 500,
        "fresh_start_greeter": 200,
        "fresh_start_first_day": 1000,
        "fresh_start_not_to_say": 1000,
        "ring_name": 150,
        "ring_phone": 50,
        "copies": 500,
        "next_review_on": 0,
    }
)
#: Saving one of these is told in the child's timeline; the rest is in the audit trail alone.
_TOLD: Final = MappingProxyType(
    {
        "child_view": "Plan: what the child says was written down",
        "no_child_view": "Plan: why the child's view could not be heard was written down",
        "family_view": "Plan: what the family says was written down",
        "no_family_view": "Plan: why the family's view could not be heard was written down",
    }
)
#: A view has the day on which it was heard.
_HEARD_ON: Final = MappingProxyType(
    {"child_view": "child_view_on", "family_view": "family_view_on"}
)


@transaction.atomic
def start_plan(*, case: Case, by: User, on: date, at: datetime) -> SupportPlan:
    """A draft for the case. Raises Conflict where a plan stands already: there is one a child."""
    held = case_to_plan(case, by)
    standing = standing_plan(held)
    if standing is not None:
        raise Conflict(f"Case {held.reference} has a support plan already.", code="plan_stands")
    plan = SupportPlan.objects.create(
        case=held,
        pupil=held.pupil,
        started_on=on,
        updated_at=at,
        ring_name=str(held.lead) if held.lead else "",
    )
    tell_of_plan(held, "Support plan started", by=by, on=on, at=at, about=plan)
    write_audit(verb="plan.started", about=plan, by=by, at=at, after={"case": held.reference})
    return plan


def standing_plan(case: Case) -> SupportPlan | None:
    """The plan of a case that has not ended."""
    return SupportPlan.objects.filter(case=case).exclude(state=PlanState.ENDED).first()


@transaction.atomic
def save_part(
    *,
    plan: SupportPlan,
    version: int,
    changes: Mapping[str, Any],
    seen: str = "",
    by: User,
    on: date,
    at: datetime,
) -> SupportPlan:
    """Save some of `FIELDS`. `version`: the one that the form was opened on.

    Raises Conflict (code `changed_meanwhile`) when the plan was saved since, unless `seen`, the
    `digest_of` these fields when the form was opened, says that they are still the same.
    """
    held = locked_plan(plan, by)
    is_same = bool(seen) and seen == digest_of(held, changes)
    if version != held.version and not is_same:
        raise Conflict("The plan was changed by someone else meanwhile.", code="changed_meanwhile")
    kept = {name: _value(held, name, value, on) for name, value in changes.items()}
    _hear(held, kept, on)
    _check_heard(held, kept)
    changed = [name for name, value in kept.items() if getattr(held, name) != value]
    if not changed:
        return held
    for name in changed:
        setattr(held, name, kept[name])
    touch(held, at, *changed)
    for name in changed:
        if name in _TOLD and kept[name]:
            tell_of_plan(held.case, _TOLD[name], by=by, on=on, at=at, about=held)
    write_audit(verb="plan.saved", about=held, by=by, at=at, after={"fields": sorted(changed)})
    return held


def digest_of(plan: SupportPlan, names: Collection[str]) -> str:
    """A short sign of what these fields of a plan say: a form carries it, to tell a conflict."""
    facts = {name: getattr(plan, name, None) for name in sorted(names)}
    text = json.dumps(facts, cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _value(plan: SupportPlan, name: str, value: Any, on: date) -> Any:
    """What will be kept in one field. Raises Invalid."""
    if name not in FIELDS:
        raise wrong("This is no part of a plan.", pointer=name)
    if FIELDS[name]:
        return fits(str(value or ""), pointer=name, longest=FIELDS[name])
    if value is None:
        if name == "next_review_on" and plan.state == PlanState.AGREED:
            raise wrong("An agreed plan always has a next review.", pointer=name)
        return None
    if name == "next_review_on":
        check_next_review(plan, value, on=on)
        return value
    return gone_by(value, on=on, pointer=name)


def _hear(plan: SupportPlan, kept: dict[str, Any], on: date) -> None:
    """A view that is new was heard today unless somebody says when; one taken away, never."""
    for view, day in _HEARD_ON.items():
        if view not in kept:
            continue
        heard = kept.get(day) or getattr(plan, day)
        if kept[view] != getattr(plan, view) and not kept.get(day):
            heard = on
        kept[day] = heard if kept[view] else None


def _check_heard(plan: SupportPlan, kept: Mapping[str, Any]) -> None:
    """An agreed plan keeps both views, each in words or with a reason. Raises Invalid."""
    if plan.state != PlanState.AGREED or plan.agreed_without:
        return
    for view in _HEARD_ON:
        reason = f"no_{view}"
        had = getattr(plan, view) or getattr(plan, reason)
        has = kept.get(view, getattr(plan, view)) or kept.get(reason, getattr(plan, reason))
        if had and not has:
            raise wrong(
                "The plan is agreed: keep these words, or say why there are none.", pointer=view
            )


def check_next_review(plan: SupportPlan, next_review_on: date, *, on: date) -> None:
    """Raises Invalid unless the plan can be reviewed on that day."""
    problem = review_problem(review_facts(plan, next_review_on, today=on))
    if problem and next_review_on != plan.next_review_on:
        raise wrong(problem, pointer="next_review_on")


def touch(plan: SupportPlan, at: datetime, *fields: str) -> None:
    """Save these fields of a plan that is held, as one more version of it."""
    plan.version += 1
    plan.updated_at = at
    plan.save(update_fields=[*fields, "version", "updated_at"])


@transaction.atomic
def agree_plan(
    *,
    plan: SupportPlan,
    version: int,
    parties: Sequence[tuple[str, str]],
    agreed_without: str = "",
    by: User,
    on: date,
    at: datetime,
) -> PlanVersion:
    """It is agreed by these people, each a name and an agency; what it says is kept as a version.

    `agreed_without`: why it is agreed although a view is missing. Raises Refused with one error a
    problem (code: the problem's key, pointer: the part that mends it). A plan that changed since
    it was agreed may be agreed again.
    """
    held = locked_plan(plan, by)
    if version != held.version:
        raise Conflict("The plan was changed by someone else meanwhile.", code="changed_meanwhile")
    check_can_agree(held, on=on, agreed_without=agreed_without)
    people = _parties(parties)
    is_again = held.state == PlanState.AGREED
    held.state = PlanState.AGREED.value
    held.agreed_on, held.agreed_by = on, by
    held.agreed_without = fits(agreed_without, pointer="agreed_without", longest=500)
    touch(held, at, "state", "agreed_on", "agreed_by", "agreed_without")
    for name, agency in people:
        PlanParty.objects.update_or_create(
            plan=held, name=name, agency=agency, defaults={"agreed_on": on}
        )
    title = "Support plan agreed again" if is_again else "Support plan agreed"
    with_whom = wording.listed(
        [AGENCIES[Agency(agency)] for agency in dict.fromkeys(a for _, a in people)]
    )
    tell_of_plan(held.case, title, text=f"By: {with_whom}.", by=by, on=on, at=at, about=held)
    write_audit(
        verb="plan.agreed",
        about=held,
        by=by,
        at=at,
        after={"version": held.version, "parties": [agency for _, agency in people]},
    )
    return _keep_version(held, "Agreed again" if is_again else "Agreed", by=by, at=at)


def check_can_agree(plan: SupportPlan, *, on: date, agreed_without: str = "") -> None:
    """Whether the plan is whole. Raises Refused with everything in the way."""
    problems = problems_of(plan, on=on, agreed_without=agreed_without)
    if problems:
        details = tuple(
            ErrorDetail(code=one.key, message=one.text, pointer=one.part) for one in problems
        )
        raise Refused(
            f"Not agreed yet: {' '.join(one.text for one in problems)}",
            code="plan_unfinished",
            errors=details,
        )


def _parties(parties: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Who agrees, each once. Raises Invalid where nobody does."""
    people = [
        (
            needed(name, "Write the name.", pointer="parties", longest=150),
            one_of(agency, AGENCIES, "Choose who they are.", pointer="parties"),
        )
        for name, agency in parties
    ]
    if not people:
        raise wrong("Say who agreed the plan.", pointer="parties")
    return list(dict.fromkeys(people))


def _keep_version(plan: SupportPlan, why: str, *, by: User, at: datetime) -> PlanVersion:
    latest = plan.versions.aggregate(latest=Max("number"))["latest"] or 0
    return PlanVersion.objects.create(
        plan=plan, number=latest + 1, at=at, by=by, why=why, content=plan_content(plan)
    )


@transaction.atomic
def review_plan(
    *,
    plan: SupportPlan,
    what_helped: str,
    next_review_on: date,
    what_changes: str = "",
    child_says: str = "",
    family_says: str = "",
    by: User,
    on: date,
    at: datetime,
) -> PlanReview:
    """One turn of assess, plan, do, review: what helped, what changes, when we meet next.

    The case is reviewed on the same day next. Raises Refused for a plan that nobody has agreed.
    """
    case = case_to_plan(plan.case, by)
    held = locked_plan(plan, by)
    if held.state != PlanState.AGREED:
        raise Refused("Agree the plan first. A draft is not reviewed.", code="plan_not_agreed")
    helped = needed(
        what_helped,
        "Say what helped, and what did not.",
        pointer="what_helped",
        longest=LONGEST_TEXT,
    )
    held.next_review_on = None  # the day just kept is no reason to keep it again
    check_next_review(held, next_review_on, on=on)
    review = PlanReview.objects.create(
        plan=held,
        on=on,
        at=at,
        by=by,
        by_role=acting_role(by, Permission.EDIT_PLANS, on),
        child_says=fits(child_says, pointer="child_says", longest=LONGEST_TEXT),
        family_says=fits(family_says, pointer="family_says", longest=LONGEST_TEXT),
        what_helped=helped,
        what_changes=fits(what_changes, pointer="what_changes", longest=LONGEST_TEXT),
        next_review_on=next_review_on,
    )
    held.next_review_on = next_review_on
    touch(held, at, "next_review_on")
    case.next_review_on = next_review_on
    save_case(case, at)
    day = wording.day(next_review_on)
    tell_of_plan(
        case, "Support plan reviewed", text=f"Next review {day}.", by=by, on=on, at=at, about=review
    )
    write_audit(
        verb="plan.reviewed",
        about=held,
        by=by,
        at=at,
        after={"version": held.version, "next_review_on": next_review_on.isoformat()},
    )
    _keep_version(held, "Reviewed", by=by, at=at)
    return review


@transaction.atomic
def end_plan(*, plan: SupportPlan, reason: str, by: User, on: date, at: datetime) -> SupportPlan:
    """It is no longer the plan. What people promised stands until they end it."""
    held = locked_plan(plan, by)
    held.end_reason = needed(
        reason, "Say why the plan ends.", pointer="reason", longest=LONGEST_TEXT
    )
    held.state, held.ended_on = PlanState.ENDED.value, on
    touch(held, at, "state", "ended_on", "end_reason")
    tell_of_plan(
        held.case, "Support plan ended", text=held.end_reason, by=by, on=on, at=at, about=held
    )
    write_audit(verb="plan.ended", about=held, by=by, at=at, after={"version": held.version})
    return held
