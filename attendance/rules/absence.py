"""How many sessions were possible, attended and missed, and what share that is. Pure.

Units: sessions (half days). Thresholds are tested on integers, never on a rounded percentage.
Source: STAT-02 to STAT-09, STAT-11, STAT-25 (DfE pupil absence statistics: methodology).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from attendance.rules.marks import Mark

PERSISTENT_ONE_IN: Final = 10  # 10% or more of possible sessions (STAT-08)
SEVERE_ONE_IN: Final = 2  # 50% or more (STAT-09)
AT_RISK_ONE_IN: Final = 20  # 5% or more and not yet persistent (STAT-28: our band)
MINIMUM_POSSIBLE: Final = (
    20  # below this a year-to-date flag is "too early to say" (STAT-25: our rule)
)


@dataclass(frozen=True)
class Counts:
    """Sessions of one enrolment in one period."""

    attended: int = 0
    authorised: int = 0
    unauthorised: int = 0

    @property
    def possible(self) -> int:
        return self.attended + self.authorised + self.unauthorised

    @property
    def absent(self) -> int:
        return self.authorised + self.unauthorised

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.attended + other.attended,
            self.authorised + other.authorised,
            self.unauthorised + other.unauthorised,
        )


def count(marks: Iterable[Mark]) -> Counts:
    """The sessions these marks make, each by its code as in force on its date (STAT-02 to STAT-05).

    Raises CodeNotInForceError for a code not in force on its day.
    """
    meanings = [mark.meaning for mark in marks]
    return Counts(
        attended=sum(code.is_attended for code in meanings),
        authorised=sum(code.is_authorised for code in meanings),
        unauthorised=sum(code.is_unauthorised for code in meanings),
    )


def absence_percent(absent: int, possible: int) -> Decimal | None:
    """100 x absent / possible to two decimals, halves up; None when nothing was possible (STAT-11).

    For files and the API. Pages print rates with `shown_percent`.
    """
    if possible == 0:
        return None
    hundredths = (2 * 10_000 * absent + possible) // (2 * possible)
    return Decimal(hundredths).scaleb(-2)


def is_persistent(absent: int, possible: int) -> bool:
    """Whether 10% or more was missed. Severe absence is persistent too (STAT-08, STAT-09)."""
    return possible > 0 and absent * PERSISTENT_ONE_IN >= possible


def is_severe(absent: int, possible: int) -> bool:
    """Whether 50% or more was missed (STAT-09)."""
    return possible > 0 and absent * SEVERE_ONE_IN >= possible


def is_at_risk(absent: int, possible: int) -> bool:
    """Whether 5% or more, and under 10%, was missed."""
    return (
        possible > 0 and absent * AT_RISK_ONE_IN >= possible and not is_persistent(absent, possible)
    )


def is_too_early_to_say(possible: int, minimum: int = MINIMUM_POSSIBLE) -> bool:
    """Whether too few sessions were possible for a year-to-date flag to mean anything."""
    return possible < minimum
