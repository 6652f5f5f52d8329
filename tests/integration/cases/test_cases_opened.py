"""Opening a case: from what, by whom, and what stands written afterwards."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import AuditEvent
from attendance.models import Flag
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from cases.models import Case, CaseFlag, CaseWorker, StageChange, TimelineEntry
from cases.services.cases import open_case
from cases.states import CaseStatus
from tests.factories.cases import CaseFactory
from tests.factories.pupils import EnrolmentFactory, PupilGrantFactory
from tests.factories.schools import SchoolFactory, make_terms

pytestmark = pytest.mark.django_db

FIGURES = {"absent": 20, "possible": 200, "on": "2026-03-02"}


def flag_of(enrolment, kind: str = "persistent_absence") -> Flag:
    return Flag.objects.create(
        enrolment=enrolment,
        school=enrolment.school,
        kind=kind,
        opened_on=date(2026, 3, 2),
        met_on=date(2026, 3, 2),
        evidence=FIGURES,
        rule_version="1",
        updated_at=clock.now(),
    )


def opened(enrolment, by, today, **facts) -> Case:
    given = {
        "opened_from": "school",
        "concern": "Mornings are hard since the move.",
        "track": "specific_issue",
        **facts,
    }
    return open_case(pupil=enrolment.pupil, by=by, on=today, at=clock.now(), **given)


def test_a_case_from_a_flag_keeps_its_figures_and_opens_at_monitor(user_with, today):
    make_terms()
    enrolment, officer = EnrolmentFactory(), user_with("attendance_officer")
    flag = flag_of(enrolment)

    case = opened(enrolment, officer, today, opened_from="flag", flags=[flag], lead=officer)

    assert (case.status, case.stage, case.stage_since) == (CaseStatus.OPEN, 2, today)
    assert (case.school, case.lead, case.opened_by) == (enrolment.school, officer, officer)
    link = CaseFlag.objects.get()
    assert (link.flag, link.evidence["absent"]) == (flag, 20)
    change = StageChange.objects.get()
    assert (change.from_stage, change.to_stage, change.by_role) == (None, 2, "attendance_officer")
    assert change.evidence[0]["ref"] == str(flag.pk)
    assert "20 of 200" in change.reason


def test_the_reference_is_a_new_number_each_time(user_with, today):
    officer = user_with("attendance_officer")
    first, second = (opened(EnrolmentFactory(), officer, today) for _ in range(2))
    assert first.reference.startswith("AT-1")
    assert int(second.reference[3:]) == int(first.reference[3:]) + 1


@pytest.mark.parametrize(
    ("track", "review_on"),
    [
        ("attendance_only", date(2026, 4, 14)),  # 20 school days, the Easter holidays skipped
        ("specific_issue", date(2026, 3, 24)),
        ("complex", date(2026, 3, 17)),
    ],
)
def test_the_track_sets_the_first_review_in_school_days(user_with, today, track, review_on):
    make_terms()
    case = opened(EnrolmentFactory(), user_with("attendance_officer"), today, track=track)
    assert case.next_review_on == review_on


def test_the_opening_is_told_and_on_the_trail(user_with, today):
    officer = user_with("attendance_officer")
    case = opened(EnrolmentFactory(), officer, today)
    line = TimelineEntry.objects.get(case=case)
    assert line.title == "Case opened at 2 of 6, Monitor. It comes from: a school's concern"
    assert line.text == "Mornings are hard since the move."
    event = AuditEvent.objects.get(verb="case.opened")
    assert (event.actor, event.object_ref) == (officer, case.reference)
    assert "Mornings" not in str(event.after)


def test_the_lead_works_on_it_from_that_day(user_with, today):
    officer = user_with("attendance_officer")
    case = opened(EnrolmentFactory(), officer, today, lead=officer)
    worker = CaseWorker.objects.get()
    assert (worker.case, worker.user, worker.part) == (case, officer, "lead")
    assert (worker.agency, worker.from_on, worker.grant) == ("attendance", today, None)


def test_without_a_lead_it_waits_in_the_queue(user_with, today):
    case = opened(EnrolmentFactory(), user_with("attendance_officer"), today)
    assert case.lead is None
    assert list(Case.objects.unallocated()) == [case]
    assert not CaseWorker.objects.exists()


@pytest.mark.parametrize("status", ["open", "paused"])
def test_a_second_live_case_is_a_conflict_that_names_the_first(user_with, today, status):
    enrolment = EnrolmentFactory()
    standing = CaseFactory(enrolment=enrolment, status=status, paused_until=date(2026, 4, 1))
    with pytest.raises(Conflict) as refused:
        opened(enrolment, user_with("attendance_officer"), today)
    assert refused.value.message == f"This pupil has an open case, {standing.reference}."
    assert Case.objects.count() == 1


def test_a_closed_case_is_in_nobodys_way(user_with, today):
    enrolment = EnrolmentFactory()
    CaseFactory(enrolment=enrolment, status="closed", closed_on=today, next_review_on=None)
    case = opened(enrolment, user_with("attendance_officer"), today)
    assert case.pupil.cases.count() == 2


def test_a_school_lead_opens_one_for_its_own_pupil_only(user_with, today):
    enrolment = EnrolmentFactory()
    other = user_with("school_lead", school=SchoolFactory())
    with pytest.raises(Refused, match="not one of yours"):
        opened(enrolment, other, today)
    own = user_with("school_lead", school=enrolment.school)
    assert opened(enrolment, own, today, lead=own).lead == own


def test_a_leaver_is_no_longer_the_schools_to_open_a_case_for(user_with, today):
    enrolment = EnrolmentFactory(ends_on=date(2026, 3, 2))
    with pytest.raises(Refused, match="not one of yours"):
        opened(enrolment, user_with("school_lead", school=enrolment.school), today)


def test_a_child_on_no_roll_has_no_school_to_share_the_case(user_with, today):
    enrolment = EnrolmentFactory(ends_on=date(2026, 3, 2))
    with pytest.raises(Refused, match="on no school's roll"):
        opened(enrolment, user_with("attendance_officer"), today)


@pytest.mark.parametrize("role", ["early_help_worker", "panel_member", "analyst"])
def test_other_roles_open_none(user_with, today, role):
    enrolment, user = EnrolmentFactory(), user_with(role)
    PupilGrantFactory(user=user, pupil=enrolment.pupil)
    with pytest.raises(Refused, match="Open a case"):
        opened(enrolment, user, today)


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"concern": " "}, "concern"),
        ({"opened_from": "flag"}, "flags"),
        ({"opened_from": "letter"}, "opened_from"),
        ({"track": "quick"}, "track"),
        ({"team": "nobody"}, "team"),
    ],
)
def test_what_is_missing_or_unknown_is_said_at_its_field(user_with, today, facts, pointer):
    with pytest.raises(Invalid) as refused:
        opened(EnrolmentFactory(), user_with("attendance_officer"), today, **facts)
    assert refused.value.errors[0].pointer == pointer
    assert not Case.objects.exists()


def test_a_flag_of_another_child_opens_nothing(user_with, today):
    flag = flag_of(EnrolmentFactory())
    with pytest.raises(Invalid, match="another child"):
        opened(
            EnrolmentFactory(),
            user_with("attendance_officer"),
            today,
            opened_from="flag",
            flags=[flag],
        )


def test_a_lead_without_a_role_for_it_is_refused_and_nothing_is_left(user_with, today):
    with pytest.raises(Refused, match="no role that leads cases"):
        opened(EnrolmentFactory(), user_with("team_manager"), today, lead=user_with("analyst"))
    assert not Case.objects.exists()


def test_only_a_manager_opens_a_case_for_somebody_else_to_lead(user_with, today):
    colleague = user_with("attendance_officer")
    with pytest.raises(Refused, match="team manager says who leads"):
        opened(EnrolmentFactory(), user_with("attendance_officer"), today, lead=colleague)
    case = opened(EnrolmentFactory(), user_with("team_manager"), today, lead=colleague)
    assert case.lead == colleague


def test_the_main_school_shares_the_case_of_a_child_on_two_rolls(user_with, today):
    main = EnrolmentFactory(status="M")
    EnrolmentFactory(pupil=main.pupil, status="S", starts_on=date(2026, 1, 5))
    case = opened(main, user_with("attendance_officer"), today)
    assert case.school == main.school


def test_an_enrolment_that_awaits_confirmation_is_no_school_of_the_case(user_with, today):
    enrolment = EnrolmentFactory(awaiting_confirmation=True)
    with pytest.raises(Refused, match="on no school's roll"):
        opened(enrolment, user_with("attendance_officer"), today)
