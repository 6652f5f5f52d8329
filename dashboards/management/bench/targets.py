"""What is measured, what is demanded of it, and whether it was met. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Verdict(StrEnum):
    """How a figure stands to its target."""

    STRETCH = "stretch met"
    MET = "met"
    MISSED = "NOT MET"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Target:
    """One row of the targets. `at_least`: more is better; otherwise less is."""

    key: str
    what: str
    demand: float
    stretch: float
    at_least: bool = False

    def is_met(self, value: float, line: float) -> bool:
        """Whether the exact value, never the printed one, is on the right side of a line."""
        return value >= line if self.at_least else value <= line

    def verdict(self, value: float | None) -> Verdict:
        """How a measured value stands; None was not measured."""
        if value is None:
            return Verdict.NOT_MEASURED
        if self.is_met(value, self.stretch):
            return Verdict.STRETCH
        return Verdict.MET if self.is_met(value, self.demand) else Verdict.MISSED

    def shown(self, line: float) -> str:
        """A line in words: '<= 0.8', or just '0'."""
        if line == 0:
            return "0"
        return f"{'>=' if self.at_least else '<='} {line:g}"


@dataclass(frozen=True)
class Measured:
    """One figure, and what it was made of (or why there is none)."""

    value: float | None
    note: str = ""


TARGETS: Final = (
    Target("duckdb", "full nightly / DuckDB doing the same on its own file", 1, 0.5),
    Target("pandas", "full nightly / pandas on Parquet, reading included", 0.8, 0.35),
    Target("school", "one school recomputed after its import / full nightly", 0.06, 0.025),
    Target(
        "load", "bulk load, marks per second / COPY of the same rows into a bare table",
        0.5, 1, at_least=True,
    ),
    Target("resend", "re-send of four weeks, nothing changed / COPY of the same rows", 2, 1),
    Target("resend_rows", "rows written by that re-send", 0, 0),
    Target("nightly_rows", "rows written by a second nightly", 0, 0),
    Target("size", "bytes per mark on disk after a load, index and weekly rollup included", 12, 9),
    Target(
        "api", "marks per second through the REST API (CSV, 100,000 a request) / `load_bundle`",
        0.5, 0.8, at_least=True,
    ),
    Target("large_nightly", "full nightly at 200,000 pupils / at 22,000, same years", 10, 9.1),
    Target("large_duckdb", "full nightly, 200,000 pupils x 1 year / DuckDB on its own file", 2, 1),
    Target(
        "large_pages",
        "list, dashboard and pupil pages at 200,000 pupils x 3 years / at 2,000 x 1 (p95)",
        2, 1.2,
    ),
    Target("borough_page", "borough page, all cohorts / the sign-in page", 10, 3),
    Target("case_list", "case list with 5,000 open cases / with 50", 2, 1.2),
    Target("case_page", "page of a case with 500 lines in its timeline / with 5", 2, 1.2),
    Target("case_timeline", "timeline of a case with 500 lines / with 5", 2, 1.2),
    Target("memory", "peak memory of an import of 8 million marks / of 0.5 million", 1.5, 1.1),
)  # fmt: skip
