"""P19: who has met and who has not, a school a row and a term a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.roles import Role
from attendance.read_models import school_totals
from attendance.states import Tag
from dashboards.read_models.meetings.head import moment_in_words, term_in_words
from dashboards.read_models.school_list import council_contacts
from meetings.read_models.agreed import completions
from meetings.read_models.board import (
    TERMS,
    Board,
    BoardRow,
    Cell,
    board,
    invitations,
    not_booked,
    not_met,
    term_on,
    to_record,
)
from schools.choices import PHASE
from schools.models import Membership, School
from schools.scoping import membership_in_force

if TYPE_CHECKING:
    from accounts.models import User

NOT_BOOKED: Final = "not_booked"
NOT_MET: Final = "not_met"
UNDECIDED: Final = "undecided"
#: Which schools of the board are shown, by the value in the address.
SHOWN: Final = {
    NOT_BOOKED: "Not booked",
    NOT_MET: "Not met",
    UNDECIDED: "Met, no decision maker there",
}
#: How many schools an empty board names to begin with.
BEGIN_WITH: Final = 6
_NOT_DUE: Final = "Not due this term"


@dataclass(frozen=True)
class BoardCell:
    """One term of a school: the tag, the day, and the meeting that it opens.

    `tag` is None where no meeting is due and none was booked.
    """

    term: str
    tag: Tag | None
    when: str
    href: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class BoardLine:
    """One school. `book_href` where this term's meeting is due and none stands."""

    urn: int
    name: str
    phase: str
    contact: str
    cells: tuple[BoardCell, ...]
    book_href: str


@dataclass(frozen=True)
class MeetingBoard:
    """P19. `coverage`: the sentence at the top. `is_empty`: nothing is booked this term yet;
    `begin_with`: then the schools with most severe absence, A to Z."""

    coverage: str
    term: str
    terms: tuple[str, ...]
    lines: list[BoardLine]
    is_empty: bool
    begin_with: list[BoardLine]


def meeting_board(
    user: User, schools: QuerySet[School], *, shown: str, on: date, may_book: bool
) -> MeetingBoard:
    """The board of these schools in the academic year of a day. `shown` is a value of SHOWN, or
    empty for every school; the sentence counts all of them, whatever is shown."""
    year, term = term_on(on)
    found = board(user, academic_year=year, term=term, schools=schools)
    terms = tuple(term_in_words(year, number) for number in TERMS)
    contacts = council_contacts([row.urn for row in found.rows], on=on)
    met = [cell.meeting_id for row in found.rows for cell in row.cells if cell.meeting_id]
    done = {pk: one.words for pk, one in completions(met, on).items()}
    lines = {
        row.urn: _line(row, term, terms, contacts.get(row.urn, ()), done, may_book=may_book)
        for row in found.rows
    }
    return MeetingBoard(
        coverage=found.coverage_words,
        term=terms[term - 1],
        terms=terms,
        lines=[lines[row.urn] for row in _shown(found, shown)],
        is_empty=not any(row.cells[term - 1].meeting_id for row in found.rows),
        begin_with=[],
    )


def with_beginning(found: MeetingBoard, user: User, *, as_of: date | None) -> MeetingBoard:
    """An empty board names the schools with most severely absent pupils as a place to begin."""
    if not found.is_empty or as_of is None:
        return found
    severe = {row.urn: row.severe for row in school_totals(user, as_of=as_of) if row.severe}
    most = sorted(severe, key=lambda urn: (-severe[urn], urn))[:BEGIN_WITH]
    lines = [line for line in found.lines if line.urn in most and line.book_href]
    return replace(found, begin_with=lines)


def officers_to_choose(user: User, *, on: date) -> list[tuple[str, str]]:
    """The officers who have a school that this person sees: key and name, A to Z."""
    schools = School.objects.visible_to(user).filter(status="open")
    linked = schools.exclude(link_officer=None).values_list("link_officer", "link_officer__name")
    of_patches = (
        Membership.objects.filter(
            membership_in_force(on), role=Role.ATTENDANCE_OFFICER, patch__schools__in=schools
        )
        .filter(user__is_active=True)
        .values_list("user", "user__name")
    )
    return sorted(
        {(str(key), name) for key, name in [*linked, *of_patches]}, key=lambda one: (one[1], one[0])
    )


def of_officer(schools: QuerySet[School], officer: str, *, on: date) -> QuerySet[School]:
    """The schools that an officer is linked with, or has in a patch."""
    patches = Membership.objects.filter(
        membership_in_force(on), role=Role.ATTENDANCE_OFFICER, user=int(officer)
    )
    return schools.filter(
        Q(link_officer=int(officer)) | Q(patches__in=patches.values("patch"))
    ).distinct()


def _shown(found: Board, shown: str) -> Sequence[BoardRow]:
    if shown == NOT_BOOKED:
        return not_booked(found)
    if shown == NOT_MET:
        return not_met(found)
    if shown == UNDECIDED:
        return [row for row in found.rows if row.cells[found.term - 1].has_decision_maker is False]
    return found.rows


def _line(
    row: BoardRow,
    term: int,
    terms: tuple[str, ...],
    contacts: Sequence[str],
    done: Mapping[int, str],
    *,
    may_book: bool,
) -> BoardLine:
    now = row.cells[term - 1]
    query = urlencode({"school": row.urn})
    may = may_book and now.is_due and not _stands(now)
    return BoardLine(
        urn=row.urn,
        name=row.school,
        phase=PHASE.get(row.phase, "Post-16"),
        contact=", ".join(contacts),
        cells=tuple(_cell(one, words, done) for one, words in zip(row.cells, terms, strict=True)),
        book_href=f"{reverse('meeting_book')}?{query}" if may else "",
    )


def _stands(cell: Cell) -> bool:
    return cell.meeting_id is not None and not cell.reason


def _cell(cell: Cell, term: str, done: Mapping[int, str]) -> BoardCell:
    """Of a held meeting, what came of its actions too."""
    notes = [cell.decision_maker_words, cell.reason]
    if cell.has_decision_maker is not None and cell.meeting_id is not None:
        notes.append(done.get(cell.meeting_id, ""))
    if not cell.is_due:
        notes.append(_NOT_DUE)
    return BoardCell(
        term=term,
        tag=cell.tag if cell.is_due or cell.meeting_id else None,
        when=cell.when,
        href=reverse("meeting", args=[cell.meeting_id]) if cell.meeting_id else "",
        notes=tuple(filter(None, notes)),
    )


@dataclass(frozen=True)
class InvitedLine:
    """A meeting to which the reader was asked, or of which nobody said whether it was held."""

    school: str
    when: str
    href: str


def unrecorded(user: User, at: datetime) -> list[InvitedLine]:
    """The meetings whose day is over and of which nobody said whether they were held."""
    return [
        InvitedLine(one.school.name, moment_in_words(one), reverse("meeting", args=[one.pk]))
        for one in to_record(user, at)
    ]


def invited(user: User) -> list[InvitedLine]:
    """The meetings ahead to which this person was asked, soonest first."""
    return [
        InvitedLine(one.school.name, moment_in_words(one), reverse("meeting", args=[one.pk]))
        for one in invitations(user)
    ]
