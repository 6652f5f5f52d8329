"""Saved lists that remember who was on them: what stands there now, what is new and what is gone.

Only numbers of rows are kept. Each reading asks the list again as its owner, by the same filters as
its page, so that a count is the list's length at that moment; and of what was there before, only
what the owner may still see is told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from accounts.models import SavedView, User
from accounts.roles import Permission
from attendance.selectors import figures_date
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from cases.filters import CaseListFilter
from cases.models import Case
from dashboards.addresses import is_open_to, route_at
from dashboards.filters import RecordFilter
from dashboards.read_models.cases.case_list import listed_cases
from dashboards.read_models.meetings.board import meeting_board
from dashboards.read_models.rolls import enrolments_of_year, own_enrolments
from dashboards.school_filters import BoardForm, SchoolsForm
from schools.choices import PHASE, year_group_label
from schools.models import Enrolment, School
from schools.permissions import permissions_of

LINES_SHOWN: Final = 100
_AS_OF: Final = "as_of"


@dataclass(frozen=True)
class Line:
    """One row in words: the child, where it leads, and what else tells children apart."""

    text: str
    href: str
    about: str


@dataclass(frozen=True)
class Standing:
    """A worklist now: the numbers of its rows, those that are new since its owner looked, and those
    that are gone and may still be seen. `rows` is None once the list is not open to the owner."""

    view: SavedView
    noun: str
    rows: frozenset[int] | None
    new: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()

    @property
    def count(self) -> int:
        """The list's length."""
        return len(self.rows or ())

    @property
    def words(self) -> str:
        """'214 pupils, 6 new since Monday 2 March 2026, 4 gone'."""
        if self.rows is None or self.view.looked_at is None:
            return "This list is not open to you now."
        since = wording.long_day(self.view.looked_at.astimezone(LONDON).date())
        new = f"{len(self.new):,} new since {since}" if self.new else f"none new since {since}"
        gone = f"{len(self.gone):,} gone" if self.gone else ""
        return ", ".join(filter(None, (wording.counted(self.count, self.noun), new, gone)))

    @property
    def mark(self) -> str:
        """What the list was when it was read: whoever marks it as looked at sends this back."""
        told = ",".join(map(str, sorted(self.rows or ())))
        return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class _Asking:
    """What filters need of a request: who asks."""

    user: User


@dataclass(frozen=True)
class _Kind:
    """A list that can be a worklist: its rows, those of them somebody may still see, and lines."""

    noun: str
    rows: Callable[[User, QueryDict, date], QuerySet[Any]]
    visible: Callable[[User, date], QuerySet[Any]]
    lines: Callable[[Iterable[Any]], list[Line]]
    with_its: tuple[str, ...] = ("pupil", "school")
    by_name: tuple[str, ...] = ("pupil__folded_name", "pk")


_OF_SCHOOLS: Final = (("trust",), ("folded_name", "pk"))


def _pupils(user: User, query: QueryDict, on: date) -> QuerySet[Enrolment]:
    """As the pupil list asks for them, at the figures' date."""
    may = permissions_of(user)
    without: frozenset[str] = frozenset()
    if Permission.SEE_SENSITIVE not in may:
        without |= RecordFilter.SENSITIVE
    if Permission.SEE_CASES not in may:
        without |= RecordFilter.CASEWORK
    rows = enrolments_of_year(user, as_of=figures_date() or on, on=on)
    found = RecordFilter(query, rows, request=_Asking(user), on=on, without=without)
    chosen: QuerySet[Enrolment] = found.qs
    return chosen


def _cases(user: User, query: QueryDict, on: date) -> QuerySet[Case]:
    """As the list of cases asks for them."""
    listed = listed_cases(user, status=query.get("status", ""))
    chosen: QuerySet[Case] = CaseListFilter(query, listed, request=_Asking(user), on=on).qs
    return chosen


def _visible_cases(user: User, _on: date) -> QuerySet[Case]:
    seen: QuerySet[Case] = Case.objects.visible_to(user)
    return seen


def _schools(user: User, query: QueryDict, _on: date) -> QuerySet[School]:
    """As the list of schools asks for them."""
    mine = School.objects.visible_to(user).filter(status="open")
    return SchoolsForm(query, schools=mine).applied_to(mine)


def _schools_of_the_board(user: User, query: QueryDict, on: date) -> QuerySet[School]:
    """As the board of meetings asks for them."""
    form = BoardForm(query, user=user, on=on)
    mine = form.applied_to(School.objects.visible_to(user).filter(status="open"))
    if not form.shown:
        return mine
    board = meeting_board(user, mine, shown=form.shown, on=on, may_book=False)
    return mine.filter(pk__in=[line.urn for line in board.lines])


def _visible_schools(user: User, _on: date) -> QuerySet[School]:
    seen: QuerySet[School] = School.objects.visible_to(user)
    return seen


def _school_lines(rows: Iterable[School]) -> list[Line]:
    return [
        Line(row.name, reverse("school", args=[row.pk]), PHASE.get(row.phase, "Post-16"))
        for row in rows
    ]


def _pupil_lines(rows: Iterable[Enrolment]) -> list[Line]:
    return [
        Line(
            str(row.pupil),
            reverse("pupil", args=[row.pupil.public_id]),
            ", ".join(filter(None, (row.school.name, year_group_label(row.year_group)))),
        )
        for row in rows
    ]


def _case_lines(rows: Iterable[Case]) -> list[Line]:
    return [
        Line(
            str(row.pupil), reverse("case", args=[row.reference]), f"{row.reference}, {row.school}"
        )
        for row in rows
    ]


_KINDS: Final[dict[str, _Kind]] = {
    "pupil_list": _Kind("pupil", _pupils, own_enrolments, _pupil_lines),
    "case_list": _Kind("case", _cases, _visible_cases, _case_lines),
    "school_list": _Kind("school", _schools, _visible_schools, _school_lines, *_OF_SCHOOLS),
    "meeting_list": _Kind(
        "school", _schools_of_the_board, _visible_schools, _school_lines, *_OF_SCHOOLS
    ),
}


def why_no_worklist(view: SavedView) -> str:
    """Why a saved view cannot remember who is on it; empty where it can."""
    if route_at(view.path) not in _KINDS:
        return "Only lists of pupils, cases or schools can be worklists."
    if _AS_OF in QueryDict(view.query):
        return "This list stands at a past day. Take the date off, and save it again."
    return ""


def standing_of(view: SavedView, *, user: User, on: date) -> Standing:
    """The list now, as its owner may see it."""
    kind = _KINDS.get(route_at(view.path))
    if kind is None or not is_open_to(view.path, permissions_of(user)):
        return Standing(view, kind.noun if kind else "row", None)
    now = frozenset(_numbers(kind.rows(user, QueryDict(view.query), on)))
    before = frozenset(view.seen)
    left = before - now
    gone = _numbers(kind.visible(user, on).filter(pk__in=left)) if left else ()
    return Standing(view, kind.noun, now, now - before, frozenset(gone))


def worklists(user: User, *, on: date) -> list[Standing]:
    """One's own worklists, by name."""
    mine = SavedView.objects.filter(user=user, looked_at__isnull=False)
    return [standing_of(view, user=user, on=on) for view in mine]


def lists_with_new(user: User, on: date) -> int:
    """How many of somebody's worklists have somebody new."""
    return sum(bool(standing.new) for standing in worklists(user, on=on))


def lines_of(standing: Standing, numbers: Collection[int], *, user: User, on: date) -> list[Line]:
    """The first of these rows in words, by name; each is asked for as its owner may see it."""
    if not numbers:
        return []
    kind = _KINDS[route_at(standing.view.path)]
    rows = kind.visible(user, on).filter(pk__in=numbers).select_related(*kind.with_its)
    return kind.lines(rows.order_by(*kind.by_name)[:LINES_SHOWN])


def _numbers(rows: QuerySet[Any]) -> Iterable[int]:
    return rows.order_by().values_list("pk", flat=True)
