"""The audit trail on the database: sealed in order, append only, checked to its end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError, connection, transaction

from accounts.models import AccessLogEntry, AuditEvent, AuditHead
from accounts.services import audit as audit_services
from accounts.services import log_view, record_audit, seal_audit, verify_audit_chain
from attendance_portal.shared import clock
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db


def write(count: int) -> list[AuditEvent]:
    return [
        record_audit(
            by=None,
            verb="changed",
            object_kind="thing",
            object_ref=str(n),
            before={"on": date(2026, 1, 1)},
            after={"share": 0.1, "name": "Zoë"},
            at=clock.now(),
        )
        for n in range(count)
    ]


def tamper(statement: str, *values) -> None:
    """Do what only someone with the database's own password could."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def verify() -> str:
    out = StringIO()
    call_command("verify_audit", stdout=out, stderr=StringIO())
    return out.getvalue().strip()


def test_record_names_the_person_as_they_were_called_then():
    person = UserFactory(email="ann@example.org")
    event = record_audit(by=person, verb="did", object_kind="thing", at=clock.now())
    assert (event.actor, event.actor_label, event.sequence) == (person, "ann@example.org", None)


def test_seal_numbers_what_waits_without_gaps_in_order_of_id(monkeypatch):
    monkeypatch.setattr(audit_services, "SEALED_AT_ONCE", 2)
    events = write(5)
    assert seal_audit() == 5
    assert [e.sequence for e in AuditEvent.objects.filter(pk__in=[e.pk for e in events])] == [
        1,
        2,
        3,
        4,
        5,
    ]
    assert AuditHead.objects.get().sequence == 5


def test_seal_goes_on_from_the_last_entry():
    write(2)
    seal_audit()
    write(1)
    assert seal_audit() == 1
    assert seal_audit() == 0
    assert verify_audit_chain().sealed == 3


def test_verify_audit_unbroken_says_to_which_entry():
    write(3)
    assert verify() == "Unbroken to entry 3"


def test_verify_audit_with_nothing_written_is_unbroken():
    assert verify() == "Unbroken to entry 0"


@pytest.mark.parametrize(
    "assignment",
    [
        "verb = 'x'",
        "object_ref = 'x'",
        "actor_label = 'x'",
        "at = at + interval '1 second'",
        "before = NULL",
        "after = '{}'",
        "hash = repeat('0', 64)",
        "object_kind = 'x'",
    ],
)
def test_verify_audit_names_an_altered_entry(assignment):
    write(3)
    seal_audit()
    tamper(f"UPDATE accounts_auditevent SET {assignment} WHERE sequence = 2")
    with pytest.raises(CommandError, match="Broken at entry 2"):
        verify()


def test_verify_audit_names_an_entry_given_to_someone_else():
    write(3)
    seal_audit()
    tamper("UPDATE accounts_auditevent SET actor_id = %s WHERE sequence = 2", UserFactory().pk)
    with pytest.raises(CommandError, match="Broken at entry 2"):
        verify()


@pytest.mark.parametrize("sequence", [1, 2, 3])
def test_verify_audit_names_an_entry_taken_out(sequence):
    write(3)
    seal_audit()
    tamper("DELETE FROM accounts_auditevent WHERE sequence = %s", sequence)
    with pytest.raises(CommandError, match=f"Broken at entry {sequence}: it is missing"):
        verify()


def test_verify_audit_does_not_seal_onto_a_broken_chain():
    write(2)
    seal_audit()
    tamper("UPDATE accounts_auditevent SET verb = 'x' WHERE sequence = 1")
    late = write(1)[0]
    with pytest.raises(CommandError):
        verify()
    late.refresh_from_db()
    assert late.sequence is None


@pytest.mark.parametrize(("minutes", "told"), [(61, True), (59, False)])
def test_verify_audit_tells_of_rows_that_waited_over_an_hour(minutes, told):
    record_audit(
        by=None, verb="did", object_kind="thing", at=clock.now() - timedelta(minutes=minutes)
    )
    err = StringIO()
    call_command("verify_audit", stdout=StringIO(), stderr=err)
    assert ("over an hour" in err.getvalue()) is told


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditevent SET verb = 'x'",
        "UPDATE accounts_auditevent SET hash = 'x'",
        "DELETE FROM accounts_auditevent",
        "DELETE FROM accounts_audithead",
        "UPDATE accounts_audithead SET sequence = 0",
        "UPDATE accounts_accesslogentry SET page = 'x'",
        "DELETE FROM accounts_accesslogentry",
    ],
)
def test_database_refuses_to_alter_what_was_written(statement):
    write(1)
    seal_audit()
    log_view(user=UserFactory(), subject_ref="x", page="pupil", at=clock.now())
    with pytest.raises(InternalError, match=r"append only|only grows"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize("statement", ["SET verb = 'x'", "SET at = now()", "SET after = NULL"])
def test_database_refuses_to_alter_facts_that_wait_to_be_sealed(statement):
    write(1)
    with pytest.raises(InternalError, match="append only"), transaction.atomic():
        connection.cursor().execute(f"UPDATE accounts_auditevent {statement}")


@pytest.mark.django_db(transaction=True)
def test_database_still_empties_the_logs_whole():
    write(1)
    seal_audit()
    log_view(user=UserFactory(), subject_ref="x", page="pupil", at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_auditevent, accounts_audithead, accounts_accesslogentry")
    assert not AccessLogEntry.objects.exists()
    assert verify() == "Unbroken to entry 0"


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_leave_one_unbroken_chain(monkeypatch):
    monkeypatch.setattr(audit_services, "SEALED_AT_ONCE", 3)
    write(30)

    def seal() -> int:
        try:
            return seal_audit()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        counts = [future.result() for future in [pool.submit(seal) for _ in range(2)]]
    assert sum(counts) == 30
    assert verify() == "Unbroken to entry 30"
