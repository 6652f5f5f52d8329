"""How few pupils hold most of the absence. Pure; whole numbers and exact fractions.

Our rule, after the department's own way of saying it ("80% of unauthorised absence is from about
12% of pupils"): enrolments (STAT-12) in order from most to least sessions missed; the smallest
number of them whose sessions come to at least the share asked for. Everyone who had a possible
session counts, those who missed nothing too.

The facts are a histogram, sessions missed -> number of enrolments, so that no child is needed.

Worked example: 400 pupils; 48 missed 20 sessions each, 60 missed 4, 292 none. All sessions are
1,200; 80% of them is 960; 48 pupils hold exactly 960 and 47 only 940, so 48 of 400, 12% of pupils,
hold 80%. The most absent 10% (40 pupils) hold 800, two thirds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Final

Histogram = Mapping[int, int]

MOST: Final = Fraction(80, 100)
#: The percentages of pupils that a table shows.
TABLED: Final = (1, 5, 10, 12, 20, 50)


@dataclass(frozen=True)
class Holding:
    """So many of the most absent, and the sessions they missed between them.

    `least_missed`: sessions missed by the last of them. `at_or_above`: everyone who missed as many
    or more, which is over `pupils` where others missed as many as the last.
    """

    pupils: int
    sessions: int
    least_missed: int
    at_or_above: int

    @property
    def ties(self) -> int:
        """How many more missed as many as the last of them."""
        return self.at_or_above - self.pupils


def pupils_in(histogram: Histogram) -> int:
    """Everyone counted."""
    return sum(histogram.values())


def sessions_in(histogram: Histogram) -> int:
    """All sessions that they missed."""
    return sum(missed * pupils for missed, pupils in histogram.items())


def most_absent(histogram: Histogram, number: int) -> Holding:
    """What the `number` most absent hold. Raises ValueError unless 1 <= number <= all pupils, and
    on a count below 0."""
    _refuse_negative(histogram)
    if not 1 <= number <= pupils_in(histogram):
        raise ValueError(f"{number} is not a number of these pupils.")
    (passed, sessions), (at_or_above, _), missed = next(
        step for step in _steps(histogram) if step[1][0] >= number
    )
    return Holding(number, sessions + (number - passed) * missed, missed, at_or_above)


def smallest_holding(histogram: Histogram, share: Fraction = MOST) -> Holding | None:
    """The smallest number of pupils that holds at least `share` of all sessions missed.

    None if nothing was missed. Raises ValueError unless 0 < share <= 1.
    """
    _refuse_negative(histogram)
    if not 0 < share <= 1:
        raise ValueError(f"{share} is not a share to be held.")
    wanted = share * sessions_in(histogram)
    if not wanted:
        return None
    (passed, sessions), _, missed = next(step for step in _steps(histogram) if step[1][1] >= wanted)
    return most_absent(histogram, passed + ceil((wanted - sessions) / missed))


def most_absent_percent(histogram: Histogram, percent: int) -> Holding:
    """What the most absent `percent` of pupils hold: of 410 pupils 1% is 5, the next whole number.

    Raises ValueError unless 1 <= percent <= 100, and of no pupils.
    """
    if not 1 <= percent <= 100:
        raise ValueError(f"{percent}% is not a part of these pupils.")
    return most_absent(histogram, -(-percent * pupils_in(histogram) // 100))


def curve(histogram: Histogram) -> list[tuple[int, int]]:
    """The corners of the curve: (pupils from most absent, sessions they missed), from (0, 0) to
    everyone; straight between."""
    _refuse_negative(histogram)
    return [(0, 0), *(after for _, after, _ in _steps(histogram))]


def _steps(histogram: Histogram) -> Iterator[tuple[tuple[int, int], tuple[int, int], int]]:
    """Two corners of the curve and the sessions that each pupil between them missed."""
    before = (0, 0)
    for missed in sorted((one for one in histogram if histogram[one]), reverse=True):
        of_these = histogram[missed]
        after = (before[0] + of_these, before[1] + of_these * missed)
        yield before, after, missed
        before = after


def _refuse_negative(histogram: Histogram) -> None:
    if any(missed < 0 or pupils < 0 for missed, pupils in histogram.items()):
        raise ValueError("Sessions and pupils cannot be below 0.")
