"""Emptying the database after a test that commits.

Django empties every table and writes anew what migrations leave there. Ours has more than a hundred
tables, and a test fills a dozen.
"""

from __future__ import annotations

from django.db import connection, transaction

from attendance.services.code_table import load_code_table
from schools.services.wards import load_wards

#: What migrations leave there.
KEPT = {'"django_migrations"', '"django_content_type"', '"auth_permission"'}
#: What is loaded after every migration, and so after every emptying.
LOADED = {'"attendance_code"', '"schools_place"'}
_GUARDED = """
    SELECT DISTINCT quote_ident(event_object_table) FROM information_schema.triggers
    WHERE event_manipulation = 'DELETE' AND action_timing = 'BEFORE'
"""


def filled_tables() -> dict[str, int]:
    """How many rows each table has that has any."""
    with connection.cursor() as cursor:
        names = map(connection.ops.quote_name, connection.introspection.table_names(cursor))
        each = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names)
        cursor.execute(f"SELECT * FROM ({each}) counted (name, rows) WHERE rows > 0")
        return dict(cursor.fetchall())


def empty_what_was_filled() -> None:
    """Delete every row but what migrations left, and load what stands there after each of them.

    Tables whose rows nobody may delete (the logs) can
    be emptied whole only."""
    filled = filled_tables().keys() - KEPT
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_GUARDED)
        guarded = {connection.ops.quote_name(name) for (name,) in cursor.fetchall()} & filled
        if guarded:
            cursor.execute(f"TRUNCATE {', '.join(sorted(guarded))} CASCADE")
        for table in sorted(filled - guarded):
            cursor.execute(f"DELETE FROM {table}")
    load_wards()
    load_code_table()
