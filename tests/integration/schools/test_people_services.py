"""Access is given and ended, by those who may, and it is written down."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import AuditEvent
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Invalid, Refused
from schools.models import Membership, School
from schools.services.people import default_scope, end_access, give_access
from tests.factories.schools import PatchFactory, SchoolFactory, TrustFactory
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db

FROM = date(2026, 3, 1)


def give(by, **facts) -> list[Membership]:
    facts = {"role": "attendance_officer", "from_on": FROM, **facts}
    return give_access(user=UserFactory(), by=by, at=clock.now(), **facts)


def test_administrator_gives_access_and_it_is_written_down(user_with):
    by = user_with("administrator")
    school = SchoolFactory()
    (membership,) = give(by, role="school_lead", schools=[school])
    event = AuditEvent.objects.get(object_kind="membership")
    assert (event.actor, event.verb, event.object_ref) == (by, "gave_access", str(membership.pk))
    assert event.after["school"] == school.urn
    assert School.objects.visible_to(membership.user).get() == school


@pytest.mark.parametrize("role", ["attendance_officer", "team_manager", "school_lead"])
def test_nobody_else_gives_access(user_with, role):
    by = user_with(role, scope="la")
    with pytest.raises(Refused):
        give(by)
    assert not AuditEvent.objects.exists()


def test_access_may_be_given_for_schools_trusts_and_a_patch_together():
    given = give(None, schools=[SchoolFactory()], trusts=[TrustFactory()], patch=PatchFactory())
    assert [membership.scope for membership in given] == ["school", "trust", "patch"]


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        ("attendance_officer", "la"),
        ("team_manager", "la"),
        ("analyst", "la"),
        ("early_help_worker", "nobody"),
        ("panel_member", "nobody"),
        ("administrator", "nobody"),
        ("machine", "nobody"),
    ],
)
def test_default_scope_of_each_role(role, scope):
    assert default_scope(role) == scope


@pytest.mark.parametrize("role", ["school_lead", "wizard"])
def test_default_scope_of_a_school_lead_or_an_unknown_role_is_an_error(role):
    with pytest.raises(Invalid):
        default_scope(role)


def test_access_ends_with_its_last_day_and_it_is_written_down(user_with, today, settings):
    by = user_with("administrator")
    (membership,) = give(by, schools=[SchoolFactory()])
    end_access(membership=membership, last_day=today, by=by, at=clock.now())
    event = AuditEvent.objects.order_by("-id").first()
    assert (event.verb, event.before["until_on"], event.after["until_on"]) == (
        "ended_access",
        None,
        "2026-03-03",
    )
    assert School.objects.visible_to(membership.user).exists()
    settings.PORTAL_TODAY = today + timedelta(days=1)
    assert not School.objects.visible_to(membership.user).exists()


def test_access_ended_before_it_began_ends_on_its_first_day():
    (membership,) = give(None, schools=[SchoolFactory()])
    ended = end_access(
        membership=membership, last_day=FROM - timedelta(days=9), by=None, at=clock.now()
    )
    assert ended.until_on == FROM


def test_nobody_else_ends_access(user_with):
    (membership,) = give(None, schools=[SchoolFactory()])
    with pytest.raises(Refused):
        end_access(
            membership=membership, last_day=FROM, by=user_with("team_manager"), at=clock.now()
        )
