"""The meetings board: each school's meetings of a year, who has met, who has not, what is next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from accounts.models import User
from attendance.rules.percent import shown_percent
from attendance.states import Tag
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from meetings.models import Meeting, TsmFrequency
from meetings.rules.frequency import ONE_A_TERM, Coverage, coverage, is_due
from meetings.states import MeetingState, meeting_tag
from schools.models import School, Term
from schools.rules.calendar import (
    TERMS_IN_A_YEAR,
    YEAR_STARTS_MONTH,
    academic_year,
    term_of_half_term,
)

SUMMER_FROM_MONTH: Final = 4  # where no terms are loaded
TERMS: Final = tuple(range(1, TERMS_IN_A_YEAR + 1))


@dataclass(frozen=True)
class Cell:
    """One school's meeting of one term. `meeting_id` is empty where none was booked."""

    term: int
    tag: Tag
    meeting_id: int | None = None
    when: str = ""  # '17 Mar 2026', or '3 times offered'
    reason: str = ""  # of one that was not held
    is_due: bool = True
    has_decision_maker: bool | None = None  # known once the meeting was held

    @property
    def decision_maker_words(self) -> str:
        """'Decision maker there', 'No decision maker there', or nothing before it was held."""
        if self.has_decision_maker is None:
            return ""
        return "Decision maker there" if self.has_decision_maker else "No decision maker there"


@dataclass(frozen=True)
class BoardRow:
    """One school, with a cell a term."""

    urn: int
    school: str
    phase: str
    officer: str
    per_year: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Board:
    """The rows A to Z, and how many of the schools due this term have met."""

    academic_year: int
    term: int
    rows: tuple[BoardRow, ...]
    coverage: Coverage

    @property
    def coverage_words(self) -> str:
        """'41 of 59 schools met this term (69.5%)'."""
        held, due = self.coverage.held, self.coverage.due
        if not due:
            return "No school is due a meeting this term"
        schools = "school" if due == 1 else "schools"
        return f"{held:,} of {due:,} {schools} met this term ({shown_percent(held, due)})"


def term_on(on: date) -> tuple[int, int]:
    """The academic year and term of a day: of the half-term it lies in, else of the next one in
    its year, else of the last one before. Without terms, by the calendar."""
    year = academic_year(on)
    halves = list(Term.objects.filter(academic_year=year).order_by("starts_on"))
    later = next((half for half in halves if half.ends_on >= on), None)
    half = later or (halves[-1] if halves else None)
    if half is not None:
        return year, term_of_half_term(half.half_term)
    return year, 1 if on.month >= YEAR_STARTS_MONTH else 2 if on.month < SUMMER_FROM_MONTH else 3


def board(
    user: User, *, academic_year: int, term: int, schools: Iterable[School] | None = None
) -> Board:
    """The open schools in scope, or those of them given, with their meetings of a year.

    Four queries. A held meeting takes the place of one that was not; else the newest is shown.
    """
    shown = School.objects.visible_to(user).filter(status="open")
    if schools is not None:
        shown = shown.filter(pk__in=[school.pk for school in schools])
    listed = list(shown.select_related("link_officer").alphabetical())
    often = dict(
        TsmFrequency.objects.filter(school__in=listed).values_list("school_id", "per_year")
    )
    found = _latest(user, academic_year, [school.pk for school in listed])
    rows = tuple(
        BoardRow(
            urn=school.urn,
            school=school.name,
            phase=school.phase,
            officer=str(school.link_officer or ""),
            per_year=often.get(school.urn, ONE_A_TERM),
            cells=tuple(
                _cell(found.get((school.urn, one)), one, often.get(school.urn, ONE_A_TERM))
                for one in TERMS
            ),
        )
        for school in listed
    )
    held = ((row.per_year, _is_held(found.get((row.urn, term)))) for row in rows)
    return Board(academic_year, term, rows, coverage(held, term))


def not_met(shown: Board) -> list[BoardRow]:
    """The schools of a board whose meeting is due this term and was not held, A to Z."""
    return [row for row in shown.rows if _is_owed(row.cells[shown.term - 1])]


def not_booked(shown: Board) -> list[BoardRow]:
    """Those of them for whom no time is offered or booked either."""
    return [row for row in not_met(shown) if not _is_ahead(row.cells[shown.term - 1])]


def _is_owed(cell: Cell) -> bool:
    return cell.is_due and cell.tag != meeting_tag(MeetingState.HELD)


def _is_ahead(cell: Cell) -> bool:
    return cell.tag in (meeting_tag(MeetingState.OFFERED), meeting_tag(MeetingState.BOOKED))


def next_meeting(user: User, school: School, at: datetime) -> Meeting | None:
    """The school's next meeting that is booked, else the one whose times are offered."""
    rows = Meeting.objects.visible_to(user).ahead().filter(school=school)
    found: Meeting | None = (
        rows.upcoming(at).first() or rows.filter(state=MeetingState.OFFERED).first()
    )
    return found


def upcoming(user: User, at: datetime, *, most: int = 5) -> list[Meeting]:
    """The next booked meetings that this person sees, today's included, soonest first."""
    rows = Meeting.objects.visible_to(user).upcoming(at).select_related("school", "la_contact")
    return list(rows[:most])


def to_record(user: User, at: datetime) -> list[Meeting]:
    """Meetings whose day is over and of which nobody said whether they were held, oldest first."""
    rows = Meeting.objects.visible_to(user).to_record(at).select_related("school", "la_contact")
    return list(rows)


def invitations(user: User) -> list[Meeting]:
    """The meetings still ahead to which this person was asked, soonest first, offers last."""
    asked = user.meeting_attendances.filter(is_expected=True).values("meeting_id")
    rows = Meeting.objects.visible_to(user).ahead().filter(pk__in=asked)
    return sorted(
        rows.select_related("school", "la_contact"),
        key=lambda one: (one.starts_at is None, one.starts_at or one.at, one.pk),
    )


def _latest(user: User, year: int, urns: list[int]) -> dict[tuple[int, int], Meeting]:
    rows = (
        Meeting.objects.visible_to(user)
        .filter(academic_year=year, school__in=urns)
        .with_decision_maker()
        .prefetch_related("slots")
        .order_by("pk")
    )
    found: dict[tuple[int, int], Meeting] = {}
    for row in rows:
        before = found.get((row.school_id, row.term))
        if before is None or before.state == MeetingState.NOT_HELD:
            found[row.school_id, row.term] = row
    return found


def _is_held(meeting: Meeting | None) -> bool:
    return meeting is not None and meeting.state == MeetingState.HELD


def _cell(meeting: Meeting | None, term: int, per_year: int) -> Cell:
    due = is_due(per_year, term)
    if meeting is None:
        return Cell(term, meeting_tag(None), is_due=due)
    decided = getattr(meeting, "has_decision_maker", None) if _is_held(meeting) else None
    return Cell(
        term=term,
        tag=meeting_tag(meeting.state),
        meeting_id=meeting.pk,
        when=when_in_words(meeting),
        reason=meeting.not_held_reason,
        is_due=due,
        has_decision_maker=decided,
    )


def when_in_words(meeting: Meeting) -> str:
    """'17 Mar 2026', or how many times are offered."""
    if meeting.starts_at is not None:
        return wording.day(meeting.starts_at.astimezone(LONDON).date())
    standing = [slot for slot in meeting.slots.all() if slot.withdrawn_at is None]
    return f"{wording.counted(len(standing), 'time')} offered" if standing else ""
