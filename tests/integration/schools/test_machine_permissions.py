"""What a system's call may do: what its token's scopes allow, and nothing outside a call."""

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.roles import API_SCOPES, SCOPE_PERMISSIONS, Permission
from attendance_portal.shared.errors import Refused
from schools.permissions import check_has, permissions_of
from tests.factories.schools import SchoolFactory

pytestmark = pytest.mark.django_db


def in_a_call(user: User, *scopes: str) -> User:
    user.scopes_held = frozenset(scopes)
    return user


def test_every_scope_that_allows_something_is_one_that_a_client_can_be_given():
    assert set(SCOPE_PERMISSIONS) <= set(API_SCOPES)


def test_outside_a_call_a_machine_may_do_nothing(user_with):
    machine = user_with("machine", school=SchoolFactory())
    assert permissions_of(machine) == frozenset()
    with pytest.raises(Refused):
        check_has(machine, Permission.LOG_CONTACTS)


def test_in_a_call_it_may_do_what_its_scopes_allow(user_with):
    machine = in_a_call(user_with("machine", school=SchoolFactory()), "cases:write")
    check_has(machine, Permission.LOG_CONTACTS)
    with pytest.raises(Refused):
        check_has(machine, Permission.SEE_CASES)
    with pytest.raises(Refused):
        check_has(machine, Permission.MOVE_STAGES)


def test_a_scope_about_registers_allows_nothing_of_what_people_do(user_with):
    machine = in_a_call(user_with("machine", school=SchoolFactory()), "registers:write", "x")
    assert permissions_of(machine) == frozenset()


def test_a_call_brings_the_scopes_of_its_token_and_the_agency_of_its_client(system_of, rf):
    from rest_framework.request import Request

    from accounts.oauth import ClientAuthentication

    system = system_of("cases:read", schools=[SchoolFactory()])
    header = system._credentials["HTTP_AUTHORIZATION"]
    request = Request(rf.get("/api/v1/cases/", HTTP_AUTHORIZATION=header))
    machine, _token = ClientAuthentication().authenticate(request)
    assert (machine.scopes_held, machine.agency) == (frozenset({"cases:read"}), "school")
