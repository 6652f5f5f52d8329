"""Today for a manager: flags nobody has answered, and how the work stands by officer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import F
from django.urls import reverse

from accounts.roles import Role
from attendance.read_models.answers import answers_of, first_run, long_unanswered
from attendance.read_models.calendar import ExpectedDays
from attendance.states import FLAG_ORDER, FlagKind
from attendance_portal.shared import wording
from dashboards.read_models.worklist_flags import SCHOOLS_SHOWN, FlagLine, flag_line
from dashboards.read_models.worklist_tally import SchoolTally, Tallies, own_flags, total
from schools.models import Membership, School
from schools.scoping import membership_in_force

if TYPE_CHECKING:
    from accounts.models import User

ROWS_SHOWN = 100
NO_OFFICER = "No officer's patch"


@dataclass(frozen=True)
class OfficerRow:
    """One officer's patch in numbers: flags, and schools behind."""

    officer: str
    patch: str
    schools: int
    new: int
    unanswered: int
    starting: int
    long_unanswered: int
    behind: int


@dataclass(frozen=True)
class UnansweredRow:
    """One school with flags that nobody has answered for five school days."""

    urn: int
    school: str
    officers: str
    count: int
    since: str
    href: str


@dataclass(frozen=True)
class UnansweredAt:
    """The flags behind one such row."""

    school: str
    count: int
    lines: list[FlagLine]

    @property
    def more(self) -> int:
        return self.count - len(self.lines)


@dataclass(frozen=True)
class StartingStock:
    """Flags of the very first run that nobody has answered, in words by kind."""

    count: int
    on: date
    kinds: list[tuple[str, int]]


@dataclass(frozen=True)
class Team:
    """The manager's part of the page."""

    long_unanswered: int
    unanswered: list[UnansweredRow]
    officers: list[OfficerRow]
    more_schools: int = 0
    starting: StartingStock | None = None


@dataclass(frozen=True)
class _Patch:
    officer: str
    name: str
    urns: frozenset[int]


def team(
    user: User, found: Tallies, new: dict[int, int], behind: Collection[int], *, on: date
) -> Team:
    """From the counts by school: `new` flags by URN, and the URNs of schools `behind`."""
    names = dict(School.objects.visible_to(user).alphabetical().values_list("urn", "name"))
    patches = _patches(names, on)
    waiting = [urn for urn in names if urn in found and found[urn].long_unanswered]
    return Team(
        long_unanswered=total(found).long_unanswered,
        unanswered=[
            _unanswered(urn, names[urn], found, patches) for urn in waiting[:SCHOOLS_SHOWN]
        ],
        more_schools=max(len(waiting) - SCHOOLS_SHOWN, 0),
        officers=[_officer(patch, found, new, behind) for patch in patches],
        starting=_starting(total(found)),
    )


def _starting(summed: SchoolTally) -> StartingStock | None:
    first = first_run()
    if first is None or not summed.starting:
        return None
    in_order = sorted(summed.starting.items(), key=lambda row: FLAG_ORDER[FlagKind(row[0])])
    return StartingStock(summed.starting.total(), first.as_of, in_order)


def _patches(names: dict[int, str], on: date) -> list[_Patch]:
    """Each officer's schools, and last the schools that are in nobody's patch."""
    held: dict[tuple[int, str, str], set[int]] = defaultdict(set)
    rows = Membership.objects.filter(
        membership_in_force(on), role=Role.ATTENDANCE_OFFICER, user__is_active=True
    ).exclude(scope=Membership.Scope.LA)
    for user_id, officer, patch, *urns in rows.order_by("user__name", "user_id", "pk").values_list(
        "user_id",
        "user__name",
        F("patch__name"),
        "patch__schools__urn",
        "trust__schools__urn",
        "school_id",
    ):
        held[user_id, officer, patch or "Schools given one by one"].update(
            urn for urn in urns if urn in names
        )
    patches = [
        _Patch(officer, patch, frozenset(urns))
        for (_, officer, patch), urns in held.items()
        if urns
    ]
    rest = frozenset(names).difference(*(patch.urns for patch in patches))
    return [*patches, _Patch(NO_OFFICER, "", rest)] if rest else patches


def _officer(
    patch: _Patch, found: Tallies, new: dict[int, int], behind: Collection[int]
) -> OfficerRow:
    summed = total(found, patch.urns)
    return OfficerRow(
        officer=patch.officer,
        patch=patch.name,
        schools=len(patch.urns),
        new=sum(new.get(urn, 0) for urn in patch.urns),
        unanswered=summed.unanswered,
        starting=summed.starting.total(),
        long_unanswered=summed.long_unanswered,
        behind=sum(urn in patch.urns for urn in behind),
    )


def _unanswered(urn: int, name: str, found: Tallies, patches: list[_Patch]) -> UnansweredRow:
    tally = found[urn]
    officers = [patch.officer for patch in patches if urn in patch.urns]
    return UnansweredRow(
        urn=urn,
        school=name,
        officers=wording.listed(dict.fromkeys(officers)),
        count=tally.long_unanswered,
        since=wording.day(tally.waiting_since) if tally.waiting_since else "",
        href=f"{reverse('worklist')}?{urlencode({'unanswered': urn})}#unanswered-flags",
    )


def unanswered_at(user: User, urn: int, *, on: date, days: ExpectedDays) -> UnansweredAt | None:
    """The flags of one school that have waited for five school days; None if it is not in scope."""
    school = School.objects.visible_to(user).filter(pk=urn).first()
    if school is None:
        return None
    flags = long_unanswered(own_flags(user, on).filter(school=school), today=on, days=days)
    rows = list(
        flags.select_related("enrolment__pupil", "school").order_by("opened_on", "pk")[:ROWS_SHOWN]
    )
    answers = answers_of(user, [flag.pk for flag in rows])
    return UnansweredAt(
        school=school.name,
        count=flags.count(),
        lines=[flag_line(flag, answers.get(flag.pk), on=on) for flag in rows],
    )
