"""Offers of support and referrals to other agencies, with what came of them.

Raises: Refused (this person may not; the agency may not be told yet), Invalid (blanks, days that
cannot be), Conflict (somebody answered it already).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared import wording
from attendance_portal.shared.errors import Conflict
from cases.choices import AGENCIES, Agency
from cases.models import Case, CaseWorker, Offer, Referral
from cases.permissions import check_can_work, check_visible
from cases.read_models.partners import in_sentence, standing_consent
from cases.services.common import acting_role, tell, write_audit
from cases.services.consents import ASKED_FOR
from cases.services.typed import fits, gone_by, needed, one_of
from cases.services.workers import add_worker, not_to_be_told
from cases.states import OFFER_ANSWERS, EntryKind, OfferAnswer, ReferralState
from schools.permissions import check_has

LONGEST: Final = 2000  # characters of a long answer
#: Who can help a family: everybody but the family.
OFFERED_BY: Final = tuple(one for one in AGENCIES if one != Agency.FAMILY)
ANSWERS: Final = tuple(one for one in OFFER_ANSWERS if one != OfferAnswer.WAITING)
GOING_ON: Final = (ReferralState.SENT, ReferralState.ACCEPTED, ReferralState.STARTED)
SAY_WHY_DECLINED: Final = "Say why it was declined."
SAY_WHAT_CAME: Final = "Say what came of it."


def check_can_refer(user: User, case: Case, on: date) -> None:
    """Whether this person offers support and refers on this case today. Raises Refused."""
    check_has(user, Permission.REFER)
    check_can_work(user, case, on)


def _check_may_answer(user: User, case: Case) -> None:
    """What was begun may be finished after the case closed."""
    check_has(user, Permission.REFER)
    check_visible(user, case)


@transaction.atomic
def make_offer(
    *,
    case: Case,
    what: str,
    agency: str,
    offered_on: date,
    offered_to: str = "",
    by: User,
    on: date,
    at: datetime,
) -> Offer:
    """Write down what support was offered to the family, by which agency, and when."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    check_can_refer(by, case, on)
    offer = Offer.objects.create(
        case=case,
        what=needed(what, "Say what was offered.", pointer="what", longest=200),
        agency=one_of(agency, OFFERED_BY, "Choose who offers it.", pointer="agency"),
        offered_on=gone_by(offered_on, on=on, pointer="offered_on"),
        offered_to=fits(offered_to, pointer="offered_to", longest=150),
        offered_by=by,
        by_role=acting_role(by, Permission.REFER, on),
    )
    when = "" if offered_on == on else f" (on {wording.day(offered_on)})"
    _tell_offer(offer, f"Offered: {offer.what}{when}", by=by, on=on, at=at)
    write_audit(verb="offer.made", about=offer, by=by, at=at, after=_offer_facts(offer))
    return offer


@transaction.atomic
def answer_offer(
    *,
    offer: Offer,
    answer: str,
    answered_on: date,
    result: str = "",
    by: User,
    on: date,
    at: datetime,
) -> Offer:
    """What the family said, and what came of it. A later answer takes the place of an earlier one:
    an offer that was accepted may have been tried since. The timeline keeps both."""
    offer = Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    _check_may_answer(by, offer.case)
    before = _offer_facts(offer)
    offer.answer = one_of(answer, ANSWERS, "Choose what the family said.", pointer="answer")
    offer.answered_on = gone_by(
        answered_on, on=on, not_before=offer.offered_on, pointer="answered_on"
    )
    if answer == OfferAnswer.TRIED:
        needed(result, SAY_WHAT_CAME, pointer="result")
    offer.result = fits(result, pointer="result", longest=LONGEST)
    offer.result_on = on if offer.result else None
    offer.save()
    title = f"{offer.what}: {OFFER_ANSWERS[OfferAnswer(offer.answer)].lower()}"
    _tell_offer(offer, title, text=offer.result, by=by, on=on, at=at)
    after = _offer_facts(offer)
    write_audit(verb="offer.answered", about=offer, by=by, at=at, before=before, after=after)
    return offer


@transaction.atomic
def send_referral(
    *,
    case: Case,
    to_agency: str,
    service: str,
    reason: str,
    meanwhile: str = "",
    by: User,
    on: date,
    at: datetime,
) -> Referral:
    """Ask another agency to help, on the basis on which it may be told."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    check_can_refer(by, case, on)
    one_of(to_agency, ASKED_FOR, "Choose who is asked.", pointer="to_agency")
    service = needed(service, "Say which service is asked.", pointer="service", longest=150)
    reason = needed(reason, "Say why help is needed.", pointer="reason", longest=LONGEST)
    consent = standing_consent(case.pupil, to_agency)
    if consent is None:
        raise not_to_be_told(to_agency)
    _check_not_asked(case, to_agency, service)
    referral = Referral.objects.create(
        case=case,
        to_agency=to_agency,
        service=service,
        reason=reason,
        meanwhile=fits(meanwhile, pointer="meanwhile", longest=LONGEST),
        consent=consent,
        sent_on=on,
        sent_by=by,
        by_role=acting_role(by, Permission.REFER, on),
        updated_at=at,
    )
    _record(referral, "sent", f"Asked {in_sentence(to_agency)}: {service}", by=by, on=on, at=at)
    return referral


@transaction.atomic
def answer_referral(
    *,
    referral: Referral,
    is_accepted: bool,
    decline_reason: str = "",
    worker: User | None = None,
    by: User,
    on: date,
    at: datetime,
) -> Referral:
    """The agency accepts, perhaps with the person who will help, or declines and says why."""
    referral = _locked(referral, by)
    _check_state(referral, (ReferralState.SENT,))
    if is_accepted:
        referral.state = ReferralState.ACCEPTED
        verb, title = "accepted", f"{referral.service}: accepted"
    else:
        why = needed(decline_reason, SAY_WHY_DECLINED, pointer="decline_reason", longest=LONGEST)
        referral.state, referral.decline_reason = ReferralState.DECLINED, why
        verb, title = "declined", f"{referral.service}: declined"
    referral.answered_on = on
    _save(referral, verb, title, text=referral.decline_reason, by=by, on=on, at=at)
    if is_accepted and worker is not None:
        add_worker(
            case=referral.case,
            user=worker,
            agency=referral.to_agency,
            part=CaseWorker.Part.WORKER,
            by=by,
            on=on,
            at=at,
        )
    return referral


@transaction.atomic
def start_referral(*, referral: Referral, by: User, on: date, at: datetime) -> Referral:
    """Help begins: the wait is over."""
    referral = _locked(referral, by)
    _check_state(referral, (ReferralState.ACCEPTED,))
    referral.state, referral.started_on = ReferralState.STARTED, on
    _save(referral, "started", f"{referral.service}: help began", by=by, on=on, at=at)
    return referral


@transaction.atomic
def add_meanwhile(
    *, referral: Referral, meanwhile: str, by: User, on: date, at: datetime
) -> Referral:
    """What else helps while the service is slow (SUP-04)."""
    referral = _locked(referral, by)
    _check_state(referral, (ReferralState.SENT, ReferralState.ACCEPTED))
    referral.meanwhile = needed(
        meanwhile, "Say what helps meanwhile.", pointer="meanwhile", longest=LONGEST
    )
    title = f"Meanwhile, until {referral.service} begins"
    _save(referral, "meanwhile", title, text=referral.meanwhile, by=by, on=on, at=at)
    return referral


@transaction.atomic
def end_referral(*, referral: Referral, outcome: str, by: User, on: date, at: datetime) -> Referral:
    """It is over, with what came of it; whoever asked is still to be told."""
    referral = _locked(referral, by)
    _check_state(referral, GOING_ON)
    referral.outcome = needed(outcome, SAY_WHAT_CAME, pointer="outcome", longest=LONGEST)
    referral.state, referral.ended_on = ReferralState.ENDED, on
    title = f"{referral.service}: ended"
    _save(referral, "ended", title, text=referral.outcome, by=by, on=on, at=at)
    return referral


@transaction.atomic
def tell_outcome(*, referral: Referral, by: User, on: date, at: datetime) -> Referral:
    """Whoever asked for help has been told what came of it."""
    referral = _locked(referral, by)
    if referral.told_on is not None:
        return referral
    _check_state(referral, (ReferralState.DECLINED, ReferralState.ENDED))
    referral.told_on = on
    title = f"{referral.service}: the referrer was told the outcome"
    _save(referral, "told", title, by=by, on=on, at=at)
    return referral


def _check_not_asked(case: Case, to_agency: str, service: str) -> None:
    same = case.referrals.filter(to_agency=to_agency, service__iexact=service, state__in=GOING_ON)
    before = same.first()
    if before is not None:
        asked = f"{AGENCIES[Agency(to_agency)]} was asked already on {wording.day(before.sent_on)}"
        raise Conflict(f"{asked}: {before.service}.", code="referral_open")


def _locked(referral: Referral, by: User) -> Referral:
    """The row as it stands now, for somebody who may finish what was begun."""
    found: Referral = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    _check_may_answer(by, found.case)
    return found


def _check_state(referral: Referral, states: tuple[ReferralState, ...]) -> None:
    if referral.state not in states:
        label = Referral.State(referral.state).label.lower()
        raise Conflict(
            f"This referral is {label} already. Open it again to see how it stands.",
            code="referral_moved_on",
        )


def _save(
    referral: Referral,
    verb: str,
    title: str,
    *,
    text: str = "",
    by: User,
    on: date,
    at: datetime,
) -> None:
    referral.updated_at = at
    referral.save()
    _record(referral, verb, title, text=text, by=by, on=on, at=at)


def _record(
    referral: Referral,
    verb: str,
    title: str,
    *,
    text: str = "",
    by: User,
    on: date,
    at: datetime,
) -> None:
    tell(
        pupil=referral.case.pupil,
        case=referral.case,
        kind=EntryKind.REFERRAL,
        title=title,
        text=text,
        agency=referral.to_agency,
        at=at,
        by=by,
        by_role=acting_role(by, Permission.REFER, on),
        about=referral,
    )
    after = {
        "case": referral.case.reference,
        "to_agency": referral.to_agency,
        "service": referral.service,
        "state": referral.state,
    }
    write_audit(verb=f"referral.{verb}", about=referral, by=by, at=at, after=after)


def _tell_offer(
    offer: Offer, title: str, *, text: str = "", by: User, on: date, at: datetime
) -> None:
    tell(
        pupil=offer.case.pupil,
        case=offer.case,
        kind=EntryKind.OFFER,
        title=title,
        text=text,
        agency=offer.agency,
        at=at,
        by=by,
        by_role=acting_role(by, Permission.REFER, on),
        about=offer,
    )


def _offer_facts(offer: Offer) -> dict[str, Any]:
    return {
        "case": offer.case.reference,
        "agency": offer.agency,
        "answer": offer.answer,
        "offered_on": offer.offered_on.isoformat(),
        "answered_on": offer.answered_on.isoformat() if offer.answered_on else None,
    }
