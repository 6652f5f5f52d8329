"""Runs of the night exclude each other, full or of one school: one lock held by the session.

A killed run frees its lock with its session; without it, an older view of the marks could be merged
over a newer one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import OperationalError, connection, transaction

from attendance_portal.shared.errors import Conflict
from attendance_portal.shared.locks import RUNS, RUNS_FOR_EVERYONE, give_back

LONGEST_WAIT: Final = "15min"


@contextmanager
def only_run() -> Iterator[None]:
    """Wait for the run before to end, then hold the lock. Raises Conflict after fifteen minutes."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = %s", [LONGEST_WAIT])
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", RUNS)
            cursor.execute("SET LOCAL lock_timeout = 0")
    except OperationalError as problem:
        raise Conflict(
            "Another run did not end in time. Try again when it has finished."
        ) from problem
    try:
        yield
    finally:
        give_back(RUNS)


@contextmanager
def only_run_for_everyone() -> Iterator[None]:
    """As `only_run`, but raises Conflict at once while another run for everyone goes on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", RUNS_FOR_EVERYONE)
        (is_ours,) = cursor.fetchone()
    if not is_ours:
        raise Conflict("A run for everyone is already going on. Wait until it has finished.")
    try:
        with only_run():
            yield
    finally:
        give_back(RUNS_FOR_EVERYONE)
