"""The kinds of what is known of a place, in the words of its page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class EntryKind(StrEnum):
    """What an entry of a place is."""

    OFFER = "offer"
    STRENGTH = "strength"
    PEOPLE = "people"
    FUNDING = "funding"
    NOTE = "note"
    DECISION = "decision"


@dataclass(frozen=True)
class EntryFacts:
    """Its words. `heading`: of the section; `add`: of the link; `what`, `more`: the two questions;
    `has_dates`: it runs from a day until another; `has_views`: it says whose views were heard."""

    heading: str
    add: str
    what: str
    more: str
    empty: str
    has_dates: bool = False
    has_views: bool = False


ENTRY_KINDS: Final = {
    EntryKind.OFFER: EntryFacts(
        "Offers and drop-ins",
        "Add an offer or drop-in",
        "What is offered, and by whom?",
        "Where, when and for whom? How does one ask?",
        "No offer or drop-in is written down.",
        has_dates=True,
    ),
    EntryKind.STRENGTH: EntryFacts(
        "Strengths",
        "Add a strength",
        "What is strong here?",
        "What makes it one? A club, a hub, a nursery where children come every day.",
        "No strength is written down yet. Ask those who live and work here.",
    ),
    EntryKind.PEOPLE: EntryFacts(
        "Who works here",
        "Add a team",
        "Which team or service?",
        "What does it do here, and how is it reached?",
        "No team is written down.",
    ),
    EntryKind.FUNDING: EntryFacts(
        "Funding",
        "Add funding",
        "Which fund?",
        "What is it for, and who holds it?",
        "No funding is written down.",
        has_dates=True,
    ),
    EntryKind.NOTE: EntryFacts(
        "Notes",
        "Add a note",
        "What is the note about?",
        "What should others know?",
        "No note is written down.",
    ),
    EntryKind.DECISION: EntryFacts(
        "Decisions of the pilot",
        "Record a decision",
        "What was decided?",
        "Why, and what was set aside?",
        "No decision is written down.",
        has_views=True,
    ),
}
