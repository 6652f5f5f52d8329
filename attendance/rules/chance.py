"""Whether two shares differ by more than chance. Pure; counts in, exact fractions inside.

Our rule, after the usual test of two proportions at 95% (difference against 1.96 standard errors of
the pooled share). Absent sessions of one child come in spells, so sessions are not independent
draws: we count one draw for each `SESSIONS_A_DRAW`, the sessions of a school week, which keeps a
few long illnesses from reading as a change. Enrolments are one draw each.

Worked example: 810 of 10,000 and 940 of 10,000 sessions differ by 1.3 points; pooled 8.75%, 1,000
draws each, one standard error 1.26 points, the line 2.48 points: about the same. With ten times
the sessions the line is 0.78 points, and 1.3 points is a change.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb
from typing import Final

STANDARD_ERRORS: Final = Fraction(196, 100)  # two-sided 95%
SESSIONS_A_DRAW: Final = 10  # a school week
_ONE_IN: Final = 20  # 95%: chance does it less often than once in so many


def moved_beyond_chance(
    before: tuple[int, int], after: tuple[int, int], *, units_a_draw: int = SESSIONS_A_DRAW
) -> bool:
    """Whether (part, whole) moved more than chance explains; never so where either whole is 0."""
    (part_before, whole_before), (part_after, whole_after) = before, after
    if not whole_before or not whole_after:
        return False
    pooled = Fraction(part_before + part_after, whole_before + whole_after)
    draws = Fraction(units_a_draw, whole_before) + Fraction(units_a_draw, whole_after)
    difference = Fraction(part_after, whole_after) - Fraction(part_before, whole_before)
    return difference**2 > STANDARD_ERRORS**2 * pooled * (1 - pooled) * draws


def moved_in_pairs(less: int, more: int) -> bool:
    """Whether, of pupils seen twice, more went one way than a fair coin would send there.

    The sign test, exact and two-sided at 95%, of those who moved at all; it asks nothing of how far
    each went. 9 against 1 is a move (2.1%), 8 against 2 is not (10.9%); 6 to 0 is (3.1%), 5 to 0 is
    not (6.3%). Raises ValueError on a count below 0.
    """
    if less < 0 or more < 0:
        raise ValueError("A count cannot be below 0.")
    moved, fewer = less + more, min(less, more)
    ways = sum(comb(moved, place) for place in range(fewer + 1))
    return 2 * ways * _ONE_IN < 2**moved
