"""Every route, as every role, for things of one's own school and of another. Nothing is skipped:
a route added anywhere is walked here by itself."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.test import Client
from rest_framework.views import APIView

from accounts.roles import Role
from schools.permissions import GuardedView
from tests.factories.kept import never_kept
from tests.factories.routes import (
    OPEN_API,
    PAGES,
    PUBLIC_HELP,
    PUBLIC_PAGES,
    ROUTES,
    Route,
    Things,
    may_open,
    things,
    things_with_terms,
)
from tests.factories.schools import SchoolFactory
from tests.factories.standing import stands_still
from tests.factories.users import UserFactory

ALL_SCOPES = (
    "registers:write",
    "pupils:write",
    "attendance:read",
    "cases:read",
    "cases:write",
)

#: Pages that are not about one school for this role: it looks after everyone.
FOR_EVERYONE = {("person", "administrator"), ("end_access", "administrator")}
#: Pages whose address names no child and no school; a ward's holds what the reader may see there.
ABOUT_NOBODY = {
    "help_rule",
    "help_role",
    "take_table",
    "take_chart",
    "meeting_agenda_wording",
    "place",
    "place_entry_add",
    "place_entry_end",
}


CALLS = [r for r in ROUTES if r.is_api and r.name not in OPEN_API]


def by_name(route: Route) -> str:
    return route.name or route.template


@pytest.fixture(scope="module")
def two_of_each(django_db_setup, django_db_blocker) -> Iterator[tuple[Things, Things]]:
    """The things of one school, and those of another, made once: there are many routes. Each test
    is a savepoint in a transaction that is never kept."""
    with django_db_blocker.unblock(), stands_still(), never_kept():
        yield things_with_terms(), things()


@pytest.fixture
def own(two_of_each, db) -> Things:
    return deepcopy(two_of_each[0])


@pytest.fixture
def foreign(two_of_each, db) -> Things:
    return deepcopy(two_of_each[1])


def person(user_with, role: str, own: Things):
    """Someone who holds a role for the own school and no other."""
    return user_with(role, school=own.enrolment.school)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


# Guards.


def test_there_are_routes():
    assert len(PAGES) > 5
    assert len(CALLS) > 5


@pytest.mark.parametrize("route", PAGES, ids=by_name)
def test_page_is_guarded_or_on_the_public_list(route):
    assert route.view is not None
    assert issubclass(route.view, GuardedView), f"{route.template} is not a GuardedView."
    assert hasattr(route.view, "permission"), f"{route.template} does not say who may open it."


@pytest.mark.parametrize("route", CALLS, ids=by_name)
def test_call_names_its_scopes_or_is_on_the_open_list(route):
    assert issubclass(route.view, APIView)
    assert getattr(route.view, "required_scopes", None) or getattr(route.view, "any_scope", None)


@pytest.mark.parametrize("name", sorted(PUBLIC_PAGES | (OPEN_API - {None})))
def test_public_route_is_there(name):
    assert name in {route.name for route in ROUTES}


@pytest.mark.parametrize("route", [r for r in ROUTES if r.name in PUBLIC_HELP], ids=by_name)
def test_page_for_visitors_opens_and_takes_nothing(route, own, client):
    response = client.get(route.path(own))

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert [method for method in route.methods if method != "get"] == []


# Pages.


@pytest.mark.parametrize("route", PAGES, ids=by_name)
def test_page_sends_a_visitor_to_sign_in(route, own, client):
    for method in route.methods:
        response = getattr(client, method)(route.path(own))
        assert response.status_code == 302
        assert response.url.startswith("/sign-in/?next=")


@pytest.mark.parametrize("route", PAGES, ids=by_name)
def test_page_as_someone_without_a_role(route, own):
    client = client_of(UserFactory())
    response = client.get(route.path(own))
    if route.view.permission is None:
        assert response.status_code in (200, 302)
    else:
        assert response.status_code == 403


@pytest.mark.parametrize("role", sorted(Role))
@pytest.mark.parametrize("route", PAGES, ids=by_name)
def test_page_as_each_role_for_the_own_school(route, role, own, user_with):
    client = client_of(person(user_with, role, own))
    response = client.get(route.path(own))
    if not may_open(route, role):
        assert response.status_code == 403
    elif "get" not in route.methods:
        assert response.status_code == 405
    else:
        assert response.status_code in (200, 302)
        assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("role", sorted(Role))
@pytest.mark.parametrize("route", [r for r in PAGES if r.parameters], ids=by_name)
def test_page_as_each_role_for_another_school(route, role, own, foreign, user_with):
    if (route.name, role) in FOR_EVERYONE or route.name in ABOUT_NOBODY:
        return
    client = client_of(person(user_with, role, own))
    for method in route.methods:
        response = getattr(client, method)(route.path(foreign))
        assert response.status_code == (404 if may_open(route, role) else 403), method


@pytest.mark.parametrize("role", sorted(Role))
@pytest.mark.parametrize("route", PAGES, ids=by_name)
def test_change_is_refused_to_each_role_that_may_not_open_the_page(route, role, own, user_with):
    if may_open(route, role):
        return
    client = client_of(person(user_with, role, own))
    for method in route.methods:
        assert getattr(client, method)(route.path(own)).status_code == 403, method


# The API.


def answer(client: Any, method: str, path: str) -> int:
    return getattr(client, method)(path, {}, format="json").status_code


@pytest.mark.parametrize("route", CALLS, ids=by_name)
def test_call_without_a_token_is_401(route, own, system_of):
    system = system_of()
    system.credentials()
    for method in route.methods:
        assert answer(system, method, route.path(own)) == 401, method


@pytest.mark.parametrize("route", CALLS, ids=by_name)
def test_call_of_someone_signed_in_without_a_token_is_401(route, own, user_with):
    client = client_of(person(user_with, "team_manager", own))
    for method in route.methods:
        assert getattr(client, method)(route.path(own)).status_code == 401, method


@pytest.mark.parametrize("route", CALLS, ids=by_name)
def test_call_without_the_scope_is_403(route, own, system_of):
    named = {*getattr(route.view, "required_scopes", ()), *getattr(route.view, "any_scope", ())}
    system = system_of(*(set(ALL_SCOPES) - named), schools=[own.enrolment.school])
    for method in route.methods:
        assert answer(system, method, route.path(own)) == 403, method


@pytest.mark.parametrize("route", CALLS, ids=by_name)
def test_call_for_the_own_school_is_let_in(route, own, system_of):
    system = system_of(*ALL_SCOPES, schools=[own.enrolment.school])
    for method in route.methods:
        status = answer(system, method, route.path(own))
        assert status < 500, method
        assert status not in (401, 403, 404), method


@pytest.mark.parametrize("route", [r for r in CALLS if r.parameters], ids=by_name)
def test_call_for_another_school_is_404(route, own, foreign, system_of):
    system = system_of(*ALL_SCOPES, schools=[own.enrolment.school])
    for method in route.methods:
        assert answer(system, method, route.path(foreign)) == 404, method


@pytest.mark.parametrize("route", [r for r in CALLS if r.parameters], ids=by_name)
def test_call_of_a_client_given_no_school_is_404(route, own, system_of):
    SchoolFactory()
    system = system_of(*ALL_SCOPES)
    for method in route.methods:
        assert answer(system, method, route.path(own)) == 404, method
