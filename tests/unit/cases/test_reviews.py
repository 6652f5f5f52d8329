"""Paces, and how far ahead a day may lie."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cases.rules.closing import stage_to_reopen_at
from cases.rules.reference import reference_in, reference_of
from cases.rules.reviews import (
    cover_problem,
    falls_due,
    hold_problem,
    pace_of,
    pause_problem,
    review_after_change,
    review_problem,
)
from cases.states import Stage

ON = date(2026, 3, 3)
SOON, LATER = date(2026, 3, 10), date(2026, 3, 24)


def test_the_more_comes_together_the_sooner_we_look_again():
    paces = [pace_of(track) for track in ("attendance_only", "specific_issue", "complex")]
    assert paces == [20, 15, 10]


@pytest.mark.parametrize(
    ("was", "becomes", "current", "from_now", "found"),
    [
        ("attendance_only", "complex", LATER, SOON, SOON),
        ("attendance_only", "complex", SOON, LATER, SOON),  # never put off
        ("complex", "attendance_only", SOON, LATER, LATER),
        ("complex", "attendance_only", LATER, SOON, LATER),  # never brought forward
        ("attendance_only", "complex", None, SOON, SOON),
    ],
)
def test_a_new_track_moves_the_next_review(was, becomes, current, from_now, found):
    assert review_after_change(current, was=was, becomes=becomes, from_now=from_now) == found


@pytest.mark.parametrize("problem", [review_problem, pause_problem, hold_problem])
def test_a_day_to_look_again_lies_after_today_and_within_13_weeks(problem):
    assert "must be after today" in problem(ON, ON)
    assert problem(ON + timedelta(days=1), ON) == ""
    assert problem(ON + timedelta(days=91), ON) == ""
    assert "within 13 weeks" in problem(ON + timedelta(days=92), ON)


@pytest.mark.parametrize(
    ("planned", "paused_until", "due"),
    [
        (None, None, None),
        (None, ON, None),
        (ON, None, ON),
        (ON, ON - timedelta(days=1), ON),
        (ON, ON + timedelta(days=1), ON + timedelta(days=1)),
    ],
)
def test_no_review_falls_due_before_a_pause_is_over(planned, paused_until, due):
    assert falls_due(planned, paused_until=paused_until) == due


def test_cover_may_be_for_today_alone():
    assert cover_problem(ON, ON) == ""
    assert "today or later" in cover_problem(ON - timedelta(days=1), ON)
    assert "within 13 weeks" in cover_problem(ON + timedelta(days=92), ON)


@pytest.mark.parametrize(("closed_at", "opens_at"), [(2, 2), (4, 4), (5, 4), (6, 4)])
def test_a_reopened_case_starts_with_support(closed_at, opens_at):
    assert stage_to_reopen_at(closed_at) == Stage(opens_at)


@pytest.mark.parametrize("typed", ["AT-10001", "at-10001", " at 10001 ", "AT10001"])
def test_a_reference_is_known_as_people_type_it(typed):
    assert reference_in(typed) == reference_of(10001) == "AT-10001"


@pytest.mark.parametrize("typed", ["", "10001", "BAT-1", "AT-", "AT-1x", "AT-٣", "AT-12345678901"])
def test_other_words_are_no_reference(typed):
    assert reference_in(typed) == ""
