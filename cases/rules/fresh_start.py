"""A child who comes back after ten or more sessions away: is a fresh start due? Pure.

Units: possible sessions. Source: mission map section 6 ("Fresh start on return": a card and three
tasks), issue 4 ("ten or more sessions away"). That the prompt stands for ten sessions after the
first one attended, and four weeks at the longest where marks have stopped, is our proposal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from attendance.rules.marks import Mark

SESSIONS_AWAY: Final = 10
PROMPT_FOR_SESSIONS: Final = 10  # possible sessions from the first attended one on
PROMPT_FOR_AT_MOST: Final = timedelta(weeks=4)

#: What three people do in the first week; words that the form fills in and people may change.
TASKS: Final = (
    "Greet {forename} at the door on the first day",
    "Tell every teacher what helps, and what not to say",
    "Check in with {forename} at the end of each day of the first week",
)


@dataclass(frozen=True)
class Return:
    """The day of coming back, and how many possible sessions were missed before it."""

    on: date
    sessions_away: int
    last_seen_on: date | None


def latest_return(marks: Iterable[Mark], *, on: date) -> Return | None:
    """The last return among these marks that still asks for a fresh start on a day, or None.

    Away is ten or more possible sessions missed one after the other; what was not possible
    neither counts nor ends it. `last_seen_on` is None where nothing attended came before.
    """
    possible = sorted(mark for mark in marks if mark.meaning.is_possible)
    found: tuple[int, Return] | None = None
    away = 0
    seen: date | None = None
    for place, mark in enumerate(possible):
        if not mark.meaning.is_attended:
            away += 1
            continue
        if away >= SESSIONS_AWAY:
            found = (place, Return(mark.date, away, seen))
        away, seen = 0, mark.date
    if found is None:
        return None
    place, came_back = found
    is_recent = came_back.on + PROMPT_FOR_AT_MOST >= on
    return came_back if is_recent and len(possible) - place <= PROMPT_FOR_SESSIONS else None
