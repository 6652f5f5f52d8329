"""Codes to ask about: each rule alone, on both sides."""

from datetime import date

import pytest

from attendance.rules.marks import Mark
from attendance.rules.register_queries import QUERIES, QueryKind, queries_of

BORN = date(2021, 2, 10)  # of compulsory age from 31 March 2026


def kinds(code, on, *, born=BORN, year_group="R"):
    return list(queries_of([Mark(on, 0, code)], date_of_birth=born, year_group=year_group))


def test_x_is_asked_about_from_the_first_day_of_compulsory_age():
    assert kinds("X", date(2026, 3, 30)) == []
    assert kinds("X", date(2026, 3, 31)) == [QueryKind.X_OF_COMPULSORY_AGE]


def test_x_after_compulsory_age_is_not_asked_about():
    born = date(2009, 9, 1)  # of compulsory age until 26 June 2026

    assert kinds("X", date(2026, 6, 26), born=born, year_group="11") != []
    assert kinds("X", date(2026, 6, 29), born=born, year_group="11") == []


@pytest.mark.parametrize("code", ["C2", "I", "/", "#"])
def test_other_codes_of_the_same_child_are_not_asked_about(code):
    assert kinds(code, date(2026, 4, 20)) == []


@pytest.mark.parametrize(("year_group", "is_asked"), [
    ("10", True), ("R", True), ("11", False), ("13", False), ("X", False), ("", False),
])  # fmt: skip
def test_study_leave_is_asked_about_before_year_11(year_group, is_asked):
    found = kinds("S", date(2026, 5, 20), born=date(2010, 1, 1), year_group=year_group)

    assert found == ([QueryKind.STUDY_LEAVE_BEFORE_YEAR_11] if is_asked else [])


def test_marks_are_gathered_by_question():
    marks = [Mark(date(2026, 4, 20), 0, "X"), Mark(date(2026, 4, 20), 1, "X")]

    found = queries_of(marks, date_of_birth=BORN, year_group="R")

    assert found == {QueryKind.X_OF_COMPULSORY_AGE: marks}


def test_every_question_has_words_and_a_source():
    assert set(QUERIES) == set(QueryKind)
    assert all(words.question.endswith("?") and words.source for words in QUERIES.values())
