"""Which rows of an enrolments file would put a pupil twice on one school's roll at once. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Stay:
    """A time on one school's roll; no end means it goes on. Both days included."""

    starts_on: date
    ends_on: date | None

    def meets(self, later: Stay) -> bool:
        """Whether a stay that starts no earlier than this one starts before this one is over."""
        return self.ends_on is None or self.ends_on >= later.starts_on


def refused_starts(
    stored: Mapping[date, date | None], wanted: Mapping[date, date | None]
) -> list[date]:
    """Of the stays wanted (first day to last), those that must be refused, by their first days.

    What counts is the state once all rows are in, so their order does not matter: a row may end
    the old stay and another begin the next. A row that changes nothing stands. Of two that are
    both new the earlier stay stands, and what is stored is never pushed aside.
    """
    changing = {
        start for start, end in wanted.items() if start not in stored or stored[start] != end
    }
    refused: list[date] = []
    while clash := _first_clash({**stored, **{start: wanted[start] for start in changing}}):
        earlier, later = clash
        victim = later if later in changing else earlier
        changing.remove(victim)
        refused.append(victim)
    return refused


def _first_clash(stays: Mapping[date, date | None]) -> tuple[date, date] | None:
    ordered = [Stay(start, stays[start]) for start in sorted(stays)]
    longest: Stay | None = None
    for stay in ordered:
        if longest is not None and longest.meets(stay):
            return longest.starts_on, stay.starts_on
        longest = stay
    return None
