"""Since yesterday: what the latest run found new, what waits, what stands, who is behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from accounts.roles import ROLE_CHOICES, Permission, Role
from attendance.models import FlagAnswer, NightlyRun
from attendance.read_models.calendar import ExpectedDays
from attendance.selectors import (
    SchoolFeed,
    marks_due_until,
    previous_figures_date,
    schools_behind,
)
from attendance_portal.shared import wording
from cases.flags import casework_of
from dashboards.read_models.worklist_duties import duties
from dashboards.read_models.worklist_flags import (
    ROWS_SHOWN,
    SCHOOLS_SHOWN,
    FlagLine,
    Group,
    Moved,
    answered,
    cleared_line,
    groups,
    list_of,
    moved,
)
from dashboards.read_models.worklist_meetings import MeetingAhead, meetings_ahead
from dashboards.read_models.worklist_school import OwnSchools, marks_in_words, own_schools
from dashboards.read_models.worklist_tally import (
    KindCount,
    Tallies,
    own_flags,
    standing_counts,
    tallies,
    total,
)
from dashboards.read_models.worklist_team import Own, Team, owned, team
from dashboards.read_models.worklist_unseen import Unseen, UnseenGroup, unseen, unseen_group
from dashboards.read_models.worklist_waiting import (
    DayAhead,
    Waiting,
    days_ahead,
    look_agains,
    next_days,
    still_asking,
    waiting,
)
from schools.models import Membership, School
from schools.permissions import permissions_of
from schools.rules.calendar import last_weekday
from schools.scoping import membership_in_force, roles_of

if TYPE_CHECKING:
    from accounts.models import User

ONE_DAY = 1
#: So long before a meeting its school finds it on Today.
PREPARED_FOR = timedelta(weeks=6)


@dataclass(frozen=True)
class BehindLine:
    """A school whose marks have stopped."""

    name: str
    href: str
    marks: str


@dataclass(frozen=True)
class OwedLine:
    """A school that owes reasons: the pupils of its list, and their sessions."""

    school: str
    pupils: int
    sessions: int
    href: str


@dataclass(frozen=True)
class Worklist:
    """The whole page. `previous` is the date that 'yesterday' means, None on the first run.

    `meetings`: today's, and for a school those it can prepare.
    `team` is a manager's part, `mine` an officer's, `own` a school's; who holds several roles has
    the parts of all of them.
    """

    whose: str
    cover: str
    run: NightlyRun
    marks_to: date
    previous: date | None
    new: list[Group]
    new_count: int
    cleared: list[FlagLine]
    cleared_count: int
    standing: list[KindCount]
    behind: list[BehindLine]
    behind_count: int
    owed: list[OwedLine]
    owed_count: int
    waiting: Waiting
    ahead: list[DayAhead]
    meetings: list[MeetingAhead]
    may_answer: bool
    urns: frozenset[int]
    team: Team | None = None
    own: OwnSchools | None = None
    mine: Own | None = None
    unseen: UnseenGroup | None = None
    may_open: bool = False
    may_log: bool = False

    @property
    def cleared_more(self) -> int:
        return self.cleared_count - len(self.cleared)

    @property
    def standing_count(self) -> int:
        return sum(row.count for row in self.standing)

    @property
    def quiet(self) -> str:
        """What a morning without a new flag says."""
        since = f"Nothing new since {wording.long_day(self.previous)}." if self.previous else ""
        reviews, flags = self.waiting.reviews_next_week, self.waiting.next_week
        falls = "review falls" if reviews == 1 else "reviews fall"
        due = f"{reviews:,} {falls} due next week." if reviews else ""
        falls = "flag falls" if flags == 1 else "flags fall"
        again = f"{flags:,} {falls} due to be looked at again next week." if flags else ""
        return " ".join(filter(None, (since, due, again)))


def worklist(user: User, run: NightlyRun, *, on: date) -> Worklist:
    """What `run` changed for this person since the last school day, and what waits for them."""
    days, held, may = ExpectedDays(), roles_of(user), permissions_of(user)
    previous = _compared_with(run.as_of, days)
    changed = moved(user, previous, run.as_of, on=on)
    found = tallies(user, on=on, days=days)
    feeds, marks_to = schools_behind(user, run.as_of), last_weekday(marks_due_until(run.as_of))
    schools = dict(School.objects.visible_to(user).alphabetical().values_list("urn", "name"))
    new = dict(changed.new_by_school)
    nobody_saw = unseen(user, own_flags(user, on), as_of=run.as_of)
    again, asked = look_agains(user, on=on), duties(user, on=on, days=days)
    casework = casework_of(user, _children(changed, nobody_saw, again))
    due = still_asking(again, casework)
    meetings = meetings_ahead(user, on=on, until=_until(held, on, days))
    return Worklist(
        whose=_whose(len(schools)),
        cover=_cover(user, on),
        run=run,
        marks_to=marks_to,
        previous=previous,
        new=groups(changed.opened, answered(user, changed.opened, casework), on=on),
        new_count=len(changed.opened),
        cleared=[cleared_line(flag) for flag in changed.closed[:ROWS_SHOWN]],
        cleared_count=len(changed.closed),
        standing=standing_counts(total(found)),
        behind=[_behind(feed, marks_to) for feed in feeds[:SCHOOLS_SHOWN]],
        behind_count=len(feeds),
        owed=_owed(schools, found)[:SCHOOLS_SHOWN],
        owed_count=total(found).reasons_owed,
        waiting=waiting(due, asked, on=on),
        ahead=next_days(due, asked, meetings, on=on, days=days),
        meetings=[one for one in meetings if one.on == on or Role.SCHOOL_LEAD in held],
        may_answer=Permission.ANSWER_FLAGS in may,
        may_open=Permission.OPEN_CASES in may,
        may_log=Permission.LOG_CONTACTS in may,
        urns=frozenset(schools),
        unseen=unseen_group(nobody_saw, casework, on=on),
        team=team(user, found, new, [feed.urn for feed in feeds], on=on)
        if Role.TEAM_MANAGER in held
        else None,
        mine=owned(user, found, on=on) if Role.ATTENDANCE_OFFICER in held else None,
        own=own_schools(user, found, new, feeds, as_of=run.as_of, marks_to=marks_to, on=on)
        if Role.SCHOOL_LEAD in held
        else None,
    )


def _until(held: frozenset[str], on: date, days: ExpectedDays) -> date:
    """Up to when meetings are told of: a school has weeks to prepare its own."""
    if Role.SCHOOL_LEAD in held:
        return on + PREPARED_FOR
    return days_ahead(on, days)[-1]


def _children(changed: Moved, nobody_saw: Unseen, again: Sequence[FlagAnswer]) -> set[int]:
    """The children whose casework the page speaks of."""
    return {
        *(flag.enrolment.pupil_id for flag in changed.opened),
        *(child.pupil_id for child in nobody_saw.children),
        *(row.flag.enrolment.pupil_id for row in again),
    }


def _compared_with(as_of: date, days: ExpectedDays) -> date | None:
    """The figures' date on the last school day before this one: after a holiday, that day's."""
    last = days.last_before(as_of)
    found = previous_figures_date(date.fromordinal(last.toordinal() + ONE_DAY)) if last else None
    return found or previous_figures_date(as_of)


def _whose(schools: int) -> str:
    counted = wording.counted(schools, "school")
    return f"All {counted}" if schools == School.objects.count() else f"Your {counted}"


def _cover(user: User, on: date) -> str:
    """Roles held to a date beside others held without one: somebody is away."""
    held = list(
        Membership.objects.filter(membership_in_force(on), user=user)
        .order_by("until_on", "pk")
        .values_list("role", "until_on")
    )
    labels = dict(ROLE_CHOICES)
    dated = [(role, until) for role, until in held if until is not None]
    if not dated or len(dated) == len(held):
        return ""
    return wording.listed(
        f"cover for {labels[role].lower()}, until {until.day} {until:%b}" for role, until in dated
    )


def _behind(feed: SchoolFeed, marks_to: date) -> BehindLine:
    return BehindLine(
        name=feed.name,
        href=reverse("school_registers", args=[feed.urn]),
        marks=marks_in_words(feed, marks_to),
    )


def _owed(schools: dict[int, str], found: Tallies) -> list[OwedLine]:
    owing = ((urn, name) for urn, name in schools.items() if urn in found)
    return [
        OwedLine(
            school=name,
            pupils=found[urn].standing["unresolved_n"],
            sessions=found[urn].reasons_owed,
            href=list_of(flag="unresolved_n", school=urn),
        )
        for urn, name in owing
        if found[urn].reasons_owed
    ]
