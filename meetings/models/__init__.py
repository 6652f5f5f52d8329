"""Targeting support meetings: the meeting, its agenda, how both sides prepare, what is agreed.

Nothing here is deleted by people: what was taken off has a moment. Actions and referrals are
casework's own rows; meetings only point down at those they made.
"""

from meetings.models.after import PracticeNote, Reflection
from meetings.models.agenda import AgendaItem, AgendaTemplateItem
from meetings.models.agreed import (
    STALE_SCHOOL_DAYS,
    Decision,
    MeetingAction,
    MeetingReferral,
    PackSnapshot,
)
from meetings.models.meeting import (
    MOST_SLOTS,
    Attendance,
    Meeting,
    MeetingMail,
    Slot,
    TsmFrequency,
)
from meetings.models.preparation import (
    CohortNote,
    DiscussedPupil,
    ExpectationScore,
    PlacesOffered,
    PreparationMark,
    SelfAssessment,
)

__all__ = [
    "MOST_SLOTS",
    "STALE_SCHOOL_DAYS",
    "AgendaItem",
    "AgendaTemplateItem",
    "Attendance",
    "CohortNote",
    "Decision",
    "DiscussedPupil",
    "ExpectationScore",
    "Meeting",
    "MeetingAction",
    "MeetingMail",
    "MeetingReferral",
    "PackSnapshot",
    "PlacesOffered",
    "PracticeNote",
    "PreparationMark",
    "Reflection",
    "SelfAssessment",
    "Slot",
    "TsmFrequency",
]
