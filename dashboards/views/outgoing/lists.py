"""Lists that name children: pupils and cases. Only for people who may open those records."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from accounts.roles import Permission
from attendance.cohorts import COHORTS
from attendance.rules.protection import NOT_AVAILABLE
from attendance.states import FLAGS, FlagKind
from attendance_portal.shared import clock
from cases.filters import CaseListFilter
from cases.models import Case
from dashboards import listing
from dashboards.exports import registry
from dashboards.exports.tables import Column, Kind, Row, Table
from dashboards.filters import RecordFilter
from dashboards.read_models import pupil_list
from dashboards.read_models.cases import case_list
from dashboards.read_models.pupil_list import Question
from dashboards.views import pupil_list as pupils
from dashboards.views.cases import case_list as cases
from dashboards.views.chips import filter_chips
from dashboards.views.outgoing.common import SYMBOLS, in_words, rate_cells, rate_columns
from schools.models import Enrolment
from schools.permissions import SignedInRequest

_AT_ONCE = 500  # lines worked out together


@registry.table("pupil_list", "Pupils", Permission.SEE_PUPILS, names_children=True)
def pupil_table(request: SignedInRequest, _is_protected: bool) -> Table:
    """The whole pupil list, by its filters and order."""
    asked = pupils.asked_of(request)
    found = asked.rows.filtered(request.GET)
    question = pupils.question_of(asked, found)
    cohort = COHORTS.get(question.cohort)
    return Table(
        title=f"Pupils: {cohort.label.lower()}" if cohort else "Pupils",
        as_of=question.as_of or question.on,
        columns=_pupil_columns(question),
        rows=_pupil_rows(request, found, question),
        about=in_words(filter_chips(found.form, request.GET)),
        notes=["One row an enrolment: a child on two rolls stands twice.", SYMBOLS],
    )


def _pupil_columns(question: Question) -> list[Column]:
    of_cohort = [Column("Why in this cohort")] if question.cohort else []
    return [
        Column("Pupil"),
        Column("Note"),
        Column("School"),
        Column("Year"),
        *rate_columns(question.missed_label),
        Column("Unauthorised", Kind.NUMBER),
        *of_cohort,
        Column("Open flags"),
    ]


def _pupil_rows(request: SignedInRequest, found: RecordFilter, question: Question) -> Iterator[Row]:
    sort = listing.chosen_sort(request.GET, question.columns, pupil_list.DEFAULT_SORT)
    rows = pupil_list.ordered(found.qs, sort, question).select_related("pupil", "school")
    coming = rows.iterator(chunk_size=_AT_ONCE)
    while some := list(islice(coming, _AT_ONCE)):
        for enrolment, line in zip(some, pupil_list.pupil_rows(some, question), strict=True):
            yield _pupil_row(enrolment, line, question)


def _pupil_row(enrolment: Enrolment, line: pupil_list.PupilRow, question: Question) -> Row:
    share, *counts = rate_cells(line.absence, line.sessions)
    return Row(
        [
            line.name,
            "; ".join([*line.notes, *([line.stale.text] if line.stale else [])]),
            line.school,
            line.year_group or "Not known",
            "Too early to say" if line.is_too_early else share,
            *counts,
            line.unauthorised or NOT_AVAILABLE,
            *([line.reason] if question.cohort else []),
            ", ".join(FLAGS[FlagKind(kind)].tag.label for kind in line.kinds) or "None",
        ],
        child=str(enrolment.pupil.public_id),
    )


@registry.table("case_list", "Cases", Permission.SEE_CASES, names_children=True, is_of_today=True)
def case_table(request: SignedInRequest, _is_protected: bool) -> Table:
    """The whole case list, by its filters and order, as cases stand today."""
    on = clock.today()
    found = cases.found_cases(request, on)
    return Table(
        title="Cases",
        as_of=on,
        columns=[
            Column("Pupil"),
            Column("Case"),
            Column("Note"),
            Column("School"),
            Column("Stage"),
            Column("Weeks in it", Kind.NUMBER),
            Column("Lead"),
            Column("Next review", Kind.DATE),
            Column("Direction"),
        ],
        rows=_case_rows(request, found),
        about=in_words(filter_chips(found.form, request.GET)),
        notes=["Cases stand as they are on the day that the file is taken."],
    )


def _case_rows(request: SignedInRequest, found: CaseListFilter) -> Iterator[Row]:
    on = clock.today()
    _, rows = cases.ordered_cases(request, found)
    coming = rows.iterator(chunk_size=_AT_ONCE)
    while some := list(islice(coming, _AT_ONCE)):
        lines = case_list.case_rows(some, on=on)
        yield from map(_case_row, some, lines)


def _case_row(case: Case, line: case_list.CaseRow) -> Row:
    notes = [*line.notes, *([line.tag.label] if line.tag else [])]
    return Row(
        [
            line.pupil,
            line.reference,
            "; ".join(notes),
            line.school,
            line.stage,
            line.weeks,
            line.lead,
            case.next_review_on or "None",
            line.why or line.direction,
        ],
        child=str(case.pupil.public_id),
    )
