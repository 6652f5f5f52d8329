"""Sessions by code and by slot of the week: each way a code counts, and where a mark falls."""

from datetime import date

import pytest
from hypothesis import given

from attendance.codes import in_force
from attendance.rules.absence import count
from attendance.rules.marks import Mark
from attendance.rules.reasons import BETWEEN_HALF_TERMS, Place, class_of, count_by_reason
from attendance.states import CODE_CLASSES, CodeClass
from tests.factories.registers import MONDAY, TERMS, pages, registers


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("/", CodeClass.ATTENDED),
        ("L", CodeClass.ATTENDED),
        ("B", CodeClass.ATTENDED),
        ("I", CodeClass.AUTHORISED),
        ("C2", CodeClass.AUTHORISED),
        ("N", CodeClass.UNAUTHORISED),
        ("U", CodeClass.UNAUTHORISED),
        ("D", CodeClass.NOT_POSSIBLE),
        ("Y4", CodeClass.NOT_POSSIBLE),
    ],
)
def test_each_code_counts_in_one_way(code, expected):
    assert class_of(in_force(code, MONDAY)) is expected
    assert CODE_CLASSES[expected]


def test_marks_stand_in_their_half_term_and_slot():
    found = count_by_reason(pages(MONDAY, "I\\", "I I"), TERMS)
    assert found == {
        Place(2025, 1, 0, "I"): 2,
        Place(2025, 1, 1, "\\"): 1,
        Place(2025, 1, 2, "I"): 1,
    }


@pytest.mark.parametrize(
    ("day", "half_term"),
    [(date(2025, 10, 24), 1), (date(2025, 10, 27), BETWEEN_HALF_TERMS), (date(2025, 11, 3), 2)],
)
def test_day_between_half_terms_is_in_none(day, half_term):
    (place,) = count_by_reason([Mark(day, 1, "O")], TERMS)
    assert (place.half_term, place.slot) == (half_term, 2 * day.weekday() + 1)


@pytest.mark.parametrize("code", ["#", "-", "Z"])
def test_codes_that_show_no_session_are_left_out(code):
    assert count_by_reason([Mark(MONDAY, 0, code)], TERMS) == {}


def test_old_code_stands_under_the_symbol_of_its_meaning():
    (place,) = count_by_reason([Mark(date(2011, 1, 10), 0, "D")], TERMS)
    assert (place.academic_year, place.symbol) == (2010, "d")


@given(registers())
def test_classes_add_up_to_the_counts_of_the_register(school):
    by_class = dict.fromkeys(CodeClass, 0)
    for mark in school.marks:
        if mark.meaning.makes_a_session:
            by_class[class_of(mark.meaning)] += 1
    counts = count(school.marks)
    assert by_class[CodeClass.ATTENDED] == counts.attended
    assert by_class[CodeClass.AUTHORISED] == counts.authorised
    assert by_class[CodeClass.UNAUTHORISED] == counts.unauthorised
    assert sum(count_by_reason(school.marks, TERMS).values()) == sum(by_class.values())
