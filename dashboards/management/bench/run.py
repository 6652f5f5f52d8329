"""One run of the benchmark: what it was asked for, what it has found so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

from dashboards.management.bench.targets import Measured

REPEATS = 3  # every ratio is a median of at least three


@dataclass
class Run:
    """Everything the parts share. `folder` is scratch space, gone at the end."""

    pupils: int
    years: int
    until: date
    bundle: Path
    folder: Path
    say: Callable[[str], None]
    only: frozenset[str] = frozenset()
    results: dict[str, Measured] = field(default_factory=dict)
    facts: list[str] = field(default_factory=list)
    nightly_seconds: float = 0.0

    def wants(self, part: str) -> bool:
        """Whether this part was asked for."""
        return not self.only or part in self.only

    def record(self, key: str, value: float | None, note: str) -> None:
        """One row of the targets."""
        self.results[key] = Measured(value, note)
        self.say(f"{key}: {'-' if value is None else format(value, '.3g')} ({note})")

    def fact(self, text: str) -> None:
        """One number behind them."""
        self.facts.append(text)
        self.say(text)


def seconds(work: Callable[..., object], *given: object) -> float:
    """How long it took."""
    began = perf_counter()
    work(*given)
    return perf_counter() - began


def median_seconds(work: Callable[..., object], *given: object) -> float:
    """The median of three times."""
    return median(seconds(work, *given) for _ in range(REPEATS))
