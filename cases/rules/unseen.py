"""Which children nobody has seen. Pure.

Source: the design of Since yesterday, P1 ("not seen: no attended mark and no contact that reached
the child for 10 school days"); S003 (the child is seen and heard). The days are the last ten on
which the child's school met, so that a register that stopped, or a holiday, makes nobody unseen.
"""

from __future__ import annotations

from datetime import date
from typing import Final

UNSEEN_SCHOOL_DAYS: Final = 10


def is_unseen(*, since: date, attended_on: date | None, reached_on: date | None) -> bool:
    """Whether nobody has seen the child on or after `since`, the first of the ten school days.

    `attended_on`: the last day with an attended mark; `reached_on`: the last contact that reached
    the child. Ten days from Monday 19 January: attended on the 19th is seen, on Friday 16th not.
    """
    attended = attended_on is not None and attended_on >= since
    reached = reached_on is not None and reached_on >= since
    return not attended and not reached
