"""Who works on a case: joining shows the child, leaving hides it at that moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import AuditEvent
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Invalid, Refused
from cases.models import Case, CaseWorker, Consent, TimelineEntry
from cases.services.workers import add_worker, end_worker
from schools.models import PupilGrant
from tests.factories.cases import CaseFactory
from tests.factories.pupils import PupilGrantFactory
from tests.factories.users import ApiClientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(user_with):
    return user_with("attendance_officer")


@pytest.fixture
def case(officer):
    return CaseFactory(lead=officer)


@pytest.fixture
def helper(user_with):
    return user_with("early_help_worker")


@pytest.fixture
def moment(today):
    return {"on": today, "at": clock.now()}


def may_be_told(case, agency="early_help", basis="consent"):
    who = {"given_by": "Mother"} if basis == "consent" else {"reason": "A plan of child protection"}
    return Consent.objects.create(
        pupil=case.pupil, agency=agency, basis=basis, purpose="Help", given_on=case.opened_on, **who
    )


def join(case, user, by, moment, **facts):
    asked = {"agency": "early_help", "part": "worker", **facts}
    return add_worker(case=case, user=user, by=by, **asked, **moment)


def test_a_worker_who_joins_sees_this_case_and_no_other(case, officer, helper, moment):
    CaseFactory()
    may_be_told(case)

    worker = join(case, helper, officer, moment)

    assert list(Case.objects.visible_to(helper)) == [case]
    assert (worker.grant.pupil, worker.grant.why) == (case.pupil, f"Case {case.reference}")
    entry = TimelineEntry.objects.get(case=case)
    assert entry.title == f"Early help joined: {helper}, worker"
    assert (entry.agency, entry.by) == ("early_help", officer)
    assert AuditEvent.objects.get(verb="case.worker_added").after["user"] == helper.pk


def test_somebody_whose_role_shows_the_child_needs_no_grant(case, officer, user_with, moment):
    colleague = user_with("attendance_officer")
    worker = join(case, colleague, officer, moment, agency="attendance", part="lead")
    school = user_with("school_lead", school=case.school)
    other = join(case, school, officer, moment, agency="school")
    assert (worker.grant, other.grant) == (None, None)
    assert not PupilGrant.objects.exists()


def test_the_lead_of_another_school_is_granted_the_child(case, officer, user_with, moment):
    lead = user_with("school_lead", school=CaseFactory().school)
    worker = join(case, lead, officer, moment, agency="school")
    assert worker.grant is not None
    assert case in Case.objects.visible_to(lead)


def test_a_part_that_ends_hides_the_child_at_once(case, officer, helper, moment):
    may_be_told(case)
    worker = join(case, helper, officer, moment)
    assert Case.objects.visible_to(helper).exists()

    end_worker(worker=worker, reason="Done", by=officer, **moment)

    assert not Case.objects.visible_to(helper).exists()
    assert worker.__class__.objects.get().ended_at == moment["at"]
    last = TimelineEntry.objects.filter(case=case).first()
    assert (last.title, last.text) == (f"Early help left: {helper}, worker", "Done")


def test_ending_one_part_leaves_the_grant_of_another(case, officer, helper, moment):
    may_be_told(case)
    first = join(case, helper, officer, moment)
    join(case, helper, officer, moment, part="lead_practitioner")
    end_worker(worker=first, by=officer, **moment)
    assert Case.objects.visible_to(helper).exists()


def test_ending_a_part_leaves_a_grant_from_elsewhere(case, officer, helper, moment):
    may_be_told(case)
    PupilGrantFactory(user=helper, pupil=case.pupil)
    end_worker(worker=join(case, helper, officer, moment), by=officer, **moment)
    assert Case.objects.visible_to(helper).exists()


def test_a_part_ended_twice_ended_once(case, officer, helper, moment):
    may_be_told(case)
    worker = join(case, helper, officer, moment)
    end_worker(worker=worker, by=officer, **moment)
    end_worker(worker=worker, by=officer, **moment)
    assert AuditEvent.objects.filter(verb="case.worker_ended").count() == 1


def test_the_same_part_given_twice_is_one(case, officer, helper, moment):
    may_be_told(case)
    assert join(case, helper, officer, moment) == join(case, helper, officer, moment)
    assert PupilGrant.objects.count() == 1


def test_a_last_day_ends_the_grant_and_a_new_part_may_follow(
    case, officer, helper, moment, settings, today
):
    may_be_told(case)
    first = join(case, helper, officer, moment, until_on=today)
    assert first.grant.until_on == today
    settings.PORTAL_TODAY = tomorrow = today + timedelta(days=1)
    assert not Case.objects.visible_to(helper).exists()

    again = add_worker(
        case=case, user=helper, agency="early_help", part="worker", by=officer,
        on=tomorrow, at=clock.now(),
    )  # fmt: skip

    assert again != first
    assert Case.objects.visible_to(helper).exists()


def test_a_last_day_gone_by_is_refused(case, officer, helper, moment, today):
    may_be_told(case)
    with pytest.raises(Invalid, match="today or a later day"):
        join(case, helper, officer, moment, until_on=today - timedelta(days=1))


@pytest.mark.parametrize(
    ("agency", "words"),
    [
        ("early_help", "Record why early help may be told first."),
        ("send", "Record why SEND team may be told first."),
        ("voluntary", "Record why voluntary organisation may be told first."),
    ],
)
def test_an_agency_without_a_basis_is_not_told(case, officer, helper, moment, agency, words):
    with pytest.raises(Refused, match=words):
        join(case, helper, officer, moment, agency=agency)
    assert not PupilGrant.objects.exists()


def test_the_consent_for_one_agency_is_none_for_another(case, officer, helper, moment):
    may_be_told(case, "health")
    with pytest.raises(Refused, match="early help"):
        join(case, helper, officer, moment)


def test_another_basis_than_consent_serves_as_well(case, officer, helper, moment):
    may_be_told(case, basis="vital_interests")
    assert join(case, helper, officer, moment).grant is not None


@pytest.mark.parametrize("agency", ["attendance", "school"])
def test_no_one_goes_round_consent_by_another_agencys_name(case, officer, helper, moment, agency):
    with pytest.raises(Refused, match="no role in that agency"):
        join(case, helper, officer, moment, agency=agency)


@pytest.mark.parametrize("role", ["analyst", "administrator"])
def test_a_role_without_casework_cannot_join(case, officer, user_with, moment, role):
    may_be_told(case)
    with pytest.raises(Refused, match="no role that shows cases today"):
        join(case, user_with(role), officer, moment)


def test_a_system_of_early_help_may_join(case, officer, user_with, moment):
    may_be_told(case)
    system = ApiClientFactory().user
    with pytest.raises(Refused, match="no role"):
        join(case, system, officer, moment)
    user_with("machine", user=system)
    assert join(case, system, officer, moment).grant is not None
    assert list(Case.objects.visible_to(system)) == [case]


@pytest.mark.parametrize(("field", "value"), [("agency", "family"), ("part", "friend")])
def test_agencies_and_parts_that_are_none(case, officer, helper, moment, field, value):
    with pytest.raises(Invalid) as problem:
        join(case, helper, officer, moment, **{field: value})
    assert problem.value.errors[0].pointer == field


def test_somebody_granted_one_child_does_not_pass_that_on(case, officer, helper, user_with, moment):
    may_be_told(case)
    join(case, helper, officer, moment)
    with pytest.raises(Refused, match=f"Ask {officer}"):
        join(case, user_with("early_help_worker"), helper, moment)


def test_a_partner_who_leads_the_case_may_add_a_colleague(case, officer, helper, user_with, moment):
    may_be_told(case)
    join(case, helper, officer, moment, part="lead")
    Case.objects.update(lead=helper)
    assert join(case, user_with("early_help_worker"), helper, moment).grant is not None


def test_the_school_lead_of_the_child_may_add(case, helper, user_with, moment):
    may_be_told(case)
    lead = user_with("school_lead", school=case.school)
    assert join(case, helper, lead, moment).given_by == lead


def test_the_lead_of_another_school_may_not(case, helper, user_with, moment):
    may_be_told(case)
    with pytest.raises(Refused, match="not one of yours"):
        join(case, helper, user_with("school_lead", school=CaseFactory().school), moment)


@pytest.mark.parametrize("role", ["panel_member", "analyst"])
def test_roles_that_do_not_lead_add_nobody(case, helper, user_with, moment, role):
    may_be_told(case)
    with pytest.raises(Refused, match="Your role does not include this"):
        join(case, helper, user_with(role), moment)


def test_nobody_joins_a_closed_case(case, officer, helper, moment, today):
    may_be_told(case)
    Case.objects.update(status="closed", closed_on=today)
    with pytest.raises(Refused, match="Reopen it first"):
        join(case, helper, officer, moment)


def test_anyone_may_leave_even_a_closed_case(case, officer, helper, moment, today):
    may_be_told(case)
    worker = join(case, helper, officer, moment)
    Case.objects.update(status="closed", closed_on=today)
    end_worker(worker=worker, by=helper, **moment)
    assert CaseWorker.objects.get().ended_at is not None


def test_a_partner_does_not_end_the_part_of_another(case, officer, helper, user_with, moment):
    may_be_told(case)
    join(case, helper, officer, moment)
    other = join(case, user_with("early_help_worker"), officer, moment)
    with pytest.raises(Refused, match="Only the lead worker"):
        end_worker(worker=other, by=helper, **moment)


@pytest.mark.parametrize("part", ["lead", "cover"])
def test_lead_and_cover_change_by_allocation(case, officer, user_with, moment, part):
    colleague = user_with("attendance_officer")
    worker = join(case, colleague, officer, moment, agency="attendance", part=part)
    with pytest.raises(Refused, match="by allocation"):
        end_worker(worker=worker, by=user_with("attendance_officer"), **moment)
    end_worker(worker=worker, by=user_with("team_manager"), **moment)


def test_a_lead_who_leaves_leads_no_more(case, officer, helper, moment):
    may_be_told(case)
    worker = join(case, helper, officer, moment, part="lead")
    Case.objects.update(lead=helper, lead_practitioner=helper)
    end_worker(worker=worker, by=helper, **moment)
    case.refresh_from_db()
    assert (case.lead, case.lead_practitioner, case.version) == (None, helper, 2)


def test_a_lead_of_before_who_leaves_does_not_take_the_next_one_along(
    case, officer, helper, moment
):
    may_be_told(case)
    worker = join(case, helper, officer, moment, part="lead")
    end_worker(worker=worker, by=officer, **moment)
    case.refresh_from_db()
    assert (case.lead, case.version) == (officer, 1)


def test_cover_that_leaves_is_gone_with_its_last_day(case, officer, user_with, moment, today):
    cover = user_with("attendance_officer")
    worker = join(case, cover, officer, moment, agency="attendance", part="cover")
    Case.objects.update(cover=cover, cover_until=today)
    end_worker(worker=worker, by=cover, **moment)
    case.refresh_from_db()
    assert (case.cover, case.cover_until) == (None, None)
