"""How far both sides are with a meeting, whom it speaks about, what was tried, what has places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.models import User
from attendance.cohorts import COHORTS
from attendance.models import Flag
from attendance.states import FlagKind
from attendance_portal.shared.clock import LONDON
from cases.choices import AGENCIES, Agency
from meetings.choices import BLOCKS, TASKS, WHY_DISCUSSED, Block, Side, WhyDiscussed
from meetings.models import AgendaItem, CohortNote, DiscussedPupil, Meeting, PlacesOffered
from meetings.querysets import MeetingQuerySet
from schools.models import Enrolment, Pupil


@dataclass(frozen=True)
class Task:
    """One thing a side does; `done_on` and `done_by` once it is done."""

    key: str
    label: str
    done_on: date | None = None
    done_by: str = ""

    @property
    def is_done(self) -> bool:
        return self.done_on is not None


@dataclass(frozen=True)
class Discussed:
    """A child who is spoken about, and why. `row_id` is empty for one who is in by itself."""

    pupil: Pupil
    why: tuple[str, ...]
    is_severe: bool
    note: str = ""
    row_id: int | None = None


@dataclass(frozen=True)
class Tried:
    """What a school has tried for a named group, and what helped."""

    cohort: str
    label: str
    first_question: str
    tried: str
    by: str = ""


@dataclass(frozen=True)
class Places:
    """Support with places now."""

    row_id: int
    what: str
    agency: str
    places: int


@dataclass(frozen=True)
class Item:
    """An agenda item, the part of the pack it opens, and the group it is about as the filter bar
    writes it; empty for none."""

    item_id: int
    position: int
    title: str
    block: str
    block_words: str
    side: str
    query: str = ""


def tasks_of(meeting: Meeting) -> dict[Side, tuple[Task, ...]]:
    """The tasks of the council and the school, with what is done. One query."""
    done = {(mark.side, mark.task): mark for mark in meeting.preparation.select_related("done_by")}

    def task(side: Side, key: str, label: str) -> Task:
        mark = done.get((side.value, key))
        if mark is None:
            return Task(key, label)
        on = mark.done_at.astimezone(LONDON).date()
        return Task(key, label, on, str(mark.done_by or ""))

    return {
        side: tuple(task(side, key, label) for key, label in tasks.items())
        for side, tasks in TASKS.items()
    }


def agenda_of(meeting: Meeting) -> tuple[Item, ...]:
    """The agenda in its order; places count from 1. One query."""
    rows: list[AgendaItem] = list(meeting.agenda_items.standing())
    return tuple(
        Item(row.pk, place, row.title, row.block, BLOCKS[Block(row.block)], row.side, row.query)
        for place, row in enumerate(rows, start=1)
    )


def severely_absent(meeting: Meeting) -> set[int]:
    """The children of the school with an open flag of severe absence, by number: they are spoken
    about by themselves (SUP-19). A flag closes when a child leaves."""
    flags = Flag.objects.open().filter(kind=FlagKind.SEVERE_ABSENCE, school=meeting.school_id)
    return set(flags.values_list("enrolment__pupil_id", flat=True))


def discussed(user: User, meeting: Meeting) -> tuple[Discussed, ...]:
    """The children this meeting speaks about whom this person works with, by surname.

    Until it starts, who is severely absent is in as flags stand; from then on the list is kept as
    it was. For those who see the meeting's figures; others get none. Four queries.
    """
    visible: MeetingQuerySet = Meeting.objects.with_figures_for(user)
    if not visible.filter(pk=meeting.pk).exists():
        return ()
    rows = {row.pupil_id: row for row in meeting.discussed.standing()}
    severe = (
        severely_absent(meeting)
        if meeting.started_at is None
        else {pk for pk, row in rows.items() if row.is_severe}
    )
    pupils = Pupil.objects.worked_with_by(user).filter(pk__in=severe | set(rows))
    return tuple(
        _discussed(pupil, rows.get(pupil.pk), is_severe=pupil.pk in severe)
        for pupil in pupils.alphabetical()
    )


def may_be_chosen(user: User, meeting: Meeting, on: date) -> list[Pupil]:
    """The children on the school's roll on a day whom this person works with, by surname."""
    on_roll = Enrolment.objects.on_roll(on).filter(
        school=meeting.school_id, awaiting_confirmation=False
    )
    rows = Pupil.objects.worked_with_by(user).filter(pk__in=on_roll.values("pupil_id"))
    return list(rows.alphabetical())


def cohorts_tried(meeting: Meeting) -> tuple[Tried, ...]:
    """Each named group with what the school wrote; empty where it wrote nothing yet."""
    notes: dict[str, CohortNote] = {
        note.cohort: note for note in meeting.cohort_notes.select_related("by")
    }

    def tried(key: str) -> Tried:
        cohort, note = COHORTS[key], notes.get(key)
        words, by = (note.tried, str(note.by or "")) if note is not None else ("", "")
        return Tried(key, cohort.label, cohort.first_question, words, by)

    return tuple(tried(key) for key in COHORTS)


def places_of(meeting: Meeting) -> tuple[Places, ...]:
    """The support that the council brings, as it was written down."""
    rows: list[PlacesOffered] = list(meeting.places_offered.standing())
    return tuple(Places(row.pk, row.what, AGENCIES[Agency(row.agency)], row.places) for row in rows)


def _discussed(pupil: Pupil, row: DiscussedPupil | None, *, is_severe: bool) -> Discussed:
    why = [WHY_DISCUSSED[WhyDiscussed.SEVERE]] if is_severe else []
    if row is not None and row.why != WhyDiscussed.SEVERE:
        why.append(WHY_DISCUSSED[WhyDiscussed(row.why)])
    note, row_id = (row.note, row.pk) if row is not None else ("", None)
    if row is not None and row.why == WhyDiscussed.SEVERE:
        row_id = None
    return Discussed(pupil, tuple(why), is_severe, note, row_id)
