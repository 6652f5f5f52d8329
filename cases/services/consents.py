"""Why an agency may be told about a child: recorded, replaced by another basis, withdrawn.

Nothing of a child goes to an agency beyond the attendance team and the school without a basis that
stands (DP-01, DP-08; issue: consent and lawful basis an agency, withdrawable in the same minute).
Raises: Refused, Invalid, Conflict (the same basis stands already).
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared import wording
from attendance_portal.shared.errors import Conflict, Refused
from cases.choices import AGENCIES, BASES, Agency, Basis
from cases.models import Action, Case, CaseWorker, Consent, Referral
from cases.read_models.partners import (
    TOLD_ANYWAY,
    in_sentence,
    sees_casework_of,
    standing_consent,
)
from cases.services.common import acting_role, tell, write_audit
from cases.services.typed import fits, needed, one_of
from cases.services.workers import end_parts
from cases.states import ActionState, EntryKind, ReferralState
from schools.models import Pupil
from schools.permissions import check_has

#: Agencies for which there is something to record.
ASKED_FOR = tuple(one for one in AGENCIES if one not in TOLD_ANYWAY and one != Agency.FAMILY)
WITHDRAWN = "The agreement to share was withdrawn."


def check_can_record(user: User, pupil: Pupil, on: date) -> None:
    """Whether this person records or withdraws consents for this child. Raises Refused."""
    check_has(user, Permission.REFER)
    if not sees_casework_of(user, pupil, on):
        raise Refused("This child is not one of yours.", code="out_of_scope")


@transaction.atomic
def record_consent(
    *,
    pupil: Pupil,
    agency: str,
    basis: str,
    purpose: str,
    given_by: str = "",
    reason: str = "",
    by: User,
    on: date,
    at: datetime,
) -> Consent:
    """Write down why the agency may be told, and what for. Another basis takes the place of the
    one that stands, and nobody loses sight of the child meanwhile."""
    Pupil.objects.select_for_update().get(pk=pupil.pk)
    check_can_record(by, pupil, on)
    one_of(agency, ASKED_FOR, "Choose the agency that may be told.", pointer="agency")
    one_of(basis, list(BASES), "Choose why it may be told.", pointer="basis")
    facts = {
        "purpose": needed(purpose, "Say what it is for.", pointer="purpose", longest=300),
        **_who_or_why(basis, given_by, reason),
    }
    before = standing_consent(pupil, agency)
    if before is not None:
        _take_its_place(before, basis, by=by, at=at)
    consent = Consent.objects.create(
        pupil=pupil, agency=agency, basis=basis, given_on=on, recorded_by=by, **facts
    )
    title = f"{AGENCIES[Agency(agency)]} may be told: {_in_words(basis)}"
    _record(consent, "consent.recorded", title, text=consent.purpose, by=by, on=on, at=at)
    return consent


@transaction.atomic
def withdraw_consent(*, consent: Consent, reason: str, by: User, on: date, at: datetime) -> Consent:
    """From this moment the agency may not be told: its workers and their grants end, and what it
    was asked for and has not ended ends too. Contacts that were logged stay."""
    consent = Consent.objects.select_for_update(of=("self",)).get(pk=consent.pk)
    check_can_record(by, consent.pupil, on)
    if consent.withdrawn_at is not None:
        return consent
    consent.withdrawn_at = at
    consent.withdrawn_by = by
    consent.withdraw_reason = needed(
        reason, "Say why it is withdrawn, or who asked for it.", pointer="reason", longest=300
    )
    consent.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    workers = _workers(consent)
    _end_referrals(consent, on, at)
    title = f"{AGENCIES[Agency(consent.agency)]} may not be told any more"
    text = consent.withdraw_reason
    _record(consent, "consent.withdrawn", title, text=text, by=by, on=on, at=at)
    end_parts(workers, reason=WITHDRAWN, by=by, on=on, at=at)
    _hand_on(consent, workers, by=by, on=on, at=at)
    return consent


def _who_or_why(basis: str, given_by: str, reason: str) -> dict[str, str]:
    """Consent names who agreed; another basis says why there is no need to ask."""
    if basis == Basis.CONSENT:
        who = needed(given_by, "Say who agreed.", pointer="given_by", longest=150)
        return {"given_by": who, "reason": fits(reason, pointer="reason", longest=300)}
    why = needed(reason, "Say why this basis holds.", pointer="reason", longest=300)
    return {"given_by": "", "reason": why}


def _take_its_place(before: Consent, basis: str, *, by: User, at: datetime) -> None:
    if before.basis == basis:
        raise Conflict(
            f"It is recorded already why {in_sentence(before.agency)} may be told: "
            f"{_in_words(basis)}, {wording.day(before.given_on)}.",
            code="consent_stands",
        )
    before.withdrawn_at = at
    before.withdrawn_by = by
    before.withdraw_reason = f"Replaced by another basis: {_in_words(basis)}"
    before.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])


def _in_words(basis: str) -> str:
    label = BASES[Basis(basis)]
    return label[:1].lower() + label[1:]


def _workers(consent: Consent) -> list[CaseWorker]:
    """Everybody of that agency who works on a case of the child."""
    rows = CaseWorker.objects.select_for_update(of=("self",)).filter(
        case__pupil=consent.pupil_id, agency=consent.agency, ended_at__isnull=True
    )
    return list(rows.select_related("case__pupil", "grant", "user").order_by("pk"))


def _end_referrals(consent: Consent, on: date, at: datetime) -> None:
    """An agency that may not be told cannot go on with what it was asked for."""
    going_on = (ReferralState.SENT, ReferralState.ACCEPTED, ReferralState.STARTED)
    Referral.objects.filter(
        case__pupil=consent.pupil_id, to_agency=consent.agency, state__in=going_on
    ).update(state=ReferralState.ENDED, ended_on=on, outcome=WITHDRAWN, updated_at=at)


def _hand_on(
    consent: Consent, workers: list[CaseWorker], *, by: User, on: date, at: datetime
) -> None:
    """What they promised and nobody has done goes to the lead, or to whoever withdraws: somebody
    who may not be told any more keeps no list about the child. With neither it is dropped."""
    gone = {one.user for one in workers if not sees_casework_of(one.user, consent.pupil, on)}
    promised = Action.objects.open().filter(pupil=consent.pupil_id, owner__in=gone)
    if not promised:
        return
    case = Case.objects.live().filter(pupil=consent.pupil_id).select_related("lead").first()
    lead = case.lead if case is not None else None
    heir = next((one for one in (lead, by) if one is not None and one not in gone), None)
    for action in promised.select_for_update(of=("self",)):
        _pass(action, consent.pupil, heir, by=by, on=on, at=at)


def _pass(
    action: Action, pupil: Pupil, heir: User | None, *, by: User, on: date, at: datetime
) -> None:
    before = {"owner": action.owner_id, "state": action.state}
    if heir is None:
        action.state, action.outcome = ActionState.DROPPED, WITHDRAWN
        action.ended_on, action.ended_by = on, by
    else:
        action.owner = heir
    action.asked_over_by = action.asked_over_at = None
    action.updated_at = at
    action.save()
    said = f"handed on to {heir}" if heir is not None else "dropped"
    tell(
        pupil=pupil,
        case=action.case,
        kind=EntryKind.ACTION,
        title=f"Action {said}: {action.text}"[:300],
        text=WITHDRAWN,
        at=at,
        by=by,
        by_role=acting_role(by, Permission.REFER, on),
        about=action,
    )
    after = {"owner": action.owner_id, "state": action.state}
    write_audit(verb="action.passed", about=action, by=by, at=at, before=before, after=after)


def _record(
    consent: Consent, verb: str, title: str, *, text: str, by: User, on: date, at: datetime
) -> None:
    cases = Case.objects.live().filter(pupil=consent.pupil_id)
    tell(
        pupil=consent.pupil,
        case=cases.first(),
        kind=EntryKind.CONSENT,
        title=title,
        text=text,
        agency=consent.agency,
        at=at,
        by=by,
        by_role=acting_role(by, Permission.REFER, on),
        about=consent,
    )
    after = {"pupil": str(consent.pupil.public_id), "agency": consent.agency}
    write_audit(verb=verb, about=consent, by=by, at=at, after={**after, "basis": consent.basis})
