"""Puts marks with the enrolment that covers their date, when a roll changed after they came.

A mark belongs to the enrolment of that pupil at that school covering that date (interfaces). A
stay that is split or dated anew leaves marks behind; whatever order rolls and registers come in,
the same figures must follow. Marks that no enrolment covers stay where they are and do not count.
Their notes and the history of their corrections go with them.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection, transaction

from attendance.services.registers import lock_registers, statement

_WITH_A_MARK = ("mark_change", "mark_note")


@transaction.atomic
def rehome_marks(urns: Collection[int]) -> int:
    """Move the strays of these schools; how many marks moved."""
    lock_registers(urns)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.register_stray")
        cursor.execute(statement("register_stray"), {"schools": sorted(urns)})
        moved: int = cursor.rowcount
        if moved:
            cursor.execute(statement("register_rehome"))
            cursor.execute(statement("register_unstray"))
            cursor.execute(
                "DELETE FROM register_week WHERE marks = repeat(' ', 14) AND enrolment_id IN "
                "(SELECT old_id FROM register_stray)"
            )
            for table in _WITH_A_MARK:
                cursor.execute(_follow(table))
        cursor.execute("DROP TABLE pg_temp.register_stray")
    return moved


def _follow(table: str) -> str:
    """What is told of a mark goes where the mark goes. `table` is one of ours."""
    return (
        f"UPDATE {table} AS told SET enrolment_id = stray.new_id FROM register_stray AS stray "  # noqa: S608
        "WHERE told.enrolment_id = stray.old_id AND told.date = stray.date "
        "AND told.session = stray.slot % 2 "
        f"AND ('{table}' <> 'mark_note' OR NOT EXISTS (SELECT FROM mark_note AS there "
        "WHERE there.enrolment_id = stray.new_id AND there.date = stray.date "
        "AND there.session = stray.slot % 2))"
    )
