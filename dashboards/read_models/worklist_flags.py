"""The flags of Since yesterday: lines with their why, folded where many of a kind came at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from attendance.models import Flag, FlagAnswer
from attendance.read_models.answers import answer_tag, answers_of
from attendance.rules.answers import still_answers
from attendance.rules.why import why_sentence
from attendance.selectors import changes_between
from attendance.states import CLOSE_REASON_LABELS, CloseReason, FlagKind, Tag
from attendance_portal.shared import wording
from cases.flags import Casework, casework_of
from dashboards.read_models.rolls import own_enrolments
from schools.choices import year_group_label

if TYPE_CHECKING:
    from accounts.models import User

FOLD_FROM = 5  # so many of a kind in one year group of a school become one row
ROWS_SHOWN = 40  # of one group; the rest are a link away
SCHOOLS_SHOWN = 60  # of a list of schools, A to Z: all of a borough

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
    ("Not in the register", (FlagKind.NO_RECENT_MARKS,)),
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
    """One flag of one pupil. `answer` is how it was answered, `answered` by which role and when.

    `case`: the reference of the case the child is in; `contact`: the last one by anyone.
    """

    flag_id: int
    public_id: UUID
    pupil: str
    urn: int
    school: str
    year_group: str
    kind: str
    sentence: str
    answer: Tag | None = None
    answered: str = ""
    reason: str = ""
    case: str = ""
    contact: str = ""


@dataclass(frozen=True)
class Answered:
    """How some flags were answered, as one person may know it: decisions by flag, and casework."""

    decisions: Mapping[int, FlagAnswer]
    casework: Casework


def answered(user: User, flags: Sequence[Flag], casework: Casework | None = None) -> Answered:
    """However many flags, the same few queries. `casework`: of their children, if it is known."""
    children = {flag.enrolment.pupil_id for flag in flags}
    return Answered(
        decisions=answers_of(user, [flag.pk for flag in flags]),
        casework=casework or casework_of(user, children),
    )


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
class Moved:
    """Flags that opened and still stand, and flags that closed, by the pupil's name."""

    opened: list[Flag]
    closed: list[Flag]

    @property
    def new_by_school(self) -> Counter[int]:
        """URN to how many opened."""
        return Counter(flag.school_id for flag in self.opened)


def moved(user: User, previous: date | None, until: date, *, on: date) -> Moved:
    """What changed among the person's own enrolments after one figures' date, up to another."""
    if previous is None:
        return Moved([], [])
    changes = changes_between(user, previous, until)
    touched = {flag.enrolment_id for flag in (*changes.opened, *changes.closed)}
    own = own_enrolments(user, on).filter(pk__in=touched)
    mine = set(own.values_list("pk", flat=True))
    opened = [flag for flag in changes.opened if flag.closed_on is None]
    return Moved(
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


def groups(flags: Sequence[Flag], answers: Answered, *, on: date) -> list[Group]:
    """What cannot wait first."""
    of_kind: dict[str, list[Flag]] = defaultdict(list)
    for flag in flags:
        of_kind[flag.kind].append(flag)
    found = (
        _group(title, kinds, [flag for kind in kinds for flag in of_kind[kind]], answers, on)
        for title, kinds in _GROUPS
    )
    return [group for group in found if group.count]


def _group(
    title: str,
    kinds: tuple[FlagKind, ...],
    flags: list[Flag],
    answers: Answered,
    on: date,
) -> Group:
    alike: dict[tuple[str, int, str], list[Flag]] = defaultdict(list)
    for flag in flags:
        alike[flag.kind, flag.school_id, flag.enrolment.year_group].append(flag)
    folds = [_fold(same) for same in alike.values() if len(same) >= FOLD_FROM]
    single = [flag for same in alike.values() if len(same) < FOLD_FROM for flag in same]
    return Group(
        title=title,
        count=len(flags),
        folds=folds,
        lines=[flag_line(flag, answers, on=on) for flag in single[:ROWS_SHOWN]],
        more=max(len(single) - ROWS_SHOWN, 0),
        href=list_of(flag=kinds[0]),
    )


def _fold(flags: list[Flag]) -> Fold:
    first = flags[0]
    year_group, pupils = _year_label(first), wording.counted(len(flags), "pupil")
    return Fold(
        text=f"{pupils} in {year_group} {_MOVED[FlagKind(first.kind)]}",
        kind=first.kind,
        school=first.school.name,
        year_group=year_group,
        href=list_of(
            flag=first.kind, school=first.school_id, year_group=first.enrolment.year_group
        ),
    )


def _year_label(flag: Flag) -> str:
    code = flag.enrolment.year_group
    return year_group_label(code)


def flag_line(flag: Flag, answers: Answered, *, on: date) -> FlagLine:
    """One flag with its why-sentence and how it was answered: a case first, then a decision that
    holds, then a contact."""
    decision = answers.decisions.get(flag.pk)
    holds = decision is not None and still_answers(decision.look_again_on, on)
    casework = answers.casework.answer_to(flag, decision)
    contact = answers.casework.contacts.get(flag.enrolment.pupil_id)
    line = replace(
        _line(flag, why_sentence(FlagKind(flag.kind), flag.evidence)),
        answer=answer_tag(decision, on),
        contact=contact.sentence(on) if contact else "",
    )
    if casework is not None and (casework.reference or not holds):
        return replace(line, answer=casework.tag, answered=casework.said, case=casework.reference)
    if decision is not None and holds:
        return replace(line, answered=_who(decision), reason=decision.reason)
    return line


def due_again(flag: Flag, decision: FlagAnswer, *, on: date) -> FlagLine:
    """One flag whose day to look again has come, or comes soon."""
    line = _line(flag, why_sentence(FlagKind(flag.kind), flag.evidence))
    holds = still_answers(decision.look_again_on, on)
    return replace(
        line,
        answer=answer_tag(decision, on),
        answered=_who(decision) if holds else "",
        reason=decision.reason if holds else "",
    )


def _who(answer: FlagAnswer) -> str:
    return f"{answer.get_by_role_display()}, {wording.moment(answer.at)}"


def cleared_line(flag: Flag) -> FlagLine:
    """One closed flag with the reason it closed."""
    return _line(flag, CLOSE_REASON_LABELS[CloseReason(flag.close_reason)])


def _line(flag: Flag, sentence: str) -> FlagLine:
    pupil = flag.enrolment.pupil
    return FlagLine(
        flag_id=flag.pk,
        public_id=pupil.public_id,
        pupil=str(pupil),
        urn=flag.school_id,
        school=flag.school.name,
        year_group=_year_label(flag),
        kind=flag.kind,
        sentence=sentence,
    )


def list_of(**filters: object) -> str:
    """The pupil list with these filters."""
    chosen = {name: value for name, value in filters.items() if value}
    return f"{reverse('pupil_list')}?{urlencode(chosen)}"
