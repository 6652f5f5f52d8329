"""DuckDB doing the same on its own file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

from attendance import codes
from dashboards.management.bench import duck_sql
from schools.rules.calendar import academic_year, academic_year_start

FOREVER = date(9999, 12, 31)


def open_file(path: Path) -> Any:
    """A DuckDB file; imported here since only the benchmark's requirements hold it."""
    import duckdb

    return duckdb.connect(str(path))


def fill(session: Any, setup: str, *, people: Path, marks: Path) -> None:
    """Tables of marks, days and codes, from files."""
    session.execute(f"CREATE TYPE symbols AS ENUM {_listed(codes.SYMBOLS_ALL)}")
    session.execute(
        "CREATE TABLE regime (code VARCHAR, valid_from DATE, valid_to DATE, symbol VARCHAR)"
    )
    session.executemany(
        "INSERT INTO regime VALUES (?, ?, ?, ?)",
        [(row.code, row.valid_from, row.valid_to or FOREVER, row.symbol)
         for row in codes.all_codes()],
    )  # fmt: skip
    session.execute("CREATE TABLE code (symbol symbols, is_possible BOOLEAN, is_attended TINYINT,"
                    " is_authorised TINYINT, is_unauthorised TINYINT)")  # fmt: skip
    by_symbol = {row.symbol: row for row in codes.all_codes()}
    session.executemany(
        "INSERT INTO code VALUES (?, ?, ?, ?, ?)",
        [(symbol, row.is_possible, int(row.is_attended), int(row.is_authorised),
          int(row.is_unauthorised)) for symbol, row in by_symbol.items()],
    )  # fmt: skip
    session.execute(setup.format(people=people, marks=marks))
    session.execute(duck_sql.DAYS)


def answer(session: Any, *, as_of: date) -> float:
    """Rebuild every answer as of that day; seconds."""
    penalty = {row.symbol for row in codes.all_codes() if row.counts_for_penalty_notice}
    statements = duck_sql.ANSWERS.format(
        as_of=as_of,
        year_start=academic_year_start(academic_year(as_of)),
        no_session=_listed(codes.SYMBOLS_NOT_A_SESSION.strip()),
        penalty=_listed(sorted(penalty)),
    )
    began = perf_counter()
    session.execute(statements)
    return perf_counter() - began


def _listed(symbols: Any) -> str:
    return "(" + ", ".join(f"'{symbol}'" for symbol in symbols) + ")"
