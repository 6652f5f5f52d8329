"""Every route, as every role, for things of one's own school and of another. Nothing is skipped:
a route added anywhere is walked here by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from accounts.models import ExportRecord, SavedView
from accounts.roles import ROLES, Role
from attendance.models import Flag, RegisterBatch
from attendance_portal.shared import clock
from schools.models import Enrolment, Membership
from schools.permissions import GuardedView
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import MembershipFactory, SchoolFactory, make_terms
from tests.factories.users import UserFactory

#: Pages that explain our words and duties: open to visitors, and nothing is sent to them.
PUBLIC_HELP = {
    "help", "help_figures", "help_codes", "help_pathway", "accessibility", "privacy",
}  # fmt: skip
#: Pages for visitors: how one gets in, and nothing about anybody.
PUBLIC_PAGES = {
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    *PUBLIC_HELP,
}
#: Addresses of the API that need no token: how one gets a token, what the API is, and the answer
#: to an address that never was.
OPEN_API = {"api_token", "api_schema", None}

METHODS = ("get", "post", "put", "patch", "delete")
ALL_SCOPES = (
    "registers:write",
    "pupils:write",
    "attendance:read",
    "cases:read",
    "cases:write",
)


@dataclass(frozen=True)
class Things:
    """One of each thing that an address can name, all of one school."""

    enrolment: Enrolment
    flag: Flag
    batch: RegisterBatch


#: What stands in an address, by the parameter's name. A new name needs an example here.
PARAMETERS: dict[str, Callable[[Things], Any]] = {
    "urn": lambda things: things.enrolment.school_id,
    "upn": lambda things: things.enrolment.pupil.upn,
    "public_id": lambda things: things.enrolment.pupil.public_id,
    "enrolment_id": lambda things: things.enrolment.pk,
    "flag_id": lambda things: things.flag.pk,
    "batch_id": lambda things: things.batch.pk,
    "view_id": lambda things: saved_view().pk,
    "export_id": lambda things: export_of(things).pk,
    "user_id": lambda things: staff_of(things).user_id,
    "membership_id": lambda things: staff_of(things).pk,
    "kind": lambda things: things.flag.kind,
    "role": lambda things: "attendance_officer",
}


def export_of(things: Things) -> ExportRecord:
    """A file of that school's figures that is ready."""
    return ExportRecord.objects.create(
        user=UserFactory(),
        at=clock.now(),
        kind="dashboard",
        as_of=date(2026, 3, 2),
        urns=[things.enrolment.school_id],
        state="made",
    )


#: Pages that are not about one school for this role: it looks after everyone.
FOR_EVERYONE = {("person", "administrator"), ("end_access", "administrator")}
#: Pages whose address names no child and no school: they say the same to everyone.
ABOUT_NOBODY = {"help_rule", "help_role"}


def staff_of(things: Things) -> Membership:
    """Someone whose role at that school can be looked at and ended."""
    facts = {"school": things.enrolment.school, "role": "school_lead", "reason": "Looked at"}
    return Membership.objects.filter(**facts).first() or MembershipFactory(scope="school", **facts)


def saved_view() -> SavedView:
    """Somebody else's."""
    return SavedView.objects.create(
        user=UserFactory(), name="Year 9", path="/pupils/", saved_at=clock.now()
    )


@dataclass(frozen=True)
class Route:
    """One address pattern and its view."""

    name: str | None
    template: str
    parameters: tuple[str, ...]
    callback: Callable[..., Any]

    @property
    def is_api(self) -> bool:
        return self.template.startswith("api/")

    @property
    def view(self) -> Any:
        return getattr(self.callback, "view_class", None) or getattr(self.callback, "cls", None)

    @property
    def methods(self) -> list[str]:
        allowed = self.view.http_method_names
        return [m for m in METHODS if m in allowed and hasattr(self.view, m)]

    def path(self, things: Things) -> str:
        path = self.template
        for name in self.parameters:
            assert name in PARAMETERS, f"PARAMETERS needs an example of '{name}' ({path})."
            path = path.replace(f"<{name}>", str(PARAMETERS[name](things)))
        return f"/{path}"


def walk(patterns: list[Any], prefix: str = "") -> Iterator[Route]:
    """Every address below these patterns, with `<name>` for each parameter."""
    for entry in patterns:
        template = prefix + _template(entry)
        if isinstance(entry, URLResolver):
            yield from walk(entry.url_patterns, template)
        else:
            names = tuple(entry.pattern.converters)
            yield Route(entry.name, template, names, entry.callback)


def _template(entry: URLPattern | URLResolver) -> str:
    text = str(entry.pattern)
    for name, converter in entry.pattern.converters.items():
        for kind in _spellings(converter):
            text = text.replace(f"<{kind}{name}>", f"<{name}>")
    return text


def _spellings(converter: object) -> tuple[str, ...]:
    return ("", "int:", "str:", "slug:", "uuid:", "path:", f"{type(converter).__name__}:")


ROUTES = list(walk(get_resolver().url_patterns))
PAGES = [r for r in ROUTES if not r.is_api and r.name not in PUBLIC_PAGES]
CALLS = [r for r in ROUTES if r.is_api and r.name not in OPEN_API]


def by_name(route: Route) -> str:
    return route.name or route.template


def things(**school: Any) -> Things:
    enrolment = EnrolmentFactory(**school)
    flag = Flag.objects.create(
        enrolment=enrolment,
        school=enrolment.school,
        kind="persistent_absence",
        opened_on=date(2026, 3, 2),
        met_on=date(2026, 2, 24),
        evidence={"absent": 24, "possible": 120, "on": "2026-03-02"},
        rule_version="1",
        updated_at=clock.now(),
    )
    batch = RegisterBatch.objects.create(
        route="upload", school=enrolment.school, by=UserFactory(), state="applied"
    )
    return Things(enrolment, flag, batch)


@pytest.fixture
def own(db) -> Things:
    make_terms()
    return things()


@pytest.fixture
def foreign(own) -> Things:
    return things()


def person(user_with, role: str, own: Things):
    """Someone who holds a role for the own school and no other."""
    return user_with(role, school=own.enrolment.school)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def may_open(route: Route, role: str) -> bool:
    permission = route.view.permission
    return permission is None or permission in ROLES[Role(role)].permissions


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
    system = system_of("cases:write", schools=[own.enrolment.school])
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
