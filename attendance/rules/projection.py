"""What is still ahead: sessions that may yet be missed, and the day on which a child is under 10%.

Arithmetic of the year to date and of the school days that are left, and no forecast: it says what
would follow if. Units: sessions, two a school day. The line is that of persistent absence (STAT-08,
tested on integers); that the year's end is looked at is our own choice.

Worked examples: 8 of 100 missed and 90 sessions left: the year will have 190, and 18 of them are
under 10%, so 10 more may be missed. 11 of 100 missed: 11 of 110 is 10.0%, 11 of 111 is under it, so
11 sessions at school, six days. 19 of 100 and 90 left: 19 of 190 is 10.0%, and so is not under it
this year, at school every day or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from attendance.rules.absence import PERSISTENT_ONE_IN, is_persistent

SESSIONS_A_DAY: Final = 2


def can_still_miss(absent: int, possible: int, left: int) -> int | None:
    """The most of the sessions left that may be missed with the whole year under 10%.

    None if the year will be at 10% or more even if none is missed, or has no session at all.
    Raises ValueError unless 0 <= absent <= possible and 0 <= left.
    """
    _check(absent, possible)
    if left < 0:
        raise ValueError(f"{left} sessions cannot be left.")
    # The most that is under a tenth of the year: 18 of 190, 18 of 181, 17 of 180.
    most = (possible + left - 1) // PERSISTENT_ONE_IN - absent
    return None if most < 0 else min(most, left)


def sessions_back(absent: int, possible: int) -> int:
    """Sessions in a row at school after which the year so far is under 10%; 0 if it is now."""
    _check(absent, possible)
    if not is_persistent(absent, possible):
        return 0
    return absent * PERSISTENT_ONE_IN - possible + 1


def leaves_on(absent: int, possible: int, school_days: Sequence[date]) -> date | None:
    """The first school day at whose end less than 10% is missed, if at school every day until then.

    `school_days`: those still ahead in this year, in order. None if there are too few of them, or
    if nothing is to be left: the year so far is under 10%.
    """
    needed = sessions_back(absent, possible)
    days = -(-needed // SESSIONS_A_DAY)
    return school_days[days - 1] if 0 < days <= len(school_days) else None


def _check(absent: int, possible: int) -> None:
    if not 0 <= absent <= possible:
        raise ValueError(f"{absent} of {possible} is not a share.")
