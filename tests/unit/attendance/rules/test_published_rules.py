"""The basis of the published statistics: each condition on its own, on both sides of its line."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rules.absence import count
from attendance.rules.marks import Mark
from attendance.rules.published import Enrolled, counts, is_counted
from schools.rules.calendar import TermDates, academic_year
from tests.factories.registers import TERMS, registers

YEAR = 2024
CHILD = Enrolled(date_of_birth=date(2014, 3, 1), starts_on=date(2024, 9, 2), phase="PS", type="1")
FIFTEEN = replace(CHILD, date_of_birth=date(2009, 3, 1), phase="SS")
NO_TERMS = TermDates.of([])


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (date(2019, 8, 31), True),  # five on 31 August
        (date(2019, 9, 1), False),  # four: published apart
        (date(2008, 9, 1), True),  # fifteen
        (date(2008, 8, 31), False),  # sixteen
    ],
)
def test_ages_five_to_fifteen_on_31_august_count(born, expected):
    assert is_counted(replace(CHILD, date_of_birth=born), YEAR, TERMS) is expected


@pytest.mark.parametrize(
    ("phase", "expected"),
    [("PS", True), ("MP", True), ("MS", True), ("SS", True), ("AT", True), ("SP", True),
     ("PR", False), ("NS", False), ("", False)],
)  # fmt: skip
def test_three_phases_count_and_middle_schools_as_they_are_deemed(phase, expected):
    assert is_counted(replace(CHILD, phase=phase), YEAR, TERMS) is expected


@pytest.mark.parametrize(
    ("kind", "expected"), [("34", True), ("", True), ("8", True), ("11", False)]
)
def test_independent_schools_do_not_count(kind, expected):
    assert is_counted(replace(CHILD, type=kind), YEAR, TERMS) is expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [(date(2025, 5, 23), True), (date(2025, 5, 24), False), (date(2025, 6, 2), False)],
)
def test_enrolments_that_began_after_the_first_half_of_the_summer_term_do_not(start, expected):
    assert is_counted(replace(CHILD, starts_on=start), YEAR, TERMS) is expected
    assert is_counted(replace(CHILD, starts_on=start), YEAR, NO_TERMS)


def test_second_half_of_the_summer_term_is_left_out_at_fifteen_only():
    marks = [Mark(date(2025, 5, 23), 0, "I"), Mark(date(2025, 6, 2), 0, "O")]
    assert counts(FIFTEEN, marks, YEAR, TERMS) == count(marks[:1])
    younger = replace(FIFTEEN, date_of_birth=date(2009, 9, 1))
    assert counts(younger, marks, YEAR, TERMS) == count(marks)


def test_sessions_of_another_year_are_not_counted():
    marks = [Mark(date(2025, 9, 1), 0, "I"), Mark(date(2025, 6, 2), 0, "O")]
    assert counts(CHILD, marks, YEAR, TERMS) == count(marks[1:])


@given(registers(), st.integers(0, 12 * 365))
def test_basis_never_counts_more_than_all_pupils(school, days):
    year = academic_year(school.last_day)
    child = replace(CHILD, date_of_birth=date(2008, 1, 1) + timedelta(days=days))
    everything = count(mark for mark in school.marks if academic_year(mark.date) == year)
    basis = counts(child, school.marks, year, TERMS)
    assert basis.possible <= everything.possible
    assert basis.absent <= everything.absent
