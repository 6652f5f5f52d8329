"""The agenda: filled from the council's template, added to by both sides, shared with the school.

Raises: Refused (not theirs, or the meeting has started), Invalid (words), Conflict.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from cases.services.common import write_audit
from cases.services.typed import needed, one_of, wrong
from meetings.choices import BLOCKS, THEMES, Block, MailKind, Theme
from meetings.models import AgendaItem, AgendaTemplateItem, Meeting
from meetings.permissions import check_can_book, check_can_prepare, side_of
from meetings.services import mails
from meetings.services.common import facts, locked, save
from schools.permissions import check_has

LONGEST_TITLE: Final = 150
LONGEST_QUERY: Final = 500
_TITLE: Final = "Say what you want to speak about."
_BLOCK: Final = "Choose a part of the pack, or nothing."
_TOO_MANY: Final = "This group has too many filters to be kept. Remove one and add it again."

#: What each theme asks when nobody has changed it (SUP-14, SUP-15): our proposal.
BUILT_IN: Final[dict[Theme, tuple[tuple[Block, str], ...]]] = {
    Theme.START_WELL: (
        (Block.LAST_TIME, "What came of last time's actions"),
        (Block.FIGURES, "How the year has begun"),
        (Block.OWN_VIEW, "How the school sees its own work"),
        (Block.COHORTS, "Groups who share a pattern already"),
        (Block.SEVERE, "Each severely absent pupil and their plan"),
        (Block.AGENCIES, "Pupils who need more than one agency"),
        (Block.REGISTERS, "Registers to put right"),
        (Block.SUPPORT, "Support with places now"),
    ),
    Theme.IS_IT_WORKING: (
        (Block.LAST_TIME, "What came of last time's actions"),
        (Block.FIGURES, "What has changed since the autumn"),
        (Block.COHORTS, "What helped which group"),
        (Block.SEVERE, "Each severely absent pupil: is the plan working?"),
        (Block.AGENCIES, "Pupils who need more than one agency"),
        (Block.OWN_VIEW, "How the school sees its own work now"),
        (Block.REGISTERS, "Registers to put right"),
        (Block.SUPPORT, "Support with places now"),
    ),
    Theme.HAND_OVER: (
        (Block.LAST_TIME, "What came of last time's actions"),
        (Block.FIGURES, "The year as a whole"),
        (Block.COHORTS, "Who needs a good start in September"),
        (Block.SEVERE, "Each severely absent pupil: what goes on over the summer"),
        (Block.AGENCIES, "Pupils who need more than one agency"),
        (Block.NOTHING, "Who moves school, and who tells whom"),
        (Block.OWN_VIEW, "What the school takes into next year"),
        (Block.SUPPORT, "Support with places from September"),
    ),
}


@transaction.atomic
def load_templates(*, at: datetime) -> None:
    """The built-in items of each theme, where they are not there yet; what people changed or took
    out stays so."""
    for theme, items in BUILT_IN.items():
        for position, (block, title) in enumerate(items, start=1):
            AgendaTemplateItem.objects.get_or_create(
                theme=theme.value,
                key=block.value,
                defaults={
                    "position": position,
                    "title": title,
                    "block": block.value,
                    "updated_at": at,
                },
            )


@transaction.atomic
def add_template_item(
    *, theme: str, title: str, block: str = Block.NOTHING, by: User, at: datetime
) -> AgendaTemplateItem:
    """One more item at the end of a theme's agenda, for meetings booked from now on."""
    check_has(by, Permission.EDIT_AGENDAS)
    one_of(theme, THEMES, "Choose a term's theme.", pointer="theme")
    load_templates(at=at)
    last = AgendaTemplateItem.objects.filter(theme=theme).order_by("position").last()
    item = AgendaTemplateItem.objects.create(
        theme=theme,
        position=last.position + 1 if last is not None else 1,
        title=needed(title, _TITLE, pointer="title", longest=LONGEST_TITLE),
        block=one_of(block, BLOCKS, _BLOCK, pointer="block"),
        updated_by=by,
        updated_at=at,
    )
    write_audit(verb="agenda.template_added", about=item, by=by, at=at, after=_template(item))
    return item


@transaction.atomic
def edit_template_item(
    *,
    item: AgendaTemplateItem,
    title: str,
    block: str,
    position: int,
    is_used: bool = True,
    by: User,
    at: datetime,
) -> AgendaTemplateItem:
    """Word it anew, move it (places count from 1) or take it out; booked meetings keep theirs."""
    check_has(by, Permission.EDIT_AGENDAS)
    rows = list(AgendaTemplateItem.objects.select_for_update().filter(theme=item.theme))
    kept = next(row for row in rows if row.pk == item.pk)
    before = _template(kept)
    kept.title = needed(title, _TITLE, pointer="title", longest=LONGEST_TITLE)
    kept.block = one_of(block, BLOCKS, _BLOCK, pointer="block")
    kept.is_used, kept.updated_by, kept.updated_at = is_used, by, at
    rows.remove(kept)
    rows.insert(max(position, 1) - 1, kept)
    for place, row in enumerate(rows, start=1):
        row.position = place
        row.save()
    after = _template(kept)
    write_audit(verb="agenda.template_edited", about=kept, by=by, at=at, before=before, after=after)
    return kept


def fill(meeting: Meeting, *, by: User, at: datetime) -> None:
    """The items of the meeting's theme. Last time's actions come first, where there was a last
    time; a first meeting has none."""
    load_templates(at=at)
    items = list(AgendaTemplateItem.objects.filter(theme=meeting.theme, is_used=True))
    earlier = Meeting.objects.held().filter(school=meeting.school_id).exists()
    last_time = [item for item in items if item.block == Block.LAST_TIME and earlier]
    rest = [item for item in items if item.block != Block.LAST_TIME]
    AgendaItem.objects.bulk_create(
        AgendaItem(
            meeting=meeting, position=place, title=item.title, block=item.block, by=by, at=at
        )
        for place, item in enumerate(last_time + rest, start=1)
    )


@transaction.atomic
def add_item(
    *,
    meeting: Meeting,
    title: str,
    block: str = Block.NOTHING,
    query: str = "",
    by: User,
    at: datetime,
) -> AgendaItem:
    """One more item at the end, by either side; an item of the same words is not added twice.

    `query`: the group it is about, as the filter bar writes it in an address.
    """
    meeting = locked(meeting)
    check_can_prepare(by, meeting)
    title = needed(title, _TITLE, pointer="title", longest=LONGEST_TITLE)
    one_of(block, BLOCKS, _BLOCK, pointer="block")
    if len(query) > LONGEST_QUERY:
        raise wrong(_TOO_MANY, pointer="title")
    items = list(meeting.agenda_items.standing())
    asked = (title.casefold(), query)
    same = next((item for item in items if (item.title.casefold(), item.query) == asked), None)
    if same is not None:
        return same
    item = AgendaItem.objects.create(
        meeting=meeting,
        position=items[-1].position + 1 if items else 1,
        title=title,
        block=block,
        query=query,
        side=side_of(by).value,
        by=by,
        at=at,
    )
    _record(meeting, "agenda.item_added", item, by, at)
    return item


@transaction.atomic
def move_item(*, item: AgendaItem, position: int, by: User, at: datetime) -> AgendaItem:
    """Put it at another place; places count from 1, and what lies outside is the first or last."""
    meeting = locked(item.meeting)
    check_can_prepare(by, meeting)
    items = list(meeting.agenda_items.standing())
    moved = next((one for one in items if one.pk == item.pk), None)
    if moved is None:
        return item
    items.remove(moved)
    items.insert(max(position, 1) - 1, moved)
    for place, one in enumerate(items, start=1):
        one.position = place
    AgendaItem.objects.bulk_update(items, ["position"])
    _record(meeting, "agenda.item_moved", moved, by, at)
    return moved


@transaction.atomic
def remove_item(*, item: AgendaItem, by: User, at: datetime) -> AgendaItem:
    """Take it off; taken off twice it is taken off once."""
    meeting = locked(item.meeting)
    check_can_prepare(by, meeting)
    found: AgendaItem = meeting.agenda_items.get(pk=item.pk)
    if found.removed_at is None:
        found.removed_at = at
        found.save(update_fields=["removed_at"])
        _record(meeting, "agenda.item_removed", found, by, at)
    return found


@transaction.atomic
def share_agenda(*, meeting: Meeting, by: User, on: date, at: datetime) -> Meeting:
    """Send the agenda to the school (SUP-14). Shared again it is sent again, as it then stands."""
    meeting = locked(meeting)
    check_can_book(by, meeting.school)
    check_can_prepare(by, meeting)
    meeting.agenda_shared_at, meeting.agenda_shared_by = at, by
    save(meeting, at)
    mails.write(meeting, MailKind.AGENDA, mails.school_addresses(meeting), on=on, at=at)
    write_audit(verb="meeting.agenda_shared", about=meeting, by=by, at=at, after=facts(meeting))
    return meeting


def _record(meeting: Meeting, verb: str, item: AgendaItem, by: User, at: datetime) -> None:
    save(meeting, at)
    after = {"meeting": meeting.pk, "position": item.position, "block": item.block}
    write_audit(verb=verb, about=item, by=by, at=at, after=after)


def _template(item: AgendaTemplateItem) -> dict[str, object]:
    return {
        "theme": item.theme,
        "position": item.position,
        "title": item.title,
        "block": item.block,
        "is_used": item.is_used,
    }
