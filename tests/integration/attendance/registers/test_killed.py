"""A load that dies leaves nothing half-written, and the next one does the whole of it."""

import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.db import connection

from attendance.imports.enrolled import Enrolled
from attendance.imports.marks import receive_marks
from attendance.models import RegisterBatch, RegisterWeek, Reject
from attendance.services.registers import RegisterMerge
from attendance_portal.shared.errors import Conflict
from tests.factories.pupils import EnrolmentFactory

AT = datetime(2026, 3, 3, 9, tzinfo=UTC)

KILLED_BEFORE_COMMIT = """
import os, signal
import django
django.setup()
from datetime import UTC, date, datetime
from attendance.imports.enrolled import Enrolled
from attendance.imports.marks import receive_marks
from attendance.services.registers import RegisterMerge
RegisterMerge.close = lambda self: os.kill(os.getpid(), signal.SIGKILL)
receive_marks({content!r}, school=None, route="bundle", by=None, on=date(2026, 3, 3),
              at=datetime.now(UTC))
"""


def content_of(enrolment) -> bytes:
    row = f"{enrolment.pupil.upn},{enrolment.school_id},2026-02-23,"
    return f"upn,urn,date,session,code\n{row}AM,/\n{row}XX,/\n".encode()


def load(content: bytes) -> RegisterBatch:
    return receive_marks(content, school=None, route="bundle", by=None, on=date(2026, 3, 3), at=AT)


def nothing_is_there() -> bool:
    return not any(m.objects.exists() for m in (RegisterWeek, RegisterBatch, Reject))


@pytest.mark.django_db(transaction=True)
def test_error_after_the_merge_leaves_nothing(monkeypatch):
    content = content_of(EnrolmentFactory())

    def fail(self):
        raise RuntimeError("out of luck")

    with monkeypatch.context() as patch:
        patch.setattr(RegisterMerge, "close", fail)
        with pytest.raises(RuntimeError):
            load(content)
    assert nothing_is_there()
    assert load(content).inserted == 1


@pytest.mark.django_db(transaction=True)
def test_process_killed_before_the_end_leaves_nothing():
    content = content_of(EnrolmentFactory())
    database = connection.settings_dict
    address = (
        f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}"
        f"?host={database['HOST']}&port={database['PORT']}"
    )
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED_BEFORE_COMMIT.format(content=content))],
        env={
            **os.environ,
            "DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "attendance_portal.settings",
        },
        cwd=settings.BASE_DIR,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert nothing_is_there()
    assert load(content).inserted == 1
    assert RegisterWeek.objects.get().marks.startswith("/ ")


@pytest.mark.django_db(transaction=True)
def test_enrolment_that_is_gone_by_the_time_of_storing_undoes_the_file(monkeypatch):
    content = content_of(EnrolmentFactory())
    with monkeypatch.context() as patch:
        patch.setattr(
            Enrolled, "covering", lambda self, pupils, schools, days: pupils * 0 + 999_999
        )
        with pytest.raises(Conflict, match="roll was changed"):
            load(content)
    assert nothing_is_there()
