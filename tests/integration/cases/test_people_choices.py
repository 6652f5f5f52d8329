"""Whom a case can be given to, or something promised by."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from attendance_portal.shared import clock
from cases.models import CaseWorker
from cases.read_models.people import leads_for, people_for
from tests.factories.cases import CaseFactory
from tests.factories.schools import PatchFactory, SchoolFactory, TrustFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 3)


def ids(choices) -> set[int]:
    return {int(key) for key, _ in choices}


def work_on(case, user, **facts) -> CaseWorker:
    return CaseWorker.objects.create(
        **{
            "case": case,
            "user": user,
            "agency": "early_help",
            "part": "worker",
            "from_on": TODAY,
            **facts,
        }
    )


def test_the_people_of_the_school_and_its_patch_can_be_chosen(user_with):
    school = SchoolFactory()
    patch = PatchFactory(schools=[school])
    case = CaseFactory(enrolment__school=school)
    mine = [
        user_with("attendance_officer", patch=patch),
        user_with("team_manager"),
        user_with("school_lead", school=school),
    ]
    others = [
        user_with("attendance_officer", patch=PatchFactory()),
        user_with("school_lead", school=SchoolFactory()),
        user_with("early_help_worker"),
        user_with("analyst"),
        user_with("attendance_officer", until_on=TODAY - timedelta(days=1)),
    ]
    found = ids(people_for(case, mine[0]))
    assert found == {user.pk for user in mine}
    assert not found & {user.pk for user in others}
    assert ids(leads_for(school, mine[0])) == found


def test_a_trusts_lead_can_be_chosen_for_each_of_its_schools(user_with):
    trust = TrustFactory()
    case = CaseFactory(enrolment__school=SchoolFactory(trust=trust))
    lead = user_with("school_lead", trust=trust)
    other = user_with("school_lead", trust=TrustFactory())
    assert ids(people_for(case, lead)) == {lead.pk}
    assert other.pk not in ids(people_for(CaseFactory(), lead))


def test_the_reader_stands_first_as_me(user_with):
    case = CaseFactory()
    reader = user_with("team_manager")
    reader.name = "Zadie Moss"
    reader.save()
    user_with("attendance_officer")
    choices = people_for(case, reader)
    assert choices[0] == (str(reader.pk), "Me, Zadie Moss")
    assert choices[1][1].endswith(", Attendance officer")


def test_whoever_works_on_the_case_can_be_chosen_while_they_do(user_with):
    case = CaseFactory()
    worker = user_with("early_help_worker")
    part = work_on(case, worker)
    assert people_for(case, worker) == [(str(worker.pk), f"Me, {worker.name}")]
    reader = user_with("team_manager")
    assert (str(worker.pk), f"{worker.name}, Early help") in people_for(case, reader)
    part.ended_at = clock.now()
    part.save()
    assert worker.pk not in ids(people_for(case, reader))


def test_no_system_and_nobody_without_a_list_of_actions_can_be_chosen(user_with):
    case, reader = CaseFactory(), user_with("team_manager")
    machine = user_with("early_help_worker")
    machine.is_machine = True
    machine.save()
    gone = user_with("early_help_worker", until_on=TODAY - timedelta(days=1))
    late = user_with("early_help_worker")
    for user in (machine, gone):
        work_on(case, user)
    work_on(case, late, until_on=TODAY - timedelta(days=1), from_on=date(2026, 1, 5))
    assert ids(people_for(case, reader)) == {reader.pk}
