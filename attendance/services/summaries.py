"""Merges what a run worked out into the stored summaries: only rows that differ are written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from attendance.sql.working import Question, Workbench

MANY_ROWS: Final = 10_000  # so many new rows, and the planner's statistics are out of date
_SESSIONS: Final = ("possible", "attended", "authorised", "unauthorised")


@dataclass(frozen=True)
class Summary:
    """A stored summary: its table, the working table it comes from, its key and other columns."""

    table: str
    source: str
    keys: tuple[str, ...]
    values: tuple[str, ...]
    tells_when: bool = False  # whether `changed_at` says when a row was last written

    def columns(self, names: tuple[str, ...], table: str = "") -> str:
        """Column names for SQL, with a table's name before each if one is given."""
        return ", ".join(f"{table}.{name}" if table else name for name in names)

    def same_key(self) -> str:
        """The condition that a stored row and a difference are of one key."""
        return " AND ".join(f"{self.table}.{key} = difference.{key}" for key in self.keys)


SUMMARIES: Final = (
    Summary("school_week", "school_week", ("school_id", "week_start"), ("week_no", *_SESSIONS)),
    Summary("school_day", "school_day", ("school_id", "date"), ("day_no",)),
    Summary(
        "school_year",
        "school_year",
        ("school_id", "academic_year"),
        (*_SESSIONS, "enrolments", "persistent", "severe", "last_mark_on"),
    ),
    Summary(
        "school_reason",
        "reason",
        ("school_id", "academic_year", "half_term", "symbol"),
        ("sessions",),
    ),
    Summary(
        "enrolment_period",
        "period",
        ("enrolment_id", "academic_year", "kind", "key"),
        ("school_id", *_SESSIONS, "illness", "persistent", "severe"),
        tells_when=True,
    ),
    Summary(
        "enrolment_check",
        "check",
        ("enrolment_id",),
        (
            "school_id",
            "rolling_now",
            "rolling_max",
            "rolling_first",
            "run_now",
            "run_max",
            "run_first",
            "illness_sessions",
            "illness_days",
            "illness_first",
            "n_overdue",
            "n_oldest",
            "last_mark_on",
        ),
    ),
    Summary("enrolment_cohort", "pattern", ("enrolment_id", "cohort"), ("school_id", "evidence")),
)


@dataclass(frozen=True)
class Written:
    """Rows written to one summary, and how many of them lay in schools nobody expected."""

    inserted: int
    updated: int
    deleted: int
    unexpected: int

    @property
    def rows(self) -> int:
        return self.inserted + self.updated + self.deleted


def drop_all(cursor: Any) -> None:
    """Empty every summary. Flags are history and stay."""
    cursor.execute(f"TRUNCATE {', '.join(summary.table for summary in SUMMARIES)}")


def merge(
    cursor: Any, bench: Workbench, summary: Summary, question: Question, expected: Collection[int]
) -> Written:
    """Bring one summary up to date. `expected`: schools whose rows were known to be behind."""
    bench.clear(cursor, ["difference"])
    cursor.execute(_difference(bench, summary), {"schools": question.parameters()["schools"]})
    cursor.execute(
        f"SELECT count(*) FROM {bench.name('difference')} WHERE NOT at_school = ANY (%s)",  # noqa: S608 - our own names
        [list(expected)],
    )
    (unexpected,) = cursor.fetchone()
    inserted, updated, deleted = (
        _write(cursor, sql) for sql in _merge_statements(bench.name("difference"), summary)
    )
    bench.clear(cursor, ["difference"])
    if inserted + deleted >= MANY_ROWS:
        cursor.execute(f"ANALYZE {summary.table}")
    return Written(inserted, updated, deleted, unexpected)


def _write(cursor: Any, sql: str) -> int:
    cursor.execute(sql)
    rows: int = cursor.rowcount
    return rows


def _difference(bench: Workbench, summary: Summary) -> str:
    replaced = {
        "{keys}": summary.columns(summary.keys),
        "{values}": summary.columns(summary.values),
        "{new_values}": summary.columns(summary.values, "worked_out"),
        "{stored_values}": summary.columns(summary.values, "stored"),
        "{source}": bench.name(summary.source),
        "{target}": summary.table,
    }
    text = bench.text("difference")
    for placeholder, columns in replaced.items():
        text = text.replace(placeholder, columns)
    return text


def _merge_statements(difference: str, summary: Summary) -> tuple[str, str, str]:
    """Insert, update and delete, all from names written above.

    New rows go in school by school, so that one school's later run finds them side by side.
    """
    names = summary.columns((*summary.keys, *summary.values))
    changes = ", ".join(f"{name} = difference.{name}" for name in summary.values)
    if summary.tells_when:
        changes += ", changed_at = statement_timestamp()"
    table, same_key = summary.table, summary.same_key()
    return (
        f"INSERT INTO {table} ({names}) SELECT {names} FROM {difference} "  # noqa: S608
        f"WHERE is_new ORDER BY at_school, {summary.columns(summary.keys)}",
        f"UPDATE {table} SET {changes} FROM {difference} AS difference "  # noqa: S608
        f"WHERE {same_key} AND NOT is_new AND NOT is_gone",
        f"DELETE FROM {table} USING {difference} AS difference "  # noqa: S608
        f"WHERE {same_key} AND is_gone",
    )
