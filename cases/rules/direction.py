"""Which way a child's attendance goes: the last six school weeks beside the six before. Pure.

Units: sessions (half days); points are of a hundred. All of it is our proposal: six weeks as in
the cohort 'Drifting up', and its three points, both ways, tested on whole numbers. Fewer than 20
possible sessions on either side say nothing (STAT-25); nor do marks that have stopped.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from attendance.rules.absence import MINIMUM_POSSIBLE, Counts
from attendance.rules.feeds import STOPPED_FROM
from cases.states import Direction

COMPARED_WEEKS: Final = 6
MOVED_POINTS: Final = 3


def direction_of(now: Counts, before: Counts, *, minimum: int = MINIMUM_POSSIBLE) -> Direction:
    """Better when three points or more fewer sessions were missed than before, harder when three
    points or more were missed more, else about the same; not known on too few sessions."""
    if now.possible < minimum or before.possible < minimum:
        return Direction.NOT_KNOWN
    # now.absent / now.possible - before.absent / before.possible, times both and a hundred
    rise = 100 * (now.absent * before.possible - before.absent * now.possible)
    line = MOVED_POINTS * now.possible * before.possible
    if rise >= line:
        return Direction.HARDER
    return Direction.BETTER if rise <= -line else Direction.SAME


def marks_have_stopped(school_days_behind: int) -> bool:
    """Whether the latest mark is too old to say where things go: three school days behind."""
    return school_days_behind >= STOPPED_FROM


def why_not_known(
    now: Counts, before: Counts, *, last_mark_on: date | None, has_stopped: bool
) -> str:
    """What a page says instead of a direction."""
    if last_mark_on is None:
        return "no marks have come"
    if has_stopped:
        return f"marks stop at {last_mark_on.day} {last_mark_on:%b}"
    fewer = min(now.possible, before.possible)
    return f"too few sessions to compare, {fewer} of the {MINIMUM_POSSIBLE} it takes"
