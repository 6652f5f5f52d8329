"""What every test stands on: one date for today, cheap hashes, and a cache that nobody shares."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.test import override_settings

TODAY = date(2026, 3, 3)


def standing() -> dict[str, Any]:
    """The settings of one test: keys in Redis that no other test reads."""
    default = {**settings.CACHES["default"], "KEY_PREFIX": f"test-{uuid.uuid4().hex}"}
    return {
        "PORTAL_TODAY": TODAY,
        "WHITENOISE_AUTOREFRESH": True,  # static files straight from their folders
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "CACHES": {**settings.CACHES, "default": default},
    }


def stands_still() -> override_settings:
    """The same for what is made once for many tests."""
    return override_settings(**standing())
