"""Who has come over a line, gone below it again, or stayed over it for long. Pure.

The lines are persistent and severe absence (STAT-08, STAT-09); what counts as movement is our own
choice, for a list to begin with and no statistic. A stretch over a line is a flag: from the day on
which it was met, by the marks known when it was found, to the day it closed.

- New: over the line today, in a stretch that began after a day.
- Cleared: below it today, and a stretch closed after that day because it was no longer met. A child
  who left, or whose year ended, has not cleared.
- Long-standing: over it today, at the end of every half-term of the year that has ended, and in the
  whole of last year, with enough sessions then to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from attendance.rules.absence import Counts, is_persistent, is_severe, is_too_early_to_say
from attendance.states import CloseReason, FlagKind


class Movement(StrEnum):
    """The three kinds of movement over each of the two lines, by their names in an address."""

    NEW_PERSISTENT = "new_persistent"
    CLEARED_PERSISTENT = "cleared_persistent"
    LONG_PERSISTENT = "long_persistent"
    NEW_SEVERE = "new_severe"
    CLEARED_SEVERE = "cleared_severe"
    LONG_SEVERE = "long_severe"

    @property
    def line(self) -> FlagKind:
        """The line that is moved over."""
        is_of_severe = self.value.endswith("severe")
        return FlagKind.SEVERE_ABSENCE if is_of_severe else FlagKind.PERSISTENT_ABSENCE

    @property
    def way(self) -> str:
        """`new`, `cleared` or `long`."""
        return self.value.split("_")[0]


@dataclass(frozen=True)
class Stretch:
    """A time over a line. `closed_on`: the day from which it stands no more; None: it stands."""

    met_on: date
    closed_on: date | None = None
    reason: CloseReason | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the line was crossed on this day."""
        return self.met_on <= day and (self.closed_on is None or self.closed_on > day)


#: Whether counts lie over a line, in whole numbers.
OVER: Final = {FlagKind.PERSISTENT_ABSENCE: is_persistent, FlagKind.SEVERE_ABSENCE: is_severe}


def is_new(stretches: Sequence[Stretch], *, since: date, on: date) -> bool:
    """Whether the line is crossed on `on`, and has been only after `since`."""
    return any(each.holds_on(on) and each.met_on > since for each in stretches)


def is_cleared(stretches: Sequence[Stretch], *, since: date, on: date) -> bool:
    """Whether a stretch closed after `since`, by `on`, as no longer met, and none stands."""
    closed = any(
        each.closed_on is not None
        and since < each.closed_on <= on
        and each.reason is CloseReason.NO_LONGER_MET
        for each in stretches
    )
    return closed and not any(each.holds_on(on) for each in stretches)


def is_long_standing(
    line: FlagKind,
    stretches: Sequence[Stretch],
    *,
    half_term_ends: Sequence[date],
    last_year: Counts,
    on: date,
    minimum: int,
) -> bool:
    """Whether the line is crossed on `on`, was at each half-term's end, and in all of last year.

    `last_year`: of all the child's enrolments then, added up.
    """
    days = [on, *half_term_ends]
    if is_too_early_to_say(last_year.possible, minimum):
        return False
    return OVER[line](last_year.absent, last_year.possible) and all(
        any(each.holds_on(day) for each in stretches) for day in days
    )
