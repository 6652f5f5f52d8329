"""The whole benchmark in order: registers in, figures out, pages, then the large size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dashboards.management.bench import casework, database, large, nightly, pages, registers
from dashboards.management.bench.run import Run

LARGE_ROWS: Final = ("large_nightly", "large_duckdb", "large_pages")
PARTS: Final = ("memory", "api", "load", "nightly", "size", "duckdb", "pandas", "resend", "school",
                "pages", "growth", "cases", "large")  # fmt: skip
ON_THEIR_OWN: Final = frozenset({"cases", "growth"})  # parts that need none of the registers


def measure(run: Run) -> None:
    """Every part that was asked for, in databases that are dropped at the end."""
    _if_wanted(run, "cases", casework.growth)
    if run.only and run.only <= ON_THEIR_OWN:
        _if_wanted(run, "growth", large.growth)
        return
    with database.own_database():
        registers.people(run)
        _if_wanted(run, "memory", registers.memory)
        _if_wanted(run, "api", registers.api)
        registers.bulk_load(run)  # the parts below stand on these marks
        nightly.full_runs(run)
        _if_wanted(run, "size", nightly.size)
        _against_others(run)
        _if_wanted(run, "resend", registers.resend)
        _if_wanted(run, "school", nightly.one_school)
        _if_wanted(run, "pages", pages.borough_page)
    _if_wanted(run, "growth", large.growth)
    for key in LARGE_ROWS:
        run.record(key, None, "make bench SIZE=large measures it")


def measure_large(run: Run) -> None:
    """The rows that need 200,000 children."""
    _if_wanted(run, "large", large.measure)


def _against_others(run: Run) -> None:
    if not (run.wants("duckdb") or run.wants("pandas")):
        return
    session = nightly.duckdb(run)
    _if_wanted(run, "pandas", lambda run: nightly.pandas(run, session))
    session.close()


def _if_wanted(run: Run, part: str, work: Callable[[Run], object]) -> None:
    if run.wants(part):
        run.say(f"-- {part}")
        work(run)
