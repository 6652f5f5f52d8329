"""Readings and exports are written down."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import AccessLogEntry, ExportRecord
from accounts.services import log_export, log_view
from attendance_portal.shared import clock
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db


def export(user) -> ExportRecord:
    return log_export(
        user=user,
        kind="periods",
        as_of=date(2026, 3, 2),
        rows=7,
        sha256="0" * 64,
        page="export",
        at=clock.now(),
    )


def test_view_says_who_in_which_roles_saw_whom_where():
    user = UserFactory()
    user.roles_held = frozenset({"school_lead", "panel_member"})
    log_view(user=user, subject_ref="a-child", page="pupil", at=clock.now())
    entry = AccessLogEntry.objects.get()
    assert (entry.user, entry.roles, entry.action) == (user, "panel_member school_lead", "view")
    assert (entry.subject_kind, entry.subject_ref, entry.page) == ("pupil", "a-child", "pupil")


def test_export_by_a_person_is_in_both_logs():
    user = UserFactory()
    record = export(user)
    assert AccessLogEntry.objects.get().subject_ref == str(record.pk)
    assert (record.rows, record.user) == (7, user)


def test_export_by_a_command_is_recorded_without_a_person():
    assert export(None).user is None
    assert not AccessLogEntry.objects.exists()
