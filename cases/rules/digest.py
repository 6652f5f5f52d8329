"""What the morning's digest says: counts of what is due, and nothing about whom. Pure.

Source: pages, P12 ("One morning digest by e-mail, never one message per item") and section 0 (no
child's name where others may read it). That what nobody looks after is told to the managers, and
without one to the administrators, is our proposal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from attendance.rules.answers import due_by
from attendance.states import Due
from attendance_portal.shared.wording import counted


@dataclass(frozen=True)
class Dues:
    """How many fall due when; what is due after this week waits for a later digest."""

    overdue: int = 0
    today: int = 0
    this_week: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.overdue + self.today + self.this_week

    @property
    def lines(self) -> tuple[str, ...]:
        """'2 overdue', '1 due today', '3 due later this week'; none for none."""
        told = (
            (self.overdue, "overdue"),
            (self.today, "due today"),
            (self.this_week, "due later this week"),
        )
        return tuple(f"{number:,} {words}" for number, words in told if number)


def dues_of(days: Iterable[date], today: date) -> Dues:
    """Due days, counted by how soon they are."""
    found = [due_by(day, today) for day in days]
    return Dues(found.count(Due.OVERDUE), found.count(Due.TODAY), found.count(Due.THIS_WEEK))


@dataclass(frozen=True)
class DigestPart:
    """A heading of the digest and its lines."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Digest:
    """One person's morning, in counts.

    `asked_over`: own actions a colleague asks to take over; `outcomes`: of referrals that have
    ended, not told yet. `overrides`, `unallocated`, `cases_adrift` and `actions_adrift` (led or
    owned by somebody who has left or has no access now) are a manager's; `unmanaged`: what waits
    for a manager where nobody is one, an administrator's.
    """

    actions: Dues = field(default_factory=Dues)
    reviews: Dues = field(default_factory=Dues)
    asked_over: int = 0
    outcomes: int = 0
    overrides: int = 0
    unallocated: int = 0
    cases_adrift: int = 0
    actions_adrift: int = 0
    unmanaged: int = 0

    @property
    def parts(self) -> tuple[DigestPart, ...]:
        """What it says, under headings; nothing at all on a morning without anything due."""
        parts = (
            DigestPart("Your actions", self.actions.lines),
            DigestPart("Reviews of cases you lead", self.reviews.lines),
            DigestPart("Replies you owe", self._replies()),
            DigestPart("Waiting for you as a manager", self._of_a_manager()),
            DigestPart("Needs attention", self._of_an_administrator()),
        )
        return tuple(part for part in parts if part.lines)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write about."""
        return not self.parts

    @property
    def subject(self) -> str:
        """'Attendance: 3 due today or overdue', or what else there is."""
        pressing = self.actions.overdue + self.actions.today
        pressing += self.reviews.overdue + self.reviews.today
        if pressing:
            return f"Attendance: {pressing:,} due today or overdue"
        if self.actions.total + self.reviews.total:
            return f"Attendance: {self.actions.total + self.reviews.total:,} due this week"
        return "Attendance: something is waiting for you"

    def _replies(self) -> tuple[str, ...]:
        told = (
            (
                self.asked_over,
                "action that a colleague asks to take over",
                "actions that colleagues ask to take over",
            ),
            (self.outcomes, "outcome of a referral to tell", "outcomes of referrals to tell"),
        )
        return tuple(counted(number, one, many) for number, one, many in told if number)

    def _of_a_manager(self) -> tuple[str, ...]:
        told = (
            (self.overrides, "override to decide", "overrides to decide"),
            (self.unallocated, "case that nobody leads yet", "cases that nobody leads yet"),
            (
                self.cases_adrift,
                "case whose lead has left or has no access now",
                "cases whose lead has left or has no access now",
            ),
            (
                self.actions_adrift,
                "action whose owner has left or has no access now",
                "actions whose owner has left or has no access now",
            ),
        )
        return tuple(counted(number, one, many) for number, one, many in told if number)

    def _of_an_administrator(self) -> tuple[str, ...]:
        if not self.unmanaged:
            return ()
        wait = counted(self.unmanaged, "thing waits", "things wait")
        why = "and nobody has that role for them"
        return (f"{wait} for a team manager, {why}. Give somebody access.",)
