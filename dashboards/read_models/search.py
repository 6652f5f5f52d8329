"""Who, which case and which school a search finds, among what this person may see.

Out of scope and nowhere give the same answer. Former names are not kept of any child, so a former
name finds nobody; a former UPN finds the child. A case is found by its reference and by its child,
never by what anybody wrote in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Case as DatabaseCase
from django.db.models import Q, QuerySet, Value, When
from django.db.models.lookups import GreaterThanOrEqual

from attendance.states import Tag
from attendance_portal.shared import wording
from cases.models import Case
from cases.rules.reference import reference_in
from cases.states import STAGES, CaseStatus, Stage, case_tag
from dashboards.read_models.pupil_list import date_notes
from dashboards.read_models.rolls import rank
from schools.choices import PHASE, year_group_label
from schools.models import Enrolment, Pupil, School
from schools.rules.search_words import Asked
from schools.rules.spelling import SHORTEST, is_near

if TYPE_CHECKING:
    from accounts.models import User

SHOWN: Final = 20  # of each table
_CANDIDATES: Final = 200  # names looked at letter by letter for near spellings
_LOOKS_ALIKE: Final = 0.3  # of a word's groups of three letters; PostgreSQL's own default
_BEFORE: Final = "(^|[ ,-])"
_AFTER: Final = "($|[ ,-])"


@dataclass(frozen=True)
class PupilFound:
    """One child. `notes`: 'left 12 Sep 2025' and the like; `is_similar`: a near spelling."""

    public_id: UUID
    name: str
    year_group: str
    school: str
    born_on: date
    notes: tuple[str, ...]
    is_similar: bool


@dataclass(frozen=True)
class CaseFound:
    """One case: whose, at which stage, and whether it is open."""

    reference: str
    pupil: str
    school: str
    stage: str
    tag: Tag


@dataclass(frozen=True)
class SchoolFound:
    """One school with its numbers."""

    urn: int
    name: str
    phase: str
    dfe_number: str


@dataclass(frozen=True)
class Found:
    """At most twenty of each, and how many more there are."""

    pupils: list[PupilFound] = field(default_factory=list)
    more_pupils: int = 0
    cases: list[CaseFound] = field(default_factory=list)
    more_cases: int = 0
    schools: list[SchoolFound] = field(default_factory=list)
    more_schools: int = 0

    @property
    def is_empty(self) -> bool:
        return not self.pupils and not self.cases and not self.schools


def pupil_of_upn(upn: str, user: User) -> UUID | None:
    """The public id of the child who has this UPN, or had it before."""
    pupils = Pupil.objects.visible_to(user)
    own = Q(upn=upn) | Q(pk__in=_once_numbered(upn))
    return pupils.filter(own).values_list("public_id", flat=True).first()


def _once_numbered(upn: str) -> QuerySet[Pupil, Any]:
    return Pupil.objects.filter(former_upns__upn=upn).values("pk")


def case_of_reference(typed: str, user: User) -> str:
    """The reference, as it is written, of the case that has the one typed; empty for none."""
    asked = reference_in(typed)
    cases = Case.objects.visible_to(user)
    return asked if asked and cases.filter(reference=asked).exists() else ""


def school_of_number(asked: Asked, user: User) -> int | None:
    """The URN of the school that has this URN or DfE number."""
    schools = School.objects.visible_to(user)
    if asked.urn is not None:
        return schools.filter(urn=asked.urn).values_list("urn", flat=True).first()
    if asked.dfe_number is None:
        return None
    la_code, estab = asked.dfe_number
    numbered = schools.filter(la_code=la_code, estab=estab).order_by("-status", "urn")
    return numbered.values_list("urn", flat=True).first()


def found(asked: Asked, user: User, *, on: date, with_schools: bool = True) -> Found:
    """Pupils, their cases and schools by name, and pupils by date of birth. `on`: who has left by
    this day."""
    if not asked.words and asked.born_on is None:
        return Found()
    pupils = Pupil.objects.visible_to(user)
    if asked.born_on is not None:
        pupils = pupils.filter(date_of_birth=asked.born_on)
    exact = pupils.filter(_names(asked.words))
    chosen = list(_whole_words_first(exact, asked.words)[:SHOWN])
    is_full = len(chosen) == SHOWN
    more = exact.count() - SHOWN if is_full else 0
    near = [] if is_full else _near(pupils, asked.words, without=chosen)[: SHOWN - len(chosen)]
    cases, more_cases = _cases(asked, user, near)
    schools, more_schools = _schools(asked, user) if with_schools else ([], 0)
    return Found(
        pupils=_pupil_rows(chosen, near, user, on),
        more_pupils=more,
        cases=cases,
        more_cases=more_cases,
        schools=schools,
        more_schools=more_schools,
    )


def _names(words: Iterable[str], ending: str = "") -> Q:
    """Every word begins (or, with an ending, is) a word of the name, in any order."""
    conditions = [Q(folded_name__regex=_BEFORE + _escaped(word) + ending) for word in words]
    return reduce(and_, conditions, Q())


def _escaped(word: str) -> str:
    """For PostgreSQL, whose expressions take a backslash before a letter as a command."""
    return re.sub(r"([^\w\s])", r"\\\1", word)


def _whole_words_first(rows: QuerySet[Pupil], words: Sequence[str]) -> QuerySet[Pupil]:
    """Ann before Anna when Ann was typed, then by name and age: twins stand together."""
    if words:
        whole = DatabaseCase(When(_names(words, _AFTER), then=Value(0)), default=Value(1))
        rows = rows.alias(part_of_word=whole).order_by("part_of_word", *_BY_NAME)
        return rows
    return rows.order_by(*_BY_NAME)


_BY_NAME: Final = ("folded_name", "date_of_birth", "pk")


def _near(rows: QuerySet[Pupil], words: Sequence[str], *, without: Sequence[Pupil]) -> list[Pupil]:
    """Children whose name is another spelling of what was typed, most alike first."""
    if not any(len(word) >= SHORTEST for word in words):
        return []
    alike = [_names([word]) | Q(_alike(word)) for word in words]
    longest = max(words, key=len)
    candidates = (
        rows.filter(reduce(and_, alike))
        .exclude(pk__in=[pupil.pk for pupil in without])
        .annotate(likeness=TrigramWordSimilarity(longest, "folded_name"))
        .order_by("-likeness", *_BY_NAME)[:_CANDIDATES]
    )
    return [pupil for pupil in candidates if _is_near(words, pupil.folded_name)]


def _alike(word: str) -> GreaterThanOrEqual:
    return GreaterThanOrEqual(TrigramWordSimilarity(word, "folded_name"), _LOOKS_ALIKE)


def _is_near(words: Iterable[str], folded_name: str) -> bool:
    names = re.split("[ ,-]+", folded_name)
    return all(
        any(name.startswith(word) or is_near(word, name) for name in names) for word in words
    )


def _pupil_rows(
    exact: Sequence[Pupil], near: Sequence[Pupil], user: User, on: date
) -> list[PupilFound]:
    both = [*exact, *near]
    rolls: dict[int, Enrolment] = {}
    mine = Enrolment.objects.visible_to(user).filter(pupil__in=[pupil.pk for pupil in both])
    for roll in mine.select_related("school"):
        held = rolls.get(roll.pupil_id)
        if held is None or rank(roll, on) > rank(held, on):
            rolls[roll.pupil_id] = roll
    similar = {pupil.pk for pupil in near}
    return [_pupil_row(one, rolls.get(one.pk), one.pk in similar, on) for one in both]


def _pupil_row(pupil: Pupil, roll: Enrolment | None, is_similar: bool, on: date) -> PupilFound:
    return PupilFound(
        public_id=pupil.public_id,
        name=str(pupil),
        year_group=year_group_label(roll.year_group) if roll else "",
        school=roll.school.name if roll else "",
        born_on=pupil.date_of_birth,
        notes=tuple(date_notes(roll, on)) if roll else (),
        is_similar=is_similar,
    )


def _cases(asked: Asked, user: User, near: Sequence[Pupil]) -> tuple[list[CaseFound], int]:
    """Cases of the children found, near spellings included: those worked on before closed ones."""
    names = Q(*[Q(pupil__folded_name__regex=_BEFORE + _escaped(word)) for word in asked.words])
    if asked.born_on is not None:
        names &= Q(pupil__date_of_birth=asked.born_on)
    rows = Case.objects.visible_to(user).filter(names | Q(pupil__in=[pupil.pk for pupil in near]))
    closed = DatabaseCase(When(status=CaseStatus.CLOSED, then=Value(1)), default=Value(0))
    in_order = rows.alias(closed=closed).order_by("closed", "pupil__folded_name", "-opened_on")
    shown = list(in_order.select_related("pupil", "school")[:SHOWN])
    more = rows.count() - SHOWN if len(shown) == SHOWN else 0
    return [_case_row(case) for case in shown], more


def _case_row(case: Case) -> CaseFound:
    return CaseFound(
        reference=case.reference,
        pupil=str(case.pupil),
        school=str(case.school),
        stage=STAGES[Stage(case.stage)].place,
        tag=case_tag(case.status, case.paused_until),
    )


def _schools(asked: Asked, user: User) -> tuple[list[SchoolFound], int]:
    """Schools whose name has every word; a date of birth is no school's."""
    if asked.born_on is not None or not asked.words:
        return [], 0
    named = School.objects.visible_to(user).filter(_names(asked.words)).alphabetical()
    shown = list(named[:SHOWN])
    more = named.count() - SHOWN if len(shown) == SHOWN else 0
    return [_school_row(school) for school in shown], more


def _school_row(school: School) -> SchoolFound:
    return SchoolFound(
        urn=school.urn,
        name=school.name,
        phase=PHASE.get(school.phase, ""),
        dfe_number=f"{school.la_code}/{school.estab}" if school.estab else "",
    )


def found_in_words(found: Found) -> str:
    """'3 pupils, 1 case and 1 school', for the line above the tables."""
    counts = (
        (len(found.pupils) + found.more_pupils, "pupil"),
        (len(found.cases) + found.more_cases, "case"),
        (len(found.schools) + found.more_schools, "school"),
    )
    parts = [wording.counted(number, word) for number, word in counts if number]
    return wording.listed(parts) if parts else ""
