"""Which schools are alike in who they teach, and the range of their rates. Pure; exact fractions.

Our rule, made to be explained in one sentence: schools of the same statistical phase (STAT-20) are
compared on four facts of their roll, each as a distance in standard deviations of the schools of
that phase, squared, times a stated weight and added up. The nearest are similar. Nothing about
attendance goes into the match.

Worked example, one fact: shares of free school meals of 10%, 20% and 60% have a mean of 30% and a
variance of 0.0467. From the first the second is at (0.1)² / 0.0467 = 0.21 and the third at 5.36:
the second is nearer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

FEWEST: Final = 5  # below this a range would tell of single schools
_QUARTER: Final = Fraction(1, 4)
_HUNDREDTH: Final = Decimal("0.01")


@dataclass(frozen=True)
class Weights:
    """How much each fact of a roll counts."""

    fsm: int = 1
    sen: int = 1
    deprivation: int = 1
    size: int = 1


@dataclass(frozen=True)
class Intake:
    """Who a school teaches. Shares are of the pupils of whom the fact is known; None: of nobody.

    `sen`: SEN support or a plan; `deprivation`: the mean IDACI tenth, 1 the most deprived.
    """

    urn: int
    phase: str
    fsm: Fraction | None
    sen: Fraction | None
    deprivation: Fraction | None
    size: int

    @property
    def facts(self) -> tuple[Fraction, ...] | None:
        """In the order of the weights; None while one is not known."""
        known = (self.fsm, self.sen, self.deprivation, Fraction(self.size))
        return None if None in known else tuple(fact for fact in known if fact is not None)


def similar(
    school: Intake, others: Iterable[Intake], weights: Weights, *, number: int
) -> tuple[int, ...]:
    """URNs of the nearest schools of the phase, nearest first; none if under `FEWEST` are there.

    A school of which a fact is not known is like no other. `number`: at most so many.
    """
    mine = school.facts
    of_phase = {
        other.urn: other.facts
        for other in others
        if other.phase == school.phase and other.urn != school.urn and other.facts is not None
    }
    if mine is None or len(of_phase) < FEWEST:
        return ()
    known = {urn: facts for urn, facts in of_phase.items() if facts is not None}
    spreads = [_variance(column) for column in zip(mine, *known.values(), strict=True)]
    distances = {
        urn: sum(
            weight * (fact - own) ** 2 / spread
            for weight, fact, own, spread in zip(
                astuple(weights), facts, mine, spreads, strict=True
            )
            if spread
        )
        for urn, facts in known.items()
    }
    nearest = sorted(distances, key=lambda urn: (distances[urn], urn))
    return tuple(nearest[:number])


def _variance(values: Sequence[Fraction]) -> Fraction:
    mean = sum(values, Fraction(0)) / len(values)
    return sum(((value - mean) ** 2 for value in values), Fraction(0)) / len(values)


def middle_half(shares: Iterable[tuple[int, int]]) -> tuple[Decimal, Decimal] | None:
    """The lower and upper quarter of rates, in percent; None of fewer than `FEWEST`.

    Between two schools a quarter lies in proportion, so that five schools give the second and the
    fourth. Shares of nothing are left out.
    """
    rates = sorted(Fraction(100 * part, whole) for part, whole in shares if whole)
    if len(rates) < FEWEST:
        return None
    return _at(rates, _QUARTER), _at(rates, 1 - _QUARTER)


def _at(rates: Sequence[Fraction], share: Fraction) -> Decimal:
    place, rest = divmod((len(rates) - 1) * share, 1)
    low = rates[int(place)]
    value = low if not rest else low + rest * (rates[int(place) + 1] - low)
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_HUNDREDTH)
