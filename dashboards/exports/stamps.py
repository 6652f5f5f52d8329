"""What every file says of itself: who took it out, when, for whom, why, and how to keep it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from attendance.rules.protection import HIDDEN, MEANINGS
from attendance_portal.shared import wording

NAMES_CHILDREN: Final = (
    "Contains children's personal data. Keep it where only people who may open these records can "
    "read it, and delete it when it is no longer needed."
)
SMALL_NUMBERS: Final = (
    "Contains small numbers, from which a child could be known: only for people who may open "
    "these pupils' records."
)
ENTITLED: Final = "people who may open these pupils' records"
ANYONE: Final = "anyone else"
PROTECTED: Final = (
    f"Protected: small numbers are hidden. {HIDDEN} means {MEANINGS[HIDDEN]}. Other counts are to "
    "the nearest 5."
)


@dataclass(frozen=True)
class Stamp:
    """The mark of one taking. `at` is the moment; `reason` as it was given.

    `marks_to`: the last day whose registers were due; None where no figure is of marks.
    """

    who: str
    at: datetime
    reason: str
    as_of: date
    marks_to: date | None
    names_children: bool
    is_protected: bool

    @property
    def care(self) -> str:
        """How the file must be kept."""
        if self.is_protected:
            return PROTECTED
        return NAMES_CHILDREN if self.names_children else SMALL_NUMBERS

    @property
    def short_care(self) -> str:
        """The same in a few words, for the head of each printed page."""
        if self.is_protected:
            return "Protected: small numbers are hidden"
        if self.names_children:
            return "Contains children's personal data"
        return "Contains small numbers: for the team only"

    @property
    def standing(self) -> str:
        """As of when the figures stand."""
        if self.marks_to is None:
            return f"As of {wording.day(self.as_of)}."
        return f"Figures as of {wording.day(self.as_of)}, marks to {wording.day(self.marks_to)}."

    @property
    def taken(self) -> str:
        """Who and when."""
        return f"Taken out by {self.who} on {wording.moment(self.at)}."

    @property
    def purpose(self) -> str:
        """For whom and why."""
        people = ANYONE if self.is_protected else ENTITLED
        return f"For {people}. Reason: {self.reason}"

    def lines(self) -> Sequence[str]:
        """All of it, most needed first."""
        return [self.care, self.standing, self.taken, self.purpose]
