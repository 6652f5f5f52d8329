"""How many times as often: the ratio of two shares, with its 95% range. Pure.

Source: D. Katz and others, "Obtaining confidence intervals for the risk ratio in cohort studies",
Biometrics 34 (1978): the logarithm of the ratio is taken as normal, with the variance
1/a - 1/n + 1/b - 1/m for a of n against b of m.

Sessions of one child come in spells and are no draws of their own, so for sessions one draw is
counted for each `units_a_draw` of them, as the rule of chance does (`chance.SESSIONS_A_DRAW`).

Worked examples: 44 of 100 against 2 of 100 is 22 times, 5.5 to 88.4; 20 of 100 against 10 of 100
is 2.0 times, 1.0 to 4.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeVar

_Z: Final = Decimal("1.959964")  # 95% of a normal distribution lies within
_WHOLE_FROM: Final = 10  # from 10 times on, a decimal says nothing

Name = TypeVar("Name")


@dataclass(frozen=True)
class RateRatio:
    """How many times one share is another: exact, and the 95% range about it."""

    ratio: Fraction
    low: Decimal
    high: Decimal

    @property
    def words(self) -> str:
        """'22 times', '2.4 times'."""
        return f"{_shown(self.ratio)} times"

    @property
    def range_words(self) -> str:
        """'5.5 to 88'."""
        return f"{_shown(Fraction(self.low))} to {_shown(Fraction(self.high))}"


def rate_ratio(
    share: tuple[int, int], base: tuple[int, int], *, units_a_draw: int = 1
) -> RateRatio | None:
    """Share over base, each (part, whole). None where either part is 0: no ratio, or no range.

    Raises ValueError unless 0 <= part <= whole of both.
    """
    for part, whole in (share, base):
        if not 0 <= part <= whole:
            raise ValueError(f"{part} of {whole} is not a share.")
    (a, n), (b, m) = share, base
    if not a or not b:
        return None
    ratio = Fraction(a, n) / Fraction(b, m)
    variance = units_a_draw * (Fraction(n - a, a * n) + Fraction(m - b, b * m))
    reach = _Z * _decimal(variance).sqrt()
    middle = _decimal(ratio)
    return RateRatio(ratio, middle * (-reach).exp(), middle * reach.exp())


def lowest_share(shares: Mapping[Name, tuple[int, int]]) -> Name | None:
    """The name of the smallest share above 0, which others are set to; of equal ones the first."""
    some = {name: Fraction(part, whole) for name, (part, whole) in shares.items() if part}
    return min(some, key=some.__getitem__, default=None)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _shown(value: Fraction) -> str:
    """One decimal, halves up; none from 10 on."""
    tenths = int(10 * value + Fraction(1, 2))
    if tenths >= 10 * _WHOLE_FROM:
        return f"{int(value + Fraction(1, 2)):,}"
    return f"{tenths // 10}.{tenths % 10}"
