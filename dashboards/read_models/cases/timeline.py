"""Casework on a child's timeline: its lines in order, counted at once and loaded by the page.

A restricted line that the reader may not read says that it is there, by which role and when:
its words are never loaded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.urls import reverse

from accounts.roles import ROLE_CHOICES
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from cases.choices import AGENCIES, AGENCY_OF_ROLE, Agency
from cases.models import Case, StageChange, TimelineEntry
from cases.states import ENTRIES, EntryKind
from schools.models import Pupil

if TYPE_CHECKING:
    from accounts.models import User

LATEST_SHOWN: Final = 10  # on the page of a case; the rest are a link away
_ROLES: Final = dict(ROLE_CHOICES)

Key = tuple[datetime, int]  # when it happened, and the line's number


@dataclass(frozen=True)
class CaseworkEntry:
    """One line, ready to print. `who`: the role, and the agency where the role does not say it.

    `is_restricted`: it stands in for words that are not shown; then `title` is all there is.
    """

    pk: int
    at: datetime
    kind: str
    label: str
    when: str
    title: str
    text: str = ""
    who: str = ""
    is_restricted: bool = False


@dataclass(frozen=True)
class Wanted:
    """Which lines: of these kinds and agencies, and while the case stood at this stage; empty: all.

    `until`: the last day that is told.
    """

    kinds: Collection[str] = ()
    agencies: Collection[str] = ()
    stage: int | None = None
    until: date | None = None


@dataclass(frozen=True)
class TimelineBlock:
    """The latest lines of a case, and where all of them are."""

    entries: list[CaseworkEntry]
    more: int
    href: str


def keys_of(pupil: Pupil, user: User, wanted: Wanted) -> list[Key]:
    """When each line of a child's casework happened, newest first; one query, or two by stage.

    A line whose words the reader may not read is no answer to a kind that was asked for.
    """
    rows = TimelineEntry.objects.filter(pupil=pupil)
    rows = rows.visible_to(user) if wanted.kinds else rows.known_to(user)
    if wanted.kinds:
        rows = rows.filter(kind__in=wanted.kinds)
    if wanted.agencies:
        rows = rows.filter(agency__in=wanted.agencies)
    if wanted.until is not None:
        rows = rows.filter(at__lt=_midnight_after(wanted.until))
    if wanted.stage is not None:
        rows = rows.filter(_while_at(wanted.stage, pupil, user))
    return list(rows.order_by("-at", "-pk").values_list("at", "pk"))


def loaded(keys: Iterable[Key], user: User, *, redacted: bool = False) -> list[CaseworkEntry]:
    """These lines in the order given. `redacted`: restricted ones stand in for themselves, also
    where this reader may read them: for paper that leaves the house."""
    numbers = [pk for _, pk in keys]
    if not numbers:
        return []
    rows = TimelineEntry.objects.filter(pk__in=numbers)
    readable = rows.visible_to(user)
    if redacted:
        readable = readable.filter(is_restricted=False)
    told = {row.pk: _entry(row) for row in readable}
    if len(told) < len(numbers):
        hidden = rows.known_to(user).exclude(pk__in=told).values_list("pk", "at", "by_role")
        told |= {pk: _hidden(pk, at, role) for pk, at, role in hidden}
    return [told[pk] for pk in numbers if pk in told]


def entries(
    pupil: Pupil,
    user: User,
    *,
    kinds: Collection[str] = (),
    agencies: Collection[str] = (),
    stage: int | None = None,
    until: date | None = None,
    redacted: bool = False,
) -> list[CaseworkEntry]:
    """Every line of a child's casework that was asked for, newest first."""
    keys = keys_of(pupil, user, Wanted(kinds, agencies, stage, until))
    return loaded(keys, user, redacted=redacted)


def kinds_and_agencies(pupil: Pupil, user: User) -> tuple[list[str], list[str]]:
    """The kinds and the agencies that occur among the lines this person may read, in order."""
    rows = TimelineEntry.objects.visible_to(user).filter(pupil=pupil)
    found = set(rows.order_by().values_list("kind", "agency").distinct())
    kinds, agencies = {kind for kind, _ in found}, {agency for _, agency in found}
    return (
        [kind.value for kind in EntryKind if kind in kinds],
        [agency.value for agency in AGENCIES if agency in agencies],
    )


def timeline_block(case: Case, user: User, *, on: date) -> TimelineBlock:
    """The latest lines, for the case page. `on`: today, as every block is asked."""
    keys = keys_of(case.pupil, user, Wanted())
    return TimelineBlock(
        entries=loaded(keys[:LATEST_SHOWN], user),
        more=max(len(keys) - LATEST_SHOWN, 0),
        href=reverse("case_timeline", args=[case.reference]),
    )


def _while_at(stage: int, pupil: Pupil, user: User) -> Q:
    """The stretches in which a case of the child stood at a stage: from a step to the next one."""
    steps = StageChange.objects.visible_to(user).filter(case__pupil=pupil).order_by("case", "at")
    stretches = _stretches(list(steps.values_list("case_id", "to_stage", "at")), stage)
    found = Q(pk__in=[])
    for first, last in stretches:
        found |= Q(at__gte=first) & (Q(at__lt=last) if last else Q())
    return found


def _stretches(
    steps: Sequence[tuple[int, int, datetime]], stage: int
) -> list[tuple[datetime, datetime | None]]:
    following = [*steps[1:], None] if steps else []
    return [
        (at, after[2] if after and after[0] == case else None)
        for (case, to, at), after in zip(steps, following, strict=True)
        if to == stage
    ]


def stretches_at(pupil: Pupil, user: User, stage: int) -> list[tuple[date, date | None]]:
    """The days from which, and on which, a case of the child left a stage; None: it stands there.

    For lines that have a day and no moment: weeks, flags, rolls.
    """
    steps = StageChange.objects.visible_to(user).filter(case__pupil=pupil).order_by("case", "at")
    found = _stretches(list(steps.values_list("case_id", "to_stage", "at")), stage)
    return [(_day(first), _day(last) if last else None) for first, last in found]


def _day(at: datetime) -> date:
    return at.astimezone(LONDON).date()


def _midnight_after(on: date) -> datetime:
    return datetime.combine(on + timedelta(days=1), time(), tzinfo=LONDON)


def _entry(row: TimelineEntry) -> CaseworkEntry:
    return CaseworkEntry(
        pk=row.pk,
        at=row.at,
        kind=row.kind,
        label=ENTRIES[EntryKind(row.kind)],
        when=_when(row.at),
        title=row.title,
        text=row.text,
        who=_who(row.by_role, row.agency),
    )


def _when(at: datetime) -> str:
    local = at.astimezone(LONDON)
    return f"{wording.day_of_week(local.date())}, {wording.clock_time(at)}"


def _who(role: str, agency: str) -> str:
    """'Attendance officer'; 'School lead, Health, 0 to 19' where somebody speaks for others."""
    said = _ROLES.get(role, "")
    if agency and AGENCY_OF_ROLE.get(role) != agency:
        named = AGENCIES[Agency(agency)]
        return f"{said}, {named}" if said else named
    return said


def _hidden(pk: int, at: datetime, role: str) -> CaseworkEntry:
    said = _ROLES.get(role, "role not known")
    return CaseworkEntry(
        pk=pk,
        at=at,
        kind=EntryKind.NOTE.value,
        label=ENTRIES[EntryKind.NOTE],
        when=_when(at),
        title=f"Restricted note, {said}, {wording.day(_day(at))}",
        is_restricted=True,
    )
