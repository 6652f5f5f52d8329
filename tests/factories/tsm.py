"""A targeting support meeting at any point of its way, made by walking the services.

Terms must be made first (`make_terms`). The meeting is on Tuesday 17 March 2026 at 9:30am; it is
booked on Tuesday 3 March.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from accounts.models import User
from attendance.models import Flag
from meetings.choices import Side
from meetings.models import Meeting, MeetingAction
from meetings.services.booking import Plan, book_meeting, offer_meeting
from meetings.services.live import Owner, add_live_action, end_meeting, start_meeting
from meetings.services.people import Guest
from schools.models import Enrolment, School
from tests.factories.schools import MembershipFactory, SchoolFactory

BOOKED_ON = date(2026, 3, 3)
NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
TIMES = (
    datetime(2026, 3, 17, 9, 30, tzinfo=UTC),
    datetime(2026, 3, 18, 14, 0, tzinfo=UTC),
    datetime(2026, 3, 19, 9, 30, tzinfo=UTC),
)
MEETING_ON = date(2026, 3, 17)
ENDED = datetime(2026, 3, 17, 10, 30, tzinfo=UTC)
PLAN = Plan(minutes=60, place="Room 4")


def lead_of(school: School, **facts: Any) -> User:
    """A lead of the school."""
    return MembershipFactory(role="school_lead", scope="school", school=school, **facts).user


def severe_flag(enrolment: Enrolment, **facts: Any) -> Flag:
    """An open flag of severe absence of a child at a school."""
    return Flag.objects.create(
        enrolment=enrolment,
        school=enrolment.school,
        **{"kind": "severe_absence", "opened_on": BOOKED_ON, "met_on": BOOKED_ON, **facts},
        updated_at=NOW,
    )


def officer_of(school: School) -> User:
    """An officer who has the whole authority."""
    return MembershipFactory().user


@dataclass
class Table:
    """Two sides who are to meet."""

    school: School = field(default_factory=SchoolFactory)
    officer: User = field(init=False)
    lead: User = field(init=False)
    meeting: Meeting = field(init=False)

    def __post_init__(self) -> None:
        self.officer = officer_of(self.school)
        self.lead = lead_of(self.school)

    @property
    def who(self) -> dict[str, Any]:
        """What every service is told when the officer books."""
        return {"by": self.officer, "on": BOOKED_ON, "at": NOW}

    @property
    def guests(self) -> list[Guest]:
        """The school's lead, who decides."""
        return [Guest(Side.SCHOOL, user=self.lead, is_decision_maker=True)]

    def offer(self, **facts: Any) -> Meeting:
        """Three times are offered."""
        given = {"times": TIMES, "guests": self.guests, "plan": PLAN, **facts}
        self.meeting = offer_meeting(
            school=self.school, la_contact=self.officer, **given, **self.who
        ).meeting
        return self.meeting

    def book(self, **facts: Any) -> Meeting:
        """The first of them is booked."""
        given = {"starts_at": TIMES[0], "guests": self.guests, "plan": PLAN, **facts}
        self.meeting = book_meeting(
            school=self.school, la_contact=self.officer, **given, **self.who
        ).meeting
        return self.meeting

    @property
    def now(self) -> dict[str, Any]:
        """What every service is told while the meeting goes on."""
        return {"by": self.officer, "on": MEETING_ON, "at": TIMES[0]}

    def start(self, *, without: Iterable[User] = ()) -> Meeting:
        """Everyone who was asked is here, but these."""
        away = [user.pk for user in without]
        came = self.meeting.attendances.exclude(user__in=away).values_list("pk", flat=True)
        self.meeting.refresh_from_db()
        self.meeting = start_meeting(
            meeting=self.meeting, came=list(came), version=self.meeting.version, **self.now
        )
        return self.meeting

    def agree(self, text: str = "Ask about the bus pass", **facts: Any) -> MeetingAction:
        """An action about the school, which the school's lead does by Tuesday 24 March."""
        given = {
            "owner": Owner(self.lead),
            "due_on": date(2026, 3, 24),
            "client_token": uuid.uuid4(),
            **self.now,
            **facts,
        }
        return add_live_action(meeting=self.meeting, text=text, **given)

    def end(self, **facts: Any) -> Meeting:
        """It is over."""
        self.meeting = end_meeting(meeting=self.meeting, **{**self.now, "at": ENDED, **facts})
        return self.meeting
