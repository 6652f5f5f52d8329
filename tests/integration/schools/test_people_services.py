"""Access is given and ended, by those who may, and it is written down."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import AuditEvent
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Invalid, Refused
from schools.models import Membership, School
from schools.services import giving
from schools.services.people import default_scope, end_access, give_access
from tests.factories.schools import PatchFactory, SchoolFactory, TrustFactory
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db

FROM = date(2026, 3, 3)


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


@pytest.mark.parametrize("role", ["attendance_officer", "analyst", "school_lead"])
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
        end_access(membership=membership, last_day=FROM, by=user_with("analyst"), at=clock.now())


def test_same_access_given_twice_is_there_once_and_written_down_once(user_with):
    by, user, school = user_with("administrator"), UserFactory(), SchoolFactory()
    for _ in range(2):
        give_access(
            user=user, role="school_lead", schools=[school], from_on=FROM, by=by, at=clock.now()
        )
    assert user.memberships.count() == 1
    assert AuditEvent.objects.filter(verb="gave_access").count() == 1


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"role": "panel_member"}, giving.NEEDS_AN_END),
        ({"from_on": FROM - timedelta(days=1)}, "today or later"),
        ({"until_on": FROM - timedelta(days=1)}, "before the first day"),
        ({"role": "school_lead", "scope": "la"}, giving.NEEDS_A_SCHOOL),
        ({"role": "school_lead", "scope": "nobody"}, giving.NEEDS_A_SCHOOL),
        ({"role": "early_help_worker", "scope": "la"}, giving.GRANTED_ONLY),
        ({"role": "analyst", "scope": "nobody"}, giving.SHOWS_NOTHING),
        ({"role": "administrator", "scope": "la"}, "sees no pupils"),
    ],
)
def test_access_without_what_it_needs_is_refused(user_with, facts, says):
    with pytest.raises(Invalid, match=says):
        give(user_with("administrator"), **facts)
    assert not Membership.objects.exclude(role="administrator").exists()


@pytest.mark.parametrize("until", [FROM, FROM + timedelta(days=1)])
def test_panel_member_with_a_last_day_is_given(user_with, until):
    (membership,) = give(user_with("administrator"), role="panel_member", until_on=until)
    assert membership.until_on == until


def test_own_roles_are_neither_given_nor_ended(user_with):
    by = user_with("administrator")
    with pytest.raises(Refused, match="own roles"):
        give_access(user=by, role="analyst", from_on=FROM, by=by, at=clock.now())
    with pytest.raises(Refused, match="own roles"):
        end_access(membership=by.memberships.get(), last_day=None, by=by, at=clock.now())


def test_last_administrator_cannot_be_ended_and_the_last_but_one_can(user_with):
    first, second = user_with("administrator"), user_with("administrator")
    end_access(membership=first.memberships.get(), last_day=None, by=second, at=clock.now())
    manager = user_with("administrator", until_on=FROM)
    with pytest.raises(Refused, match="last administrator"):
        end_access(membership=second.memberships.get(), last_day=FROM, by=manager, at=clock.now())
    assert second.memberships.get().until_on is None


def test_administrator_whose_own_access_ends_later_can_end_another(user_with):
    by, other = (
        user_with("administrator", until_on=FROM + timedelta(days=1)),
        user_with("administrator"),
    )
    ended = end_access(membership=other.memberships.get(), last_day=FROM, by=by, at=clock.now())
    assert ended.until_on == FROM


@pytest.mark.parametrize("role", ["attendance_officer", "school_lead"])
def test_team_manager_gives_and_ends_access_of_the_team(user_with, role):
    by, school = user_with("team_manager"), SchoolFactory()
    (membership,) = give(by, role=role, schools=[school])
    assert end_access(membership=membership, last_day=None, by=by, at=clock.now()).ended_at


@pytest.mark.parametrize(
    "role", ["team_manager", "analyst", "early_help_worker", "panel_member", "administrator"]
)
def test_team_manager_gives_no_other_role(user_with, role):
    with pytest.raises(Refused, match="Ask an administrator"):
        give(user_with("team_manager"), role=role, until_on=FROM)


def test_team_manager_of_a_school_gives_access_to_that_school_only(user_with):
    own, other = SchoolFactory(), SchoolFactory()
    by = user_with("team_manager", school=own)
    assert give(by, role="school_lead", schools=[own])
    for facts in ({"schools": [other]}, {"schools": [own, other]}, {"scope": "la"}):
        with pytest.raises(Refused, match="schools that you see"):
            give(by, **facts)


def test_access_ended_now_shows_nothing_from_that_moment(user_with):
    (membership,) = give(None, schools=[SchoolFactory()])
    by = user_with("administrator")
    end_access(membership=membership, last_day=None, reason="Has left", by=by, at=clock.now())
    assert not School.objects.visible_to(membership.user).exists()
    event = AuditEvent.objects.get(verb="ended_access")
    assert (event.before["ended_at"], event.after["reason"]) == (None, "Has left")


def test_access_ended_twice_is_ended_once(user_with):
    (membership,) = give(None, schools=[SchoolFactory()])
    by = user_with("administrator")
    for _ in range(2):
        end_access(membership=membership, last_day=None, by=by, at=clock.now())
    assert AuditEvent.objects.filter(verb="ended_access").count() == 1
