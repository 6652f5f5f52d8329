"""One meeting before it: its times, who comes, its agenda, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse

from accounts.roles import Permission
from attendance.states import Tag
from attendance_portal.shared import wording
from dashboards.read_models.meetings.head import meeting_page, sees_all
from meetings.choices import BLOCKS, SIDES, Block, Side
from meetings.models import AgendaItem, Attendance, Meeting, MeetingMail
from meetings.permissions import check_ahead, check_can_book, check_can_prepare, check_not_started
from meetings.rules.booking import NO_DECISION_MAKER
from meetings.states import MAILS, RESPONSES, MailState, MeetingState, Response
from schools.permissions import allowed, has_permission

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class PersonLine:
    """Somebody who was asked. `answer`: what they said, or whether they came."""

    pk: int
    name: str
    side: str
    decides: bool
    answer: str
    may_end: bool


@dataclass(frozen=True)
class ItemLine:
    """One agenda item. `block`: the part of the pack it opens, empty for none; `by`: the side that
    added it, where it was the school; `group`: where the group it is about opens, for those who see
    the meeting's figures."""

    pk: int
    title: str
    block: str
    by: str
    is_first: bool
    is_last: bool
    group: str = ""


@dataclass(frozen=True)
class MailLine:
    """Mails of one kind on one day, and what became of them."""

    what: str
    when: str
    to: str
    tag: Tag


@dataclass(frozen=True)
class Agenda:
    """The items in order; `shared`: when the school was sent it; `may_change`: until the start."""

    items: list[ItemLine]
    shared: str
    may_change: bool
    may_share: bool


@dataclass(frozen=True)
class Overview:
    """The page. `slots`: the times that are offered; `confirm_link`: what the school was sent, for
    those who book; `is_asked`: whether the reader may say that they come."""

    slots: list[str]
    confirm_link: str
    confirmed: str
    not_held: str
    people: list[PersonLine]
    warning: str
    agenda: Agenda
    mails: list[MailLine]
    may_book: bool
    may_move: bool
    own_answer: str
    is_asked: bool
    next_step: tuple[str, str]


def overview(meeting: Meeting, user: User) -> Overview:
    """The meeting as this person sees it."""
    is_booker = allowed(check_can_book, user, meeting.school)
    may_book = is_booker and allowed(check_ahead, meeting)
    people = list(meeting.attendances.filter(is_expected=True).select_related("user"))
    own = next((one for one in people if one.user_id == user.pk), None)
    return Overview(
        slots=_slots(meeting),
        confirm_link=_confirm_link(meeting) if may_book else "",
        confirmed=_confirmed(meeting),
        not_held=meeting.not_held_reason,
        people=[_person(one, meeting, may_book=may_book) for one in people],
        warning=_warning(meeting, people),
        agenda=agenda_of(meeting, user),
        mails=_mails(meeting) if is_booker else [],
        may_book=may_book,
        may_move=may_book and allowed(check_not_started, meeting),
        own_answer=own.response if own else "",
        is_asked=own is not None and allowed(check_ahead, meeting),
        next_step=_next_step(meeting, user),
    )


def agenda_of(meeting: Meeting, user: User) -> Agenda:
    """Its items, and what this person may do with them."""
    rows = list(AgendaItem.objects.standing().filter(meeting=meeting))
    may_change = allowed(check_can_prepare, user, meeting)
    shared = wording.moment(meeting.agenda_shared_at) if meeting.agenda_shared_at else ""
    items = [_item(row, place, len(rows)) for place, row in enumerate(rows, start=1)]
    if sees_all(user, meeting):
        items = [
            replace(line, group=group_href(row.query, meeting.school_id))
            for line, row in zip(items, rows, strict=True)
        ]
    return Agenda(
        items=items,
        shared=shared,
        may_change=may_change,
        may_share=may_change and has_permission(user, Permission.BOOK_MEETINGS),
    )


def group_href(query: str, urn: int) -> str:
    """Where the group of an agenda item opens: that school's part of it, as it stands now."""
    if not query:
        return ""
    asked = QueryDict(query, mutable=True)
    for name in ("trust", "phase"):  # which say no more of one school
        asked.pop(name, None)
    asked["school"] = str(urn)
    return f"{reverse('explore')}?{asked.urlencode()}"


def _item(row: AgendaItem, place: int, number: int) -> ItemLine:
    block = Block(row.block)
    return ItemLine(
        pk=row.pk,
        title=row.title,
        block=BLOCKS[block] if block is not Block.NOTHING else "",
        by=SIDES[Side.SCHOOL] if row.side == Side.SCHOOL else "",
        is_first=place == 1,
        is_last=place == number,
    )


def _slots(meeting: Meeting) -> list[str]:
    if meeting.state != MeetingState.OFFERED:
        return []
    rows = meeting.slots.filter(withdrawn_at__isnull=True)
    return [wording.long_moment(slot.starts_at) for slot in rows]


def _confirm_link(meeting: Meeting) -> str:
    if meeting.state != MeetingState.OFFERED:
        return ""
    return settings.PORTAL_ADDRESS + reverse("meeting_confirm", args=[meeting.confirm_token])


def _confirmed(meeting: Meeting) -> str:
    if meeting.confirmed_at is None or meeting.state == MeetingState.OFFERED:
        return ""
    by = f" by {meeting.confirmed_by_name}" if meeting.confirmed_by_name else ""
    return f"The school chose this time{by}, {wording.moment(meeting.confirmed_at)}."


def _person(row: Attendance, meeting: Meeting, *, may_book: bool) -> PersonLine:
    return PersonLine(
        pk=row.pk,
        name=row.display_name,
        side=SIDES[Side(row.side)],
        decides=row.is_decision_maker,
        answer=_answer(row),
        may_end=may_book and row.user_id != meeting.la_contact_id,
    )


def _answer(row: Attendance) -> str:
    if row.came is not None:
        return "Was there" if row.came else "Was not there"
    return RESPONSES[Response(row.response)]


def _warning(meeting: Meeting, people: list[Attendance]) -> str:
    of_school = [row for row in people if row.side == Side.SCHOOL]
    if not meeting.is_ahead or any(row.is_decision_maker for row in of_school):
        return ""
    return NO_DECISION_MAKER


def _mails(meeting: Meeting) -> list[MailLine]:
    rows = MeetingMail.objects.filter(meeting=meeting).order_by("-id")
    return [
        MailLine(
            what=row.get_kind_display(),
            when=wording.moment(row.at),
            to=row.email,
            tag=MAILS[MailState(row.state)],
        )
        for row in rows
    ]


def _next_step(meeting: Meeting, user: User) -> tuple[str, str]:
    """The one thing to press: words and address; empty where there is none."""
    if allowed(check_can_prepare, user, meeting):
        route, text = "meeting_prepare", "Prepare the meeting"
    elif meeting.is_going_on:
        route, text = "meeting_live", "Join the meeting"
    elif meeting.state == MeetingState.HELD:
        route, text = "meeting_after", "What came of it"
    else:
        return "", ""
    href = meeting_page(route, meeting.pk) if sees_all(user, meeting) else ""
    return (text, href) if href else ("", "")
