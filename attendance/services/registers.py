"""The one service by which marks are stored, for files, uploads and calls alike.

A `RegisterMerge` holds what one file says in temporary tables, then lays it over the stored weeks
by one statement that inserts, updates and logs (`sql/register_diff.sql`). All of it happens inside
the caller's transaction, so a file is stored whole or not at all, and a process that dies leaves
nothing behind. Schools are locked in the order of their numbers for the length of the transaction.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.db import connection

from attendance.models import BatchSchool, RegisterBatch
from attendance_portal.shared.errors import Conflict
from attendance_portal.shared.locks import REGISTERS_OF_A_SCHOOL

_SQL: Final = Path(__file__).resolve().parent.parent / "sql"
_PARAMETER: Final = re.compile(r"(?<!:):([a-z_]+)")
_SETTINGS: Final = ("jit = off", "work_mem = '64MB'", "random_page_cost = 1.1")
_OVERLAID: Final = " || ".join(
    f"coalesce(nullif(substr(sent.marks, {place}, 1), ' '), substr(stored.marks, {place}, 1))"
    for place in range(1, 15)
)


@dataclass(frozen=True)
class Merged:
    """What became of the marks of one file (in marks, not rows of the table)."""

    inserted: int
    changed: int
    schools: tuple[int, ...]


@dataclass(frozen=True)
class Correction:
    """One mark that said something else before: symbols, not codes."""

    enrolment_id: int
    date: date
    session: int
    old: str
    new: str


class RegisterMerge:
    """One file on its way into the register. Make it inside a transaction."""

    def __init__(self) -> None:
        self._has_notes = False
        with connection.cursor() as cursor:
            for setting in _SETTINGS:
                cursor.execute(f"SET LOCAL {setting}")
            cursor.execute("DROP TABLE IF EXISTS pg_temp.register_sent, pg_temp.register_sent_note")
            cursor.execute(statement("register_stage"))

    def send_weeks(self, lines: str) -> None:
        """Take CSV lines: enrolment, school, Monday, fourteen symbols ('!' where in conflict)."""
        if lines:
            self._copy("register_sent", lines)

    def send_notes(self, lines: str) -> None:
        """Take CSV lines: enrolment, Monday, slot, line, minutes, comment, says_.. (twice)."""
        if lines:
            self._has_notes = True
            self._copy("register_sent_note", lines)

    def conflicts(self, *, in_parts: Sequence[int]) -> list[tuple[int, date, int]]:
        """Places that were sent with different codes: enrolment, Monday, slot (0 to 13).

        `in_parts`: enrolments of which a week was sent in several lines.
        """
        with connection.cursor() as cursor:
            if in_parts:
                cursor.execute(statement("register_combine"), {"enrolments": list(in_parts)})
            cursor.execute("ANALYZE register_sent")
            cursor.execute(
                "SELECT enrolment_id, week_start, marks FROM register_sent"
                " WHERE position('!' IN marks) > 0"
            )
            found = [
                (enrolment, monday, slot)
                for enrolment, monday, marks in cursor.fetchall()
                for slot, symbol in enumerate(marks)
                if symbol == "!"
            ]
            if found:
                cursor.execute("UPDATE register_sent SET marks = replace(marks, '!', ' ')")
                cursor.execute("DELETE FROM register_sent WHERE marks = repeat(' ', 14)")
        return found

    def merge(
        self,
        *,
        batch: RegisterBatch,
        at: datetime,
        empties_minutes: bool,
        empties_comments: bool,
    ) -> Merged:
        """Store what was sent. Page uploads also log first arrivals, so that they can be undone."""
        with connection.cursor() as cursor:
            self._lock_schools(cursor)
            notes_changed = 0
            if self._has_notes or empties_minutes or empties_comments:
                cursor.execute("ANALYZE register_sent_note")
                cursor.execute(
                    statement("register_notes"),
                    {"empties_minutes": empties_minutes, "empties_comments": empties_comments},
                )
                notes_changed = cursor.fetchone()[0]
            cursor.execute(
                statement("register_diff"),
                {
                    "batch": batch.pk,
                    "at": at,
                    "logs_arrivals": batch.route == RegisterBatch.Route.UPLOAD,
                },
            )
            inserted, changed, schools, mondays, enrolments_gone = cursor.fetchone()
        if enrolments_gone:
            raise Conflict("The roll was changed while this file was read. Send it again.")
        BatchSchool.objects.bulk_create(
            BatchSchool(batch=batch, school_id=urn, from_on=monday)
            for urn, monday in zip(schools, mondays, strict=True)
        )
        return Merged(int(inserted), int(changed) + notes_changed, tuple(schools))

    def pupils_not_sent(self, *, school_urn: int, days: Sequence[date]) -> list[int]:
        """Enrolments on the school's roll on one of these days, of whom no mark was sent."""
        with connection.cursor() as cursor:
            cursor.execute(
                statement("register_not_in_file"), {"school": school_urn, "days": list(days)}
            )
            return [row[0] for row in cursor.fetchall()]

    def close(self) -> None:
        """Drop the temporary tables, for transactions that go on."""
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.register_sent, pg_temp.register_sent_note")

    def _lock_schools(self, cursor: Any) -> None:
        cursor.execute("SELECT DISTINCT school_id FROM register_sent ORDER BY school_id")
        lock_registers([urn for (urn,) in cursor.fetchall()])

    def _copy(self, table: str, lines: str) -> None:
        copy_csv(table, lines)


def lock_registers(urns: Iterable[int]) -> None:
    """Wait for whoever else changes the registers of these schools, to the end of the transaction.

    Always in the order of their numbers, so that nobody waits in a circle.
    """
    with connection.cursor() as cursor:
        for urn in sorted(urns):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", (REGISTERS_OF_A_SCHOOL, urn))


def copy_csv(table: str, lines: str, columns: str = "") -> None:
    """COPY lines into a table, always in CSV format: in text format a backslash mark vanishes."""
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} {columns} FROM STDIN (FORMAT csv)", io.StringIO(lines))


@cache
def statement(name: str) -> str:
    """A named statement, its parameters written as the driver wants them."""
    text = (_SQL / f"{name}.sql").read_text(encoding="utf-8")
    text = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    text = text.replace("{overlaid}", _OVERLAID).replace("%", "%%")
    return _PARAMETER.sub(r"%(\1)s", text)
