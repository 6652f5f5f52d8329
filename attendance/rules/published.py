"""Which pupils and sessions the published absence statistics count. Pure.

Source: DfE pupil absence statistics: methodology (STAT-15 to STAT-18, STAT-20). Our own figures
count every enrolment; beside a published figure only those on this basis can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from attendance.rules.absence import Counts, count
from attendance.rules.marks import Mark
from schools.choices import NOT_STATE_FUNDED, STATISTICAL_PHASE_OF
from schools.rules.calendar import TermDates, academic_year, age_on_31_august

YOUNGEST: Final = 5  # on 31 August; those aged 4 are published apart (STAT-18)
EXAMINATION_AGE: Final = 15  # on 31 August: usually Year 11; the eldest that count
FIRST_HALF_OF_SUMMER: Final = 5
SECOND_HALF_OF_SUMMER: Final = 6
PHASES: Final = ("primary", "secondary", "special")  # alternative provision is published apart
#: Census phases of the schools that count (STAT-20).
CENSUS_PHASES: Final = tuple(
    code for code, phase in STATISTICAL_PHASE_OF.items() if phase in PHASES
)


@dataclass(frozen=True)
class Enrolled:
    """An enrolment as far as the basis asks. `phase` and `type` are the school's codes."""

    date_of_birth: date
    starts_on: date
    phase: str
    type: str = ""


def is_counted(enrolled: Enrolled, year: int, terms: TermDates) -> bool:
    """Whether the enrolment is in the published statistics of an academic year.

    An enrolment that began after the first half of the summer term is not; while the term's dates
    are not known nobody is left out for that.
    """
    if enrolled.phase not in CENSUS_PHASES or enrolled.type in NOT_STATE_FUNDED:
        return False
    if not YOUNGEST <= age_on_31_august(enrolled.date_of_birth, year) <= EXAMINATION_AGE:
        return False
    ends = [
        half.end
        for half in terms.half_terms
        if (half.academic_year, half.half_term) == (year, FIRST_HALF_OF_SUMMER)
    ]
    return not ends or enrolled.starts_on <= max(ends)


def counts(enrolled: Enrolled, marks: Iterable[Mark], year: int, terms: TermDates) -> Counts:
    """The sessions that are counted of an enrolment that is: those of the year, and for a child
    aged 15 none of the second half of the summer term.

    Raises CodeNotInForceError for a code not in force on its day.
    """
    of_year = (mark for mark in marks if academic_year(mark.date) == year)
    if age_on_31_august(enrolled.date_of_birth, year) != EXAMINATION_AGE:
        return count(of_year)
    return count(mark for mark in of_year if not _is_late(mark.date, terms))


def _is_late(day: date, terms: TermDates) -> bool:
    half = terms.on(day)
    return half is not None and half.half_term == SECOND_HALF_OF_SUMMER
