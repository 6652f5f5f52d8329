"""Why an agency may be told, and what happens in the minute in which it may not any more."""

from __future__ import annotations

import pytest

from accounts.models import AuditEvent
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from cases.models import Action, Case, CaseWorker, Consent, Contact, TimelineEntry
from cases.services.consents import record_consent, withdraw_consent
from cases.services.workers import add_worker
from tests.factories.cases import ActionFactory, CaseFactory, ContactFactory, ReferralFactory
from tests.factories.pupils import PupilGrantFactory

pytestmark = pytest.mark.django_db

AGREED = {"basis": "consent", "purpose": "Help with mornings", "given_by": "Mother"}


@pytest.fixture
def officer(user_with):
    return user_with("attendance_officer")


@pytest.fixture
def case(officer):
    return CaseFactory(lead=officer)


@pytest.fixture
def moment(today):
    return {"on": today, "at": clock.now()}


def record(case, by, moment, agency="early_help", **facts):
    return record_consent(pupil=case.pupil, agency=agency, by=by, **{**AGREED, **facts}, **moment)


def withdraw(consent, by, moment, reason="The mother asked us to"):
    return withdraw_consent(consent=consent, reason=reason, by=by, **moment)


def join(case, user, by, moment, agency="early_help", part="worker"):
    return add_worker(case=case, user=user, agency=agency, part=part, by=by, **moment)


def test_consent_says_who_agreed_when_and_what_for(case, officer, moment, today):
    consent = record(case, officer, moment)

    assert (consent.given_by, consent.given_on, consent.recorded_by) == ("Mother", today, officer)
    entry = TimelineEntry.objects.get(case=case)
    assert entry.title == "Early help may be told: the family agreed"
    assert (entry.text, entry.agency) == ("Help with mornings", "early_help")
    assert AuditEvent.objects.get(verb="consent.recorded").after["basis"] == "consent"


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"agency": "attendance"}, "agency"),
        ({"agency": "school"}, "agency"),
        ({"agency": "family"}, "agency"),
        ({"basis": "because"}, "basis"),
        ({"purpose": "  "}, "purpose"),
        ({"purpose": "x" * 301}, "purpose"),
        ({"given_by": ""}, "given_by"),
        ({"basis": "public_task", "reason": ""}, "reason"),
        ({"basis": "public_task", "reason": "x" * 301}, "reason"),
    ],
)
def test_blanks_are_named_at_their_field(case, officer, moment, facts, pointer):
    with pytest.raises(Invalid) as problem:
        record(case, officer, moment, **facts)
    assert [error.pointer for error in problem.value.errors] == [pointer]
    assert not Consent.objects.exists()


def test_the_same_basis_twice_is_a_conflict(case, officer, moment):
    record(case, officer, moment)
    with pytest.raises(Conflict, match="the family agreed, 3 Mar 2026"):
        record(case, officer, moment)


def test_another_basis_takes_its_place_and_nobody_loses_sight(case, officer, moment, user_with):
    before = record(case, officer, moment)
    helper = user_with("early_help_worker")
    join(case, helper, officer, moment)

    now = record(case, officer, moment, basis="vital_interests", reason="A plan keeps them safe")

    before.refresh_from_db()
    assert before.withdraw_reason == "Replaced by another basis: to keep somebody safe"
    assert list(Consent.objects.filter(withdrawn_at__isnull=True)) == [now]
    assert case in Case.objects.visible_to(helper)


def test_withdrawn_consent_ends_the_agency_at_that_moment(case, officer, moment, user_with):
    consent = record(case, officer, moment)
    record(case, officer, moment, agency="health")
    helper, nurse = user_with("early_help_worker"), user_with("early_help_worker")
    join(case, helper, officer, moment)
    join(case, nurse, officer, moment, agency="health")
    ContactFactory(case=case, by=helper, agency="early_help")

    withdraw(consent, officer, moment)

    assert not Case.objects.visible_to(helper).exists()
    assert case in Case.objects.visible_to(nurse)
    assert Contact.objects.visible_to(officer).count() == 1
    titles = list(TimelineEntry.objects.filter(case=case).values_list("title", flat=True))
    assert "Early help may not be told any more" in titles
    assert f"Early help left: {helper}, worker" in titles
    assert AuditEvent.objects.filter(verb="consent.withdrawn").count() == 1


def test_a_grant_from_elsewhere_does_not_end_with_the_consent(case, officer, moment, user_with):
    consent, member = record(case, officer, moment), user_with("panel_member")
    PupilGrantFactory(user=member, pupil=case.pupil)
    withdraw(consent, officer, moment)
    assert case in Case.objects.visible_to(member)


def test_a_partner_who_led_the_case_leads_it_no_more(case, officer, moment, user_with):
    consent, helper = record(case, officer, moment), user_with("early_help_worker")
    join(case, helper, officer, moment, part="lead")
    Case.objects.update(lead=helper)
    withdraw(consent, officer, moment)
    assert Case.objects.get().lead is None


def test_withdrawing_reaches_the_workers_of_a_case_that_closed(case, officer, moment, user_with):
    consent, helper = record(case, officer, moment), user_with("early_help_worker")
    join(case, helper, officer, moment)
    Case.objects.update(status="closed", closed_on=moment["on"])
    withdraw(consent, officer, moment)
    assert CaseWorker.objects.get().ended_at == moment["at"]


@pytest.mark.parametrize("state", ["sent", "accepted", "started"])
def test_what_the_agency_was_asked_for_ends(case, officer, moment, state, today):
    consent = record(case, officer, moment)
    referral = ReferralFactory(case=case, state=state, consent=consent)
    withdraw(consent, officer, moment)
    referral.refresh_from_db()
    assert (referral.state, referral.ended_on) == ("ended", today)
    assert referral.outcome == "The agreement to share was withdrawn."


def test_referrals_to_others_and_answered_ones_stay(case, officer, moment):
    consent = record(case, officer, moment)
    other = ReferralFactory(case=case, to_agency="health")
    declined = ReferralFactory(case=case, state="declined", decline_reason="Full")
    withdraw(consent, officer, moment)
    other.refresh_from_db()
    declined.refresh_from_db()
    assert (other.state, declined.state) == ("sent", "declined")


def test_withdrawing_needs_a_reason(case, officer, moment):
    consent = record(case, officer, moment)
    with pytest.raises(Invalid, match="who asked for it"):
        withdraw(consent, officer, moment, reason=" ")
    consent.refresh_from_db()
    assert consent.withdrawn_at is None


def test_withdrawn_twice_is_withdrawn_once(case, officer, moment):
    consent = record(case, officer, moment)
    withdraw(consent, officer, moment)
    withdraw(consent, officer, moment, reason="Again")
    consent.refresh_from_db()
    assert consent.withdraw_reason == "The mother asked us to"


def test_the_worker_with_the_family_may_withdraw_for_them(case, officer, moment, user_with):
    consent, helper = record(case, officer, moment), user_with("early_help_worker")
    join(case, helper, officer, moment)
    withdraw(consent, helper, moment)
    assert not Case.objects.visible_to(helper).exists()


@pytest.mark.parametrize("role", ["analyst", "panel_member", "administrator"])
def test_roles_that_do_not_refer_record_and_withdraw_nothing(
    case, officer, moment, user_with, role
):
    consent, user = record(case, officer, moment), user_with(role)
    PupilGrantFactory(user=user, pupil=case.pupil)
    with pytest.raises(Refused, match="Your role does not include this"):
        record(case, user, moment, agency="health")
    with pytest.raises(Refused, match="Your role does not include this"):
        withdraw(consent, user, moment)


def test_another_schools_lead_and_another_worker_cannot(case, officer, moment, user_with):
    consent = record(case, officer, moment)
    others = [
        user_with("school_lead", school=CaseFactory().school),
        user_with("early_help_worker"),
    ]
    for user in others:
        with pytest.raises(Refused, match="not one of yours"):
            record(case, user, moment, agency="health")
        with pytest.raises(Refused, match="not one of yours"):
            withdraw(consent, user, moment)


def promise(case, owner, **facts):
    return ActionFactory(case=case, owner=owner, agency="early_help", **facts)


def test_what_a_worker_promised_goes_to_the_lead(case, officer, moment, user_with):
    consent, helper = record(case, officer, moment), user_with("early_help_worker")
    join(case, helper, officer, moment)
    open_one = promise(case, helper)
    done = promise(case, helper, state="done", outcome="Done", ended_on=moment["on"])

    withdraw(consent, user_with("team_manager"), moment)

    open_one.refresh_from_db()
    done.refresh_from_db()
    assert (open_one.owner, open_one.state, done.owner) == (officer, "open", helper)
    assert not Action.objects.visible_to(helper).exists()
    titles = TimelineEntry.objects.filter(case=case).values_list("title", flat=True)
    assert f"Action handed on to {officer}: Ask about the bus pass" in titles


def test_without_a_lead_a_promise_goes_to_whoever_withdraws(case, officer, moment, user_with):
    consent, helper = record(case, officer, moment), user_with("early_help_worker")
    join(case, helper, officer, moment, part="lead")
    Case.objects.update(lead=helper)
    action = promise(case, helper)
    withdraw(consent, officer, moment)
    action.refresh_from_db()
    assert action.owner == officer


def test_with_neither_a_promise_is_dropped(case, officer, moment, user_with):
    consent, helper = record(case, officer, moment), user_with("early_help_worker")
    join(case, helper, officer, moment, part="lead")
    Case.objects.update(lead=helper)
    action = promise(case, helper)
    withdraw(consent, helper, moment)
    action.refresh_from_db()
    assert (action.state, action.outcome) == ("dropped", "The agreement to share was withdrawn.")


def test_somebody_who_sees_the_child_in_another_part_keeps_the_promise(
    case, officer, moment, user_with
):
    consent, helper = record(case, officer, moment), user_with("early_help_worker")
    record(case, officer, moment, agency="voluntary")
    join(case, helper, officer, moment)
    join(case, helper, officer, moment, agency="voluntary", part="lead_practitioner")
    action = promise(case, helper)
    withdraw(consent, officer, moment)
    action.refresh_from_db()
    assert action.owner == helper


def test_promises_of_others_and_about_others_stay(case, officer, moment, user_with):
    consent, helper = record(case, officer, moment), user_with("early_help_worker")
    join(case, helper, officer, moment)
    elsewhere, of_school = promise(CaseFactory(), helper), promise(case, user_with("school_lead"))
    owners = (elsewhere.owner, of_school.owner)
    withdraw(consent, officer, moment)
    elsewhere.refresh_from_db()
    of_school.refresh_from_db()
    assert (elsewhere.owner, of_school.owner) == owners
