"""What a contact needs to be written down, when to be in touch again, who rings now. Pure.

Three fields and a promise (P7, issue 4 point 4). The hours and limits are our proposal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from cases.choices import BARRIERS, CONTACT_KINDS, REACHED, Reached

#: "I'm ringing now" holds a family for so long (P7).
CALL_HELD_FOR: Final = timedelta(minutes=30)
#: What is older belongs into the case's concern, in words: our proposal.
OLDEST_YEARS: Final = 2
LONGEST_WORDS: Final = 5000  # characters of each text
FARTHEST_FOLLOW_UP_DAYS: Final = 182


class FollowUp(StrEnum):
    """When to be in touch again, as the form offers it."""

    NONE = "none"
    TOMORROW = "tomorrow"
    IN_THREE = "in_3_school_days"
    NEXT_WEEK = "next_week"


FOLLOW_UPS: Final = MappingProxyType(
    {
        FollowUp.NONE: "No",
        FollowUp.TOMORROW: "Tomorrow",
        FollowUp.IN_THREE: "In 3 school days",
        FollowUp.NEXT_WEEK: "Next week",
    }
)


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field, as a sentence that says what to do."""

    field: str
    text: str


@dataclass(frozen=True)
class Said:
    """What was typed about a contact."""

    kind: str
    reached: str
    said: str = ""
    child_words: str = ""
    family_words: str = ""
    barrier: str = ""
    consequences_explained: bool = False


def problems_of(typed: Said) -> list[Problem]:
    """What keeps a contact from being saved, field by field; nothing when it can be."""
    found = []
    if typed.kind not in CONTACT_KINDS:
        found.append(Problem("kind", "Choose what it was."))
    if typed.reached not in REACHED:
        found.append(Problem("reached", "Choose who you reached."))
    if typed.barrier and typed.barrier not in BARRIERS:
        found.append(Problem("barrier", "Choose a barrier from the list."))
    found += [
        Problem(name, f"Use {LONGEST_WORDS:,} characters or fewer.")
        for name in ("said", "child_words", "family_words")
        if len(getattr(typed, name)) > LONGEST_WORDS
    ]
    return found or _problems_of_words(typed)


def _problems_of_words(typed: Said) -> list[Problem]:
    if typed.reached != Reached.NO_ANSWER:
        if typed.said.strip():
            return []
        return [Problem("said", "Write what was said, or choose No answer.")]
    heard = (typed.child_words, typed.family_words)
    if any(words.strip() for words in heard) or typed.consequences_explained:
        text = "You chose No answer, and wrote what somebody said. Choose who you reached."
        return [Problem("reached", text)]
    return []


def when_problem(happened_at: datetime, on: date, at: datetime, zone: tzinfo) -> str:
    """Why a contact cannot have happened then; empty if it can. `on`: today; `at`: now.

    Today may be a day fixed for a demonstration: the hour is only compared on the real one.
    """
    day, day_of_now = happened_at.astimezone(zone).date(), at.astimezone(zone).date()
    if day > on or (day == on == day_of_now and happened_at > at):
        return "Choose a time that is not in the future."
    if day < years_before(on, OLDEST_YEARS):
        return "Choose a day within the last two years."
    return ""


def years_before(day: date, years: int) -> date:
    """The same day so many years ago; 28 February for a leap day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def follow_up_problem(follow_up_on: date, on: date) -> str:
    """Why this cannot be the day of being in touch again; empty if it can."""
    if follow_up_on <= on:
        return "Choose a day after today to be in touch again."
    if follow_up_on > on + timedelta(days=FARTHEST_FOLLOW_UP_DAYS):
        return "Choose a day within half a year to be in touch again."
    return ""


def follow_up_on(choice: FollowUp, on: date, after: Callable[[date, int], date]) -> date | None:
    """The day that a choice means; always a school day. None for no follow-up.

    `after(day, n)`: the day on which n school days have come after `day`.
    """
    if choice is FollowUp.TOMORROW:
        return after(on, 1)
    if choice is FollowUp.IN_THREE:
        return after(on, 3)
    if choice is FollowUp.NEXT_WEEK:
        sunday = on + timedelta(days=7 - on.isoweekday())
        return after(sunday, 1)
    return None


def named_by(reached: str) -> str:
    """Whose word a barrier heard in a contact is: of both, the child's."""
    if reached in (Reached.CHILD, Reached.BOTH):
        return "child"
    return "family" if reached == Reached.PARENT else "worker"
