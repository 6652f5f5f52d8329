"""A school with something to say at its meeting: the small borough with casework around it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from cases.models import Case
from meetings.models import Meeting
from tests.factories.cases import (
    BarrierFactory,
    CaseFactory,
    CaseWorkerFactory,
    ContactFactory,
    PlanFactory,
)
from tests.factories.classes import LATEST, SmallBorough
from tests.factories.meetings import MeetingFactory
from tests.factories.users import UserFactory

TODAY = date(2026, 3, 3)
SAID = "Cal likes the workshop. The bus is the hard part."


def meeting_at(borough: SmallBorough, **facts) -> Meeting:
    """A meeting with Ash School, booked for 17 March 2026."""
    return MeetingFactory(school=borough.ash, **facts)


def case_of_cal(borough: SmallBorough) -> Case:
    """Cal's case: an agreed plan, early help at work, what Cal said, and a restricted note."""
    lead = UserFactory(name="Olu Officer")
    case = CaseFactory(enrolment=borough.cal, lead=lead)
    PlanFactory(
        case=case, state="agreed", agreed_on=TODAY, next_review_on=date(2026, 3, 30),
        child_view=SAID, child_view_on=date(2026, 3, 1),
    )  # fmt: skip
    CaseWorkerFactory(case=case, user=UserFactory(name="Ezra Help"))
    BarrierFactory(case=case, kind="transport")
    ContactFactory(
        case=case, is_restricted=True, child_words="Nobody must read this.",
        at=datetime(2026, 3, 2, 15, 0, tzinfo=UTC),
    )  # fmt: skip
    return case


def case_of_ben(borough: SmallBorough) -> Case:
    """Ben's case: barriers in two domains, so that Ben needs more than one agency."""
    case = CaseFactory(enrolment=borough.ben)
    BarrierFactory(case=case, kind="transport")
    BarrierFactory(case=case, kind="housing")
    return case


__all__ = ["LATEST", "SAID", "TODAY", "case_of_ben", "case_of_cal", "meeting_at"]
