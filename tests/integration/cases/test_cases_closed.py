"""Pausing, closing, reopening and transferring: history stays, access ends."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import AuditEvent
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from cases.models import Case, CaseClosure, CaseWorker, StageChange
from cases.services.cases import allocate_case
from cases.services.closing import (
    close_case,
    pause_case,
    reopen_case,
    resume_case,
    transfer_case,
)
from schools.models import PupilGrant
from tests.factories.cases import CaseFactory
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import PatchFactory, SchoolFactory, make_terms

pytestmark = pytest.mark.django_db


def facts(by, today) -> dict:
    return {"by": by, "on": today, "at": clock.now()}


@pytest.fixture
def lead(user_with):
    return user_with("attendance_officer")


@pytest.fixture
def case(lead, user_with, today) -> Case:
    make_terms()
    waiting = CaseFactory(lead=None, next_review_on=date(2026, 3, 24))
    return allocate_case(case=waiting, lead=lead, **facts(user_with("team_manager"), today))


def closed(case, by, today, **more) -> Case:
    given = {"outcome": "improved", "what_helped": "The bus pass", **more}
    return close_case(case=case, **given, **facts(by, today))


# Pausing


def test_a_pause_puts_off_what_would_fall_due_in_it(case, lead, today):
    until = date(2026, 4, 20)
    found = pause_case(case=case, until_on=until, reason="In hospital", **facts(lead, today))
    assert (found.status, found.paused_until, found.next_review_on) == ("paused", until, until)
    assert found.timeline_entries.latest("pk").title == "Case paused until 20 Apr 2026"


def test_a_pause_brings_no_review_forward(case, lead, today):
    found = pause_case(case=case, until_on=date(2026, 3, 10), reason="Away", **facts(lead, today))
    assert found.next_review_on == date(2026, 3, 24)


def test_a_paused_case_is_taken_up_again(case, lead, today):
    paused = pause_case(case=case, until_on=date(2026, 3, 10), reason="Away", **facts(lead, today))
    with pytest.raises(Refused, match="paused until 10 Mar 2026 already"):
        pause_case(case=paused, until_on=date(2026, 3, 11), reason="Again", **facts(lead, today))
    found = resume_case(case=paused, **facts(lead, today))
    assert (found.status, found.paused_until, found.pause_reason) == ("open", None, "")
    with pytest.raises(Refused, match="not paused"):
        resume_case(case=found, **facts(lead, today))


@pytest.mark.parametrize(
    ("until", "reason", "pointer"),
    [(date(2026, 3, 10), " ", "reason"), (date(2026, 3, 3), "Away", "until_on")],
)
def test_a_pause_needs_a_reason_and_an_end(case, lead, today, until, reason, pointer):
    with pytest.raises(Invalid) as refused:
        pause_case(case=case, until_on=until, reason=reason, **facts(lead, today))
    assert refused.value.errors[0].pointer == pointer


# Closing


def test_a_closed_case_says_how_it_ended_and_what_helped(case, lead, today):
    found = closed(case, lead, today)
    assert (found.status, found.closed_on, found.next_review_on) == ("closed", today, None)
    closure = CaseClosure.objects.get()
    assert (closure.outcome, closure.what_helped) == ("improved", "The bus pass")
    assert (closure.opened_on, closure.stage, closure.closed_by) == (case.opened_on, 2, lead)
    line = found.timeline_entries.get(title__startswith="Case closed")
    assert line.title == "Case closed: better, with support that goes on"
    assert AuditEvent.objects.get(verb="case.closed").after == {"outcome": "improved", "stage": 2}


@pytest.mark.parametrize(
    ("more", "pointer"),
    [({"outcome": ""}, "outcome"), ({"what_helped": "  "}, "what_helped")],
)
def test_closing_needs_an_outcome_and_what_helped(case, lead, today, more, pointer):
    with pytest.raises(Invalid) as refused:
        closed(case, lead, today, **more)
    assert refused.value.errors[0].pointer == pointer
    assert not CaseClosure.objects.exists()


def test_everyones_part_ends_with_the_case_and_who_led_stays_written(case, user_with, today):
    elsewhere = user_with("attendance_officer", patch=PatchFactory(schools=[SchoolFactory()]))
    case = allocate_case(case=case, lead=elsewhere, **facts(user_with("team_manager"), today))
    found = closed(case, elsewhere, today)
    assert found.lead == elsewhere
    assert not CaseWorker.objects.filter(ended_at__isnull=True).exists()
    assert not PupilGrant.objects.filter(ended_at__isnull=True).exists()
    assert not Case.objects.visible_to(elsewhere).exists()


def test_only_the_lead_or_a_manager_closes(case, user_with, today):
    with pytest.raises(Refused, match="leads this case"):
        closed(case, user_with("school_lead", school=case.school), today)
    assert closed(case, user_with("team_manager"), today).status == "closed"


def test_a_case_closes_once(case, lead, today):
    found = closed(case, lead, today)
    with pytest.raises(Refused, match="Reopen it first"):
        closed(found, lead, today)
    assert CaseClosure.objects.count() == 1


# Reopening


def reopened(case, by, on, reason="Missing school again") -> Case:
    return reopen_case(case=case, reason=reason, by=by, on=on, at=clock.now())


def test_reopening_keeps_the_history_and_the_reference(case, lead, today):
    found = reopened(closed(case, lead, today), lead, date(2026, 4, 14))
    assert (found.reference, found.status, found.lead) == (case.reference, "open", lead)
    assert (found.opened_on, found.closed_on) == (date(2026, 4, 14), None)
    assert found.next_review_on == date(2026, 5, 13)  # 20 school days, May Day skipped
    closure = CaseClosure.objects.get()
    assert (closure.opened_on, closure.closed_on) == (case.opened_on, today)
    assert (closure.reopened_on, closure.reopen_reason) == (
        date(2026, 4, 14),
        "Missing school again",
    )


@pytest.mark.parametrize(
    ("on", "is_bounce_back"), [(date(2026, 5, 26), True), (date(2026, 5, 27), False)]
)
def test_coming_back_within_12_weeks_is_noted(case, lead, today, on, is_bounce_back):
    reopened(closed(case, lead, today), lead, on)
    assert AuditEvent.objects.get(verb="case.reopened").after["is_bounce_back"] is is_bounce_back


def test_a_case_closed_at_enforce_opens_with_support(lead, today):
    case = CaseFactory(stage=6, lead=lead, status="closed", closed_on=today, next_review_on=None)
    found = reopened(case, lead, today)
    assert (found.stage, found.stage_since) == (4, today)
    change = StageChange.objects.get()
    assert (change.from_stage, change.to_stage) == (6, 4)


def test_a_lead_who_has_left_leaves_a_reopened_case_to_the_queue(case, lead, user_with, today):
    found = closed(case, lead, today)
    lead.memberships.update(ended_at=clock.now())
    assert reopened(found, user_with("attendance_officer"), today).lead is None


def test_a_lead_who_no_longer_has_the_patch_leaves_it_to_the_queue(case, user_with, today):
    elsewhere = user_with("attendance_officer", patch=PatchFactory(schools=[SchoolFactory()]))
    case = allocate_case(case=case, lead=elsewhere, **facts(user_with("team_manager"), today))
    found = closed(case, elsewhere, today)
    assert reopened(found, user_with("attendance_officer"), today).lead is None


def test_an_open_case_is_not_reopened_and_a_second_is_named(case, lead, today):
    with pytest.raises(Refused, match=f"{case.reference} is open"):
        reopened(case, lead, today)
    older = CaseFactory(
        pupil=case.pupil, school=case.school, status="closed", closed_on=today, next_review_on=None
    )
    with pytest.raises(Conflict, match=case.reference):
        reopened(older, lead, today)


def test_reopening_needs_a_reason_and_a_role(case, lead, user_with, today):
    found = closed(case, lead, today)
    with pytest.raises(Invalid, match="Say why"):
        reopened(found, lead, today, reason=" ")
    with pytest.raises(Refused):
        reopened(found, user_with("school_lead", school=SchoolFactory()), today)
    with pytest.raises(Refused, match="Open a case"):
        reopened(found, user_with("panel_member"), today)


# Transfer


def moved(case, school, by, today, **more) -> Case:
    given = {"reason": "A new school since Monday", **more}
    return transfer_case(case=case, school=school, **given, **facts(by, today))


def test_a_case_goes_with_the_child_into_the_new_schools_queue(case, lead, user_with, today):
    new = EnrolmentFactory(pupil=case.pupil, starts_on=today).school
    found = moved(case, new, lead, today)
    assert (found.school, found.lead) == (new, None)
    line = found.timeline_entries.get(title__startswith="Case moved")
    assert line.title == f"Case moved from {case.school} to {new}"
    assert list(Case.objects.led_by(lead, today)) == []


def test_a_case_may_go_to_somebody_there(case, lead, user_with, today):
    new = EnrolmentFactory(pupil=case.pupil, starts_on=today).school
    there = user_with("school_lead", school=new)
    assert moved(case, new, lead, today, lead=there).lead == there


def test_a_lead_who_goes_along_stays_lead(case, lead, today):
    new = EnrolmentFactory(pupil=case.pupil, starts_on=today).school
    found = moved(case, new, lead, today, lead=lead)
    assert found.lead == lead
    assert CaseWorker.objects.filter(ended_at__isnull=True, part="lead").count() == 1


@pytest.mark.parametrize("starts_on", [None, date(2026, 3, 4)])
def test_a_school_without_the_child_on_its_roll_gets_nothing(case, lead, today, starts_on):
    school = SchoolFactory()
    if starts_on:
        EnrolmentFactory(pupil=case.pupil, school=school, starts_on=starts_on)
    with pytest.raises(Invalid, match="not on the roll"):
        moved(case, school, lead, today)


def test_an_enrolment_that_awaits_confirmation_moves_no_case(case, lead, today):
    waits = EnrolmentFactory(pupil=case.pupil, starts_on=today, awaiting_confirmation=True)
    with pytest.raises(Invalid, match="not on the roll"):
        moved(case, waits.school, lead, today)


def test_a_transfer_goes_somewhere_else_for_a_reason_by_who_leads(case, lead, user_with, today):
    with pytest.raises(Invalid, match="already"):
        moved(case, case.school, lead, today)
    new = EnrolmentFactory(pupil=case.pupil, starts_on=today).school
    with pytest.raises(Invalid, match="Say why"):
        moved(case, new, lead, today, reason="")
    with pytest.raises(Refused, match="leads this case"):
        moved(case, new, user_with("school_lead", school=new), today)
