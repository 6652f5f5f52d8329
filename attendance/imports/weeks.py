"""Lays marks out as register weeks: fourteen symbols a row, Monday AM first, a space for no mark.

Pure numpy. A week that may go on in the next chunk is held back, so that a file in order of dates
does not send each week twice. Two different symbols for one place become `CONFLICT`.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from attendance.imports.cells import Numbers
from attendance.imports.checks import SLOTS, Placed
from attendance.imports.enrolled import FIRST_MONDAY

CONFLICT: Final = ord("!")  # no code's symbol
_SPACE: Final = ord(" ")

Marks = NDArray[np.uint8]


class Weeks:
    """Register weeks in the making. `add` returns those that are complete, as CSV lines."""

    def __init__(self) -> None:
        self._finished: list[Numbers] = []  # eight bytes for some ten marks
        self._hold_nothing()

    @property
    def in_parts(self) -> list[int]:
        """The enrolments of weeks returned more than once, because the file goes back to them."""
        keys = np.concatenate([self._keys[:0], *self._finished])
        keys.sort()
        repeated = keys[1:][keys[1:] == keys[:-1]]
        return np.unique(repeated >> 16).tolist()

    def _hold_nothing(self) -> None:
        self._keys: Numbers = np.empty(0, dtype=np.int64)
        self._schools: Numbers = np.empty(0, dtype=np.int64)
        self._marks: Marks = np.empty((0, SLOTS), dtype=np.uint8)

    def add(self, placed: Placed) -> str:
        """Take the good rows of one chunk."""
        if not len(placed.rows):
            return ""
        keys, schools, marks = _grouped(placed)
        _, old, new = np.intersect1d(self._keys, keys, assume_unique=True, return_indices=True)
        marks[new] = _overlaid(self._marks[old], marks[new])
        ended = np.ones(len(self._keys), dtype=bool)
        ended[old] = False
        done = self._lines(self._keys[ended], self._schools[ended], self._marks[ended])
        # The week of the last row may go on in the next chunk; the others hardly ever do.
        goes_on = keys & 0xFFFF == int(placed.weeks[-1])
        self._keys, self._schools, self._marks = keys[goes_on], schools[goes_on], marks[goes_on]
        return done + self._lines(keys[~goes_on], schools[~goes_on], marks[~goes_on])

    def rest(self) -> str:
        """The weeks still held back."""
        lines = self._lines(self._keys, self._schools, self._marks)
        self._hold_nothing()
        return lines

    def _lines(self, keys: Numbers, schools: Numbers, marks: Marks) -> str:
        self._finished.append(keys)
        return _csv(keys, schools, marks)


def week_start(week: int) -> date:
    """The Monday of a week counted from 1 January 2001."""
    return FIRST_MONDAY + timedelta(weeks=week)


def _grouped(placed: Placed) -> tuple[Numbers, Numbers, Marks]:
    """One row for each enrolment and week, in the order of the table's key."""
    import pandas as pd

    week_of_row, keys = pd.factorize((placed.enrolments << np.int64(16)) | placed.weeks)
    schools = np.zeros(len(keys), dtype=np.int64)
    schools[week_of_row] = placed.schools
    cells = week_of_row * SLOTS + placed.slots
    marks = np.full(len(keys) * SLOTS, _SPACE, dtype=np.uint8)
    marks[cells] = placed.symbols
    marks[cells[marks[cells] != placed.symbols]] = CONFLICT
    order = np.argsort(keys)
    return keys[order], schools[order], marks.reshape(-1, SLOTS)[order]


def _overlaid(old: Marks, new: Marks) -> Marks:
    """The later marks over the earlier ones of the same file."""
    together = np.where(new == _SPACE, old, new)
    differ = (new != _SPACE) & (old != _SPACE) & (new != old)
    return np.where(differ, np.uint8(CONFLICT), together)


def _csv(keys: Numbers, schools: Numbers, marks: Marks) -> str:
    """Lines for COPY: enrolment, school, week, marks. No symbol needs quoting in CSV."""
    text = marks.tobytes().decode("ascii")
    starts = {int(week): week_start(int(week)).isoformat() for week in np.unique(keys & 0xFFFF)}
    return "".join(
        f"{key >> 16},{school},{starts[key & 0xFFFF]},{text[at : at + SLOTS]}\n"
        for key, school, at in zip(
            keys.tolist(), schools.tolist(), range(0, len(text), SLOTS), strict=True
        )
    )
