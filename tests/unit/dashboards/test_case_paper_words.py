"""Small words and widths of a case on paper."""

import pytest

from dashboards.printing.case import widths
from dashboards.read_models.cases.case_paper import earlier_words, iso_day, restricted_words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, ""),
        (1, "1 restricted note is not printed."),
        (2, "2 restricted notes are not printed."),
    ],
)
def test_restricted_notes_are_counted(count, words):
    assert restricted_words(count) == words


@pytest.mark.parametrize(
    ("contacts", "lines", "words"),
    [
        (0, 0, ""),
        (-3, 0, ""),
        (1, 0, "1 earlier contact is not printed."),
        (0, 2, "2 earlier lines of the timeline are not printed."),
        (1, 1, "1 earlier contact and 1 earlier line of the timeline are not printed."),
    ],
)
def test_earlier_ones_are_counted(contacts, lines, words):
    assert earlier_words(contacts, lines) == words


def test_iso_day_is_a_day_or_nothing():
    assert iso_day("2026-03-02") == "2 Mar 2026"
    assert iso_day("") == ""


def test_widths_follow_the_longest_words_within_limits():
    rows = [("a", "b" * 20, "c" * 300)]

    assert widths(("When", "What", "Said"), rows) == [8, 20, 40]
    assert widths(("A heading of 20 long", "B"), []) == [20, 8]
