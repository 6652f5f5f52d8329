"""A school's own view as a page: what moved since last time, and what to speak about next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from attendance_portal.shared import wording
from dashboards.read_models.meetings.head import term_in_words
from meetings.choices import Side
from meetings.models import Meeting
from meetings.permissions import check_can_prepare, side_of
from meetings.read_models.own_view import OwnView, ScoreRow
from meetings.states import AssessmentState, Score
from schools.permissions import allowed

if TYPE_CHECKING:
    from accounts.models import User

#: What is scored so low is worth a conversation, whether it moved or not: our proposal.
WORTH_SPEAKING_OF: Final = Score.BEGUN


@dataclass(frozen=True)
class Next:
    """An expectation to speak about, and why."""

    label: str
    why: str


@dataclass(frozen=True)
class OwnViewPage:
    """`moved`: in words, how many expectations are further on, the same or less far; `last_term`
    is empty where there is no last time."""

    view: OwnView
    last_term: str
    moved: str
    next: list[Next]
    shared: str
    may_write: bool
    may_share: bool
    empty: str


def own_view_page(found: OwnView, meeting: Meeting, user: User) -> OwnViewPage:
    """The view of the meeting's term, as far as this person may read it."""
    may_write = side_of(user) is Side.SCHOOL and allowed(check_can_prepare, user, meeting)
    is_draft = found.view is not None and found.view.state == AssessmentState.DRAFT
    last = found.last
    return OwnViewPage(
        view=found,
        last_term=term_in_words(last.academic_year, last.term) if last is not None else "",
        moved=_moved(found.scores),
        next=_next(found.scores),
        shared=_shared(found),
        may_write=may_write,
        may_share=may_write and is_draft,
        empty=_empty(found, user),
    )


def _moved(rows: tuple[ScoreRow, ...]) -> str:
    both = [row for row in rows if row.score is not None and row.last_score is not None]
    if not both:
        return ""
    further = sum((row.score or 0) > (row.last_score or 0) for row in both)
    less = sum((row.score or 0) < (row.last_score or 0) for row in both)
    same = len(both) - further - less
    number = wording.counted(len(both), "expectation")
    return (
        f"Of {number} scored both times, {further:,} further on, {same:,} as last time, "
        f"{less:,} less far."
    )


def _next(rows: tuple[ScoreRow, ...]) -> list[Next]:
    found = []
    for row in rows:
        if row.score is None:
            continue
        if row.last_score is not None and row.score < row.last_score:
            found.append(Next(row.expectation.label, f"{row.change}: {row.words}"))
        elif row.score <= WORTH_SPEAKING_OF:
            found.append(Next(row.expectation.label, row.words))
    return found


def _shared(found: OwnView) -> str:
    if found.view is None or found.view.submitted_at is None:
        return ""
    by = f" by {found.view.submitted_by}" if found.view.submitted_by else ""
    return f"Shared{by} on {wording.moment(found.view.submitted_at)}."


def _empty(found: OwnView, user: User) -> str:
    if found.view is not None:
        return ""
    if side_of(user) is Side.SCHOOL:
        return "Nothing is written for this term yet."
    return "The school has not shared its own view for this term yet."
