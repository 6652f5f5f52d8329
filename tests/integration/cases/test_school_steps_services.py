"""What a school does for every child: saved by whom, which version, what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import AuditEvent
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from cases.models import SchoolSteps
from cases.services.school_steps import TEXTS, save_school_steps
from tests.factories.cases import DAY, MOMENT
from tests.factories.schools import SchoolFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return SchoolFactory()


@pytest.fixture
def lead(user_with, school):
    return user_with("school_lead", school=school)


def save(school, by, version=0, **changes):
    changes = changes or {"policy_on": date(2025, 9, 1), "culture": " Greeted at the gate. "}
    return save_school_steps(
        school=school, version=version, changes=changes, by=by, on=DAY, at=MOMENT
    )


def test_first_save_makes_the_record(school, lead):
    steps = save(school, lead)
    assert (steps.policy_on, steps.culture, steps.version) == (
        date(2025, 9, 1),
        "Greeted at the gate.",
        1,
    )
    assert (steps.by, steps.updated_at) == (lead, MOMENT)


def test_save_is_audited_with_what_changed(school, lead):
    save(school, lead)
    save(school, lead, version=1, policy_on=None)
    event = AuditEvent.objects.filter(verb="school.steps_saved").order_by("pk").last()
    assert event.before == {"policy_on": "2025-09-01", "school": school.pk}
    assert event.after == {"policy_on": None, "school": school.pk}


def test_what_is_not_changed_stays(school, lead):
    save(school, lead)
    assert save(school, lead, version=1, monitoring="Weekly").culture == "Greeted at the gate."


@pytest.mark.parametrize("version", [0, 2])
def test_other_version_is_a_conflict(school, lead, version):
    save(school, lead)
    with pytest.raises(Conflict):
        save(school, lead, version=version)
    assert SchoolSteps.objects.get().version == 1


@pytest.mark.parametrize("field", ["policy_on", "champion_since", "champion_trained_on"])
def test_day_to_come_is_invalid(school, lead, field):
    save(school, lead, **{field: DAY})
    with pytest.raises(Invalid) as wrong:
        save(school, lead, version=1, **{field: DAY + timedelta(days=1)})
    assert wrong.value.errors[0].pointer == field


@pytest.mark.parametrize("field", TEXTS)
def test_text_has_a_longest(school, lead, field):
    save(school, lead, **{field: "y" * TEXTS[field]})
    with pytest.raises(Invalid) as wrong:
        save(school, lead, version=1, **{field: "y" * (TEXTS[field] + 1)})
    assert wrong.value.errors[0].pointer == field


def test_other_fields_are_not_taken(school, lead):
    with pytest.raises(Invalid):
        save(school, lead, school_id=1)


def test_officer_and_manager_record_too(school, user_with):
    assert save(school, user_with("attendance_officer")).version == 1
    assert save(school, user_with("team_manager"), version=1).version == 2


@pytest.mark.parametrize("role", ["early_help_worker", "panel_member", "analyst"])
def test_other_roles_do_not(school, user_with, role):
    with pytest.raises(Refused) as refused:
        save(school, user_with(role, school=school))
    assert refused.value.code == "permission_missing"


def test_lead_of_another_school_does_not(school, user_with):
    with pytest.raises(Refused) as refused:
        save(school, user_with("school_lead", school=SchoolFactory()))
    assert refused.value.code == "out_of_scope"
