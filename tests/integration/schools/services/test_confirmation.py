"""A person at the LA confirms a move, or the old enrolment ends."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from accounts.models import AuditEvent
from attendance_portal.shared.errors import Conflict, Refused
from schools.models import Enrolment
from schools.services.confirmation import confirm_enrolment, settle_confirmations
from tests.factories.pupils import EnrolmentFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
LAST = date(2026, 3, 3)
AFTER = date(2026, 3, 4)


@pytest.fixture
def claim(db) -> Enrolment:
    old = EnrolmentFactory(ends_on=LAST)
    return EnrolmentFactory(pupil=old.pupil, awaiting_confirmation=True)


def waiting() -> set[int]:
    return set(Enrolment.objects.filter(awaiting_confirmation=True).values_list("pk", flat=True))


def test_officer_confirms_and_it_is_written_down(claim, user_with):
    officer = user_with("attendance_officer")
    confirm_enrolment(enrolment=claim, by=officer, at=AT)

    claim.refresh_from_db()
    assert not claim.awaiting_confirmation
    assert (claim.confirmed_by, claim.confirmed_at) == (officer, AT)
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.at) == ("enrolment.confirmed", officer, AT)


@pytest.mark.parametrize("role", ["analyst", "administrator", "panel_member"])
def test_someone_without_the_permission_is_refused(claim, user_with, role):
    with pytest.raises(Refused):
        confirm_enrolment(enrolment=claim, by=user_with(role), at=AT)

    assert waiting() == {claim.pk}


def test_the_claiming_school_cannot_confirm(claim, user_with):
    lead = user_with("school_lead", school=claim.school)
    with pytest.raises(Refused):
        confirm_enrolment(enrolment=claim, by=lead, at=AT)


def test_officer_of_other_schools_is_refused(claim, user_with):
    officer = user_with("attendance_officer", school=EnrolmentFactory().school)
    with pytest.raises(Refused):
        confirm_enrolment(enrolment=claim, by=officer, at=AT)


def test_second_confirmation_is_a_conflict(claim, user_with):
    officer = user_with("attendance_officer")
    confirm_enrolment(enrolment=claim, by=officer, at=AT)
    with pytest.raises(Conflict):
        confirm_enrolment(enrolment=claim, by=officer, at=AT)


@pytest.mark.parametrize(("on", "settled"), [(LAST, 0), (AFTER, 1)])
def test_claim_settles_on_the_day_after_the_old_enrolment_ends(claim, on, settled):
    assert settle_confirmations(on=on) == settled
    assert len(waiting()) == 1 - settled


@pytest.mark.parametrize(("status", "settled"), [("C", 0), ("M", 0), ("S", 1), ("G", 1)])
def test_only_main_enrolments_stand_in_the_way(claim, status, settled):
    EnrolmentFactory(pupil=claim.pupil, status=status)

    assert settle_confirmations(on=AFTER) == settled


def test_stay_at_the_same_school_does_not_stand_in_the_way(claim):
    EnrolmentFactory(
        pupil=claim.pupil, school=claim.school, starts_on=date(2020, 1, 1), ends_on=date(2021, 1, 1)
    )

    assert settle_confirmations(on=AFTER) == 1


def test_of_two_claims_neither_settles_by_itself(claim):
    second = EnrolmentFactory(pupil=claim.pupil, awaiting_confirmation=True)

    assert settle_confirmations(on=AFTER) == 0
    assert waiting() == {claim.pk, second.pk}


def test_of_two_claims_the_one_that_is_left_settles(claim):
    second = EnrolmentFactory(pupil=claim.pupil, awaiting_confirmation=True)
    Enrolment.objects.filter(pk=claim.pk).update(ends_on=LAST)

    assert settle_confirmations(on=AFTER) == 1
    assert second.pk not in waiting()


def test_settling_twice_settles_once(claim):
    settle_confirmations(on=AFTER)

    assert settle_confirmations(on=AFTER) == 0
    assert AuditEvent.objects.count() == 1
