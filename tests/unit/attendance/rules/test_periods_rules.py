"""Years, terms, half-terms and weeks: where each mark counts."""

from datetime import date

import pytest
from hypothesis import given

from attendance.rules.absence import Counts, count
from attendance.rules.marks import Mark
from attendance.rules.periods import PeriodKind, periods
from tests.factories.registers import MONDAY, PRESENT_WEEK, TERMS, pages, registers


def _rows(marks):
    return {(row.academic_year, row.kind, row.key): row.counts for row in periods(marks, TERMS)}


def test_a_mark_in_term_counts_in_year_term_half_term_and_week():
    one = Counts(authorised=1)
    assert _rows([Mark(date(2025, 11, 5), 0, "I")]) == {
        (2025, PeriodKind.YEAR, "2025"): one,
        (2025, PeriodKind.TERM, "1"): one,
        (2025, PeriodKind.HALF_TERM, "2"): one,
        (2025, PeriodKind.WEEK, "2025-11-03"): one,
    }


@pytest.mark.parametrize("on", [date(2025, 10, 27), date(2025, 8, 31), date(2026, 2, 16)])
def test_a_mark_between_half_terms_counts_in_year_and_week_only(on):
    assert {kind for _, kind, _ in _rows([Mark(on, 0, "/")])} == {
        PeriodKind.YEAR,
        PeriodKind.WEEK,
    }


def test_a_week_that_1_august_cuts_has_a_row_in_each_year():
    marks = [Mark(date(2025, 7, 31), 0, "/"), Mark(date(2025, 8, 1), 0, "O")]
    assert _rows(marks) == {
        (2024, PeriodKind.YEAR, "2024"): Counts(attended=1),
        (2024, PeriodKind.WEEK, "2025-07-28"): Counts(attended=1),
        (2025, PeriodKind.YEAR, "2025"): Counts(unauthorised=1),
        (2025, PeriodKind.WEEK, "2025-07-28"): Counts(unauthorised=1),
    }


def test_a_term_is_its_two_half_terms():
    marks = pages(MONDAY, *([PRESENT_WEEK] * 16))
    rows = _rows(marks)
    halves = rows[2025, PeriodKind.HALF_TERM, "1"], rows[2025, PeriodKind.HALF_TERM, "2"]
    assert rows[2025, PeriodKind.TERM, "1"] == halves[0] + halves[1]
    assert halves == (Counts(attended=80), Counts(attended=70))  # 8 weeks; holiday week; 7 weeks


def test_a_period_with_nothing_possible_has_no_row():
    assert periods(pages(MONDAY, "##XXDD----"), TERMS) == []


@given(registers())
def test_weeks_add_up_to_years_and_half_terms_to_terms(school):
    rows = periods(school.marks, TERMS)

    def total(*kinds):
        return sum((row.counts for row in rows if row.kind in kinds), start=Counts())

    assert total(PeriodKind.WEEK) == total(PeriodKind.YEAR) == count(school.marks)
    assert total(PeriodKind.TERM) == total(PeriodKind.HALF_TERM)


@given(registers())
def test_each_period_has_one_row_in_order(school):
    keys = [(row.academic_year, row.kind, row.key) for row in periods(school.marks, TERMS)]
    assert keys == sorted(set(keys))
    assert periods(reversed(school.marks), TERMS) == periods(school.marks, TERMS)
