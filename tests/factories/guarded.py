"""A borough of invented children of which every group holds few: for tests of small numbers.

Four schools of 40 children, two of them primary; which child has which fact follows from its number
alone. What is true of any choice of them is added up here, without the product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from attendance.models import RegisterWeek
from attendance.services.nightly import run_for_everyone
from attendance_portal.shared.planner import count_for_the_planner
from schools.models import Enrolment, Place, Pupil, School, Trust
from tests.factories.classes import FIRST_MONDAY, LATEST, WEEKS
from tests.factories.pupils import upn
from tests.factories.schools import PlaceFactory, SchoolFactory, TrustFactory, make_terms

A_SCHOOL: Final = 40
SESSIONS: Final = 50
PERSISTENT, SEVERE = 5, 25  # sessions of 50: 10% and 50%
_WEEK: Final = 10
_FIRST_NUMBER: Final = 500_000
_WARDS: Final = ("E05012442", "E05012444", "E05012447")
#: A choice of children: a name and a value of the filter bar.
Choice = tuple[str, str]


@dataclass(frozen=True)
class Child:
    """One child, and how many of 50 sessions it missed."""

    school: int
    phase: str
    year_group: str
    sex: str
    fsm: bool
    sen: str
    ward: int
    missed: int


def _children() -> Iterator[Child]:
    for school in range(4):
        for number in range(A_SCHOOL):
            yield Child(
                school=school,
                phase="PS" if school < 2 else "SS",
                year_group=str((4 if school < 2 else 7) + number % 3),
                sex="F" if (7 * number + school) % 5 < 2 else "M",
                fsm=number % 4 == school,
                sen="E" if number % 20 == school else "K" if number % 20 in (5, 11, 16) else "N",
                ward=(number * 5 + school) % 7 % 3,
                missed=_missed(school, number),
            )


def _missed(school: int, number: int) -> int:
    """A few severe, some persistent and most neither, differently in each school."""
    if number % (13 - school) == 3:
        return 30 + number % 9
    if number * (school + 3) % 11 < 2 + school:
        return 6 + number % 15
    return number % PERSISTENT


CHILDREN: Final = tuple(_children())


class GuardedBorough:
    """The children in the database with five weeks of registers, and the figures of LATEST."""

    def __init__(self) -> None:
        make_terms()
        wards = Place.objects.in_bulk(_WARDS, field_name="code")
        self.wards = [wards[code] for code in _WARDS]
        self.locality = PlaceFactory(code="L-BOTH", name="Both", kind=Place.Kind.LOCALITY)
        Place.objects.filter(code__in=_WARDS[:2]).update(part_of=self.locality)
        self.trust: Trust = TrustFactory(name="Odd Trust")
        self.schools = [self._school(number) for number in range(4)]
        self._fill()
        self.choices = self._choices()
        run_for_everyone(as_of=LATEST)
        count_for_the_planner()

    def _school(self, number: int) -> School:
        phase = "PS" if number < 2 else "SS"
        trust = self.trust if number % 2 else None
        return SchoolFactory(phase=phase, trust=trust, ward=self.wards[number % 2])

    def _fill(self) -> None:
        pupils = Pupil.objects.bulk_create(
            Pupil(
                upn=upn(_FIRST_NUMBER + number),
                surname=f"Guarded{number}",
                forename="Robin",
                folded_name=f"guarded{number}, robin",
                date_of_birth=date(2012, 5, 14),
                sex=child.sex,
                fsm_eligible=child.fsm,
                sen_provision=child.sen,
                ward=self.wards[child.ward],
            )
            for number, child in enumerate(CHILDREN)
        )
        enrolments = Enrolment.objects.bulk_create(
            Enrolment(
                pupil=pupil,
                school=self.schools[child.school],
                starts_on=date(2025, 9, 1),
                year_group=child.year_group,
            )
            for pupil, child in zip(pupils, CHILDREN, strict=True)
        )
        RegisterWeek.objects.bulk_create(
            RegisterWeek(
                enrolment=enrolment,
                school_id=enrolment.school_id,
                week_start=FIRST_MONDAY + timedelta(weeks=week),
                marks=("O" * min(max(child.missed - week * _WEEK, 0), _WEEK)).ljust(_WEEK, "/")
                + "    ",
            )
            for enrolment, child in zip(enrolments, CHILDREN, strict=True)
            for week in range(WEEKS)
        )

    def _choices(self) -> dict[Choice, Callable[[Child], bool]]:
        """Every value of the bar that some of the children have, and whom it names."""
        found: dict[Choice, Callable[[Child], bool]] = {
            ("trust", self.trust.uid): lambda child: child.school % 2 == 1,
            ("place", self.locality.code): lambda child: child.ward < 2,
            ("year_group", "KS2"): lambda child: child.phase == "PS" and child.year_group != "7",
            ("year_group", "KS3"): lambda child: child.phase == "SS",
            ("fsm", "true"): lambda child: child.fsm,
            ("fsm", "false"): lambda child: not child.fsm,
            ("sen", "any"): lambda child: child.sen != "N",
        }
        for place, school in enumerate(self.schools):
            found["school", str(school.pk)] = lambda child, at=place: child.school == at
        for place, ward in enumerate(self.wards):
            found["place", ward.code] = lambda child, at=place: child.ward == at
        for name, values in (("phase", "PS SS"), ("year_group", "4 5 6 7 8 9"), ("sex", "F M"),
                             ("sen", "N K E")):  # fmt: skip
            for value in values.split():
                found[name, value] = lambda child, n=name, v=value: getattr(child, n) == v
        return found

    def upns_of(self, *choices: Choice) -> set[str]:
        """The children whom all of these filters name."""
        tests = [self.choices[choice] for choice in choices]
        return {
            upn(_FIRST_NUMBER + number)
            for number, child in enumerate(CHILDREN)
            if all(test(child) for test in tests)
        }

    def choice_of_file(self, dimension: str, value: str) -> Choice:
        """The filter that a row of the dashboard export is of."""
        if dimension == "ward":
            return "place", value
        if dimension == "fsm":
            return "fsm", {"1": "true", "0": "false"}.get(value, "")
        return dimension, value

    @property
    def partitions(self) -> list[tuple[Choice | None, list[Choice]]]:
        """What adds up to what: a choice (None: everyone) and its parts."""
        schools = [("school", str(school.pk)) for school in self.schools]
        years = [("year_group", year) for year in "456789"]
        wards = [("place", ward.code) for ward in self.wards]
        return [
            (None, [("phase", "PS"), ("phase", "SS")]),
            (("phase", "PS"), schools[:2]),
            (("phase", "SS"), schools[2:]),
            (("trust", self.trust.uid), schools[1::2]),
            (None, schools),
            (None, [("year_group", "KS2"), ("year_group", "KS3")]),
            (("year_group", "KS2"), years[:3]),
            (("year_group", "KS3"), years[3:]),
            (None, years),
            (None, [("sex", "F"), ("sex", "M")]),
            (None, [("fsm", "true"), ("fsm", "false")]),
            (None, [("sen", "N"), ("sen", "any")]),
            (("sen", "any"), [("sen", "K"), ("sen", "E")]),
            (None, [("sen", "N"), ("sen", "K"), ("sen", "E")]),
            (("place", self.locality.code), wards[:2]),
            (None, [("place", self.locality.code), wards[2]]),
            (None, wards),
        ]
