"""Are the answers equal, row by row? Raises DifferentAnswersError with a few rows if not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

PERIODS = (
    "academic_year::INTEGER, kind, key, possible::INTEGER, attended::INTEGER,"
    " authorised::INTEGER, unauthorised::INTEGER, persistent::INTEGER, severe::INTEGER"
)
COUNTS = (
    "rolling_now", "rolling_max", "run_now", "run_max", "illness_sessions", "illness_days",
    "n_overdue",
)  # fmt: skip
DATES = ("rolling_first", "run_first", "illness_first", "n_oldest")
CHECKS = ", ".join([*(f"{name}::INTEGER" for name in COUNTS), *(f"{name}::DATE" for name in DATES)])
SOMETHING = " + ".join(f"{name}::INTEGER" for name in COUNTS) + " > 0"
WHO = "upn, urn::INTEGER, {start}::DATE"
SHOWN = 5


class DifferentAnswersError(Exception):
    """Two ways of counting did not agree."""


def compare_exports(session: Any, folder: Path) -> None:
    """The portal's exports against DuckDB's own tables."""
    who = WHO.format(start="enrolment_start")
    for name, columns in (("periods", PERIODS), ("checks", CHECKS)):
        session.execute(
            f"CREATE OR REPLACE TEMP TABLE exported_{name} AS SELECT * REPLACE ({_dates(name)})"
            f" FROM read_csv('{folder / name}.csv', all_varchar = true, header = true)"
        )
        where = "possible::INTEGER > 0" if name == "periods" else SOMETHING
        theirs = f"SELECT {who}, {columns} FROM exported_{name} WHERE {where}"
        _equal(session, name, theirs, _own(name, columns, where))


def _dates(name: str) -> str:
    """An empty cell is no date."""
    columns = DATES if name == "checks" else ("absence_pct",)
    return ", ".join(f"nullif({column}, '') AS {column}" for column in columns)


def _own(name: str, columns: str, where: str) -> str:
    table = "period_with_weeks" if name == "periods" else "checks"
    who = WHO.format(start="starts_on")
    return (f"SELECT {who}, {columns} FROM {table} JOIN enrolment ON enrolment.id = enrolment_id"
            f" WHERE {where}")  # fmt: skip


def compare_frames(session: Any, frames: dict[str, Any]) -> None:
    """pandas' answers against DuckDB's."""
    for name, table, columns, where in (
        ("period", "period_with_weeks", PERIODS, "possible > 0"),
        ("checks", "checks", CHECKS, SOMETHING),
    ):
        session.register("found", frames[name])
        _equal(session, f"pandas {name}",
               f"SELECT enrolment_id, {columns} FROM found WHERE {where}",
               f"SELECT enrolment_id, {columns} FROM {table} WHERE {where}")  # fmt: skip
        session.unregister("found")


def _equal(session: Any, name: str, one: str, other: str) -> None:
    for first, second, whose in ((one, other, "only here"), (other, one, "only there")):
        query = f"SELECT * FROM (({first}) EXCEPT ALL ({second})) LIMIT {SHOWN}"
        if rows := session.execute(query).fetchall():
            listed = "\n".join(str(row) for row in rows)
            raise DifferentAnswersError(f"The answers for {name} differ; {whose}:\n{listed}")
