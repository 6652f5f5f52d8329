"""Keeping a case up to date: what changes with a track, and two people at once."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import AuditEvent
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from cases.models import Case, CaseWorker
from cases.services.cases import update_case
from tests.factories.cases import CaseFactory
from tests.factories.schools import SchoolFactory, make_terms

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(user_with):
    return user_with("attendance_officer")


@pytest.fixture
def case(lead) -> Case:
    make_terms()
    return CaseFactory(lead=lead, next_review_on=date(2026, 3, 24))


def changed(case, by, today, reason="", version=None, **changes) -> Case:
    return update_case(
        case=case,
        version=version or case.version,
        changes=changes,
        reason=reason,
        by=by,
        on=today,
        at=clock.now(),
    )


def test_what_changed_is_kept_told_and_counted(case, lead, today):
    found = changed(case, lead, today, aim="Robin walks in with a friend", trusted_adult="Ms Hale")
    assert (found.aim, found.version) == ("Robin walks in with a friend", case.version + 1)
    line = found.timeline_entries.get()
    assert line.title == "Aim written. Trusted adult named"
    event = AuditEvent.objects.get(verb="case.updated")
    assert event.after == {"changed": ["aim", "trusted_adult"]}


def test_nothing_new_writes_nothing(case, lead, today):
    found = changed(case, lead, today, aim=case.aim)
    assert found.version == case.version
    assert not found.timeline_entries.exists()


def test_a_new_track_needs_a_reason_and_moves_the_review(case, lead, today):
    with pytest.raises(Invalid) as refused:
        changed(case, lead, today, track="complex")
    assert refused.value.errors[0].pointer == "reason"
    found = changed(case, lead, today, reason="Housing came up too.", track="complex")
    assert found.next_review_on == date(2026, 3, 17)
    line = found.timeline_entries.get()
    assert line.title == "Track: Complex reasons. Next review: 17 Mar 2026"
    assert line.text == "Housing came up too."


def test_a_review_chosen_with_the_track_is_the_one_that_counts(case, lead, today):
    day = date(2026, 3, 12)
    found = changed(case, lead, today, reason="More", track="complex", next_review_on=day)
    assert found.next_review_on == day


@pytest.mark.parametrize("day", [None, date(2026, 3, 3), date(2026, 6, 30)])
def test_the_next_review_is_always_a_day_to_come(case, lead, today, day):
    with pytest.raises(Invalid) as refused:
        changed(case, lead, today, next_review_on=day)
    assert refused.value.errors[0].pointer == "next_review_on"


def test_the_workers_own_view_has_its_day(case, lead, today):
    found = changed(case, lead, today, worker_direction="better", worker_direction_why="Smiles")
    assert (found.worker_direction, found.worker_direction_on) == ("better", today)
    with pytest.raises(Invalid, match="how you see it"):
        changed(found, lead, today, worker_direction="upwards")


def test_two_people_at_once_never_overwrite_one_another(case, lead, today):
    changed(case, lead, today, aim="The first")
    with pytest.raises(Conflict) as refused:
        changed(case, lead, today, version=case.version, aim="The second")
    assert refused.value.code == "changed_meanwhile"
    case.refresh_from_db()
    assert case.aim == "The first"


def test_a_colleague_writes_the_aim_but_the_lead_decides_the_pace(case, user_with, today):
    colleague = user_with("school_lead", school=case.school)
    found = changed(case, colleague, today, aim="In by nine")
    assert found.aim == "In by nine"
    for name, value in (("track", "complex"), ("next_review_on", date(2026, 3, 12))):
        with pytest.raises(Refused, match=f"{case.lead} leads this case"):
            changed(found, colleague, today, reason="So", **{name: value})


def test_another_school_and_other_roles_change_nothing(case, user_with, today):
    for user in (user_with("school_lead", school=SchoolFactory()), user_with("panel_member")):
        with pytest.raises(Refused):
            changed(case, user, today, aim="Theirs")


def test_a_closed_case_is_not_changed(lead, today):
    closed = CaseFactory(lead=lead, status="closed", closed_on=today, next_review_on=None)
    with pytest.raises(Refused) as refused:
        changed(closed, lead, today, aim="Late")
    assert refused.value.code == "case_already_closed"


def test_the_lead_practitioner_joins_and_leaves(case, lead, user_with, today):
    first, second = user_with("school_lead", school=case.school), user_with("attendance_officer")
    found = changed(case, lead, today, lead_practitioner=first)
    assert found.lead_practitioner == first
    found = changed(found, lead, today, lead_practitioner=second)
    parts = CaseWorker.objects.filter(part="lead_practitioner", ended_at__isnull=True)
    assert [one.user for one in parts] == [second]
    found = changed(found, lead, today, lead_practitioner=None)
    assert (found.lead_practitioner, parts.all().count()) == (None, 0)


def test_names_longer_than_their_column_and_unknown_fields_are_refused(case, lead, today):
    with pytest.raises(Invalid, match="200 characters"):
        changed(case, lead, today, trusted_adult="x" * 201)
    with pytest.raises(Invalid, match="no stage to change"):
        changed(case, lead, today, stage=6)
