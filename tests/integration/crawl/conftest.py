"""A small demo borough, loaded once as `make demo` loads it, for the tests that walk it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from attendance_portal.shared import clock
from dashboards.management.demo import load_demo
from dashboards.management.demo_people import Login
from tests.factories.guarded import GuardedBorough
from tests.factories.kept import never_kept
from tests.factories.standing import TODAY, stands_still

PUPILS = 400
UNTIL = date(2026, 3, 2)


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """Where this demo keeps its bundle and its password."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def logins(django_db_setup, django_db_blocker, home) -> Iterator[list[Login]]:
    """The demo, inside a transaction that is never kept; each test is a savepoint in it."""
    with django_db_blocker.unblock(), stands_still(), never_kept():
        made = load_demo(
            pupils=PUPILS, until=UNTIL, today=TODAY, home=home, at=clock.now(), say=lambda _: None
        )
        yield made


@pytest.fixture(scope="module")
def guarded(django_db_setup, django_db_blocker) -> Iterator[GuardedBorough]:
    """A borough of small groups, made once, in a transaction that is never kept."""
    with django_db_blocker.unblock(), stands_still(), never_kept():
        yield GuardedBorough()
