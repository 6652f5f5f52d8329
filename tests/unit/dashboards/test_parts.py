"""Words that components are given: how far behind, and when it falls due."""

from datetime import date

import pytest

from dashboards import parts

TODAY = date(2025, 11, 4)
LAST = date(2025, 10, 30)


@pytest.mark.parametrize(
    ("days", "text", "is_warning"),
    [
        (1, "Marks to Thu 30 Oct, 1 school day behind", False),
        (2, "Marks to Thu 30 Oct, 2 school days behind", False),
        (3, "Marks to Thu 30 Oct, 3 school days behind", True),
    ],
)
def test_marks_behind_are_a_grey_line_up_to_two_days_and_a_warning_from_three(
    days, text, is_warning
):
    assert parts.marks_behind(LAST, days) == parts.Stale(text, is_warning)


def test_marks_up_to_date_say_nothing():
    assert parts.marks_behind(LAST, 0) is None


def test_school_without_marks_is_a_warning():
    assert parts.marks_behind(None, 0) == parts.Stale("No marks have come yet", is_warning=True)


@pytest.mark.parametrize(
    ("behind", "text"),
    [
        (1, "1 of 59 schools has no marks after 30 Oct"),
        (2, "2 of 59 schools have no marks after 30 Oct"),
    ],
)
def test_total_says_how_many_schools_are_behind(behind, text):
    assert parts.schools_behind(behind, 59, LAST) == parts.Stale(text)


def test_total_of_schools_that_are_all_there_says_nothing():
    assert parts.schools_behind(0, 59, LAST) is None


@pytest.mark.parametrize(
    ("on", "text", "label"),
    [
        (date(2025, 11, 5), "Due 5 Nov", None),
        (TODAY, "", "Today"),
        (date(2025, 11, 3), "since 3 Nov", "Overdue"),
    ],
)
def test_date_that_falls_due_is_words_before_and_a_tag_from_the_day_on(on, text, label):
    due = parts.due_date(on, today=TODAY)

    assert (due.text, due.tag and due.tag.label) == (text, label)


@pytest.mark.parametrize(("yours", "differs"), [("a", False), ("b", True)])
def test_version_differs_when_there_is_something_to_choose(yours, differs):
    assert parts.Version("Note", "a", yours).differs == differs
