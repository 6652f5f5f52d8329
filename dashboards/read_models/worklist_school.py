"""Today for a school: each school's line, the reasons still owed, and how its marks stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse

from attendance.read_models.reasons import ReasonOwed, reasons_owed
from attendance.selectors import SchoolFeed
from attendance.states import DUE_TAGS, Due, Tag
from attendance_portal.shared import wording
from dashboards.parts import marks_behind
from dashboards.read_models.rolls import own_enrolments
from dashboards.read_models.worklist_tally import SchoolTally, Tallies
from schools.models import School

if TYPE_CHECKING:
    from accounts.models import User

ROWS_SHOWN = 40


@dataclass(frozen=True)
class SchoolLine:
    """One school of a trust in numbers."""

    urn: int
    name: str
    href: str
    new: int
    unanswered: int
    reasons_owed: int
    marks: str


@dataclass(frozen=True)
class ReasonLine:
    """One session that owes a reason."""

    public_id: UUID
    pupil: str
    school: str
    session: str
    left: str
    tag: Tag | None


@dataclass(frozen=True)
class Reasons:
    """The sessions that owe a reason; `more` did not fit."""

    count: int
    overdue: int
    lines: list[ReasonLine]

    @property
    def more(self) -> int:
        return self.count - len(self.lines)


@dataclass(frozen=True)
class OwnSchools:
    """A school's part of the page. `stopped` says of each school behind where its marks stop."""

    lines: list[SchoolLine]
    reasons: Reasons
    stopped: list[str]

    @property
    def is_trust(self) -> bool:
        return len(self.lines) > 1


def own_schools(
    user: User,
    found: Tallies,
    new: Mapping[int, int],
    behind: Sequence[SchoolFeed],
    *,
    as_of: date,
    marks_to: date,
    on: date,
) -> OwnSchools:
    """For a school lead: one school, or all of a trust, A to Z."""
    feeds = {feed.urn: feed for feed in behind}
    schools = list(School.objects.visible_to(user).alphabetical().values_list("urn", "name"))
    return OwnSchools(
        lines=[_line(urn, name, found, new, feeds, marks_to) for urn, name in schools],
        reasons=_reasons(user, as_of, on),
        stopped=[_stopped(feed, len(schools)) for feed in behind],
    )


def _line(
    urn: int,
    name: str,
    found: Tallies,
    new: Mapping[int, int],
    feeds: Mapping[int, SchoolFeed],
    marks_to: date,
) -> SchoolLine:
    tally = found.get(urn, SchoolTally())
    return SchoolLine(
        urn=urn,
        name=name,
        href=reverse("school", args=[urn]),
        new=new.get(urn, 0),
        unanswered=tally.unanswered,
        reasons_owed=tally.reasons_owed,
        marks=marks_in_words(feeds.get(urn), marks_to),
    )


def marks_in_words(feed: SchoolFeed | None, marks_to: date) -> str:
    """How far a school's marks come: 'marks to Thu 30 Oct, 2 school days behind'."""
    stale = marks_behind(feed.last_mark_on, feed.school_days_behind) if feed else None
    if stale is None:
        return f"marks to {wording.short_day(marks_to)}"
    return stale.text[:1].lower() + stale.text[1:]


def _stopped(feed: SchoolFeed, schools: int) -> str:
    """'Your marks stop at 25 Feb', or the school's name first where there are several."""
    whose = "Your marks" if schools == 1 else f"{feed.name}: marks"
    if feed.last_mark_on is None:
        return f"{whose} have not come yet"
    return f"{whose} stop at {feed.last_mark_on.day} {feed.last_mark_on:%b}"


def _reasons(user: User, as_of: date, on: date) -> Reasons:
    schools = School.objects.visible_to(user).values("pk")
    rows = reasons_owed(own_enrolments(user, on).filter(school__in=schools), as_of=as_of)
    return Reasons(
        count=len(rows),
        overdue=sum(row.days_left < 0 for row in rows),
        lines=[_reason(row) for row in rows[:ROWS_SHOWN]],
    )


def _reason(row: ReasonOwed) -> ReasonLine:
    return ReasonLine(
        public_id=row.enrolment.pupil.public_id,
        pupil=str(row.enrolment.pupil),
        school=row.enrolment.school.name,
        session=wording.session_day(row.date, row.session),
        left=_left(row.days_left),
        tag=DUE_TAGS[Due.OVERDUE] if row.days_left < 0 else None,
    )


def _left(days: int) -> str:
    if days < 0:
        return "Overdue"
    return "Last day" if days == 0 else f"{wording.counted(days, 'school day')} left"
