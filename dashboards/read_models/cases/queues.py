"""Cases that nobody leads yet, by team and locality, and how much everyone has to lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, DateField, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest, TruncDate

from accounts.models import User as Person
from accounts.roles import Role
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from cases.choices import AGENCIES, Agency
from cases.models import Case, CaseWorker
from cases.states import STAGES, CaseStatus, Stage
from dashboards.read_models.cases.stuck import past_usual, weeks_in_stage
from schools.models import Membership, Place
from schools.scoping import membership_in_force

if TYPE_CHECKING:
    from accounts.models import User

#: The address of cases whose child has no locality that we know.
NO_LOCALITY: Final = "none"
_LOCALITY: Final = "pupil__ward__part_of"
#: Whose day is cases of many schools; school leads are named on the case's own page.
_COUNCIL: Final = (Role.ATTENDANCE_OFFICER, Role.TEAM_MANAGER)


@dataclass(frozen=True)
class Queue:
    """One team or locality with the number of cases that wait there; `key` narrows the page."""

    key: str
    label: str
    count: int


@dataclass(frozen=True)
class WaitingCase:
    """One case that nobody leads. `since`: since when, and how many weeks that is."""

    case_id: int
    reference: str
    pupil: str
    school: str
    stage: str
    team: str
    locality: str
    weeks: int
    since: str

    @property
    def choice(self) -> str:
        """What a form sends to choose it."""
        return str(self.case_id)


@dataclass(frozen=True)
class Caseload:
    """What one person leads: open cases (paused ones apart), and what of it has waited too long."""

    lead_id: int
    name: str
    open: int
    paused: int
    overdue: int
    stuck: int


def unallocated(user: User, *, team: str = "", locality: str = "") -> QuerySet[Case]:
    """Cases in scope that nobody leads, the longest waiting first.

    A case waits since it was opened, or since its last lead left it.
    """
    left = (
        CaseWorker.objects.filter(case=OuterRef("pk"), part=CaseWorker.Part.LEAD)
        .order_by()
        .values("case")
        .annotate(on=Max(TruncDate("ended_at", tzinfo=LONDON)))
        .values("on")
    )
    rows = Case.objects.visible_to(user).unallocated()
    rows = rows.annotate(
        waits_since=Greatest(
            F("opened_on"), Coalesce(Subquery(left, output_field=DateField()), F("opened_on"))
        )
    )
    if team:
        rows = rows.filter(team=team)
    if locality == NO_LOCALITY:
        rows = rows.filter(**{f"{_LOCALITY}__isnull": True})
    elif locality:
        rows = rows.filter(**{f"{_LOCALITY}__code": locality})
    found: QuerySet[Case] = rows.order_by("waits_since", "pk")
    return found


def waiting_cases(cases: Sequence[Case], *, on: date) -> list[WaitingCase]:
    """The lines of one page."""
    return [_waiting(case, on) for case in cases]


def with_what_lines_show(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Each case with its child, school and locality."""
    return rows.select_related("pupil__ward__part_of", "school")


def _waiting(case: Any, on: date) -> WaitingCase:
    ward = case.pupil.ward
    place = ward.part_of if ward else None
    return WaitingCase(
        case_id=case.pk,
        reference=case.reference,
        pupil=str(case.pupil),
        school=case.school.name,
        stage=STAGES[Stage(case.stage)].place,
        team=AGENCIES[Agency(case.team)],
        locality=place.name if place else "Not known",
        weeks=weeks_in_stage(case.waits_since, on),
        since=wording.day(case.waits_since),
    )


def queues_by_team(user: User) -> list[Queue]:
    """Every team with a case that waits, most first."""
    rows = Case.objects.visible_to(user).unallocated().order_by().values("team")
    counted = rows.annotate(number=Count("pk")).order_by("-number", "team")
    return [Queue(row["team"], AGENCIES[Agency(row["team"])], row["number"]) for row in counted]


def queues_by_locality(user: User) -> list[Queue]:
    """Every locality with a case that waits, by name; the unknown one last."""
    rows = Case.objects.visible_to(user).unallocated().order_by()
    counted = rows.values(code=F(f"{_LOCALITY}__code"), place=F(f"{_LOCALITY}__name"))
    found = [
        Queue(row["code"] or NO_LOCALITY, row["place"] or "Locality not known", row["number"])
        for row in counted.annotate(number=Count("pk"))
    ]
    return sorted(found, key=lambda one: (one.key == NO_LOCALITY, one.label))


def caseloads(user: User, *, on: date) -> list[Caseload]:
    """Everyone who leads a case in scope, by name; one query."""
    rows = Case.objects.visible_to(user).live().filter(lead__isnull=False).order_by()
    counted = rows.values("lead").annotate(
        open=Count("pk", filter=Q(status=CaseStatus.OPEN)),
        paused=Count("pk", filter=Q(status=CaseStatus.PAUSED)),
        overdue=Count("pk", filter=Q(next_review_on__lt=on)),
        stuck=Count("pk", filter=past_usual(on) & Q(status=CaseStatus.OPEN)),
    )
    found = {row["lead"]: row for row in counted}
    people = Person.objects.in_bulk(list(found))
    loads = [
        Caseload(
            lead_id=pk,
            name=str(people[pk]),
            open=row["open"],
            paused=row["paused"],
            overdue=row["overdue"],
            stuck=row["stuck"],
        )
        for pk, row in found.items()
    ]
    return sorted(loads, key=lambda one: (one.name.casefold(), one.lead_id))


def leads_to_choose(loads: Sequence[Caseload], *, on: date) -> list[tuple[str, str]]:
    """Officers and managers, each with how much they lead, so that nobody gets it all."""
    led = {one.lead_id: one.open for one in loads}
    held = Membership.objects.filter(
        membership_in_force(on), role__in=_COUNCIL, user__is_active=True
    ).select_related("user")
    people = {row.user_id: str(row.user) for row in held}
    in_order = sorted(people.items(), key=lambda one: (one[1].casefold(), one[0]))
    return [(str(pk), f"{name}, {led.get(pk, 0)} open") for pk, name in in_order]


def is_locality(code: str) -> bool:
    """Whether a queue may be narrowed to this."""
    known = Place.objects.filter(kind=Place.Kind.LOCALITY, code=code)
    return code == NO_LOCALITY or known.exists()
