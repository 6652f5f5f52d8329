"""When a slice is too small to speak of to people who may not open the children behind it.

A protected view is read beside others of its kind. So a slice is hidden whole if it, or those that
any of its filters leaves out, or everyone else at its schools, are fewer than the smallest group:
what a page hides would follow from two pages by subtraction. A count over a line is hidden by the
same rule: beside each of those others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from attendance.rules.protection import Protected, Thresholds, protected_table, rounded
from dashboards.charts import words
from dashboards.read_models.slices.sums import Sums

TOO_SMALL: Final = (
    "Hidden to protect children: these pupils, or those that the filters leave out, are too few."
)


def is_too_small(named: int, wider: Iterable[int], thresholds: Thresholds | None = None) -> bool:
    """Whether nothing may be told of a group of `named` enrolments.

    `wider`: how many the same filters name with one of them off, and how many all of the schools
    have. A group of nobody tells nothing, and neither does a filter that leaves nobody out.
    """
    smallest = (thresholds or words.thresholds()).smallest_group
    sizes = (named, *(whole - named for whole in wider))
    return any(0 < size < smallest for size in sizes)


@dataclass(frozen=True)
class ProtectedCounts:
    """Enrolments as people outside may see them, to the nearest 5; None: hidden."""

    enrolments: int | None
    persistent: int | None
    severe: int | None


def protected_counts(named: Sums, *others: Sums) -> ProtectedCounts:
    """Of the slice, beside those whom another page may show: everyone else at its schools, and whom
    each of its filters leaves out. A count that would tell of any of them is hidden."""
    beside = [_protected_beside(named, each) for each in others or (Sums(),)]
    enrolments, persistent, severe = (
        None if None in shown else shown[0]
        for shown in (
            [each.enrolments for each in beside],
            [each.persistent for each in beside],
            [each.severe for each in beside],
        )
    )
    return ProtectedCounts(enrolments, persistent, severe)


def _protected_beside(named: Sums, others: Sums) -> ProtectedCounts:
    rows = [_parts(each) for each in (named, others) if each.enrolments]
    if not named.enrolments:
        return ProtectedCounts(0, 0, 0)
    table: Protected = protected_table(rows, words.thresholds())
    severe, _, rest, enrolments = table[0]
    if enrolments is None:
        return ProtectedCounts(None, None, None)
    # Whoever knows the rest of the group knows how many are persistent, and nobody else may.
    persistent = None if rest is None else rounded(named.persistent)
    return ProtectedCounts(enrolments, persistent, severe)


def _parts(sums: Sums) -> list[int]:
    """Severe, other persistent, and the rest: parts that add up to the enrolments."""
    other = sums.persistent - sums.severe
    return [sums.severe, other, sums.enrolments - sums.persistent]
