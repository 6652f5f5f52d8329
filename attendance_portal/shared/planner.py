"""Telling the database's planner how much stands in our tables, after much was written at once."""

from __future__ import annotations

from django.db import connection


def count_for_the_planner() -> None:
    """Count our tables for the planner, which takes an uncounted one for nearly empty: joins of
    thousands of rows are then done row by row. The server counts by itself, but later, and what a
    transaction has not yet committed it never counts. Our own tables only: those that databases
    share would stay locked to the end of a transaction."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        cursor.execute(f"ANALYZE {', '.join(map(connection.ops.quote_name, tables))}")
