"""Pausing, closing, reopening and transferring a case.

Raises: Refused (this person may not, or not now), Invalid (a word or a day that cannot be used),
Conflict (the child has another case that is open).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared import wording
from attendance_portal.shared.errors import Conflict, Refused
from cases.choices import OUTCOMES, Outcome
from cases.models import Case, CaseClosure, CaseWorker, StageChange
from cases.permissions import check_can_work, check_leads, check_visible
from cases.read_models.partners import memberships_show
from cases.rules.closing import stage_to_reopen_at
from cases.rules.reviews import pause_problem
from cases.rules.waits import bounced_back
from cases.selectors import live_case, main_school
from cases.services.cases import next_review_from
from cases.services.common import acting_role, tell, write_audit
from cases.services.leading import hand_over, lead_agency
from cases.services.saving import locked_case, save_case
from cases.services.typed import needed, one_of, wrong
from cases.services.workers import end_parts
from cases.states import STAGES, CaseStatus, EntryKind, Stage
from schools.models import Pupil, School
from schools.permissions import allowed, check_has


def check_can_pause(user: User, case: Case, on: date) -> None:
    """Whether this person may pause the case now. Raises Refused."""
    _check_decides(user, case, on)
    if case.status == CaseStatus.PAUSED and case.paused_until is not None:
        raise Refused(
            f"The case is paused until {wording.day(case.paused_until)} already.",
            code="case_paused",
        )


def check_can_resume(user: User, case: Case, on: date) -> None:
    """Whether this person may take up a paused case again. Raises Refused."""
    _check_decides(user, case, on)
    if case.status != CaseStatus.PAUSED:
        raise Refused("The case is not paused.", code="case_not_paused")


def check_can_close(user: User, case: Case, on: date) -> None:
    """Whether this person may close the case. Raises Refused."""
    _check_decides(user, case, on)


def check_can_reopen(user: User, case: Case, on: date) -> None:
    """Whether this person may reopen the case. Raises Refused, or Conflict naming another case of
    the child that is open."""
    check_has(user, Permission.OPEN_CASES)
    check_visible(user, case)
    if case.is_live:
        raise Refused(f"Case {case.reference} is open.", code="case_not_closed")
    standing = live_case(case.pupil)
    if standing is not None:
        raise Conflict(
            f"This pupil has an open case, {standing.reference}.", code="case_open_already"
        )


def _check_decides(user: User, case: Case, on: date) -> None:
    check_can_work(user, case, on)
    check_leads(user, case, on)


@transaction.atomic
def pause_case(
    *, case: Case, until_on: date, reason: str, by: User, on: date, at: datetime
) -> Case:
    """Nothing falls due before that day: a review that would is put off to it."""
    case = locked_case(case)
    check_can_pause(by, case, on)
    kept = needed(reason, "Say why the case is paused.", pointer="reason")
    if problem := pause_problem(until_on, on):
        raise wrong(problem, pointer="until_on")
    case.status, case.paused_until, case.pause_reason = CaseStatus.PAUSED, until_on, kept
    case.next_review_on = max(case.next_review_on or until_on, until_on)
    save_case(case, at)
    title = f"Case paused until {wording.day(until_on)}"
    _record(case, "case.paused", title, kept, {"until_on": str(until_on)}, by=by, on=on, at=at)
    return case


@transaction.atomic
def resume_case(*, case: Case, by: User, on: date, at: datetime) -> Case:
    """The work goes on."""
    case = locked_case(case)
    check_can_resume(by, case, on)
    case.status, case.paused_until, case.pause_reason = CaseStatus.OPEN, None, ""
    save_case(case, at)
    _record(case, "case.resumed", "Case taken up again", "", {}, by=by, on=on, at=at)
    return case


@transaction.atomic
def close_case(
    *, case: Case, outcome: str, what_helped: str, by: User, on: date, at: datetime
) -> Case:
    """The work is done, for now. Everyone's part in it ends, and with it what showed them the
    child. Who led it stays written on it."""
    case = locked_case(case)
    check_can_close(by, case, on)
    one_of(outcome, OUTCOMES, "Choose how the case ended.", pointer="outcome")
    kept = needed(what_helped, "Say what helped, or that nothing did.", pointer="what_helped")
    CaseClosure.objects.create(
        case=case,
        opened_on=case.opened_on,
        closed_on=on,
        stage=case.stage,
        outcome=outcome,
        what_helped=kept,
        closed_by=by,
    )
    title = f"Case closed: {OUTCOMES[Outcome(outcome)].lower()}"
    facts = {"outcome": outcome, "stage": case.stage}
    _record(case, "case.closed", title, f"What helped: {kept}", facts, by=by, on=on, at=at)
    lead = case.lead
    _end_everyones_part(case, by=by, on=on, at=at)
    case = locked_case(case)
    case.status, case.closed_on, case.next_review_on = CaseStatus.CLOSED, on, None
    case.paused_until, case.pause_reason = None, ""
    case.lead, case.cover, case.cover_until = lead, None, None
    return save_case(case, at)


def _end_everyones_part(case: Case, *, by: User, on: date, at: datetime) -> None:
    parts = CaseWorker.objects.filter(case=case, ended_at__isnull=True)
    end_parts(
        parts.select_related("user", "grant", "case__pupil"),
        reason="The case closed.",
        by=by,
        on=on,
        at=at,
    )


@transaction.atomic
def reopen_case(*, case: Case, reason: str, by: User, on: date, at: datetime) -> Case:
    """The same case goes on, with its history; at most at Facilitate support.

    Whoever led it leads it again where their role still shows the child; else it waits in the
    queue.
    """
    Pupil.objects.select_for_update().get(pk=case.pupil_id)  # no second case meanwhile
    case = locked_case(case)
    check_can_reopen(by, case, on)
    kept = needed(reason, "Say why the case opens again.", pointer="reason")
    closed_on = case.closed_on or on
    closure = case.closures.order_by("-pk").first()
    if closure is not None:
        closure.reopened_on, closure.reopen_reason = on, kept
        closure.save(update_fields=["reopened_on", "reopen_reason"])
    lead, was = case.lead, case.stage
    case.school = main_school(case.pupil, on) or case.school
    case.status, case.closed_on, case.opened_on = CaseStatus.OPEN, None, on
    case.stage, case.stage_since = stage_to_reopen_at(was).value, on
    case.lead = None
    case.next_review_on = next_review_from(on, case.track, case.school)
    save_case(case, at)
    title = f"Case reopened at {STAGES[Stage(case.stage)].place}"
    facts = {"stage": case.stage, "is_bounce_back": bounced_back(closed_on, on)}
    _record(
        case, "case.reopened", title, kept, facts, permission=Permission.OPEN_CASES,
        by=by, on=on, at=at,
    )  # fmt: skip
    _write_step_down(case, was, kept, by=by, on=on, at=at)
    if lead is not None and _leads_again(lead, case, on):
        hand_over(case, CaseWorker.Part.LEAD, lead, by=by, on=on, at=at)
    return locked_case(case)


def _leads_again(lead: User, case: Case, on: date) -> bool:
    return allowed(_check_could_lead, lead, case, on)


def _check_could_lead(lead: User, case: Case, on: date) -> None:
    lead_agency(lead, on)
    if not memberships_show(lead, case.pupil, on):
        raise Refused("Their role no longer shows this child.", code="out_of_scope")


def _write_step_down(
    case: Case, was: int, reason: str, *, by: User, on: date, at: datetime
) -> None:
    if case.stage == was:
        return
    StageChange.objects.create(
        case=case,
        from_stage=was,
        to_stage=case.stage,
        on=on,
        at=at,
        by=by,
        by_role=acting_role(by, Permission.OPEN_CASES, on),
        reason=f"Reopened. {reason}",
    )


def check_can_transfer(user: User, case: Case, on: date) -> None:
    """Whether this person may hand the case to another school. Raises Refused."""
    _check_decides(user, case, on)


@transaction.atomic
def transfer_case(
    *,
    case: Case,
    school: School,
    lead: User | None = None,
    reason: str,
    by: User,
    on: date,
    at: datetime,
) -> Case:
    """The case goes with the child to another school, to somebody there or into the queue.

    The child must be on that school's roll: a case never shows a child to a school before.
    """
    case = locked_case(case)
    check_can_transfer(by, case, on)
    kept = needed(reason, "Say why the case moves.", pointer="reason")
    if school.pk == case.school_id:
        raise wrong("The case is at this school already.", pointer="school")
    if not on_roll_at(case.pupil, school, on):
        raise wrong(f"The child is not on the roll of {school} yet.", pointer="school")
    before = {"school": case.school_id, "lead": case.lead_id}
    facts = {"school": school.pk, "lead": lead.pk if lead else None}
    title = f"Case moved from {case.school} to {school}"
    _record(case, "case.transferred", title, kept, facts, before=before, by=by, on=on, at=at)
    case.school = school
    save_case(case, at)
    if lead is None or lead.pk != case.lead_id:
        hand_over(case, CaseWorker.Part.LEAD, lead, by=by, on=on, at=at)
    if case.cover_id is not None:
        hand_over(case, CaseWorker.Part.COVER, None, by=by, on=on, at=at)
    return locked_case(case)


def on_roll_at(pupil: Pupil, school: School, on: date) -> bool:
    """Whether the child is on the school's roll that day, by an enrolment that is settled."""
    rolls = pupil.enrolments.filter(school=school, awaiting_confirmation=False)
    return bool(rolls.on_roll(on).exists())


def _record(
    case: Case,
    verb: str,
    title: str,
    text: str,
    after: dict[str, Any],
    *,
    before: dict[str, Any] | None = None,
    permission: Permission = Permission.LEAD_CASES,
    by: User,
    on: date,
    at: datetime,
) -> None:
    tell(
        pupil=case.pupil,
        case=case,
        kind=EntryKind.CASE,
        title=title,
        text=text,
        at=at,
        by=by,
        by_role=acting_role(by, permission, on),
        about=case,
    )
    write_audit(verb=verb, about=case, by=by, at=at, before=before, after=after or None)
