"""Opens, refreshes and closes flags from what a run worked out. None is ever deleted."""

from __future__ import annotations

from typing import Any

from attendance.sql.working import Workbench


def merge_flags(cursor: Any, bench: Workbench, parameters: dict[str, Any]) -> dict[str, Any]:
    """Bring flags up to date. Counts: opened by kind, closed by reason, and refreshed."""
    opened = _tally(cursor, f"SELECT kind, count(*) FROM {bench.name('opening')} GROUP BY kind")  # noqa: S608
    closed = _tally(
        cursor,
        f"SELECT close_reason, count(*) FROM {bench.name('standing')} "  # noqa: S608
        "WHERE close_reason <> '' GROUP BY close_reason",
    )
    cursor.execute(bench.text("flag_close"), parameters)
    cursor.execute(bench.text("flag_refresh"), parameters)
    refreshed = cursor.rowcount
    cursor.execute(bench.text("flag_open"), parameters)
    return {"opened": opened, "closed": closed, "refreshed": refreshed}


def rows_written(counts: dict[str, Any]) -> int:
    """How many flags were opened, closed or refreshed."""
    return int(
        sum(counts["opened"].values()) + sum(counts["closed"].values()) + counts["refreshed"]
    )


def _tally(cursor: Any, sql: str) -> dict[str, int]:
    cursor.execute(sql)
    return dict(sorted(cursor.fetchall()))
