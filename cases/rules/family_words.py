"""What the family copy of a plan says besides what people wrote: each fixed word once. Pure.

The page and the PDF print these and nothing of their own, so that they cannot differ. What a
family never reads: `attendance_portal.shared.banned_words.TO_FAMILIES`. A test holds every line to
it, and to a reading age of 11 (pages, section 4).

Source of the parts and their order: pages, P10 ("What {forename} told us" stands first).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from cases.choices import BARRIERS

#: How many promises one side of paper holds (P9, P10).
MOST_PROMISES: Final = 6

#: Our proposal: what harms a child at home is never put on a paper that hangs on a wall, where
#: whoever does the harm may read it. The plan itself keeps it.
NOT_ON_PAPER: Final = frozenset({"domestic_abuse", "exploitation"})


class Part(StrEnum):
    """The parts of a family copy, in order; the value names the page of the plan that fills it,
    save for whom to ring, which stands with the next review."""

    CHILD = "child"
    FAMILY = "family-view"
    HARD = "barriers"
    PROMISES = "actions"
    TRIES = "steps"
    MEET = "next-review"
    RING = "ring"


TITLE: Final = "Our plan to help {forename} with school"
HEADINGS: Final[Mapping[Part, str]] = MappingProxyType(
    {
        Part.CHILD: "What {forename} told us",
        Part.FAMILY: "What you told us",
        Part.HARD: "What makes it hard",
        Part.PROMISES: "What we will do",
        Part.TRIES: "What {forename} will try",
        Part.MEET: "When we meet next",
        Part.RING: "Who to ring",
    }
)
#: What stands where nothing has been written yet.
EMPTY: Final[Mapping[Part, str]] = MappingProxyType(
    {
        Part.CHILD: "We have not heard this yet. {forename} can tell us at any time.",
        Part.FAMILY: "We have not heard this yet. You can tell us at any time.",
        Part.HARD: "We are still finding out.",
        Part.PROMISES: "We are still working this out with you.",
        Part.TRIES: "Nothing yet. {forename} will choose.",
        Part.MEET: "We will tell you the day.",
        Part.RING: "We will tell you who.",
    }
)
COLUMNS: Final = ("Who", "What", "By when")
DRAFT: Final = "Draft"
DRAFT_SAYS: Final = "This is a draft. We have not agreed it yet."
ENDED: Final = "Ended"
ENDED_SAYS: Final = "This plan has ended. We keep it so that you can look back."
AGREED_SAYS: Final = "We agreed this plan on {day}."
ANY_TIME: Final = "You can ring to change this plan at any time."
NO_NUMBER: Final = "Number:"


@dataclass(frozen=True)
class Length:
    """How long one part is, in characters."""

    part: Part
    characters: int


def fixed_words() -> list[str]:
    """Every line of ours that a family may read, with a name and a day put in."""
    lines = [
        TITLE, *HEADINGS.values(), *EMPTY.values(), *COLUMNS, DRAFT, DRAFT_SAYS, ENDED, ENDED_SAYS,
        AGREED_SAYS, ANY_TIME, NO_NUMBER,
    ]  # fmt: skip
    filled = [line.format(forename="Robin", day="2 March 2026") for line in lines]
    return filled + [kind.to_family for kind in BARRIERS.values()]


def heading_of(part: Part, forename: str) -> str:
    """The heading of a part, for this child."""
    return HEADINGS[part].format(forename=forename)


def empty_of(part: Part, forename: str) -> str:
    """What a part says while it is empty."""
    return EMPTY[part].format(forename=forename)


def hard_things(kinds: list[str]) -> list[str]:
    """What makes school hard, in a family's words: each once, and nothing that is not for paper."""
    shown = [BARRIERS[kind].to_family for kind in kinds if kind not in NOT_ON_PAPER]
    return list(dict.fromkeys(shown))


def part_to_shorten(lengths: list[Length]) -> Part | None:
    """The longest part that people wrote, where a copy does not fit; the first of two alike."""
    longest = max(lengths, key=lambda one: one.characters, default=None)
    return longest.part if longest and longest.characters else None
