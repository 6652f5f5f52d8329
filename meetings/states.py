"""The states of meetings and what hangs on them, with their words and colours. Pure tables.

The one home of labels and tag colours (GOV.UK's; never the only signal). Green only for done.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final

from attendance.states import Tag


class MeetingState(StrEnum):
    """How far a meeting is. A school without one this term is not booked: no row says so."""

    OFFERED = "offered"
    BOOKED = "booked"
    HELD = "held"
    NOT_HELD = "not_held"


#: A school has at most one targeting support meeting a term in one of these.
STANDING: Final = frozenset({MeetingState.OFFERED, MeetingState.BOOKED, MeetingState.HELD})
#: Those that are still to come or going on.
AHEAD: Final = frozenset({MeetingState.OFFERED, MeetingState.BOOKED})

MEETINGS: Final = MappingProxyType(
    {
        MeetingState.OFFERED: Tag("Offered", "blue"),
        MeetingState.BOOKED: Tag("Booked", "teal"),
        MeetingState.HELD: Tag("Held", "green"),
        MeetingState.NOT_HELD: Tag("Not held", "orange"),
    }
)
NOT_BOOKED: Final = Tag("Not booked", "grey")


def meeting_tag(state: str | None) -> Tag:
    """The tag of a meeting's state; None is a school without a meeting."""
    return NOT_BOOKED if state is None else MEETINGS[MeetingState(state)]


class Response(StrEnum):
    """What somebody who was asked to come has said."""

    NONE = "none"
    COMING = "coming"
    NOT_COMING = "not_coming"


RESPONSES: Final = MappingProxyType(
    {
        Response.NONE: "No answer yet",
        Response.COMING: "Coming",
        Response.NOT_COMING: "Cannot come",
    }
)


class Acceptance(StrEnum):
    """Whether the owner of an action stands by it: whoever was there did; others are asked."""

    THERE = "there"
    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"


ACCEPTANCES: Final = MappingProxyType(
    {
        Acceptance.THERE: "Agreed in the meeting",
        Acceptance.ASKED: "Asked to accept",
        Acceptance.ACCEPTED: "Accepted",
        Acceptance.DECLINED: "Not accepted",
    }
)


class AssessmentState(StrEnum):
    """Whether a school's own view is still being written."""

    DRAFT = "draft"
    SUBMITTED = "submitted"


ASSESSMENTS: Final = MappingProxyType(
    {
        AssessmentState.DRAFT: Tag("Draft", "grey"),
        AssessmentState.SUBMITTED: Tag("Shared with the attendance team", "teal"),
    }
)


class Score(IntEnum):
    """How far a school says it is with one expectation of the guidance."""

    NOT_YET = 1
    BEGUN = 2
    MOSTLY = 3
    IN_PLACE = 4


SCORES: Final = MappingProxyType(
    {
        Score.NOT_YET: "Not yet",
        Score.BEGUN: "Begun",
        Score.MOSTLY: "Mostly in place",
        Score.IN_PLACE: "In place, and we can show it works",
    }
)


class MailState(StrEnum):
    """What became of an e-mail."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


MAILS: Final = MappingProxyType(
    {
        MailState.WAITING: Tag("Being sent", "grey"),
        MailState.SENT: Tag("Sent", "green"),
        MailState.FAILED: Tag("Not sent", "red"),
    }
)
