"""What every test stands on: Tuesday 3 March 2026, quick passwords, a cache of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings

from accounts.roles import ROLES, Role
from tests.by_file import ByFile
from tests.emptying import empty_what_was_filled
from tests.factories.kept import Kept
from tests.factories.standing import TODAY, standing

if TYPE_CHECKING:
    from tests.factories.classes import SmallBorough

pytest_plugins = ("celery.contrib.pytest",)

hypothesis_settings.register_profile("default", deadline=None, database=None, max_examples=100)
hypothesis_settings.register_profile("fuzz", deadline=None, database=None, max_examples=3000)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_xdist_make_scheduler(config, log):
    """Who runs what, where several workers run the tests."""
    return ByFile(config, log) if config.getoption("dist") == "load" else None


@pytest.fixture(autouse=True)
def _portal_stands_still(settings) -> None:
    """One date for today; cheap hashes; keys in Redis that no other test reads."""
    for name, value in standing().items():
        setattr(settings, name, value)


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


@pytest.fixture(scope="session", autouse=True)
def _only_what_was_filled_is_emptied() -> Iterator[None]:
    """After a test that commits. A browser's page may still be reading: no table is locked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            TransactionTestCase, "_fixture_teardown", lambda _test: empty_what_was_filled()
        )
        yield


@pytest.fixture(scope="session")
def kept_borough(django_db_setup, django_db_blocker) -> Kept[SmallBorough]:
    """The small borough and its figures: the nightly run works them out once a process."""
    from tests.factories.classes import borough_with_figures

    with django_db_blocker.unblock():
        return Kept(borough_with_figures)


@pytest.fixture
def borough(db, kept_borough) -> SmallBorough:
    """Two schools whose figures stand at Friday 6 February 2026."""
    return kept_borough.lay()


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
