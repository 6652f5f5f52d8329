"""Rows of the case list: where each case stands, who leads it, when it is looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.expressions import OrderBy

from accounts.roles import Role
from attendance.models import Flag
from attendance.states import Tag
from cases.flags import unanswered
from cases.models import Case, Hold
from cases.read_models.direction import computed_directions
from cases.states import ARROWS, DIRECTIONS, STAGES, CaseStatus, Stage, case_tag
from dashboards.listing import Column
from dashboards.parts import ContextualDate, due_date
from dashboards.read_models.cases.stuck import weeks_in_stage
from dashboards.read_models.rolls import own_enrolments
from schools.scoping import casework_access_of, roles_of

if TYPE_CHECKING:
    from accounts.models import User

DEFAULT_SORT: Final = "review"
COLUMNS: Final = (
    Column("Pupil", "name"),
    Column("School", "school"),
    Column("Stage", "stage"),
    Column("Weeks in it", "weeks", is_numeric=True),
    Column("Lead", "lead"),
    Column("Next review", "review"),
    Column("Direction"),
)
#: What each column sorts by. More weeks are an earlier day, so that order is turned round.
_ORDERS: Final = {
    "name": "pupil__folded_name",
    "school": "school__folded_name",
    "stage": "stage",
    "weeks": "stage_since",
    "lead": "lead__name",
    "review": "next_review_on",
}


@dataclass(frozen=True)
class CaseRow:
    """One line of the list. `tag` where it is not simply open; `notes`: what must be known;
    `why`: where marks have stopped, when."""

    reference: str
    pupil: str
    school: str
    stage: str
    weeks: int
    lead: str
    review: ContextualDate | None
    direction: str
    arrow: str
    why: str
    tag: Tag | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Empty:
    """What stands where no case does."""

    text: str
    next: str
    href: str
    link: str


def listed_cases(user: User, *, status: str) -> QuerySet[Case]:
    """The cases of the list: those in scope that are worked on, unless a status is asked for."""
    rows = Case.objects.visible_to(user)
    found: QuerySet[Case] = rows if status else rows.live()
    return found


def ordered(rows: QuerySet[Case], sort: str) -> QuerySet[Case]:
    """In the order asked for, then by name; a case without a value comes last."""
    key = sort.removeprefix("-")
    descends = sort.startswith("-") != (key == "weeks")
    order = OrderBy(F(_ORDERS[key]), descending=descends, nulls_last=True)
    return rows.order_by(order, "pupil__folded_name", "pk")


def with_what_rows_show(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Each case with its people and whether a hold stands for its child."""
    held = Hold.objects.filter(pupil=OuterRef("pupil"), ended_at__isnull=True)
    return rows.select_related("pupil", "school", "lead").annotate(is_held=Exists(held))


def case_rows(cases: Sequence[Case], *, on: date) -> list[CaseRow]:
    """The lines of one page, by a fixed number of queries whatever their number."""
    directions = computed_directions(cases, on=on)
    rows = []
    for case in cases:
        computed = directions[case.pk]
        rows.append(
            CaseRow(
                reference=case.reference,
                pupil=str(case.pupil),
                school=case.school.name,
                stage=STAGES[Stage(case.stage)].place,
                weeks=weeks_in_stage(case.stage_since, case.closed_on or on),
                lead=str(case.lead) if case.lead else "Nobody yet",
                review=due_date(case.next_review_on, today=on) if case.next_review_on else None,
                direction=DIRECTIONS[computed.direction] if case.is_live else "",
                arrow=ARROWS[computed.direction] if case.is_live else "",
                why=computed.why if case.is_live and computed.has_stopped else "",
                tag=_tag(case),
                notes=tuple(_notes(case)),
            )
        )
    return rows


def _tag(case: Case) -> Tag | None:
    if case.status == CaseStatus.OPEN:
        return None
    return case_tag(case.status, case.paused_until)


def _notes(case: Case) -> Iterable[str]:
    if case.is_held:  # type: ignore[attr-defined]
        yield "Hold stands"


def empty_list(user: User, *, on: date, today_href: str) -> Empty:
    """No case at all: why, and where one may begin."""
    access = casework_access_of(user)
    roles = roles_of(user)
    if not access.everything and not access.urns:
        return Empty("The cases that you work on stand here. There are none yet.", "", "", "")
    at_school = Role.SCHOOL_LEAD in roles and not access.everything
    where = "at your schools" if at_school else "on your patch"
    waiting = unanswered(
        Flag.objects.open().filter(enrolment__in=own_enrolments(user, on).values("pk")), on=on
    ).count()
    return Empty(
        f"No open cases {where}.",
        f"Flags that may need one: {waiting:,}.",
        today_href,
        "Open Today",
    )
