"""One school's registers: what came, what is owed, part-time timetables, codes to ask about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from attendance import codes
from attendance.models import EnrolmentCheck, RegisterBatch, RegisterWeek
from attendance.read_models.feeds import feeds
from attendance.rules.marks import Mark, register
from attendance.rules.register_queries import CODES_ASKED_ABOUT, QUERIES, QueryKind, queries_of
from attendance.states import ROUTES
from attendance_portal.shared import wording
from dashboards.charts import Chart
from dashboards.read_models.feeds import feed_chart
from dashboards.read_models.marks import marks_of
from dashboards.read_models.rolls import own_enrolments
from schools.choices import year_group_label
from schools.models import Enrolment, School
from schools.rules.calendar import academic_year, academic_year_start, week_start

if TYPE_CHECKING:
    from accounts.models import User

BATCHES_SHOWN: Final = 5
_PART_TIME: Final = "C2"


@dataclass(frozen=True)
class OwedLine:
    """A child with sessions still coded N after five school days."""

    public_id: UUID
    pupil: str
    year_group: str
    sessions: int
    oldest: str


@dataclass(frozen=True)
class CodeLine:
    """A child with sessions of one code: how many, the first and the latest."""

    public_id: UUID
    pupil: str
    year_group: str
    sessions: int
    first: str
    latest: str


@dataclass(frozen=True)
class Query:
    """A question about a code, and the children it is about."""

    question: str
    source: str
    lines: list[CodeLine]


@dataclass(frozen=True)
class BatchLine:
    """One batch that the school sent."""

    batch_id: int
    at: datetime
    route: str
    counts: str


@dataclass(frozen=True)
class RegistersPage:
    """The whole page, as of the figures' date."""

    grid: Chart | None
    owed: list[OwedLine]
    part_time: list[CodeLine]
    queries: list[Query]
    batches: list[BatchLine]


def registers_page(school: School, user: User, *, as_of: date, on: date) -> RegistersPage:
    """The registers of one school in the academic year of a date."""
    enrolments = own_enrolments(user, on).filter(school=school).select_related("pupil")
    marked = _marks_of_codes(enrolments, (_PART_TIME, *CODES_ASKED_ABOUT), as_of)
    return RegistersPage(
        grid=feed_chart(feeds([school], as_of=as_of)),
        owed=_owed(enrolments, as_of),
        part_time=_part_time(marked),
        queries=_queries(marked),
        batches=_batches(school, user),
    )


def _owed(enrolments: QuerySet[Enrolment], as_of: date) -> list[OwedLine]:
    """Those whose flag for it is open: the list `?flag=unresolved_n` shows the same children."""
    checks = (
        EnrolmentCheck.objects.filter(enrolment__in=enrolments.values("pk"), n_overdue__gt=0)
        .filter(Q(enrolment__ends_on__isnull=True) | Q(enrolment__ends_on__gte=as_of))
        .select_related("enrolment__pupil")
        .order_by("n_oldest", "enrolment__pupil__folded_name", "pk")
    )
    return [
        OwedLine(
            public_id=check.enrolment.pupil.public_id,
            pupil=str(check.enrolment.pupil),
            year_group=_year(check.enrolment),
            sessions=check.n_overdue,
            oldest=wording.day_of_week(check.n_oldest) if check.n_oldest else "",
        )
        for check in checks
    ]


def _year(enrolment: Enrolment) -> str:
    return year_group_label(enrolment.year_group) or "Not known"


def _marks_of_codes(
    enrolments: QuerySet[Enrolment], asked: Iterable[str], as_of: date
) -> dict[Enrolment, list[Mark]]:
    """Each child's marks of these codes this academic year, for children who have any."""
    first = academic_year_start(academic_year(as_of))
    symbols = "".join(row.symbol for row in codes.all_codes() if row.code in set(asked))
    weeks = (
        RegisterWeek.objects.filter(
            enrolment__in=enrolments.values("pk"),
            week_start__gte=week_start(first),
            week_start__lte=as_of,
            marks__regex=f"[{symbols}]",
        )
        .order_by("week_start")
        .values_list("enrolment_id", "week_start", "marks")
    )
    pages: dict[int, list[tuple[date, str]]] = defaultdict(list)
    for key, monday, marks in weeks:
        pages[key].append((monday, marks))
    children = enrolments.filter(pk__in=list(pages)).order_by("pupil__folded_name", "pk")
    found = {}
    for child in children:
        known = register(
            marks_of(pages[child.pk]), start=child.starts_on, end=child.ends_on, on=as_of
        )
        found[child] = [mark for mark in known if mark.date >= first and mark.code in set(asked)]
    return {child: marks for child, marks in found.items() if marks}


def _part_time(marked: dict[Enrolment, list[Mark]]) -> list[CodeLine]:
    lines = []
    for child, marks in marked.items():
        sessions = [mark for mark in marks if mark.code == _PART_TIME]
        if sessions:
            lines.append(_code_line(child, sessions))
    return lines


def _queries(marked: dict[Enrolment, list[Mark]]) -> list[Query]:
    lines: dict[QueryKind, list[CodeLine]] = defaultdict(list)
    for child, marks in marked.items():
        found = queries_of(
            marks, date_of_birth=child.pupil.date_of_birth, year_group=child.year_group
        )
        for kind, sessions in found.items():
            lines[kind].append(_code_line(child, sessions))
    return [
        Query(words.question, words.source, lines[kind])
        for kind, words in QUERIES.items()
        if kind in lines
    ]


def _code_line(child: Enrolment, marks: Sequence[Mark]) -> CodeLine:
    return CodeLine(
        public_id=child.pupil.public_id,
        pupil=str(child.pupil),
        year_group=_year(child),
        sessions=len(marks),
        first=wording.day_of_week(marks[0].date),
        latest=wording.day_of_week(marks[-1].date),
    )


def _batches(school: School, user: User) -> list[BatchLine]:
    rows = (
        RegisterBatch.objects.visible_to(user)
        .filter(school=school)
        .exclude(state=RegisterBatch.State.REVIEW)
        .order_by("-pk")[:BATCHES_SHOWN]
    )
    return [
        BatchLine(
            batch_id=row.pk,
            at=row.created_at,
            route=ROUTES[row.route],
            counts=(
                f"{row.inserted:,} new, {row.changed:,} changed, {row.unchanged:,} the same, "
                f"{row.rejected:,} refused"
            ),
        )
        for row in rows
    ]
