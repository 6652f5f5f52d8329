"""When a meeting can be, in which terms it is due, and what is covered: both sides of each line."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance_portal.shared.clock import LONDON
from meetings.rules.booking import NO_DECISION_MAKER, Day, overlap, time_problem, warnings_of
from meetings.rules.frequency import DUE_TERMS, Coverage, coverage, is_due

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=LONDON)
THEN = datetime(2026, 3, 17, 9, 30, tzinfo=LONDON)
DAY = Day(2025, 2, is_school_day=True)
times = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2026, 1, 2))
lengths = st.integers(15, 240)


def test_a_time_on_a_school_day_in_office_hours_can_be():
    assert time_problem(THEN, now=NOW, day=DAY) == ""


@pytest.mark.parametrize(("minutes", "can_be"), [(0, False), (1, True)])
def test_a_time_is_still_to_come(minutes, can_be):
    problem = time_problem(THEN, now=THEN - timedelta(minutes=minutes), day=DAY)
    assert (problem == "") is can_be


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (Day(None, None, is_school_day=False), "in no term"),
        (Day(2025, 2, is_school_day=False), "does not meet on this day"),
    ],
)
def test_a_day_without_school_cannot_be(day, words):
    assert words in time_problem(THEN, now=NOW, day=day)


@pytest.mark.parametrize(
    ("hour", "minute", "can_be"),
    [(7, 29, False), (7, 30, True), (18, 0, True), (18, 1, False)],
)
def test_the_hours_of_a_meeting(hour, minute, can_be):
    problem = time_problem(THEN.replace(hour=hour, minute=minute), now=NOW, day=DAY)
    assert (problem == "") is can_be


@pytest.mark.parametrize(
    ("minutes", "shared"), [(-60, False), (-59, True), (59, True), (60, False)]
)
def test_one_meeting_may_begin_as_another_ends(minutes, shared):
    assert overlap(THEN + timedelta(minutes=minutes), 60, THEN, 60) is shared


@given(times, lengths, times, lengths)
def test_overlap_is_mutual(one, length, other, other_length):
    assert overlap(one, length, other, other_length) == overlap(other, other_length, one, length)


@given(times, lengths)
def test_a_meeting_overlaps_itself(one, length):
    assert overlap(one, length, one, length)


@pytest.mark.parametrize("decides", [[], [False], [False, False]])
def test_a_meeting_without_a_decision_maker_warns(decides):
    assert warnings_of(decides) == (NO_DECISION_MAKER,)


def test_one_who_decides_is_enough():
    assert warnings_of([False, True]) == ()


@pytest.mark.parametrize(("per_year", "terms"), [(3, [1, 2, 3]), (2, [1, 3]), (1, [1])])
def test_in_which_terms_a_meeting_is_due(per_year, terms):
    assert [term for term in (1, 2, 3) if is_due(per_year, term)] == terms
    assert len(DUE_TERMS[per_year]) == per_year


def test_coverage_is_held_of_due():
    schools = [(3, True), (3, False), (2, True), (2, False), (1, True)]
    assert coverage(schools, 2) == Coverage(held=1, due=2)
    assert coverage(schools, 1) == Coverage(held=3, due=5)
    assert coverage([], 1) == Coverage(0, 0)


@given(st.lists(st.tuples(st.integers(1, 3), st.booleans())), st.integers(1, 3))
def test_never_more_held_than_due(schools, term):
    found = coverage(schools, term)
    assert 0 <= found.held <= found.due <= len(schools)
