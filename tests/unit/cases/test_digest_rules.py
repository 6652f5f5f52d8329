"""What the morning's digest says, in counts."""

from datetime import date

import pytest

from cases.rules.digest import Digest, Dues, dues_of

TUESDAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("day", "dues"),
    [
        (date(2026, 3, 2), Dues(overdue=1)),
        (date(2026, 3, 3), Dues(today=1)),
        (date(2026, 3, 4), Dues(this_week=1)),
        (date(2026, 3, 8), Dues(this_week=1)),
        (date(2026, 3, 9), Dues()),
    ],
)
def test_due_days_are_counted_to_the_end_of_the_week(day, dues):
    assert dues_of([day], TUESDAY) == dues


def test_lines_name_what_there_is_and_nothing_else():
    assert Dues(2, 1, 3).lines == ("2 overdue", "1 due today", "3 due later this week")
    assert Dues(0, 1, 0).lines == ("1 due today",)
    assert Dues().lines == ()


def test_morning_without_anything_due_is_empty():
    assert Digest().is_empty
    assert Digest(actions=Dues()).parts == ()


@pytest.mark.parametrize(
    ("digest", "heading", "line"),
    [
        (Digest(actions=Dues(1)), "Your actions", "1 overdue"),
        (Digest(reviews=Dues(0, 2)), "Reviews of cases you lead", "2 due today"),
        (Digest(asked_over=1), "Replies you owe", "1 action that a colleague asks to take over"),
        (Digest(outcomes=2), "Replies you owe", "2 outcomes of referrals to tell"),
        (Digest(overrides=1), "Waiting for you as a manager", "1 override to decide"),
        (Digest(overrides=2), "Waiting for you as a manager", "2 overrides to decide"),
        (Digest(unallocated=1), "Waiting for you as a manager", "1 case that nobody leads yet"),
        (
            Digest(cases_adrift=2),
            "Waiting for you as a manager",
            "2 cases whose lead has left or has no access now",
        ),
        (
            Digest(actions_adrift=1),
            "Waiting for you as a manager",
            "1 action whose owner has left or has no access now",
        ),
        (
            Digest(unmanaged=1),
            "Needs attention",
            "1 thing waits for a team manager, and nobody has that role for them. "
            "Give somebody access.",
        ),
    ],
)
def test_each_count_alone_is_worth_a_digest(digest, heading, line):
    assert not digest.is_empty
    assert [(part.heading, part.lines) for part in digest.parts] == [(heading, (line,))]


@pytest.mark.parametrize(
    ("digest", "subject"),
    [
        (Digest(actions=Dues(1, 1, 5), reviews=Dues(0, 1)), "3 due today or overdue"),
        (Digest(actions=Dues(0, 0, 2), reviews=Dues(0, 0, 1)), "3 due this week"),
        (Digest(unallocated=4), "something is waiting for you"),
    ],
)
def test_subject_says_how_pressing_it_is(digest, subject):
    assert digest.subject == f"Attendance: {subject}"
