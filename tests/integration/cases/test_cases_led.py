"""Who leads, who covers, whose queue: allocation takes effect in the same moment."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import AuditEvent
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Invalid, Refused
from cases.models import Case, CaseWorker
from cases.permissions import check_leads, is_lead_of
from cases.services.cases import allocate_case, set_cover, set_team
from cases.services.consents import record_consent
from schools.models import PupilGrant
from schools.permissions import allowed
from tests.factories.cases import CaseFactory
from tests.factories.schools import PatchFactory, SchoolFactory

pytestmark = pytest.mark.django_db


def facts(by, today) -> dict:
    return {"by": by, "on": today, "at": clock.now()}


@pytest.fixture
def manager(user_with):
    return user_with("team_manager")


@pytest.fixture
def case(manager, user_with, today) -> Case:
    """Led by an officer of the whole authority, given by allocation."""
    waiting = CaseFactory(lead=None)
    return allocate_case(
        case=waiting, lead=user_with("attendance_officer"), **facts(manager, today)
    )


def test_reassignment_leaves_mine_at_once(case, manager, user_with, today):
    before, after = case.lead, user_with("attendance_officer")

    allocate_case(case=case, lead=after, **facts(manager, today))

    assert list(Case.objects.led_by(before, today)) == []
    assert list(Case.objects.led_by(after, today)) == [case]
    parts = CaseWorker.objects.filter(case=case, part="lead")
    assert [one.user for one in parts.filter(ended_at__isnull=True)] == [after]
    assert [one.user for one in parts.filter(ended_at__isnull=False)] == [before]


def test_reassignment_is_on_the_trail_with_before_and_after(case, manager, user_with, today):
    before, after = case.lead, user_with("attendance_officer")
    allocate_case(case=case, lead=after, **facts(manager, today))
    event = AuditEvent.objects.filter(verb="case.allocated").latest("pk")
    assert (event.before["lead"], event.after["lead"]) == (before.pk, after.pk)


def test_a_lead_of_another_patch_sees_the_child_while_they_lead(case, manager, user_with, today):
    elsewhere = user_with("attendance_officer", patch=PatchFactory(schools=[SchoolFactory()]))
    assert not Case.objects.visible_to(elsewhere).exists()
    case = allocate_case(case=case, lead=elsewhere, **facts(manager, today))
    assert list(Case.objects.visible_to(elsewhere)) == [case]
    allocate_case(case=case, lead=user_with("attendance_officer"), **facts(manager, today))
    assert not Case.objects.visible_to(elsewhere).exists()
    assert not PupilGrant.objects.filter(user=elsewhere, ended_at__isnull=True).exists()


def test_early_help_leads_only_on_a_recorded_basis(case, manager, user_with, today):
    worker = user_with("early_help_worker")
    with pytest.raises(Refused, match="early help may be told"):
        allocate_case(case=case, lead=worker, **facts(manager, today))
    record_consent(
        pupil=case.pupil,
        agency="early_help",
        basis="consent",
        purpose="Help with the mornings",
        given_by="Mother",
        **facts(manager, today),
    )
    assert allocate_case(case=case, lead=worker, **facts(manager, today)).lead == worker
    assert list(Case.objects.visible_to(worker)) == [case]


def test_the_same_lead_again_changes_nothing(case, manager, today):
    again = allocate_case(case=case, lead=case.lead, **facts(manager, today))
    assert again.version == case.version


def test_a_cover_who_becomes_lead_covers_no_longer(case, manager, user_with, today):
    cover = user_with("attendance_officer")
    case = set_cover(case=case, cover=cover, **facts(manager, today))
    case = allocate_case(case=case, lead=cover, **facts(manager, today))
    assert (case.lead, case.cover) == (cover, None)


def test_an_officer_takes_a_case_that_nobody_leads_but_gives_it_to_nobody(user_with, today):
    waiting, officer = CaseFactory(lead=None), user_with("attendance_officer")
    with pytest.raises(Refused, match="team manager says who leads"):
        allocate_case(case=waiting, lead=user_with("attendance_officer"), **facts(officer, today))
    assert allocate_case(case=waiting, lead=officer, **facts(officer, today)).lead == officer


def test_an_officer_does_not_take_a_case_that_somebody_leads(case, user_with, today):
    officer = user_with("attendance_officer")
    with pytest.raises(Refused, match="team manager says who leads"):
        allocate_case(case=case, lead=officer, **facts(officer, today))


def test_somebody_whose_role_leads_nothing_is_refused(case, manager, user_with, today):
    for role in ("analyst", "panel_member"):
        with pytest.raises(Refused, match="no role that leads cases"):
            allocate_case(case=case, lead=user_with(role), **facts(manager, today))


def test_a_closed_case_is_given_to_nobody(manager, user_with, today):
    closed = CaseFactory(status="closed", closed_on=today, next_review_on=None)
    with pytest.raises(Refused, match="Reopen it first"):
        allocate_case(case=closed, lead=user_with("attendance_officer"), **facts(manager, today))


def test_cover_counts_to_its_last_day(case, manager, user_with, today):
    cover = user_with("attendance_officer")
    case = set_cover(case=case, cover=cover, until_on=today, **facts(manager, today))
    tomorrow = today + timedelta(days=1)
    assert is_lead_of(cover, case, today)
    assert not is_lead_of(cover, case, tomorrow)
    assert list(Case.objects.led_by(cover, today)) == [case]
    assert list(Case.objects.led_by(cover, tomorrow)) == []


def test_cover_given_to_another_day_or_person_replaces_the_one_before(
    case, manager, user_with, today
):
    first, second = user_with("attendance_officer"), user_with("attendance_officer")
    set_cover(case=case, cover=first, until_on=today, **facts(manager, today))
    set_cover(case=case, cover=first, until_on=date(2026, 3, 20), **facts(manager, today))
    standing = CaseWorker.objects.filter(part="cover", ended_at__isnull=True)
    assert [(one.user, one.until_on) for one in standing] == [(first, date(2026, 3, 20))]
    case = set_cover(case=case, cover=second, **facts(manager, today))
    assert [one.user for one in standing.all()] == [second]
    case = set_cover(case=case, cover=None, **facts(manager, today))
    assert (case.cover, case.cover_until, standing.all().count()) == (None, None, 0)


def test_the_lead_gives_cover_and_a_colleague_does_not(case, user_with, today):
    cover = user_with("attendance_officer")
    with pytest.raises(Refused, match=f"{case.lead} leads this case"):
        set_cover(case=case, cover=cover, **facts(user_with("attendance_officer"), today))
    assert set_cover(case=case, cover=cover, **facts(case.lead, today)).cover == cover


def test_cover_by_the_lead_or_for_a_day_gone_by_is_no_cover(case, user_with, today):
    with pytest.raises(Invalid, match="needs no cover"):
        set_cover(case=case, cover=case.lead, **facts(case.lead, today))
    with pytest.raises(Invalid, match="today or later"):
        set_cover(
            case=case,
            cover=user_with("attendance_officer"),
            until_on=date(2026, 3, 2),
            **facts(case.lead, today),
        )


def test_the_team_decides_in_whose_queue_it_waits(manager, today):
    waiting = CaseFactory(lead=None)
    case = set_team(case=waiting, team="early_help", **facts(manager, today))
    assert case.team == "early_help"
    assert case.timeline_entries.get().title == "Team: Early help"
    with pytest.raises(Invalid, match="Choose a team"):
        set_team(case=waiting, team="nobody", **facts(manager, today))


def test_nobody_but_a_manager_decides_about_a_case_without_a_lead(user_with, manager, today):
    waiting = CaseFactory(lead=None)
    officer = user_with("attendance_officer")
    with pytest.raises(Refused, match="Nobody leads this case yet"):
        set_team(case=waiting, team="early_help", **facts(officer, today))
    assert allowed(check_leads, manager, waiting, today)


def test_a_lead_whose_role_has_ended_leads_no_more_work(case, today):
    case.lead.memberships.update(ended_at=clock.now())
    with pytest.raises(Refused):
        set_team(case=case, team="early_help", **facts(case.lead, today))
