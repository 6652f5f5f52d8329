"""What our components are given: ready words, and where they lead. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from attendance.rules.feeds import STOPPED_FROM
from attendance.states import DUE_TAGS, Due, Tag
from attendance_portal.shared import wording


@dataclass(frozen=True)
class Reason:
    """Why something cannot be done now, and the page that would change it (or none)."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Stale:
    """How far behind the marks are, in words; a warning from the third school day on."""

    text: str
    is_warning: bool = False


def marks_behind(last_mark_on: date | None, school_days: int) -> Stale | None:
    """The line beside a school's figures; None when nothing is behind."""
    if last_mark_on is None:
        return Stale("No marks have come yet", is_warning=True)
    if school_days <= 0:
        return None
    behind = wording.counted(school_days, "school day")
    text = f"Marks to {wording.short_day(last_mark_on)}, {behind} behind"
    return Stale(text, is_warning=school_days >= STOPPED_FROM)


def schools_behind(behind: int, schools: int, after: date) -> Stale | None:
    """The line beside a total: '2 of 59 schools have no marks after 30 Oct'."""
    if not behind:
        return None
    have = "has" if behind == 1 else "have"
    of = wording.counted(schools, "school")
    return Stale(f"{behind:,} of {of} {have} no marks after {after.day} {after:%b}")


@dataclass(frozen=True)
class ContextualDate:
    """When something falls due: in words, or as a tag where it is today or late."""

    text: str
    tag: Tag | None = None


def due_date(on: date, *, today: date) -> ContextualDate:
    """'Due 12 Nov', 'Today', or 'Overdue' with the day it was due."""
    if on > today:
        return ContextualDate(f"Due {on.day} {on:%b}")
    if on == today:
        return ContextualDate("", DUE_TAGS[Due.TODAY])
    return ContextualDate(f"since {on.day} {on:%b}", DUE_TAGS[Due.OVERDUE])


@dataclass(frozen=True)
class Task:
    """A line of a task list: what, where it is done, and how far it is."""

    text: str
    href: str = ""
    hint: str = ""
    tag: Tag | None = None


@dataclass(frozen=True)
class Progress:
    """Work that runs: what, how much of it is done (0 to 100), and whether it has ended."""

    text: str
    percent: int = 0
    is_done: bool = False


@dataclass(frozen=True)
class Answer:
    """A question as it was answered, and where the answer may be changed."""

    question: str
    value: str
    href: str = ""


@dataclass(frozen=True)
class Version:
    """One field in the two versions of a conflict."""

    label: str
    theirs: str
    yours: str

    @property
    def differs(self) -> bool:
        """Whether there is anything to choose."""
        return self.theirs != self.yours


@dataclass(frozen=True)
class BothVersions:
    """What someone else saved meanwhile, beside what you typed."""

    who: str
    when: str
    fields: Sequence[Version]
    href: str
