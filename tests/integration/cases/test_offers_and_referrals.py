"""Offers with their answers, referrals from sent to outcome told, and what refuses each step."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import AuditEvent
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from cases.models import Case, CaseWorker, Offer, Referral, TimelineEntry
from cases.read_models.partners import outcomes_to_tell
from cases.services.consents import record_consent
from cases.services.partners import (
    add_meanwhile,
    answer_offer,
    answer_referral,
    end_referral,
    make_offer,
    send_referral,
    start_referral,
    tell_outcome,
)
from tests.factories.cases import CaseFactory, OfferFactory, ReferralFactory
from tests.factories.pupils import PupilGrantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(user_with):
    return user_with("attendance_officer")


@pytest.fixture
def case(officer):
    return CaseFactory(lead=officer)


@pytest.fixture
def moment(today):
    return {"on": today, "at": clock.now()}


@pytest.fixture
def consent(case, officer, moment):
    return record_consent(
        pupil=case.pupil, agency="early_help", basis="consent", purpose="Help", given_by="Mother",
        by=officer, **moment,
    )  # fmt: skip


def offer_of(case, by, moment, **facts):
    asked = {"what": "A mentor", "agency": "school", "offered_on": moment["on"], **facts}
    return make_offer(case=case, by=by, **asked, **moment)


def send(case, by, moment, **facts):
    asked = {"to_agency": "early_help", "service": "Family support", "reason": "Mornings", **facts}
    return send_referral(case=case, by=by, **asked, **moment)


def titles(case) -> list[str]:
    return list(TimelineEntry.objects.filter(case=case).values_list("title", flat=True))


def test_an_offer_says_what_who_when_and_to_whom(case, officer, moment, today):
    offer = offer_of(case, officer, moment, offered_to="Mother")
    assert (offer.answer, offer.offered_by, offer.by_role) == (
        "waiting", officer, "attendance_officer",
    )  # fmt: skip
    assert titles(case) == ["Offered: A mentor"]
    assert AuditEvent.objects.get(verb="offer.made").after["offered_on"] == today.isoformat()


def test_an_offer_of_before_says_its_day(case, officer, moment, today):
    offer_of(case, officer, moment, offered_on=today - timedelta(days=1))
    assert titles(case) == ["Offered: A mentor (on 2 Mar 2026)"]


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"what": " "}, "what"),
        ({"what": "x" * 201}, "what"),
        ({"agency": "family"}, "agency"),
        ({"offered_to": "x" * 151}, "offered_to"),
    ],
)
def test_blanks_of_an_offer(case, officer, moment, facts, pointer):
    with pytest.raises(Invalid) as problem:
        offer_of(case, officer, moment, **facts)
    assert problem.value.errors[0].pointer == pointer


def test_nothing_was_offered_tomorrow(case, officer, moment, today):
    with pytest.raises(Invalid, match="today or an earlier day"):
        offer_of(case, officer, moment, offered_on=today + timedelta(days=1))


def answer(offer, by, moment, given, **facts):
    asked = {"answer": given, "answered_on": moment["on"], **facts}
    return answer_offer(offer=offer, by=by, **asked, **moment)


@pytest.mark.parametrize(
    ("given", "result", "title"),
    [
        ("accepted", "", "An hour a week with a mentor: accepted"),
        ("not_taken_up", "", "An hour a week with a mentor: did not take up the offer"),
        ("tried", "Three weeks, and liked it", "An hour a week with a mentor: tried"),
    ],
)
def test_an_answer_is_kept_with_its_day(case, officer, moment, today, given, result, title):
    offer = answer(OfferFactory(case=case), officer, moment, given, result=result)
    assert (offer.answer, offer.answered_on) == (given, today)
    assert offer.result_on == (today if result else None)
    assert titles(case) == [title]


def test_what_was_tried_has_a_result(case, officer, moment):
    with pytest.raises(Invalid, match="Say what came of it"):
        answer(OfferFactory(case=case), officer, moment, "tried")


@pytest.mark.parametrize("given", ["waiting", "refused", ""])
def test_answers_that_are_none(case, officer, moment, given):
    with pytest.raises(Invalid, match="Choose what the family said"):
        answer(OfferFactory(case=case), officer, moment, given)


@pytest.mark.parametrize("days", [-2, 1])
def test_an_answer_comes_after_the_offer_and_not_tomorrow(case, officer, moment, today, days):
    offer = OfferFactory(case=case, offered_on=today - timedelta(days=1))
    with pytest.raises(Invalid) as problem:
        answer(offer, officer, moment, "accepted", answered_on=today + timedelta(days=days))
    assert problem.value.errors[0].pointer == "answered_on"


def test_an_offer_that_was_accepted_may_have_been_tried_since(case, officer, moment):
    offer = OfferFactory(case=case)
    answer(offer, officer, moment, "accepted")
    answer(offer, officer, moment, "tried", result="It helped")
    audit = AuditEvent.objects.filter(verb="offer.answered").last()
    assert (audit.before["answer"], audit.after["answer"]) == ("accepted", "tried")
    assert len(titles(case)) == 2


def test_an_offer_is_answered_after_the_case_closed_but_none_is_made(case, officer, moment, today):
    offer = OfferFactory(case=case)
    Case.objects.update(status="closed", closed_on=today)
    answer(offer, officer, moment, "accepted")
    with pytest.raises(Refused, match="Reopen it first"):
        offer_of(case, officer, moment)


def test_a_referral_rests_on_its_basis(case, officer, moment, consent, today):
    referral = send(case, officer, moment)
    assert (referral.state, referral.consent, referral.sent_on) == ("sent", consent, today)
    assert titles(case)[0] == "Asked early help: Family support"
    assert AuditEvent.objects.get(verb="referral.sent").after["to_agency"] == "early_help"


def test_no_basis_no_referral(case, officer, moment):
    with pytest.raises(Refused, match=r"Record why early help may be told first\."):
        send(case, officer, moment)
    assert not Referral.objects.exists()


def test_a_withdrawn_basis_is_none(case, officer, moment, consent):
    consent.withdrawn_at = moment["at"]
    consent.save()
    with pytest.raises(Refused, match="early help"):
        send(case, officer, moment)


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"to_agency": "school"}, "to_agency"),
        ({"to_agency": "attendance"}, "to_agency"),
        ({"to_agency": "family"}, "to_agency"),
        ({"service": ""}, "service"),
        ({"service": "x" * 151}, "service"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 2001}, "reason"),
        ({"meanwhile": "x" * 2001}, "meanwhile"),
    ],
)
def test_blanks_of_a_referral(case, officer, moment, consent, facts, pointer):
    with pytest.raises(Invalid) as problem:
        send(case, officer, moment, **facts)
    assert problem.value.errors[0].pointer == pointer


def test_the_same_service_is_not_asked_twice_at_a_time(case, officer, moment, consent):
    send(case, officer, moment)
    with pytest.raises(Conflict, match="asked already on 3 Mar 2026: Family support"):
        send(case, officer, moment, service="FAMILY SUPPORT")
    send(case, officer, moment, service="Sleep clinic")


@pytest.mark.parametrize("state", ["declined", "ended"])
def test_it_may_be_asked_again_when_it_is_over(case, officer, moment, consent, state):
    ReferralFactory(case=case, state=state, decline_reason="Full")
    assert send(case, officer, moment).state == "sent"


def test_accepted_begun_ended_and_told(case, officer, moment, consent, today):
    referral = send(case, officer, moment)
    facts = {"referral": referral, "by": officer, **moment}

    answer_referral(is_accepted=True, **facts)
    start_referral(**facts)
    end_referral(outcome="Six visits. Mornings are calmer.", **facts)
    tell_outcome(**facts)

    referral.refresh_from_db()
    assert (referral.state, referral.told_on) == ("ended", today)
    days = (referral.answered_on, referral.started_on, referral.ended_on)
    assert days == (today, today, today)
    assert titles(case)[:4] == [
        "Family support: the referrer was told the outcome",
        "Family support: ended",
        "Family support: help began",
        "Family support: accepted",
    ]


def test_declined_says_why_and_the_referrer_is_still_to_be_told(case, officer, moment, consent):
    referral = send(case, officer, moment)
    with pytest.raises(Invalid, match="Say why it was declined"):
        answer_referral(referral=referral, is_accepted=False, by=officer, **moment)
    declined = answer_referral(
        referral=referral, is_accepted=False, decline_reason="No places", by=officer, **moment
    )
    assert (declined.state, declined.decline_reason, declined.told_on) == (
        "declined", "No places", None,
    )  # fmt: skip
    assert tell_outcome(referral=referral, by=officer, **moment).told_on == moment["on"]


def test_the_worker_named_with_a_yes_joins_the_case(case, officer, moment, consent, user_with):
    helper = user_with("early_help_worker")
    answer_referral(
        referral=send(case, officer, moment), is_accepted=True, worker=helper, by=officer, **moment
    )
    assert CaseWorker.objects.get(user=helper).agency == "early_help"
    assert case in Case.objects.visible_to(helper)


def test_a_no_brings_nobody(case, officer, moment, consent, user_with):
    answer_referral(
        referral=send(case, officer, moment), is_accepted=False, decline_reason="Full",
        worker=user_with("early_help_worker"), by=officer, **moment,
    )  # fmt: skip
    assert not CaseWorker.objects.exists()


def steps(by, moment):
    """Each step of a referral, by name, as something to call."""
    facts = {"by": by, **moment}
    return {
        "answer": lambda one: answer_referral(referral=one, is_accepted=True, **facts),
        "start": lambda one: start_referral(referral=one, **facts),
        "meanwhile": lambda one: add_meanwhile(referral=one, meanwhile="A call a week", **facts),
        "end": lambda one: end_referral(referral=one, outcome="Done", **facts),
        "tell": lambda one: tell_outcome(referral=one, **facts),
    }


ALLOWED = {
    "sent": {"answer", "meanwhile", "end"},
    "accepted": {"start", "meanwhile", "end"},
    "started": {"end"},
    "declined": {"tell"},
    "ended": {"tell"},
}


@pytest.mark.parametrize("state", ALLOWED)
@pytest.mark.parametrize("step", ["answer", "start", "meanwhile", "end", "tell"])
def test_each_step_from_each_state(case, officer, moment, state, step):
    referral = ReferralFactory(
        case=case, state=state, decline_reason="Full", outcome="Over", ended_on=moment["on"]
    )
    take = steps(officer, moment)[step]
    if step in ALLOWED[state]:
        take(referral)
        assert TimelineEntry.objects.filter(case=case).count() == 1
    else:
        with pytest.raises(Conflict, match=f"This referral is {state} already"):
            take(referral)


def test_told_twice_is_told_once(case, officer, moment):
    referral = ReferralFactory(case=case, state="ended", outcome="Over")
    tell_outcome(referral=referral, by=officer, **moment)
    tell_outcome(referral=referral, by=officer, **moment)
    assert TimelineEntry.objects.filter(case=case).count() == 1


def test_what_came_of_it_is_needed(case, officer, moment):
    with pytest.raises(Invalid, match="Say what came of it"):
        end_referral(referral=ReferralFactory(case=case), outcome=" ", by=officer, **moment)


def test_what_helps_meanwhile_is_needed(case, officer, moment):
    with pytest.raises(Invalid, match="Say what helps meanwhile"):
        add_meanwhile(referral=ReferralFactory(case=case), meanwhile=" ", by=officer, **moment)


def test_what_was_begun_may_be_finished_when_the_case_is_closed(case, officer, moment, consent):
    referral = ReferralFactory(case=case)
    Case.objects.update(status="closed", closed_on=moment["on"])
    end_referral(referral=referral, outcome="Over", by=officer, **moment)
    tell_outcome(referral=referral, by=officer, **moment)
    with pytest.raises(Refused, match="Reopen it first"):
        send(case, officer, moment)


@pytest.mark.parametrize("role", ["panel_member", "analyst", "administrator"])
def test_roles_that_do_not_refer(case, moment, consent, user_with, role):
    user = user_with(role)
    PupilGrantFactory(user=user, pupil=case.pupil)
    offer, referral = OfferFactory(case=case), ReferralFactory(case=case)
    for refused in (
        lambda: offer_of(case, user, moment),
        lambda: answer(offer, user, moment, "accepted"),
        lambda: send(case, user, moment),
        *[lambda take=take: take(referral) for take in steps(user, moment).values()],
    ):
        with pytest.raises(Refused, match="Your role does not include this"):
            refused()


def test_somebody_out_of_scope(case, moment, consent, user_with):
    offer, referral = OfferFactory(case=case), ReferralFactory(case=case)
    other_school = user_with("school_lead", school=CaseFactory().school)
    for user in (other_school, user_with("early_help_worker")):
        for refused in (
            lambda user=user: offer_of(case, user, moment),
            lambda user=user: answer(offer, user, moment, "accepted"),
            lambda user=user: send(case, user, moment),
            lambda user=user: end_referral(referral=referral, outcome="x", by=user, **moment),
        ):
            with pytest.raises(Refused, match="not one of yours"):
                refused()
    assert not Offer.objects.exclude(pk=offer.pk).exists()


def test_outcomes_to_tell_are_of_ones_own_cases_longest_over_first(
    case, officer, moment, today, user_with
):
    first = ReferralFactory(
        case=case, state="declined", decline_reason="Full", answered_on=today - timedelta(days=9)
    )
    second = ReferralFactory(case=case, state="ended", outcome="Over", ended_on=today)
    ReferralFactory(case=case, state="ended", outcome="Over", ended_on=today, told_on=today)
    ReferralFactory(case=case, state="started")
    ReferralFactory(case=CaseFactory(), state="ended", outcome="Over", ended_on=today)

    assert outcomes_to_tell(officer, on=today) == [first, second]
    assert outcomes_to_tell(user_with("attendance_officer"), on=today) == []

    cover = user_with("attendance_officer")
    Case.objects.filter(pk=case.pk).update(cover=cover, cover_until=today)
    assert outcomes_to_tell(cover, on=today) == [first, second]
    assert outcomes_to_tell(cover, on=today + timedelta(days=1)) == []


def test_a_lead_who_no_longer_sees_the_case_has_nothing_to_tell(case, today, user_with):
    ReferralFactory(case=case, state="ended", outcome="Over", ended_on=today)
    helper = user_with("early_help_worker")
    Case.objects.filter(pk=case.pk).update(lead=helper)
    assert outcomes_to_tell(helper, on=today) == []
