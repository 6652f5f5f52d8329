"""The states of casework: stages, cases, plans, actions, referrals, with their words and colours.

The one home of labels and tag colours (GOV.UK's; never the only signal). Red is for something we
owe that is late; green for done; stages share one colour, so that none shames. Pure tables.

Source of the six stages and who leads: SUP-01 to SUP-03, SUP-18, SUP-19.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final

from attendance.states import Tag


class Stage(IntEnum):
    """The six stages of the graduated response, in order."""

    EXPECT = 1
    MONITOR = 2
    LISTEN = 3
    FACILITATE = 4
    FORMALISE = 5
    ENFORCE = 6


@dataclass(frozen=True)
class StageFacts:
    """What a stage is called, who leads, what the guidance asks, and how long it usually takes.

    `usual_weeks` is our proposal: after so many weeks a case counts as waiting in its stage.
    """

    stage: Stage
    label: str
    leads: str
    asks: str
    source: str
    usual_weeks: int

    @property
    def tag(self) -> Tag:
        return Tag(f"{self.stage.value} {self.label}", "blue")

    @property
    def place(self) -> str:
        """'3 of 6, Listen and understand'."""
        return f"{self.stage.value} of {len(Stage)}, {self.label}"


_STAGES: Final = (
    StageFacts(
        Stage.EXPECT, "Expect", "School",
        "The school has an attendance policy, a named champion and a culture that welcomes.",
        "SUP-01, SUP-05", 0,
    ),
    StageFacts(
        Stage.MONITOR, "Monitor", "School",
        "Absence is seen early, for each child and for groups, and somebody looks at it.",
        "SUP-01, SUP-07", 3,
    ),
    StageFacts(
        Stage.LISTEN, "Listen and understand", "School, with the attendance team",
        "Somebody talks with the child and with a parent about what makes school hard.",
        "SUP-01, SUP-26", 4,
    ),
    StageFacts(
        Stage.FACILITATE, "Facilitate support", "Lead worker, with early help where needed",
        "Help is offered in school and outside it, and a plan is agreed with the family.",
        "SUP-01, SUP-03, SUP-18", 10,
    ),
    StageFacts(
        Stage.FORMALISE, "Formalise support", "Attendance team, with the school",
        "Support goes on, in a written agreement; what may follow is explained plainly.",
        "SUP-02, SUP-03, SUP-26", 8,
    ),
    StageFacts(
        Stage.ENFORCE, "Enforce", "Team manager",
        "Only when everything else was tried or is not right; support stays open.",
        "SUP-02, SUP-03", 12,
    ),
)  # fmt: skip
STAGES: Final = MappingProxyType({facts.stage: facts for facts in _STAGES})

#: A case opens here: expecting is the school's for every child.
FIRST_STAGE: Final = Stage.MONITOR


class StepState(StrEnum):
    """Where a case stands to a step of the ladder."""

    DONE = "done"
    NOW = "now"
    CLOSED = "closed"
    NOT_REACHED = "not_reached"
    NOT_NEEDED = "not_needed"


STEP_LABELS: Final = MappingProxyType(
    {
        StepState.DONE: "Done",
        StepState.NOW: "Now",
        StepState.CLOSED: "Closed here",
        StepState.NOT_REACHED: "Not reached",
        StepState.NOT_NEEDED: "Not needed",
    }
)


class Gate(StrEnum):
    """How a gate stands."""

    IN_PLACE = "in_place"
    MISSING = "missing"
    OVERRIDDEN = "overridden"


GATES: Final = MappingProxyType(
    {
        Gate.IN_PLACE: Tag("In place", "green"),
        Gate.MISSING: Tag("Still missing", "grey"),
        Gate.OVERRIDDEN: Tag("Overridden", "yellow"),
    }
)


class Track(StrEnum):
    """What sort of help a child seems to need; it sets the pace of reviews."""

    ATTENDANCE_ONLY = "attendance_only"
    SPECIFIC_ISSUE = "specific_issue"
    COMPLEX = "complex"


@dataclass(frozen=True)
class TrackFacts:
    """A track's name, what it means, and its default pace in school days between reviews.

    The three tracks: S002; the paces are our proposal.
    """

    label: str
    means: str
    review_school_days: int


TRACKS: Final = MappingProxyType(
    {
        Track.ATTENDANCE_ONLY: TrackFacts(
            "Attendance only", "Nothing else seems to stand behind it.", 20
        ),
        Track.SPECIFIC_ISSUE: TrackFacts(
            "Specific issue", "One thing makes school hard, and we can name it.", 15
        ),
        Track.COMPLEX: TrackFacts(
            "Complex reasons", "Several things come together; more than one agency helps.", 10
        ),
    }
)


class CaseStatus(StrEnum):
    """Whether a case is being worked on."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


#: A pupil has at most one case in one of these.
LIVE: Final = frozenset({CaseStatus.OPEN, CaseStatus.PAUSED})


def case_tag(status: str, paused_until: date | None = None) -> Tag:
    """'Open', 'Paused until 1 Dec' or 'Closed'."""
    if status == CaseStatus.PAUSED and paused_until is not None:
        return Tag(f"Paused until {paused_until.day} {paused_until:%b}", "yellow")
    if status == CaseStatus.CLOSED:
        return Tag("Closed", "grey")
    return Tag("Open", "blue")


class Direction(StrEnum):
    """Which way a child's attendance goes. Words and an arrow, no colour."""

    BETTER = "better"
    SAME = "same"
    HARDER = "harder"
    NOT_KNOWN = "not_known"


DIRECTIONS: Final = MappingProxyType(
    {
        Direction.BETTER: "Better",
        Direction.SAME: "About the same",
        Direction.HARDER: "Harder",
        Direction.NOT_KNOWN: "Not known",
    }
)
ARROWS: Final = MappingProxyType(
    {
        Direction.BETTER: "↗",
        Direction.SAME: "→",
        Direction.HARDER: "↘",
        Direction.NOT_KNOWN: "",
    }
)


class PlanState(StrEnum):
    """How far a support plan is."""

    DRAFT = "draft"
    AGREED = "agreed"
    ENDED = "ended"


#: What a plan's tag says; `child_view_missing` and `review_due` are worked out from its fields.
PLANS: Final = MappingProxyType(
    {
        "draft": Tag("Draft", "grey"),
        "child_view_missing": Tag("Child's view missing", "yellow"),
        "agreed": Tag("Agreed", "teal"),
        "review_due": Tag("Review due", "orange"),
        "ended": Tag("Ended", "grey"),
    }
)


#: Where a child should have a plan and has none: ours to mend.
NO_PLAN: Final = Tag("No plan yet", "orange")
#: A part of a plan that nobody has written yet; one that is written is `ACTIONS`' Done.
PART_TO_DO: Final = Tag("Not yet", "grey")


class ActionState(StrEnum):
    """Whether a promise still stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


#: The tag of an action that no longer stands; an open one has a date (`attendance.states.Due`).
ACTIONS: Final = MappingProxyType(
    {
        ActionState.DONE: Tag("Done", "green"),
        ActionState.DROPPED: Tag("Dropped", "grey"),
    }
)


class Origin(StrEnum):
    """Where an action was promised."""

    CASE = "case"
    CONTACT = "contact"
    PLAN = "plan"
    TSM = "tsm"
    PANEL = "panel"


ORIGINS: Final = MappingProxyType(
    {
        Origin.CASE: "Case",
        Origin.CONTACT: "Contact",
        Origin.PLAN: "Support plan",
        Origin.TSM: "Targeting support meeting",
        Origin.PANEL: "Panel",
    }
)


class ReferralState(StrEnum):
    """How far a referral is."""

    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    STARTED = "started"
    ENDED = "ended"


def referral_tag(state: str, *, waiting_days: int = 0, is_told: bool = False) -> Tag:
    """Sent, Waiting 31 days, Accepted, Declined, Outcome not told, Outcome told."""
    if is_told:
        return Tag("Outcome told", "green")
    if state == ReferralState.ENDED:
        return Tag("Outcome not told", "orange")
    if state == ReferralState.DECLINED:
        return Tag("Declined", "grey")
    if state == ReferralState.ACCEPTED and waiting_days > 0:
        days = "day" if waiting_days == 1 else "days"
        return Tag(f"Waiting {waiting_days} {days}", "yellow")
    if state in (ReferralState.ACCEPTED, ReferralState.STARTED):
        return Tag("Accepted", "teal")
    return Tag("Sent", "blue")


class OfferAnswer(StrEnum):
    """What became of an offer of support."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    NOT_TAKEN_UP = "not_taken_up"
    TRIED = "tried"


#: Words of an answer; 'refused' is never said of a family (pages, section 4).
OFFER_ANSWERS: Final = MappingProxyType(
    {
        OfferAnswer.WAITING: "No answer yet",
        OfferAnswer.ACCEPTED: "Accepted",
        OfferAnswer.NOT_TAKEN_UP: "Did not take up the offer",
        OfferAnswer.TRIED: "Tried",
    }
)


class EntryKind(StrEnum):
    """What a line of the timeline is about, by the names that addresses use."""

    CASE = "case"
    STAGE = "stage"
    CONTACT = "contact"
    PLAN = "plan"
    ACTION = "action"
    OFFER = "offer"
    REFERRAL = "referral"
    CONSENT = "consent"
    HOLD = "hold"
    LETTER = "letter"
    MEETING = "meeting"
    LEGAL = "legal"
    NOTE = "note"


ENTRIES: Final = MappingProxyType(
    {
        EntryKind.CASE: "Case",
        EntryKind.STAGE: "Stages",
        EntryKind.CONTACT: "Contacts",
        EntryKind.PLAN: "Plan",
        EntryKind.ACTION: "Actions",
        EntryKind.OFFER: "Offers of support",
        EntryKind.REFERRAL: "Referrals",
        EntryKind.CONSENT: "Consents",
        EntryKind.HOLD: "Holds",
        EntryKind.LETTER: "Letters",
        EntryKind.MEETING: "Meetings",
        EntryKind.LEGAL: "Legal",
        EntryKind.NOTE: "Notes",
    }
)


class Fact(StrEnum):
    """Facts of a timeline entry that the gates ask for and that higher floors may write."""

    CONSEQUENCES_EXPLAINED = "consequences_explained"
    CONTRACT_OFFERED = "contract_offered"
    SUPERVISION_ORDER_CONSIDERED = "supervision_order_considered"
    FORMAL_NOTES_WRITTEN = "formal_notes_written"
    MANAGER_AGREED = "manager_agreed"
    TERM_TIME_HOLIDAY = "term_time_holiday"


# How a flag was answered by casework.
CONTACTED: Final = Tag("Contacted", "teal")
IN_A_CASE: Final = Tag("In a case", "teal")
