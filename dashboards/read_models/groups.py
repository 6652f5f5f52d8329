"""Groups of children beside everyone else, in a fixed order and never by size."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from accounts.roles import Permission
from attendance.read_models.by_school import GroupSums, group_sums
from attendance.rules.intervals import wilson_interval
from dashboards.charts.facts import GroupRow, Share
from dashboards.read_models.series import chosen_schools
from schools.choices import (
    ETHNIC_GROUP_OF,
    SEN_PROVISION,
    SEX,
    SOCIAL_CARE,
    YEAR_GROUP,
    ethnic_group,
)
from schools.models import Enrolment, Pupil
from schools.permissions import has_permission
from schools.scoping import access_of

if TYPE_CHECKING:
    from accounts.models import User

Measure = Literal["persistent", "severe", "absence"]
_NOT_KNOWN: Final = "Not known"
_FREE_MEALS: Final = {"1": "Eligible", "0": "Not eligible"}


def _same(value: str) -> str:
    return value


@dataclass(frozen=True)
class Dimension:
    """One way of dividing children: its groups in order, and which group a stored value is of."""

    key: str
    label: str
    groups: Mapping[str, str]
    group_of: Callable[[str], str] = _same
    is_sensitive: bool = False


_ETHNIC_GROUPS: Final = tuple(dict.fromkeys(ETHNIC_GROUP_OF.values()))
DIMENSIONS: Final = (
    Dimension("sex", "Sex", SEX),
    Dimension("year_group", "Year group", YEAR_GROUP),
    Dimension("fsm", "Free school meals", _FREE_MEALS, is_sensitive=True),
    Dimension("sen", "SEN", SEN_PROVISION, is_sensitive=True),
    Dimension(
        "ethnicity",
        "Ethnicity",
        {group: group for group in _ETHNIC_GROUPS},
        lambda code: ethnic_group(code) if code else "",
        is_sensitive=True,
    ),
    Dimension("social_care", "Social care", SOCIAL_CARE, is_sensitive=True),
)


@dataclass
class _Sums:
    """Enrolments and sessions of one group, added up."""

    enrolments: int = 0
    possible: int = 0
    absent: int = 0
    persistent: int = 0
    severe: int = 0

    def add(self, row: GroupSums) -> None:
        self.enrolments += row.enrolments
        self.possible += row.possible
        self.absent += row.absent
        self.persistent += row.persistent
        self.severe += row.severe

    def share(self, measure: Measure) -> Share:
        if measure == "absence":
            return Share(self.absent, self.possible)
        part = self.persistent if measure == "persistent" else self.severe
        return Share(part, self.enrolments)


@dataclass
class _Divided:
    """One dimension's groups, by label in order, and everyone together."""

    dimension: Dimension
    groups: dict[str, _Sums] = field(default_factory=dict)
    everyone: _Sums = field(default_factory=_Sums)

    def add(self, row: GroupSums) -> None:
        group = self.dimension.group_of(row.value)
        label = self.dimension.groups.get(group, _NOT_KNOWN)
        self.groups.setdefault(label, _Sums()).add(row)
        self.everyone.add(row)


def group_rows(
    user: User,
    *,
    urns: Collection[int] | None,
    as_of: date,
    measure: Measure = "persistent",
) -> list[GroupRow]:
    """Each group with a possible session in the year of `as_of`, beside everyone else there.

    Of the schools among `urns` that the person sees (None: all of them). `measure`: persistent or
    severe of enrolments, or absence of sessions. Facts that need the right to see them (free
    meals, SEN, ethnicity, social care) are left out for whoever has it not; of a child whose record
    is not wholly open (move not confirmed, gone elsewhere) they are not known. The 95% range is of
    enrolments (Wilson); sessions of one child are no chances of their own, so absence has none.
    """
    sees_all = has_permission(user, Permission.SEE_SENSITIVE)
    shown = [each for each in DIMENSIONS if sees_all or not each.is_sensitive]
    schools = chosen_schools(user, urns)
    sums = group_sums(schools, as_of, hidden=_partly_open(user, schools))
    return [row for dimension in shown for row in _rows(_divided(dimension, sums), measure)]


def _partly_open(user: User, urns: Collection[int]) -> list[int]:
    """Children who are or were on these rolls and of whom something is hidden from this person."""
    if access_of(user).everything:
        return []
    whole = Pupil.objects.wholly_visible_to(user).values("pk")
    rolls = Enrolment.objects.filter(school__in=urns).exclude(pupil__in=whole)
    return sorted(set(rolls.values_list("pupil_id", flat=True)))


def _divided(dimension: Dimension, sums: Iterable[GroupSums]) -> _Divided:
    divided = _Divided(dimension)
    for row in sums:
        if row.dimension == dimension.key:
            divided.add(row)
    return divided


def _rows(divided: _Divided, measure: Measure) -> list[GroupRow]:
    everyone = divided.everyone.share(measure)
    order = [*divided.dimension.groups.values(), _NOT_KNOWN]
    return [
        _row(divided.dimension, label, divided.groups[label].share(measure), everyone, measure)
        for label in order
        if label in divided.groups
    ]


def _row(
    dimension: Dimension, label: str, group: Share, everyone: Share, measure: Measure
) -> GroupRow:
    others = Share(everyone.part - group.part, everyone.whole - group.whole)
    interval = None if measure == "absence" else wilson_interval(group.part, group.whole)
    return GroupRow(dimension.label, label, group, others, interval)
