"""What a person may do, and the guard before every page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.roles import ROLES, Permission, Role
from attendance_portal.shared.errors import Refused
from schools.permissions import (
    GuardedView,
    allowed,
    check_has,
    has_permission,
    permissions_of,
)
from tests.factories.schools import MembershipFactory
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


class Page(GuardedView):
    """A page for people who may see the borough."""

    permission = Permission.SEE_BOROUGH

    def get(self, request):
        return HttpResponse(" ".join(request.user.roles_held))


def open_page(user, view=Page):
    request = RequestFactory().get("/page/?a=1")
    request.user = user
    return view.as_view()(request)


@pytest.mark.parametrize("role", sorted(Role))
def test_person_may_do_what_the_role_allows(user_with, role):
    assert permissions_of(user_with(role)) == ROLES[Role(role)].permissions


@pytest.mark.parametrize(("offset", "held"), [(0, True), (-1, False)])
def test_permission_ends_with_the_last_day_of_the_membership(user_with, today, offset, held):
    user = user_with("analyst", until_on=today + offset * DAY)
    assert has_permission(user, Permission.EXPORT) is held


def test_permission_begins_with_the_first_day(user_with, today):
    assert not permissions_of(user_with("analyst", from_on=today + DAY))


def test_inactive_person_may_do_nothing(user_with):
    user = user_with("analyst")
    user.is_active = False
    assert not permissions_of(user)


def test_machine_has_no_permission():
    machine = UserFactory(is_machine=True)
    MembershipFactory(user=machine, role="machine", scope="la")
    assert not permissions_of(machine)


def test_check_has_refuses_with_the_reason(user_with):
    with pytest.raises(Refused, match="Take figures out as files"):
        check_has(user_with("early_help_worker"), Permission.EXPORT)


def test_check_has_tells_someone_without_a_role_whom_to_ask():
    with pytest.raises(Refused, match="Ask the attendance team"):
        check_has(UserFactory(), Permission.EXPORT)


def test_allowed_is_the_check_as_a_yes_or_no(user_with):
    user = user_with("analyst")
    assert allowed(check_has, user, Permission.EXPORT)
    assert not allowed(check_has, user, Permission.MANAGE_PEOPLE)


def test_page_lets_in_who_holds_the_permission_and_keeps_no_copy(user_with):
    response = open_page(user_with("analyst"))
    assert (response.status_code, response.content) == (200, b"analyst")
    assert response["Cache-Control"] == "no-store, private"


def test_page_refuses_who_does_not_hold_it_with_the_reason(user_with):
    with pytest.raises(PermissionDenied, match="See the figures of the borough"):
        open_page(user_with("administrator"))


def test_page_sends_a_visitor_to_sign_in_and_back(client):
    from django.contrib.auth.models import AnonymousUser

    assert open_page(AnonymousUser()).url == "/sign-in/?next=/page/%3Fa%3D1"


def test_page_for_anyone_signed_in_lets_in_someone_without_a_role():
    class Open(Page):
        permission = None

    assert open_page(UserFactory(), Open).status_code == 200


def test_page_that_does_not_say_who_may_open_it_opens_for_nobody(user_with):
    class Forgotten(GuardedView):
        def get(self, request):
            return HttpResponse("")

    with pytest.raises(ImproperlyConfigured):
        open_page(user_with("team_manager"), Forgotten)


def test_refusal_of_a_service_is_the_same_page(user_with):
    class Refusing(Page):
        def get(self, request):
            raise Refused("Not while the case is closed.")

    with pytest.raises(PermissionDenied, match="Not while"):
        open_page(user_with("analyst"), Refusing)
