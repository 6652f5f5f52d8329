"""The ways of dividing a slice: groups in a fixed order, each with the filter that names it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Final, Literal

from dashboards.charts.facts import Share
from dashboards.read_models.slices import Slice, Sums
from schools.choices import (
    ENGLISH,
    ENROLMENT_STATUS,
    ETHNICITY,
    KEY_STAGE,
    LANGUAGE_GROUP,
    NO_LANGUAGE,
    PHASE,
    SEN_PROVISION,
    SEX,
    SOCIAL_CARE,
    YEAR_GROUP,
    main_ethnicity,
)
from schools.models import School

NOT_KNOWN: Final = "Not known"
SCHOOL: Final = "school"
MOST_SCHOOLS: Final = 12  # beyond it the page of schools is the place to compare them

Measure = Literal["persistent", "severe", "absence"]
MEASURES: Final[Mapping[Measure, str]] = {
    "persistent": "Persistent absence",
    "severe": "Severe absence",
    "absence": "Sessions missed",
}


def _same(value: str) -> str:
    return value


def _key_stage(year_group: str) -> str:
    return next((key for key, (_, years) in KEY_STAGE.items() if year_group in years), "")


def _language(code: str) -> str:
    if code in ENGLISH:
        return "english"
    return "" if code in NO_LANGUAGE else "other"


@dataclass(frozen=True)
class Dimension:
    """One way of dividing children: a field of the enrolment, and its groups in order.

    A group's key is the value of the filter `parameter` that names its children. `group_of`: which
    group a stored value is of. `is_narrow`: so few groups that they fit side by side.
    """

    key: str
    label: str
    path: str
    groups: Mapping[str, str]
    parameter: str = ""
    group_of: Callable[[str], str] = _same
    is_narrow: bool = True

    @property
    def filter_name(self) -> str:
        """The name of the filter in an address."""
        return self.parameter or self.key


_YES_NO: Final = {"true": "Yes", "false": "No"}
_STAGES: Final = {key: label for key, (label, _) in KEY_STAGE.items()}
ALWAYS: Final = (
    Dimension("year_group", "Year group", "year_group", YEAR_GROUP, is_narrow=False),
    Dimension("key_stage", "Key stage", "year_group", _STAGES, "year_group", _key_stage),
    Dimension("sex", "Sex", "pupil__sex", SEX),
    Dimension("fsm", "Free school meals", "pupil__fsm_eligible", _YES_NO),
    Dimension("sen", "SEN", "pupil__sen_provision", SEN_PROVISION),
    Dimension(
        "ethnicity",
        "Ethnicity",
        "pupil__ethnicity",
        ETHNICITY,
        group_of=main_ethnicity,
        is_narrow=False,
    ),
    Dimension(
        "language", "First language", "pupil__first_language", LANGUAGE_GROUP, group_of=_language
    ),
    Dimension("social_care", "Social care", "pupil__social_care", SOCIAL_CARE),
    Dimension("young_carer", "Young carer", "pupil__young_carer", _YES_NO),
    Dimension("status", "Registration", "status", ENROLMENT_STATUS),
    Dimension("phase", "Phase", "school__phase", PHASE),
)


def dimensions_of(asked: Slice, usable: Iterable[str]) -> tuple[Dimension, ...]:
    """Those that this reader may divide by. `usable`: the filters that they may use.

    Schools are among them, A to Z, where the slice is of a few.
    """
    filters = frozenset(usable)
    found = [each for each in ALWAYS if each.filter_name in filters]
    if SCHOOL in filters and 1 < len(asked.schools) <= MOST_SCHOOLS:
        rows = School.objects.filter(pk__in=asked.schools).alphabetical()
        names = {str(urn): name for urn, name in rows.values_list("pk", "name")}
        found.append(Dimension(SCHOOL, "School", "school_id", names, is_narrow=False))
    return tuple(found)


def plus(one: Sums, other: Sums) -> Sums:
    """Two sums of different enrolments, added."""
    return Sums(*(getattr(one, each.name) + getattr(other, each.name) for each in fields(Sums)))


def by_group(dimension: Dimension, sums: Mapping[str, Sums]) -> dict[str, Sums]:
    """Sums by stored value as sums by group, in order; under "" those of whom it is not known."""
    found: dict[str, Sums] = {}
    for value, each in sums.items():
        group = dimension.group_of(value)
        key = group if group in dimension.groups else ""
        found[key] = plus(found.get(key, Sums()), each)
    return {key: found[key] for key in (*dimension.groups, "") if key in found}


def label_of(dimension: Dimension, group: str) -> str:
    """A group as people read it."""
    return dimension.groups.get(group, NOT_KNOWN)


def narrowed(asked: Slice, dimension: Dimension, group: str) -> dict[str, str] | None:
    """The filter that leaves this group of the slice alone; None for those not known.

    A filter that names one group already stays: a key stage asked for is narrowed to a year group,
    but a year group is not widened to its key stage.
    """
    if not group:
        return None
    name = dimension.filter_name
    there = asked.address.get(name, "")
    is_wide = there in KEY_STAGE or there == "any"
    return {} if there and not is_wide else {name: group}


def share_of(sums: Sums, measure: Measure, missed: str) -> Share:
    """Enrolments over a line, or sessions missed of the kind asked for."""
    return sums.missed(missed) if measure == "absence" else sums.of_enrolments(measure)
