"""Today by officer: whose flags nobody has answered, and for a manager how the work stands.

The owner of a flag that nothing answers is the school's link officer, else the officers who hold
the school; a child in a case has a lead instead, and the case answers the flag.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse

from accounts.roles import Permission, Role
from attendance.read_models.answers import first_run
from attendance.read_models.calendar import ExpectedDays
from attendance.states import FLAG_ORDER, FlagKind
from attendance_portal.shared import wording
from cases.flags import long_unanswered
from cases.models import Case, StageOverride
from cases.states import STAGES, Stage
from dashboards.charts import Chart
from dashboards.read_models.cases.stuck import stuck_cases
from dashboards.read_models.worklist_flags import SCHOOLS_SHOWN, FlagLine, answered, flag_line
from dashboards.read_models.worklist_tally import SchoolTally, Tallies, own_flags, total
from schools.models import Membership, School
from schools.permissions import permissions_of
from schools.scoping import membership_in_force

if TYPE_CHECKING:
    from accounts.models import User

ROWS_SHOWN = 100
NO_OFFICER = "No officer's patch"


@dataclass(frozen=True)
class OfficerRow:
    """One officer in numbers: the flags they own, schools behind, and the cases they lead."""

    officer: str
    patch: str
    schools: int
    new: int
    unanswered: int
    starting: int
    long_unanswered: int
    behind: int
    cases: int = 0
    reviews_overdue: int = 0


@dataclass(frozen=True)
class CaseRow:
    """Live cases that no officer leads: who does instead, how many, and where they are."""

    who: str
    cases: int
    reviews_overdue: int
    href: str


@dataclass(frozen=True)
class Approval:
    """Somebody asked to move on although something is missing, and waits for a decision."""

    reference: str
    pupil: str
    school: str
    stage: str
    asked: str
    href: str


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
    approvals: list[Approval] = field(default_factory=list)
    others: list[CaseRow] = field(default_factory=list)
    stuck: Chart | None = None


@dataclass(frozen=True)
class Own:
    """An officer's own flags that nothing has answered for five school days, by school."""

    long_unanswered: int
    unanswered: list[UnansweredRow]


@dataclass(frozen=True)
class _Patch:
    """The schools whose flags are one officer's: `user_id` None for those that are nobody's."""

    user_id: int | None
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
    led = _led(user, on)
    return Team(
        long_unanswered=total(found).long_unanswered,
        unanswered=[
            _unanswered(urn, names[urn], found, patches) for urn in waiting[:SCHOOLS_SHOWN]
        ],
        more_schools=max(len(waiting) - SCHOOLS_SHOWN, 0),
        officers=[_officer(patch, found, new, behind, led) for patch in patches],
        starting=_starting(total(found)),
        approvals=_approvals(user),
        others=_others(led, {patch.user_id for patch in patches}),
        stuck=stuck_cases(user, on),
    )


def owned(user: User, found: Tallies, *, on: date) -> Own:
    """For an officer: the flags of the schools that are theirs, where nobody has answered."""
    names = dict(School.objects.visible_to(user).alphabetical().values_list("urn", "name"))
    patches = _patches(names, on)
    mine = frozenset[int]().union(*(one.urns for one in patches if one.user_id == user.pk))
    late = [urn for urn in names if urn in mine and urn in found and found[urn].long_unanswered]
    return Own(
        long_unanswered=sum(found[urn].long_unanswered for urn in late),
        unanswered=[_unanswered(urn, names[urn], found, patches) for urn in late[:SCHOOLS_SHOWN]],
    )


def _led(user: User, on: date) -> dict[int | None, tuple[int, int]]:
    """Lead (None: nobody yet) to live cases, and those of them whose review is overdue."""
    rows = Case.objects.visible_to(user).live().order_by().values_list("lead")
    overdue = Count("pk", filter=Q(next_review_on__lt=on))
    return {lead: (n, late) for lead, n, late in rows.annotate(n=Count("pk"), late=overdue)}


def _others(
    led: dict[int | None, tuple[int, int]], officers: Collection[int | None]
) -> list[CaseRow]:
    """Cases that schools and partners lead, and those that nobody leads."""
    elsewhere = [row for lead, row in led.items() if lead is not None and lead not in officers]
    counts = {
        ("Led by others", reverse("case_list")): (
            sum(number for number, _ in elsewhere),
            sum(late for _, late in elsewhere),
        ),
        ("Nobody leads yet", reverse("case_queues")): led.get(None, (0, 0)),
    }
    return [
        CaseRow(who, number, late, href) for (who, href), (number, late) in counts.items() if number
    ]


def _approvals(user: User) -> list[Approval]:
    """Overrides that wait for a decision, the oldest first."""
    if Permission.OVERRIDE_GATES not in permissions_of(user):
        return []
    waiting = StageOverride.objects.visible_to(user).filter(decision=StageOverride.Decision.WAITING)
    rows = waiting.select_related("case__pupil", "case__school", "asked_by").order_by("asked_at")
    return [_approval(row) for row in rows]


def _approval(row: StageOverride) -> Approval:
    reference = row.case.reference
    return Approval(
        reference=reference,
        pupil=str(row.case.pupil),
        school=str(row.case.school),
        stage=STAGES[Stage(row.to_stage)].place,
        asked=f"{row.asked_by}, {wording.moment(row.asked_at)}",
        href=reverse("override_decide", args=[reference, row.pk]),
    )


def _starting(summed: SchoolTally) -> StartingStock | None:
    first = first_run()
    if first is None or not summed.starting:
        return None
    in_order = sorted(summed.starting.items(), key=lambda row: FLAG_ORDER[FlagKind(row[0])])
    return StartingStock(summed.starting.total(), first.as_of, in_order)


def _patches(names: Collection[int], on: date) -> list[_Patch]:
    """Each officer's schools, and last the schools that are nobody's.

    A school's flags are its link officer's; where it has none, those of the officers who hold it
    by a patch, a trust or one by one.
    """
    linked = School.objects.filter(pk__in=list(names), link_officer__is_active=True)
    owners = {urn: (pk, name) for urn, pk, name in linked.values_list("urn", *_LINKED)}
    officers: dict[int, str] = {}
    patches: dict[int, dict[str, None]] = defaultdict(dict)
    held: dict[int, set[int]] = defaultdict(set)
    for user_id, officer, patch, *urns in _memberships(on):
        shown = {urn for urn in urns if urn in names}
        if shown:
            officers[user_id] = officer
            patches[user_id][patch or "Schools given one by one"] = None
            held[user_id].update(shown - owners.keys())
    for urn, (user_id, officer) in owners.items():
        officers.setdefault(user_id, officer)
        held[user_id].add(urn)
    in_order = sorted(officers.items(), key=lambda one: (one[1], one[0]))
    found = [
        _Patch(pk, name, wording.listed(patches[pk]) if patches[pk] else "", frozenset(held[pk]))
        for pk, name in in_order
    ]
    rest = frozenset(names).difference(*(patch.urns for patch in found))
    return [*found, _Patch(None, NO_OFFICER, "", rest)] if rest else found


_LINKED = ("link_officer_id", "link_officer__name")


def _memberships(on: date) -> QuerySet[Membership, tuple[Any, ...]]:
    rows = Membership.objects.filter(
        membership_in_force(on), role=Role.ATTENDANCE_OFFICER, user__is_active=True
    ).exclude(scope=Membership.Scope.LA)
    return rows.order_by("user__name", "user_id", "pk").values_list(
        "user_id",
        "user__name",
        F("patch__name"),
        "patch__schools__urn",
        "trust__schools__urn",
        "school_id",
    )


def _officer(
    patch: _Patch,
    found: Tallies,
    new: dict[int, int],
    behind: Collection[int],
    led: dict[int | None, tuple[int, int]],
) -> OfficerRow:
    summed = total(found, patch.urns)
    cases, overdue = (0, 0) if patch.user_id is None else led.get(patch.user_id, (0, 0))
    return OfficerRow(
        officer=patch.officer,
        patch=patch.name,
        schools=len(patch.urns),
        new=sum(new.get(urn, 0) for urn in patch.urns),
        unanswered=summed.unanswered,
        starting=summed.starting.total(),
        long_unanswered=summed.long_unanswered,
        behind=sum(urn in patch.urns for urn in behind),
        cases=cases,
        reviews_overdue=overdue,
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
    answers = answered(user, rows)
    return UnansweredAt(
        school=school.name,
        count=flags.count(),
        lines=[flag_line(flag, answers, on=on) for flag in rows],
    )
