"""The numbers of our advisory locks, in one place so that no two jobs ever share one.

PostgreSQL knows an advisory lock by one number or by two; these mean something only here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection

#: Runs that recompute figures, full or of some schools.
RUNS: Final = (807, 1)
#: Runs for everyone.
RUNS_FOR_EVERYONE: Final = (807, 2)
#: Imports of schools, terms, pupils, families and enrolments.
ROLL_IMPORTS: Final = (807, 3)
#: Sealing the audit trail.
AUDIT_SEALING: Final = (807, 4)
#: Working out the figures of a past day.
PAST_DAYS: Final = (807, 5)
#: Registers of one school: the second number is its URN.
REGISTERS_OF_A_SCHOOL: Final = 20_240_819
#: Making one export: the second number is its record's.
AN_EXPORT: Final = 20_260_303


@contextmanager
def one_at_a_time(lock: tuple[int, int]) -> Iterator[None]:
    """Wait for whoever holds the lock, then hold it. The session holds it, so that one who waited
    begins a transaction afterwards and sees what the other wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", lock)
    try:
        yield
    finally:
        give_back(lock)


def give_back(lock: tuple[int, int]) -> None:
    """Let the lock go; a lost connection has let it go already."""
    if connection.connection is None or connection.connection.closed or connection.needs_rollback:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", lock)
