"""Chance that repeats: the same seed and stream give the same draws on any machine."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

Value = TypeVar("Value")

_BLOCK: Final = 4096
_GOLDEN: Final = 0.6180339887498949


def generator(*entropy: int) -> np.random.Generator:
    """A stream for each combination of numbers, so that one part never shifts another."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy)))


class Draw:
    """Single draws from a block of uniform numbers (a call to numpy for each would be slow)."""

    def __init__(self, *entropy: int) -> None:
        self._generator = generator(*entropy)
        self._units: list[float] = []

    def unit(self) -> float:
        """Uniform in [0, 1)."""
        if not self._units:
            self._units = self._generator.random(_BLOCK).tolist()
        return self._units.pop()

    def chance(self, probability: float) -> bool:
        return self.unit() < probability

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self.unit() * (high - low + 1))

    def pick(self, values: Sequence[Value]) -> Value:
        return values[int(self.unit() * len(values))]

    def weighted(self, pairs: Sequence[tuple[Value, float]]) -> Value:
        """One value of (value, weight) pairs; weights need not add up to 1."""
        totals = list(accumulate(weight for _, weight in pairs))
        mark = self.unit() * totals[-1]
        return next(
            (value for (value, _), total in zip(pairs, totals, strict=True) if mark < total),
            pairs[-1][0],
        )


def spread_lots(start: float, order: NDArray[np.int64]) -> NDArray[np.float64]:
    """Uniform lots in [0, 1) that also lie evenly along `order`: any stretch of it has its share.

    Steps of the golden section: who is chosen is chance, how many of the rich or the poor in
    absence are chosen hardly so.
    """
    lots = np.empty(order.size)
    lots[order] = np.mod(start + _GOLDEN * np.arange(order.size), 1.0)
    return lots
