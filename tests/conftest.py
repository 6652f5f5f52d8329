"""What every test stands on: Tuesday 3 March 2026, quick passwords, a cache of its own."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.db import connection
from hypothesis import settings as hypothesis_settings

from accounts.roles import ROLES, Role

pytest_plugins = ("celery.contrib.pytest",)

TODAY = date(2026, 3, 3)

hypothesis_settings.register_profile("default", deadline=None, database=None, max_examples=100)
hypothesis_settings.register_profile("fuzz", deadline=None, database=None, max_examples=3000)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(autouse=True)
def _portal_stands_still(settings) -> None:
    """One date for today; cheap hashes; keys in Redis that no other test reads."""
    settings.PORTAL_TODAY = TODAY
    settings.WHITENOISE_AUTOREFRESH = True  # static files straight from their folders
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    default = {**settings.CACHES["default"], "KEY_PREFIX": f"test-{uuid.uuid4().hex}"}
    settings.CACHES = {**settings.CACHES, "default": default}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A browser that keeps its line open keeps a thread of the test server, and that thread its
    session: they are ended before the database is dropped, which nobody else may hold."""
    yield
    others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(others)


@pytest.fixture
def today() -> date:
    """The date on which every test stands."""
    return TODAY


@pytest.fixture
def user_with(db) -> Callable:
    """Makes a person who holds a role: `user_with("school_lead", school=school)`.

    `scope` follows from the school, trust or patch given; else the whole LA for the roles that
    have it by default, and nobody for the others. `user` adds a role to someone made before.
    """
    from tests.factories.schools import MembershipFactory
    from tests.factories.users import UserFactory

    def make(role: str, *, scope: str | None = None, user=None, **facts):
        whose = next((kind for kind in ("school", "trust", "patch") if kind in facts), None)
        default = "la" if role in set(Role) and ROLES[Role(role)].whole_la_by_default else "nobody"
        user = user or UserFactory()
        MembershipFactory(user=user, role=role, scope=scope or whose or default, **facts)
        return user

    return make


@pytest.fixture
def signed_in(client, user_with) -> Callable:
    """A browser's client in which someone with this role has signed in; its `user` is on it."""

    def make(role: str, **facts):
        client.user = user_with(role, **facts)
        client.force_login(client.user)
        return client

    return make


@pytest.fixture
def system_of(db) -> Callable:
    """A school system's client with a live token: `system_of("registers:write", schools=[s])`.

    Its machine user is `user` and its OAuth client `api_client`.
    """
    from rest_framework.test import APIClient

    from tests.factories.users import token_for

    def make(*scopes: str, schools=()) -> APIClient:
        system = APIClient()
        system.api_client, raw = token_for(*scopes, schools=schools)
        system.user = system.api_client.user
        system.credentials(HTTP_AUTHORIZATION=f"Bearer {raw}")
        return system

    return make
