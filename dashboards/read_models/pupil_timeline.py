"""The timeline of a record: flags, rolls, corrections, weeks and casework, newest first.

Lines of the register are worked out from the marks; lines of casework are stored, and only those of
the page that is read are loaded with their words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import overload

from accounts.roles import Permission
from attendance.codes import CODE_OF_SYMBOL, NO_MARK
from attendance.models import Flag, MarkChange
from attendance.rules.absence import count
from attendance.rules.marks import Mark
from attendance.rules.why import why_sentence
from attendance.selectors import figures_date
from attendance.states import CLOSE_REASON_LABELS, FLAGS, CloseReason, FlagKind
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from cases.choices import AGENCIES, Agency
from cases.states import ENTRIES, STAGES
from cases.states import EntryKind as CaseworkKind
from dashboards.read_models.cases import timeline as casework
from dashboards.read_models.cases.timeline import CaseworkEntry, Key, Wanted
from dashboards.read_models.pupil import Record
from schools.choices import ENROLMENT_STATUS
from schools.models import Enrolment
from schools.rules.calendar import week_start


class EntryKind(StrEnum):
    """What a line of the register is about, by the names that addresses use."""

    FLAG = "flag"
    ROLL = "roll"
    CORRECTION = "correction"
    WEEK = "week"


ENTRY_LABELS = {
    EntryKind.FLAG: "Flags",
    EntryKind.ROLL: "School rolls",
    EntryKind.CORRECTION: "Corrections",
    EntryKind.WEEK: "Weeks",
}


@dataclass(frozen=True)
class Entry:
    """One line of the register. `when` as printed; `tag`: the kind of a flag; `flag_id`: leads to
    its why; `who`: nobody's deed but the register's."""

    on: date
    kind: EntryKind
    when: str
    title: str
    text: str = ""
    tag: str = ""
    flag_id: int | None = None
    who: str = ""


Line = Entry | CaseworkEntry


@dataclass(frozen=True)
class Filters:
    """What a reader narrowed the timeline to; empty: everything."""

    kind: str = ""
    agency: str = ""
    stage: int | None = None


@dataclass(frozen=True)
class Offered:
    """What it can be narrowed to, as choices: key and words, only what occurs here."""

    kinds: list[tuple[str, str]]
    agencies: list[tuple[str, str]]
    stages: list[tuple[str, str]]


class Timeline(Sequence[Line]):
    """Every line in order; a slice of it loads the words of that slice and of no other line."""

    def __init__(self, record: Record, own: Iterable[Entry], keys: Iterable[Key]) -> None:
        self._user = record.user
        # Of one day, what people did stands above what the registers said.
        lines: list[tuple[date, int, float, Entry | Key]] = [
            (entry.on, 0, -_ORDER[entry.kind], entry) for entry in own
        ]
        lines += [(_day_of(key), 1, key[0].timestamp(), key) for key in keys]
        self._lines = [line[-1] for line in sorted(lines, key=lambda one: one[:3], reverse=True)]

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, place: int) -> Line: ...

    @overload
    def __getitem__(self, place: slice) -> list[Line]: ...

    def __getitem__(self, place: int | slice) -> Line | list[Line]:
        if isinstance(place, slice):
            return self._loaded(self._lines[place])
        return self._loaded([self._lines[place]])[0]

    def _loaded(self, lines: Sequence[Entry | Key]) -> list[Line]:
        keys = [line for line in lines if not isinstance(line, Entry)]
        told = iter(casework.loaded(keys, self._user))
        return [line if isinstance(line, Entry) else next(told) for line in lines]


_ORDER = {kind: place for place, kind in enumerate(EntryKind)}


def _day_of(key: Key) -> date:
    return key[0].astimezone(LONDON).date()


def timeline_of(record: Record, filters: Filters) -> Timeline:
    """Every line up to the record's day, newest first. Casework only for those who read it."""
    shows_casework = record.may(Permission.SEE_CASES)
    keys = _casework(record, filters) if shows_casework else []
    return Timeline(record, _of_the_register(record, filters), keys)


def offered(record: Record) -> Offered:
    """What the timeline can be narrowed to by this reader."""
    kinds = [(kind.value, label) for kind, label in ENTRY_LABELS.items()]
    if not record.may(Permission.SEE_CASES):
        return Offered(kinds, [], [])
    occur, agencies = casework.kinds_and_agencies(record.pupil, record.user)
    return Offered(
        kinds=[*[(kind, ENTRIES[CaseworkKind(kind)]) for kind in occur], *kinds],
        agencies=[(agency, AGENCIES[Agency(agency)]) for agency in agencies],
        stages=[(str(stage.value), facts.place) for stage, facts in STAGES.items()]
        if occur
        else [],
    )


def _casework(record: Record, filters: Filters) -> list[Key]:
    if filters.kind in set(EntryKind):
        return []
    wanted = Wanted(
        kinds=[filters.kind] if filters.kind else [],
        agencies=[filters.agency] if filters.agency else [],
        stage=filters.stage,
        until=None if record.as_of in (None, figures_date()) else record.as_of,
    )
    return casework.keys_of(record.pupil, record.user, wanted)


def _of_the_register(record: Record, filters: Filters) -> list[Entry]:
    """Lines of marks and rolls: no agency's, and at a stage on the days that a case stood there."""
    if filters.agency:
        return []
    found = [
        entry
        for kind, made in _MAKERS.items()
        if filters.kind in ("", kind)
        for entry in made(record)
        if entry.on <= record.stands
    ]
    if filters.stage is None or not found:
        return found
    at_stage = casework.stretches_at(record.pupil, record.user, filters.stage)
    return [
        entry
        for entry in found
        if any(first <= entry.on and (last is None or entry.on <= last) for first, last in at_stage)
    ]


def _flags(record: Record) -> Iterator[Entry]:
    schools = _schools(record)
    for flag in record.flags:
        at = schools[flag.enrolment_id]
        yield _flag(flag, flag.opened_on, f"Flag opened{at}: {_label(flag)}", _sentence(flag))
        if flag.closed_on is not None:
            reason = CLOSE_REASON_LABELS[CloseReason(flag.close_reason)]
            yield _flag(flag, flag.closed_on, f"Flag closed{at}: {_label(flag)}", f"{reason}.")


def _schools(record: Record) -> dict[int, str]:
    """' at Ash School' by enrolment, where a reader could mistake one for another."""
    several = len({row.school_id for row in record.enrolments}) > 1
    return {row.pk: f" at {row.school.name}" if several else "" for row in record.enrolments}


def _label(flag: Flag) -> str:
    return FLAGS[FlagKind(flag.kind)].label


def _sentence(flag: Flag) -> str:
    """The figures are refreshed while a flag stands, so they are those of its last night."""
    if flag.closed_on is None:
        return f"The latest figures: {why_sentence(FlagKind(flag.kind), flag.evidence)}"
    return f"The last figures before it closed: {why_sentence(FlagKind(flag.kind), flag.evidence)}"


def _flag(flag: Flag, on: date, title: str, text: str) -> Entry:
    when = wording.day_of_week(on)
    return Entry(on, EntryKind.FLAG, when, title, text, tag=flag.kind, flag_id=flag.pk)


def _rolls(record: Record) -> Iterator[Entry]:
    for row in record.enrolments:
        yield _roll(row.starts_on, f"On the roll of {row.school.name}", row)
        if row.ends_on is not None:
            yield _roll(row.ends_on, f"Last day on the roll of {row.school.name}", row)


def _roll(on: date, title: str, row: Enrolment) -> Entry:
    text = ENROLMENT_STATUS[row.status]
    if row.awaiting_confirmation:
        text += ", move not confirmed yet"
    return Entry(on, EntryKind.ROLL, wording.day_of_week(on), title, f"{text}.")


def _corrections(record: Record) -> Iterator[Entry]:
    """One line a batch and day: what it changed, the codes together."""
    schools = _schools(record)
    changes = MarkChange.objects.filter(enrolment__in=[row.pk for row in record.enrolments])
    batches: dict[tuple[date, int, int], list[MarkChange]] = defaultdict(list)
    for change in changes.exclude(old=NO_MARK).order_by("date", "session"):
        on = change.at.astimezone(LONDON).date()
        batches[on, change.batch_id, change.enrolment_id].append(change)
    for (on, batch, enrolment), rows in batches.items():
        number = wording.counted(len(rows), "mark")
        title = f"{number} corrected{schools[enrolment]} by batch {batch}"
        yield Entry(on, EntryKind.CORRECTION, wording.day_of_week(on), title, _changed(rows))


def _changed(rows: Iterable[MarkChange]) -> str:
    """'3 N became I, of 3 Nov to 5 Nov 2025.'"""
    rows = list(rows)
    pairs = Counter((_code(row.old), _code(row.new)) for row in rows)
    told = wording.listed(f"{number} {old} became {new}" for (old, new), number in pairs.items())
    first, last = rows[0].date, rows[-1].date
    of = wording.day(first) if first == last else f"{wording.day(first)} to {wording.day(last)}"
    return f"{told}, of {of}."


def _code(symbol: str) -> str:
    return "no mark" if symbol == NO_MARK else CODE_OF_SYMBOL[symbol]


def _weeks(record: Record) -> Iterator[Entry]:
    """One line a week and roll with something possible, at the week's last mark."""
    schools = _schools(record)
    for row in record.enrolments:
        weeks: dict[date, list[Mark]] = defaultdict(list)
        for mark in record.registers[row.pk]:
            weeks[week_start(mark.date)].append(mark)
        for monday, marks in weeks.items():
            entry = _week(monday, marks, schools[row.pk])
            if entry:
                yield entry


def _week(monday: date, marks: list[Mark], at: str) -> Entry | None:
    counts = count(marks)
    if not counts.possible:
        return None
    possible = wording.counted(counts.possible, "session")
    title = (
        f"{counts.absent} of {possible} missed{at}"
        if counts.absent
        else f"{'All ' if counts.possible > 1 else ''}{possible} attended{at}"
    )
    missed = Counter(m.code for m in marks if m.meaning.is_authorised or m.meaning.is_unauthorised)
    codes = ", ".join(f"{code} {number}" for code, number in missed.most_common())
    when = f"Week of {wording.day(monday)}"
    return Entry(marks[-1].date, EntryKind.WEEK, when, title, f"Codes: {codes}." if codes else "")


_MAKERS = {
    EntryKind.FLAG: _flags,
    EntryKind.ROLL: _rolls,
    EntryKind.CORRECTION: _corrections,
    EntryKind.WEEK: _weeks,
}
