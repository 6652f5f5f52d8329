"""Actions as printed: mine (P12), and those of one case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse

from accounts.roles import Permission
from attendance.rules.answers import due_by
from attendance.states import DUE_HEADINGS, Due, Tag
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from attendance_portal.shared.once import once_a_reading
from cases.choices import AGENCIES, Agency
from cases.models import Action, Case
from cases.services.action_rights import may_end
from cases.states import ACTIONS, ORIGINS, ActionState, Origin
from dashboards.listing import PER_PAGE
from dashboards.parts import ContextualDate, due_date
from schools.models import Pupil, School
from schools.permissions import has_permission

if TYPE_CHECKING:
    from accounts.models import User

#: How long what was done stays on the page.
RECENT: Final = timedelta(days=14)
MOST_RECENT: Final = 10
MOST_OF_OTHERS: Final = 50
HEADINGS: Final = {**DUE_HEADINGS, Due.LATER: "Later"}
NO_LONGER_SEEN: Final = "A child whose record you no longer see"


@dataclass(frozen=True)
class ActionLine:
    """One promise. `about_href` and `agreed_href` are empty where the reader may not go there.

    `asked_by`: who asks the reader to give it to them. `may_end`: whether it is the reader's to
    mark done; where it is not, `may_ask` says whether they can ask to take it over.
    """

    pk: int
    text: str
    about: str
    about_href: str
    agreed_at: str
    agreed_on: str
    agreed_href: str
    who: str
    agency: str
    due: ContextualDate
    tag: Tag | None
    ended_on: str
    outcome: str
    asked_by: str
    may_end: bool
    may_ask: bool
    on_family_copy: bool


@dataclass(frozen=True)
class ActionGroup:
    """Promises that fall due together; `count` is that of the whole list, not of one page."""

    title: str
    count: int
    lines: list[ActionLine]


@dataclass(frozen=True)
class MyActions:
    """P12. `nothing_due`: what to say where nothing falls due this week."""

    groups: list[ActionGroup]
    count: int
    nothing_due: str
    of_others: list[ActionLine]
    of_others_count: int
    recent: list[ActionLine]
    page: Page[Action]


@dataclass(frozen=True)
class ActionBlock:
    """The actions of a case: those that stand, those that ended, and whether one may be added."""

    open: list[ActionLine]
    ended: list[ActionLine]
    add_href: str


@once_a_reading
def open_count(user: User) -> int:
    """How many open promises this person has: the one number of the frame."""
    count: int = Action.objects.open().filter(owner=user).count()
    return count


def my_actions(user: User, *, on: date, agency: str = "", page: str = "1") -> MyActions:
    """What this person promised, what others promised for the cases they lead, and what was done
    lately. `agency` narrows all of it."""
    seen = _with_names(Action.objects.visible_to(user))
    if agency:
        seen = seen.filter(agency=agency)
    mine = seen.open().filter(owner=user)
    paginator: Paginator[Action] = Paginator(mine, PER_PAGE)
    paginator.count = (tally := _tally(mine, on))["all"]
    shown: Page[Action] = paginator.get_page(page)
    led = Case.objects.visible_to(user).live().led_by(user, on).values("pk")
    others = seen.open().filter(case__in=led).exclude(owner=user)
    recent = seen.filter(owner=user, ended_on__gte=on - RECENT).order_by("-ended_on", "-id")
    first, second, third = _lines(
        user, on, list(shown), list(others[: MOST_OF_OTHERS + 1]), list(recent[:MOST_RECENT])
    )
    return MyActions(
        groups=_groups(first, list(shown), tally, on),
        count=tally["all"],
        nothing_due=_nothing_due(tally),
        of_others=second[:MOST_OF_OTHERS],
        of_others_count=len(second) if len(second) <= MOST_OF_OTHERS else others.count(),
        recent=third,
        page=shown,
    )


def action_block(case: Case, user: User, *, on: date) -> ActionBlock | None:
    """The block of the case page: open first, then those that ended."""
    rows = list(_with_names(Action.objects.visible_to(user)).filter(case=case))
    open_rows = [row for row in rows if row.state == ActionState.OPEN]
    ended = [row for row in rows if row.state != ActionState.OPEN]
    ended.sort(key=lambda row: (row.ended_on or on, row.pk), reverse=True)
    first, second = _lines(user, on, open_rows, ended)
    may_add = case.is_live and has_permission(user, Permission.LEAD_CASES)
    return ActionBlock(
        open=first,
        ended=second,
        add_href=reverse("case_action_add", args=[case.reference]) if may_add else "",
    )


def action_line(action: Action, user: User, *, on: date) -> ActionLine:
    """One of them, for its own page."""
    return _lines(user, on, [action])[0][0]


def _with_names(actions: QuerySet[Action]) -> Any:
    return actions.select_related("pupil", "school", "case", "owner", "asked_over_by").order_by(
        "due_on", "id"
    )


def _tally(actions: QuerySet[Action], on: date) -> dict[str, Any]:
    """How many fall due when, and the first day after this week on which one does."""
    week_ends = on + timedelta(days=6 - on.weekday())
    tally: dict[str, Any] = actions.order_by().aggregate(
        all=Count("pk"),
        overdue=Count("pk", filter=Q(due_on__lt=on)),
        today=Count("pk", filter=Q(due_on=on)),
        this_week=Count("pk", filter=Q(due_on__gt=on, due_on__lte=week_ends)),
        later=Count("pk", filter=Q(due_on__gt=week_ends)),
        next=Min("due_on", filter=Q(due_on__gt=week_ends)),
    )
    return tally


def _groups(
    lines: Sequence[ActionLine], rows: Sequence[Action], tally: dict[str, Any], on: date
) -> list[ActionGroup]:
    sorted_by: dict[Due, list[ActionLine]] = {due: [] for due in HEADINGS}
    for row, line in zip(rows, lines, strict=True):
        sorted_by[due_by(row.due_on, on)].append(line)
    return [
        ActionGroup(HEADINGS[due], tally[due.value], found)
        for due, found in sorted_by.items()
        if found
    ]


def _nothing_due(tally: dict[str, Any]) -> str:
    if tally["overdue"] or tally["today"] or tally["this_week"]:
        return ""
    if tally["next"] is None:
        return "Nothing due."
    return f"Nothing due. Next: {tally['next'].day} {tally['next']:%B}."


def _lines(user: User, on: date, *lists: Sequence[Action]) -> list[list[ActionLine]]:
    """Lists of actions as lines; what of them the reader may open is asked once for all."""
    every = [row for rows in lists for row in rows]
    pupils = _seen_pupils(user, every)
    cases = (
        set(
            Case.objects.visible_to(user)
            .filter(pk__in={row.case_id for row in every if row.case_id})
            .values_list("pk", flat=True)
        )
        if any(row.case_id for row in every)
        else set()
    )
    schools = _seen_schools(user, every)
    return [[_line(row, user, on, pupils, cases, schools) for row in rows] for rows in lists]


def _seen_pupils(user: User, rows: Iterable[Action]) -> dict[int, UUID]:
    asked = {row.pupil_id for row in rows if row.pupil_id}
    if not asked or not has_permission(user, Permission.SEE_PUPILS):
        return {}
    found = Pupil.objects.visible_to(user).filter(pk__in=asked)
    return dict(found.values_list("pk", "public_id"))


def _seen_schools(user: User, rows: Iterable[Action]) -> set[int]:
    asked = {row.school_id for row in rows if row.school_id and row.pupil_id is None}
    if not asked or not has_permission(user, Permission.SEE_SCHOOLS):
        return set()
    return set(School.objects.visible_to(user).filter(pk__in=asked).values_list("pk", flat=True))


def _line(
    row: Action,
    user: User,
    on: date,
    pupils: dict[int, UUID],
    cases: set[int],
    schools: set[int],
) -> ActionLine:
    about, about_href = _about(row, pupils, schools)
    is_open = row.state == ActionState.OPEN
    ends = is_open and may_end(user, row, on)
    can_open_case = row.case is not None and row.case_id in cases
    return ActionLine(
        pk=row.pk,
        text=row.text,
        about=about,
        about_href=about_href,
        agreed_at=row.origin_label or ORIGINS[Origin(row.origin)],
        agreed_on=wording.day(row.at.astimezone(LONDON).date()),
        agreed_href=(
            reverse("case", args=[row.case.reference]) if row.case and can_open_case else ""
        ),
        who=str(row.owner) if row.owner is not None else row.owner_name,
        agency=AGENCIES[Agency(row.agency)],
        due=due_date(row.due_on, today=on),
        tag=None if is_open else ACTIONS[ActionState(row.state)],
        ended_on=wording.day(row.ended_on) if row.ended_on else "",
        outcome=row.outcome,
        asked_by=str(row.asked_over_by) if row.asked_over_by and row.owner_id == user.pk else "",
        may_end=ends,
        may_ask=is_open and not ends and row.owner_id is not None,
        on_family_copy=row.on_family_copy,
    )


def _about(row: Action, pupils: dict[int, UUID], schools: set[int]) -> tuple[str, str]:
    """The child or school it is about, and the page of it, where the reader may know."""
    if row.pupil_id is not None:
        public_id = pupils.get(row.pupil_id)
        if public_id is None:
            return NO_LONGER_SEEN, ""
        return str(row.pupil), reverse("pupil", args=[public_id])
    if row.school is None:
        return "", ""
    href = reverse("school", args=[row.school_id]) if row.school_id in schools else ""
    return row.school.name, href
