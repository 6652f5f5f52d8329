"""A small demo borough, loaded once as `make demo` loads it, for the tests that walk it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from attendance_portal.shared import clock
from dashboards.management.demo import load_demo
from dashboards.management.demo_people import Login

PUPILS = 400
UNTIL = date(2026, 3, 2)
TODAY = date(2026, 3, 3)


def stands_still() -> override_settings:
    """What every test stands on, for fixtures of a whole module: and a cache that is theirs."""
    default = {**settings.CACHES["default"], "KEY_PREFIX": f"crawl-{uuid.uuid4().hex}"}
    return override_settings(
        PORTAL_TODAY=TODAY,
        WHITENOISE_AUTOREFRESH=True,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        CACHES={**settings.CACHES, "default": default},
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """Where this demo keeps its bundle and its password."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def logins(django_db_setup, django_db_blocker, home) -> Iterator[list[Login]]:
    """The demo, inside a transaction that is never kept; each test is a savepoint in it."""
    with django_db_blocker.unblock(), stands_still(), transaction.atomic():
        made = load_demo(
            pupils=PUPILS, until=UNTIL, today=TODAY, home=home, at=clock.now(), say=lambda _: None
        )
        yield made
        transaction.set_rollback(True)
