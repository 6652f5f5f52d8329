"""What must never be stored about casework: one test an arm."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from attendance_portal.shared import clock
from cases.models import Consent, Hold, StageChange, StageOverride, SupervisionNote
from tests.factories.cases import (
    ActionFactory,
    BarrierFactory,
    CaseFactory,
    ContactFactory,
    GoalFactory,
    OfferFactory,
    PlanFactory,
    ReferralFactory,
)
from tests.factories.pupils import PupilFactory
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


def refused(make, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make()


@pytest.mark.parametrize("status", ["open", "paused"])
def test_one_live_case_a_pupil(status):
    first = CaseFactory()
    refused(
        lambda: CaseFactory(
            enrolment=first.pupil.enrolments.get(), status=status, paused_until=date(2026, 4, 1)
        ),
        "case_one_live_a_pupil",
    )


def test_a_second_case_beside_a_closed_one():
    first = CaseFactory(status="closed", closed_on=DAY)
    assert CaseFactory(enrolment=first.pupil.enrolments.get()).pupil == first.pupil


@pytest.mark.parametrize("stage", [0, 7])
def test_stage_is_1_to_6(stage):
    refused(lambda: CaseFactory(stage=stage), "case_stage_is_1_to_6")


@pytest.mark.parametrize("facts", [{}, {"status": "paused", "paused_until": DAY}])
def test_a_live_case_has_a_next_review(facts):
    refused(lambda: CaseFactory(next_review_on=None, **facts), "case_live_has_a_next_review")


def test_a_closed_case_needs_no_next_review():
    CaseFactory(status="closed", closed_on=DAY, next_review_on=None)


def test_a_closed_case_has_its_day():
    refused(lambda: CaseFactory(status="closed"), "case_closed_has_a_day")


def test_an_open_case_was_not_closed():
    refused(lambda: CaseFactory(closed_on=DAY), "case_closed_has_a_day")


def test_a_paused_case_has_an_end():
    refused(lambda: CaseFactory(status="paused"), "case_paused_has_an_end")


def test_a_barrier_stands_once():
    first = BarrierFactory()
    refused(lambda: BarrierFactory(case=first.case), "barrier_once")


def test_a_barrier_that_eased_may_come_back():
    first = BarrierFactory(eased_on=DAY)
    assert BarrierFactory(case=first.case).pk


def test_a_contact_says_what_was_said():
    refused(lambda: ContactFactory(said=""), "contact_says_what_was_said")


def test_no_answer_needs_no_words():
    assert ContactFactory(said="", reached="no_answer").pk


def test_supervision_is_always_restricted():
    refused(
        lambda: SupervisionNote.objects.create(
            case=CaseFactory(), on=DAY, text="A", by=UserFactory(), at=clock.now(),
            is_restricted=False,
        ),
        "supervision_is_restricted",
    )  # fmt: skip


def test_one_plan_stands_a_case():
    first = PlanFactory()
    refused(lambda: PlanFactory(case=first.case), "plan_one_standing_a_case")
    first.state = "ended"
    first.save()
    assert PlanFactory(case=first.case).pk


def test_an_agreed_plan_has_its_day():
    refused(lambda: PlanFactory(state="agreed", next_review_on=DAY), "plan_agreed_has_a_day")


def test_an_agreed_plan_has_a_next_review():
    refused(lambda: PlanFactory(state="agreed", agreed_on=DAY), "plan_agreed_has_a_next_review")


def test_a_goal_has_a_measure():
    refused(lambda: GoalFactory(measure=""), "goal_has_a_measure")


@pytest.mark.parametrize("facts", [{"owner": None}, {"owner_name": "Mum"}])
def test_an_action_has_one_owner(facts):
    refused(lambda: ActionFactory(**facts), "action_has_one_owner")


def test_an_action_may_be_a_parents():
    assert ActionFactory(owner=None, owner_name="Mum").pk


@pytest.mark.parametrize(
    "facts",
    [
        {"state": "done", "ended_on": DAY},
        {"state": "done", "outcome": "Done"},
        {"state": "dropped", "ended_on": DAY},
        {"ended_on": DAY},
    ],
)
def test_an_action_that_ended_says_what_happened(facts):
    refused(lambda: ActionFactory(**facts), "action_ended_says_what_happened")


def test_an_action_is_about_a_child_or_a_school():
    refused(lambda: ActionFactory(case=None), "action_is_about_something")


def test_an_offer_that_was_answered_has_its_day():
    refused(lambda: OfferFactory(answer="accepted"), "offer_answered_has_a_day")
    refused(lambda: OfferFactory(answered_on=DAY), "offer_answered_has_a_day")


def test_a_referral_declined_says_why():
    refused(lambda: ReferralFactory(state="declined"), "referral_declined_says_why")


def test_a_referral_told_has_something_to_tell():
    refused(lambda: ReferralFactory(told_on=DAY), "referral_told_has_an_outcome")


def consent(**facts) -> Consent:
    given = {
        "pupil": PupilFactory(),
        "agency": "early_help",
        "basis": "consent",
        "purpose": "Family support",
        "given_by": "Mum",
        "given_on": DAY,
    }
    return Consent.objects.create(**{**given, **facts})


def test_consent_names_who_gave_it():
    refused(lambda: consent(given_by=""), "consent_says_who_or_why")


def test_another_basis_says_why():
    refused(lambda: consent(basis="public_task"), "consent_says_who_or_why")


def test_one_consent_stands_an_agency():
    first = consent()
    refused(lambda: consent(pupil=first.pupil), "consent_one_standing_an_agency")
    assert consent(pupil=first.pupil, agency="health").pk


def hold(**facts) -> Hold:
    given = {
        "pupil": PupilFactory(),
        "kind": "safety",
        "reason": "A worry.",
        "from_on": DAY,
        "review_on": date(2026, 3, 3),
    }
    return Hold.objects.create(**{**given, **facts})


def test_a_hold_is_reviewed_after_it_starts():
    refused(lambda: hold(review_on=DAY), "hold_review_after_start")


def test_one_hold_stands_a_pupil():
    first = hold()
    refused(lambda: hold(pupil=first.pupil), "hold_one_a_pupil")


def test_a_stage_change_changes():
    case = CaseFactory()
    facts = {"case": case, "on": DAY, "at": clock.now(), "reason": "Because."}
    refused(
        lambda: StageChange.objects.create(from_stage=2, to_stage=2, **facts),
        "stage_change_changes",
    )
    assert StageChange.objects.create(from_stage=None, to_stage=2, **facts).pk


def override(**facts) -> StageOverride:
    given = {
        "case": CaseFactory(),
        "to_stage": 4,
        "reason": "The family moves next week.",
        "asked_by": UserFactory(),
        "asked_at": clock.now(),
    }
    return StageOverride.objects.create(**{**given, **facts})


def test_one_override_waits_a_case():
    first = override()
    refused(lambda: override(case=first.case), "override_one_waiting")


def test_an_override_is_decided_by_someone():
    refused(lambda: override(decision="agreed"), "override_decided_by_someone")
    refused(lambda: override(decided_by=UserFactory()), "override_decided_by_someone")
