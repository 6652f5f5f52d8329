"""A database of the benchmark's own beside the configured one: made, used, dropped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import quote

import psycopg2
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

FACTS = ("register_week", "mark_change", "mark_note")
SUMMARIES = (
    "enrolment_period", "enrolment_check", "school_week", "school_day", "school_year",
    "school_reason",
)  # fmt: skip
Parameters = Sequence[Any] | Mapping[str, Any]
LIVE = (*FACTS, *SUMMARIES, "flag")


@contextmanager
def own_database(suffix: str = "bench") -> Iterator[None]:
    """Inside, Django's connection is to a fresh, migrated database that is dropped at the end."""
    configured = connection.settings_dict["NAME"]
    name = f"{configured}_{suffix}"
    _maintain(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
    _turn_to(name)
    try:
        call_command("migrate", verbosity=0, interactive=False)
        yield
    finally:
        _turn_to(configured)
        _maintain(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _turn_to(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def _maintain(*statements: str) -> None:
    """Statements that need another database than the one they are about."""
    parameters = {**connection.get_connection_params(), "dbname": "postgres"}
    parameters.pop("cursor_factory", None)
    try:
        with closing(psycopg2.connect(**parameters)) as session:
            session.autocommit = True
            with session.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
    except psycopg2.errors.ObjectInUse as problem:
        raise CommandError("Another benchmark is running on this server.") from problem


def address() -> str:
    """The database in use as DATABASE_URL, for child processes."""
    given = connection.settings_dict
    login = quote(given.get("USER") or "", safe="")
    if given.get("PASSWORD"):
        login += ":" + quote(given["PASSWORD"], safe="")
    host, port = given.get("HOST") or "", given.get("PORT") or ""
    if host.startswith("/"):
        return f"postgresql://{login}@/{given['NAME']}?host={quote(host)}"
    return f"postgresql://{login}@{host}{f':{port}' if port else ''}/{given['NAME']}"


def execute(statement: str, parameters: Parameters = ()) -> None:
    """One statement, committed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)


def rows(statement: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
    """What a query answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchall()


def scalar(statement: str, parameters: Parameters = ()) -> Any:
    """The one value a query answers."""
    return rows(statement, parameters)[0][0]


def written(tables: Sequence[str] = LIVE) -> int:
    """Rows ever inserted, updated or deleted in these tables; ask before and after."""
    execute("SELECT pg_stat_force_next_flush()")
    return int(
        scalar(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)"
            " FROM pg_stat_user_tables WHERE relname = ANY(%s)",
            [list(tables)],
        )
    )


def bytes_of(tables: Sequence[str]) -> int:
    """Space on disk with indexes and all else that belongs to these tables."""
    return int(scalar("SELECT sum(pg_total_relation_size(t::regclass)) FROM unnest(%s) t",
                      [list(tables)]))  # fmt: skip


def marks_stored() -> int:
    """Marks in the register."""
    return int(
        scalar("SELECT coalesce(sum(length(replace(marks, ' ', ''))), 0) FROM register_week")
    )


def forget_registers() -> None:
    """Back to a portal that knows its children and has no mark of them."""
    execute("TRUNCATE register_week, mark_change, mark_note, attendance_registerbatch CASCADE")
