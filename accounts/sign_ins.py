"""Sign-ins, sign-outs and failed sign-ins go into the audit trail.

The three signals of Django are the only ones in the portal: no service of ours is called at the
door. An address that nobody has is not kept: people type passwords into the wrong field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from accounts.models import User
from accounts.services.audit import record_audit
from accounts.services.people import person_with
from attendance_portal.shared import clock


def listen() -> None:
    """Begin to write down; safe to call twice."""
    user_logged_in.connect(_signed_in, dispatch_uid="accounts.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="accounts.signed_out")
    user_login_failed.connect(_failed, dispatch_uid="accounts.sign_in_failed")


def _signed_in(user: User, **_: Any) -> None:
    _write_down("signed_in", user, by=user)


def _signed_out(user: User | None, **_: Any) -> None:
    if user is not None:
        _write_down("signed_out", user, by=user)


def _failed(credentials: Mapping[str, Any], **_: Any) -> None:
    typed = str(credentials.get("email") or credentials.get("username") or "")
    _write_down("sign_in_failed", person_with(typed), by=None)


def _write_down(verb: str, person: User | None, *, by: User | None) -> None:
    record_audit(
        by=by,
        verb=verb,
        object_kind="person",
        object_ref=str(person.pk) if person else "",
        after={"email": person.email} if person else {"address": "not known here"},
        at=clock.now(),
    )
