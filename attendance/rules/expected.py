"""Whether a school or a ward has fewer persistently absent pupils than its pupils would lead one to
expect. Pure; exact fractions.

Indirect standardisation, as public health does it. Pupils are sorted into strata (phase, year
group, free school meals, SEN); in each the borough's share of persistent absentees (STAT-08,
STAT-10) is what is expected of anyone in it. A group's expected number is the sum over its pupils,
its variance the sum of p (1 - p), and it is lower beyond chance where it lies below the limits of a
funnel plot: 1.96 standard deviations at 95%, 3.09 at 99.8%. Among sixty groups one or two fall
below the first by chance alone, so only those below the second are named. Nobody is told who is
higher.

Worked example: a school has 200 pupils in a stratum where 20% of the borough is persistently
absent, and 100 in one where 10% is. Expected 40 + 10 = 50; variance 32 + 9 = 41, deviation 6.4. The
95% limit is 37.4, the 99.8% limit 30.2: with 38 it is as expected, with 35 it may be chance, with
30 it is lower.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final, NamedTuple

DEVIATIONS_95: Final = Fraction(196, 100)
DEVIATIONS_998: Final = Fraction(309, 100)
FEWEST_EXPECTED: Final = 5  # of either kind: below it the limits do not hold


class Verdict(StrEnum):
    """What can be said of a group. There is no word for the other side."""

    LOWER = "lower"  # below the 99.8% limit
    MAY_BE_CHANCE = "may_be_chance"  # below the 95% limit only
    AS_EXPECTED = "as_expected"  # not below either
    TOO_FEW = "too_few"


class Cell(NamedTuple):
    """The pupils of one group in one stratum, and how many of them are persistently absent."""

    group: Hashable
    stratum: Hashable
    enrolments: int
    persistent: int


@dataclass(frozen=True)
class Standing:
    """A group: what was observed, what its strata lead one to expect, and the verdict."""

    enrolments: int
    observed: int
    expected: Fraction
    variance: Fraction

    @property
    def verdict(self) -> Verdict:
        """Limits are tested on squares: exact, with no root."""
        if min(self.expected, self.enrolments - self.expected) < FEWEST_EXPECTED:
            return Verdict.TOO_FEW
        missing = self.expected - self.observed
        if missing <= 0 or missing**2 <= DEVIATIONS_95**2 * self.variance:
            return Verdict.AS_EXPECTED
        is_lower = missing**2 > DEVIATIONS_998**2 * self.variance
        return Verdict.LOWER if is_lower else Verdict.MAY_BE_CHANCE


def standings(cells: Iterable[Cell]) -> dict[Hashable, Standing]:
    """Each group against the rates of all groups together, by stratum.

    Raises ValueError for a cell that holds more persistent absentees than pupils.
    """
    rows = [cell for cell in cells if cell.enrolments]
    whole: dict[Hashable, tuple[int, int]] = {}
    for cell in rows:
        if not 0 <= cell.persistent <= cell.enrolments:
            raise ValueError(f"{cell.persistent} of {cell.enrolments} is not a share.")
        persistent, enrolments = whole.get(cell.stratum, (0, 0))
        whole[cell.stratum] = (persistent + cell.persistent, enrolments + cell.enrolments)
    rates = {stratum: Fraction(*counts) for stratum, counts in whole.items()}
    found: dict[Hashable, Standing] = {}
    for cell in rows:
        rate = rates[cell.stratum]
        before = found.get(cell.group, Standing(0, 0, Fraction(0), Fraction(0)))
        found[cell.group] = Standing(
            enrolments=before.enrolments + cell.enrolments,
            observed=before.observed + cell.persistent,
            expected=before.expected + cell.enrolments * rate,
            variance=before.variance + cell.enrolments * rate * (1 - rate),
        )
    return found
