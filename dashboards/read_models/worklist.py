"""Since yesterday: what the latest run found new, what it cleared, what stands, who is behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, QuerySet
from django.urls import reverse

from attendance.models import Flag, NightlyRun
from attendance.rules.why import why_sentence
from attendance.selectors import (
    SchoolFeed,
    changes_between,
    previous_figures_date,
    schools_behind,
)
from attendance.states import CLOSE_REASON_LABELS, FLAG_ORDER, FLAGS, CloseReason, FlagKind
from attendance_portal.shared import wording
from dashboards.read_models.rolls import own_enrolments
from schools.choices import YEAR_GROUP
from schools.models import Enrolment, School

if TYPE_CHECKING:
    from accounts.models import User

FOLD_FROM = 5  # so many of a kind in one year group of a school become one row
ROWS_SHOWN = 40  # of one group; the rest are a link away

_MOVED = {
    FlagKind.SEVERE_ABSENCE: "moved over 50%",
    FlagKind.PERSISTENT_ABSENCE: "moved over 10%",
    FlagKind.AT_RISK: "moved over 5%",
    FlagKind.PENALTY_NOTICE_THRESHOLD: "reached 10 sessions in 10 weeks",
    FlagKind.UNAUTHORISED_RUN: "reached 10 days in a row",
    FlagKind.SICKNESS_RETURN: "reached 15 days ill",
    FlagKind.UNRESOLVED_N: "have a reason owed",
    FlagKind.NO_RECENT_MARKS: "have no mark for 5 school days",
}
# What cannot wait comes first.
_GROUPS = (
    ("Not seen", (FlagKind.NO_RECENT_MARKS,)),
    ("Severe absence", (FlagKind.SEVERE_ABSENCE,)),
    (
        "Statutory lines reached",
        (
            FlagKind.PENALTY_NOTICE_THRESHOLD,
            FlagKind.UNAUTHORISED_RUN,
            FlagKind.SICKNESS_RETURN,
        ),
    ),
    ("Persistent absence", (FlagKind.PERSISTENT_ABSENCE,)),
    ("At risk", (FlagKind.AT_RISK,)),
    ("Reasons owed by schools", (FlagKind.UNRESOLVED_N,)),
)


@dataclass(frozen=True)
class FlagLine:
    """One flag of one pupil."""

    flag_id: int
    public_id: UUID
    pupil: str
    school: str
    year_group: str
    kind: str
    sentence: str


@dataclass(frozen=True)
class Fold:
    """Many of a kind in one year group, as one row that opens the list."""

    text: str
    kind: str
    school: str
    year_group: str
    href: str


@dataclass(frozen=True)
class Group:
    """Flags that belong together; `more` is how many did not fit."""

    title: str
    count: int
    folds: list[Fold]
    lines: list[FlagLine]
    more: int
    href: str


@dataclass(frozen=True)
class KindCount:
    """How many flags of a kind stand, and the list of them."""

    kind: str
    count: int
    href: str
    sentence: str


@dataclass(frozen=True)
class Worklist:
    """The whole page. `previous` is the date that 'yesterday' means, None on the first run."""

    schools: int
    is_whole_la: bool
    run: NightlyRun
    previous: date | None
    new: list[Group] = field(default_factory=list)
    new_count: int = 0
    cleared: list[FlagLine] = field(default_factory=list)
    cleared_count: int = 0
    standing: list[KindCount] = field(default_factory=list)
    behind: list[SchoolFeed] = field(default_factory=list)

    @property
    def cleared_more(self) -> int:
        return self.cleared_count - len(self.cleared)

    @property
    def standing_count(self) -> int:
        return sum(row.count for row in self.standing)


def worklist(user: User, run: NightlyRun, *, on: date) -> Worklist:
    """What `run` changed for this person since the run before it."""
    own = own_enrolments(user, on)
    previous = previous_figures_date(run.as_of)
    opened, closed = _changes(user, own, previous, run.as_of)
    schools = School.objects.visible_to(user).count()
    return Worklist(
        schools=schools,
        is_whole_la=schools == School.objects.count(),
        run=run,
        previous=previous,
        new=_groups(opened),
        new_count=len(opened),
        cleared=[_cleared_line(flag) for flag in closed[:ROWS_SHOWN]],
        cleared_count=len(closed),
        standing=_standing_counts(own),
        behind=schools_behind(user, run.as_of),
    )


def _changes(
    user: User, own: QuerySet[Enrolment], previous: date | None, until: date
) -> tuple[list[Flag], list[Flag]]:
    """New flags that still stand, and closed ones, of the person's own enrolments, by name."""
    if previous is None:
        return [], []
    changes = changes_between(user, previous, until)
    touched = {flag.enrolment_id for flag in (*changes.opened, *changes.closed)}
    mine = set(own.filter(pk__in=touched).values_list("pk", flat=True))
    opened = [flag for flag in changes.opened if flag.closed_on is None]
    return (
        _by_name(flag for flag in _said_once(opened) if flag.enrolment_id in mine),
        _by_name(flag for flag in changes.closed if flag.enrolment_id in mine),
    )


def _by_name(flags: Iterable[Flag]) -> list[Flag]:
    return sorted(flags, key=lambda flag: (flag.enrolment.pupil.folded_name, flag.pk))


def _said_once(flags: Sequence[Flag]) -> list[Flag]:
    """A new severe flag says it all: its persistent twin is left out."""
    severe = {flag.enrolment_id for flag in flags if flag.kind == FlagKind.SEVERE_ABSENCE}
    return [
        flag
        for flag in flags
        if not (flag.kind == FlagKind.PERSISTENT_ABSENCE and flag.enrolment_id in severe)
    ]


def _groups(flags: Sequence[Flag]) -> list[Group]:
    of_kind: dict[str, list[Flag]] = defaultdict(list)
    for flag in flags:
        of_kind[flag.kind].append(flag)
    found = (
        _group(title, kinds, [flag for kind in kinds for flag in of_kind[kind]])
        for title, kinds in _GROUPS
    )
    return [group for group in found if group.count]


def _group(title: str, kinds: tuple[FlagKind, ...], flags: list[Flag]) -> Group:
    alike: dict[tuple[str, int, str], list[Flag]] = defaultdict(list)
    for flag in flags:
        alike[flag.kind, flag.school_id, flag.enrolment.year_group].append(flag)
    folds = [_fold(same) for same in alike.values() if len(same) >= FOLD_FROM]
    single = [flag for same in alike.values() if len(same) < FOLD_FROM for flag in same]
    return Group(
        title=title,
        count=len(flags),
        folds=folds,
        lines=[flag_line(flag) for flag in single[:ROWS_SHOWN]],
        more=max(len(single) - ROWS_SHOWN, 0),
        href=_list_of(flag=kinds[0]),
    )


def _fold(flags: list[Flag]) -> Fold:
    first = flags[0]
    year_group, pupils = _year_label(first), wording.counted(len(flags), "pupil")
    return Fold(
        text=f"{pupils} in {year_group} {_MOVED[FlagKind(first.kind)]}",
        kind=first.kind,
        school=first.school.name,
        year_group=year_group,
        href=_list_of(
            flag=first.kind, school=first.school_id, year_group=first.enrolment.year_group
        ),
    )


def _year_label(flag: Flag) -> str:
    code = flag.enrolment.year_group
    return YEAR_GROUP.get(code, code)


def flag_line(flag: Flag) -> FlagLine:
    """One flag with its why-sentence."""
    return _line(flag, why_sentence(FlagKind(flag.kind), flag.evidence))


def _cleared_line(flag: Flag) -> FlagLine:
    return _line(flag, CLOSE_REASON_LABELS[CloseReason(flag.close_reason)])


def _line(flag: Flag, sentence: str) -> FlagLine:
    pupil = flag.enrolment.pupil
    return FlagLine(
        flag_id=flag.pk,
        public_id=pupil.public_id,
        pupil=str(pupil),
        school=flag.school.name,
        year_group=_year_label(flag),
        kind=flag.kind,
        sentence=sentence,
    )


def _standing_counts(own: QuerySet[Enrolment]) -> list[KindCount]:
    standing = Flag.objects.open().filter(enrolment__in=own.values("pk"))
    counts: Iterable[tuple[str, int]] = (
        standing.order_by().values("kind").annotate(n=Count("pk")).values_list("kind", "n")
    )
    return [
        KindCount(kind, number, _list_of(flag=kind), FLAGS[FlagKind(kind)].sentence)
        for kind, number in sorted(counts, key=lambda row: FLAG_ORDER[FlagKind(row[0])])
    ]


def _list_of(**filters: object) -> str:
    chosen = {name: value for name, value in filters.items() if value}
    return f"{reverse('pupil_list')}?{urlencode(chosen)}"
