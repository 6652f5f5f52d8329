"""The table of ratios, for the terminal and for docs/reference/bench.md. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dashboards.management.bench.targets import TARGETS, Measured, Target, Verdict

HEAD = ("what", "measured", "demand", "stretch", "verdict", "made of")
NOTHING = Measured(None, "not part of this run")


@dataclass(frozen=True)
class Setting:
    """What the run stood on: no names, only sizes and versions."""

    on: date
    data: str
    postgres: str
    python: str
    cores: int
    memory_gib: int


def figure(value: float | None) -> str:
    """Three significant figures; whole numbers plain."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if value == int(value) else f"{value:.3g}"


def row(target: Target, measured: Measured) -> tuple[str, ...]:
    """One line of the table."""
    return (
        target.what,
        figure(measured.value),
        target.shown(target.demand),
        target.shown(target.stretch),
        target.verdict(measured.value),
        measured.note,
    )


def rows(results: Mapping[str, Measured]) -> list[tuple[str, ...]]:
    """Every target in order, measured or not."""
    return [row(target, results.get(target.key, NOTHING)) for target in TARGETS]


def text_table(results: Mapping[str, Measured]) -> str:
    """For the terminal: columns in line."""
    lines = [HEAD, *rows(results)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def missed(results: Mapping[str, Measured]) -> list[str]:
    """What was measured and falls short of its demand."""
    return [
        target.what
        for target in TARGETS
        if target.verdict(results.get(target.key, NOTHING).value) is Verdict.MISSED
    ]


def page(results: Mapping[str, Measured], facts: Sequence[str], setting: Setting) -> str:
    """docs/reference/bench.md, whole."""
    lines = [
        "<!-- Made by `make bench`. Do not edit. -->",
        "# The benchmark",
        "",
        f"One run on {setting.on.isoformat()}: {setting.data}. PostgreSQL {setting.postgres} as it "
        f"was served, Python {setting.python}, {setting.cores} cores, {setting.memory_gib} GiB.",
        "Every figure is a ratio within this run, on the same data; the answers were compared and "
        "are equal. Seconds depend on the machine: trust the ratios.",
        "",
        "| " + " | ".join(HEAD) + " |",
        "|" + "---|" * len(HEAD),
        *("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |"
          for line in rows(results)),
        "",
        "## The numbers behind it",
        "",
        *(f"- {fact}" for fact in facts),
        "",
    ]  # fmt: skip
    return "\n".join(lines)
