"""Rows of the pupil list: one an enrolment, with its year so far and its open flags."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Case, F, QuerySet, When
from django.db.models.expressions import OrderBy

from attendance.cohorts import LINES
from attendance.models import EnrolmentCohort, Flag
from attendance.read_models.figures import ABSENT, WHOLE_YEAR, Figures
from attendance.read_models.past import PastFigures
from attendance.rules.absence import is_too_early_to_say
from attendance.rules.pattern_words import reason
from attendance.rules.patterns import CohortKey
from attendance.rules.percent import shown_percent
from attendance.selectors import schools_behind
from attendance.states import FLAG_ORDER, FlagKind
from attendance_portal.shared import wording
from dashboards.listing import Column
from dashboards.parts import Stale, marks_behind
from dashboards.read_models.rolls import school_pages
from schools.choices import MAIN_ENROLMENT_STATUSES, YEAR_GROUP, year_group_label
from schools.models import Enrolment
from schools.scoping import in_force

if TYPE_CHECKING:
    from accounts.models import User

DEFAULT_SORT = "name"
_MISSED: Final = {
    ABSENT: "Absence",
    "authorised": "Authorised absence",
    "unauthorised": "Unauthorised absence",
    "illness": "Illness",
}
_ORDERS = {
    "name": "pupil__folded_name",
    "school": "school__folded_name",
    "year_group": "year_group",
    "absence": "share",
    "unauthorised": "unauthorised",
}
_BY_NAME: Final = ("pupil__folded_name", "school__folded_name", "pk")


@dataclass(frozen=True)
class Question:
    """What the rows of a list are asked: by whom, as of which day, in which cohort ("": any).

    `figures`: of the period asked for, None before the first run; `missed`: which sessions count,
    as the figures name them; `past`: what else is known when the day is not the figures' date.
    """

    user: User
    as_of: date | None
    on: date
    minimum: int
    cohort: str = ""
    past: PastFigures | None = None
    figures: Figures | None = None
    missed: str = ABSENT

    @property
    def missed_label(self) -> str:
        """'Absence this year', 'Illness, Spring term'."""
        label = _MISSED[self.missed]
        if self.figures is None or self.figures.period == WHOLE_YEAR:
            return f"{label} this year"
        return f"{label}, {self.figures.period.short_label}"

    @property
    def columns(self) -> tuple[Column, ...]:
        """In a list of a named cohort the reason stands where unauthorised sessions do else."""
        return (
            Column("Pupil", "name"),
            Column("School", "school"),
            Column("Year", "year_group"),
            Column(self.missed_label, "absence", is_numeric=True),
            Column("Why in this cohort")
            if self.cohort
            else Column("Unauthorised", "unauthorised", is_numeric=True),
            Column("Open flags"),
        )


@dataclass(frozen=True)
class CohortLink:
    """A named cohort above the list: how many of the list are in it, and the list of those.

    Without an address where nobody is.
    """

    label: str
    shown: str
    href: str = ""
    is_current: bool = False


@dataclass(frozen=True)
class PupilRow:
    """One line of the list. `absence` and `sessions` are as printed.

    `reason` says why the child is in the cohort that the list shows; `flags_at` names the school
    where a child is on two rolls.
    """

    public_id: UUID
    name: str
    notes: tuple[str, ...]
    school: str
    year_group: str
    absence: str
    sessions: str
    unauthorised: str
    is_too_early: bool
    kinds: tuple[str, ...]
    stale: Stale | None = None
    reason: str = ""
    flags_at: str = ""
    school_href: str = ""


def ordered(rows: QuerySet[Enrolment], sort: str, asked: Question) -> QuerySet[Enrolment]:
    """With the figures of the period and in the order asked for, then by name.

    No figure, or too early to say, comes last.
    """
    if asked.figures is None:
        key = _ORDERS[sort.removeprefix("-")]
        by = _BY_NAME if key in ("share", "unauthorised") else (_by(key), *_BY_NAME)
        return rows.order_by(*by)
    figured = asked.figures.on(rows, missed=asked.missed)
    key = _ORDERS[sort.removeprefix("-")]
    value = Case(When(possible__gte=asked.minimum, then=F(key))) if key == "share" else _by(key)
    order = OrderBy(value, descending=sort.startswith("-"), nulls_last=True)
    return figured.order_by(order, *_BY_NAME)


def _by(key: str) -> F | Case:
    """What a column sorts by; year groups as children pass through them, not as text."""
    if key != "year_group":
        return F(key)
    return Case(*(When(year_group=code, then=place) for place, code in enumerate(YEAR_GROUP)))


def pupil_rows(enrolments: Sequence[Enrolment], asked: Question) -> list[PupilRow]:
    """The lines of one page, by a fixed number of queries whatever their number."""
    kinds = _open_flags(enrolments, asked)
    elsewhere = _other_rolls(enrolments, asked)
    reasons = _reasons(enrolments, asked)
    behind = _behind(asked)
    pages = school_pages(asked.user, {row.school_id for row in enrolments})
    return [
        _row(
            row,
            asked,
            kinds=kinds[row.pk],
            elsewhere=elsewhere[row.pk],
            reason=reasons.get(row.pk, ""),
            stale=behind.get(row.school_id),
            school_href=pages.get(row.school_id, ""),
        )
        for row in enrolments
    ]


def _open_flags(enrolments: Sequence[Enrolment], asked: Question) -> dict[int, list[str]]:
    flags = Flag.objects.open()
    if asked.past is not None:
        flags = Flag.objects.standing_on(asked.past.as_of)
    found = flags.filter(enrolment__in=[row.pk for row in enrolments])
    kinds: dict[int, list[str]] = defaultdict(list)
    for enrolment_id, kind in found.values_list("enrolment_id", "kind"):
        kinds[enrolment_id].append(kind)
    return kinds


def _other_rolls(enrolments: Sequence[Enrolment], asked: Question) -> dict[int, list[str]]:
    """Enrolment id to the other schools that the child is on roll at, as far as one may see."""
    others = (
        Enrolment.objects.visible_to(asked.user)
        .filter(in_force(asked.on, "starts_on", "ends_on"), awaiting_confirmation=False)
        .filter(pupil__in=[row.pupil_id for row in enrolments])
        .order_by("school__folded_name", "pk")
        .values_list("pk", "pupil_id", "school_id", "school__name")
    )
    rolls: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for pk, pupil_id, school_id, name in others:
        rolls[pupil_id].append((pk, school_id, name))
    schools: dict[int, list[str]] = defaultdict(list)
    for row in enrolments:
        if not in_roll(row, asked.on):
            continue
        schools[row.pk] = [
            name
            for pk, school_id, name in rolls[row.pupil_id]
            if pk != row.pk and school_id != row.school_id
        ]
    return schools


def in_roll(row: Enrolment, on: date) -> bool:
    """Whether the enrolment covers the day."""
    return row.starts_on <= on and (row.ends_on is None or row.ends_on >= on)


def _reasons(enrolments: Sequence[Enrolment], asked: Question) -> dict[int, str]:
    """Enrolment id to why it is in the cohort of the list; none where the list shows none."""
    if not asked.cohort or asked.as_of is None:
        return {}
    key, on = CohortKey(asked.cohort), asked.as_of
    evidence = _evidence([row.pk for row in enrolments], asked)
    return {pk: reason(key, figures, on=on, lines=LINES) for pk, figures in evidence.items()}


def _evidence(pks: list[int], asked: Question) -> Mapping[int, Any]:
    if asked.past is not None:
        held = ((pk, asked.past.cohorts.get(pk, {})) for pk in pks)
        return {pk: one[asked.cohort] for pk, one in held if asked.cohort in one}
    rows = EnrolmentCohort.objects.filter(enrolment__in=pks, cohort=asked.cohort)
    return dict(rows.values_list("enrolment_id", "evidence"))


def _behind(asked: Question) -> dict[int, Stale | None]:
    if asked.as_of is None:
        return {}
    return {
        feed.urn: marks_behind(feed.last_mark_on, feed.school_days_behind)
        for feed in schools_behind(asked.user, asked.as_of)
    }


def _row(
    row: Enrolment,
    asked: Question,
    *,
    kinds: list[str],
    elsewhere: list[str],
    reason: str,
    stale: Stale | None,
    school_href: str,
) -> PupilRow:
    possible, missed = _figure(row, "possible"), _figure(row, asked.missed)
    on = asked.on if asked.past is None else asked.past.as_of
    notes = enrolment_notes(row, on)
    if elsewhere:
        notes.append(f"also on roll at {wording.listed(elsewhere)}")
    return PupilRow(
        public_id=row.pupil.public_id,
        name=str(row.pupil),
        notes=tuple(notes),
        school=row.school.name,
        year_group=year_group_label(row.year_group),
        absence=shown_percent(missed, possible),
        sessions=f"{missed:,} of {possible:,} sessions" if possible else "",
        unauthorised=f"{_figure(row, 'unauthorised'):,}" if possible else "",
        is_too_early=bool(possible) and is_too_early_to_say(possible, asked.minimum),
        kinds=tuple(sorted(kinds, key=lambda kind: FLAG_ORDER[FlagKind(kind)])),
        stale=stale,
        reason=reason,
        flags_at=row.school.name if kinds and elsewhere else "",
        school_href=school_href,
    )


def _figure(row: Enrolment, name: str) -> int:
    """A figure that `Figures.on` added; 0 where nothing was possible or there are no figures."""
    return getattr(row, name, None) or 0


def enrolment_notes(row: Enrolment, on: date) -> list[str]:
    """What is out of the ordinary about this enrolment, in words."""
    notes = date_notes(row, on)
    if row.status == "M":
        notes.append("on two rolls, main school")
    elif row.status not in MAIN_ENROLMENT_STATUSES:
        notes.append("main school elsewhere")
    return notes


def date_notes(row: Enrolment, on: date) -> list[str]:
    """Whether it has ended, has yet to start or is not confirmed."""
    notes = []
    if row.ends_on is not None and row.ends_on < on:
        notes.append(f"left {wording.day(row.ends_on)}")
    if row.starts_on > on:
        notes.append(f"starts {wording.day(row.starts_on)}")
    if row.awaiting_confirmation:
        notes.append("move not confirmed yet")
    return notes
