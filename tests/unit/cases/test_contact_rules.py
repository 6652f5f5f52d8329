"""What a contact needs to be saved, and the school day on which to be in touch again."""

from datetime import UTC, date, datetime, timedelta

import pytest

from attendance_portal.shared.clock import LONDON
from cases.rules.contacts import (
    LONGEST_WORDS,
    FollowUp,
    Said,
    follow_up_on,
    follow_up_problem,
    named_by,
    problems_of,
    when_problem,
    years_before,
)

ON = date(2026, 3, 3)  # a Tuesday
AT = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)


def fields(*args, **facts) -> list[str]:
    return [problem.field for problem in problems_of(Said(*args, **facts))]


def test_three_fields_are_enough():
    assert problems_of(Said("visit", "both", "We talked about the bus.")) == []


def test_no_answer_needs_no_words():
    assert problems_of(Said("call", "no_answer")) == []


@pytest.mark.parametrize("reached", ["child", "parent", "both"])
@pytest.mark.parametrize("said", ["", "  \n"])
def test_who_was_reached_said_something(reached, said):
    (problem,) = problems_of(Said("call", reached, said))

    assert problem.field == "said"
    assert problem.text == "Write what was said, or choose No answer."


@pytest.mark.parametrize(
    "facts",
    [{"child_words": "I like art."}, {"family_words": "Hm."}, {"consequences_explained": True}],
)
def test_nobody_speaks_where_nobody_answered(facts):
    assert fields("call", "no_answer", **facts) == ["reached"]
    assert fields("call", "parent", "We talked.", **facts) == []


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (Said("letter", "child", "x"), "kind"),
        (Said("", "child", "x"), "kind"),
        (Said("call", "nobody", "x"), "reached"),
        (Said("call", "child", "x", barrier="moon"), "barrier"),
        (Said("call", "child", "x" * (LONGEST_WORDS + 1)), "said"),
        (Said("call", "child", "x", child_words="x" * (LONGEST_WORDS + 1)), "child_words"),
        (Said("call", "child", "x", family_words="x" * (LONGEST_WORDS + 1)), "family_words"),
    ],
)
def test_each_field_alone_keeps_it_from_being_saved(typed, field):
    assert [problem.field for problem in problems_of(typed)] == [field]


def test_what_just_fits_is_saved():
    assert fields("call", "child", "x" * LONGEST_WORDS, barrier="transport") == []


@pytest.mark.parametrize(
    ("happened", "is_wrong"),
    [
        (AT, False),
        (AT + timedelta(minutes=1), True),
        (AT - timedelta(minutes=1), False),
        (datetime(2026, 3, 4, 0, 0, tzinfo=LONDON), True),
        (datetime(2024, 3, 3, 0, 0, tzinfo=LONDON), False),
        (datetime(2024, 3, 2, 23, 59, tzinfo=LONDON), True),
    ],
)
def test_when_it_happened_is_between_two_years_ago_and_now(happened, is_wrong):
    assert bool(when_problem(happened, ON, AT, LONDON)) == is_wrong


@pytest.mark.parametrize("days", [-200, 200])
def test_on_a_day_fixed_for_a_demonstration_only_the_day_is_compared(days):
    at = AT + timedelta(days=days)

    assert when_problem(datetime(2026, 3, 3, 23, 0, tzinfo=LONDON), ON, at, LONDON) == ""
    assert when_problem(datetime(2026, 3, 4, 1, 0, tzinfo=LONDON), ON, at, LONDON)


def test_two_years_before_a_leap_day():
    assert years_before(date(2028, 2, 29), 2) == date(2026, 2, 28)
    assert years_before(date(2028, 2, 29), 4) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("day", "is_wrong"),
    [
        (ON, True),
        (ON + timedelta(days=1), False),
        (ON + timedelta(days=182), False),
        (ON + timedelta(days=183), True),
    ],
)
def test_one_is_in_touch_again_after_today_and_within_half_a_year(day, is_wrong):
    assert bool(follow_up_problem(day, ON)) == is_wrong


# When to be in touch again: schools meet on weekdays but not on Thursday 5 and Monday 9 March.


def after(day: date, number: int) -> date:
    closed = (date(2026, 3, 5), date(2026, 3, 9))
    while number:
        day += timedelta(days=1)
        number -= day.isoweekday() < 6 and day not in closed
    return day


@pytest.mark.parametrize(
    ("choice", "on", "due"),
    [
        (FollowUp.NONE, ON, None),
        (FollowUp.TOMORROW, ON, date(2026, 3, 4)),
        (FollowUp.TOMORROW, date(2026, 3, 4), date(2026, 3, 6)),
        (FollowUp.TOMORROW, date(2026, 3, 6), date(2026, 3, 10)),
        (FollowUp.IN_THREE, ON, date(2026, 3, 10)),
        (FollowUp.NEXT_WEEK, ON, date(2026, 3, 10)),
        (FollowUp.NEXT_WEEK, date(2026, 3, 8), date(2026, 3, 10)),
        (FollowUp.NEXT_WEEK, date(2026, 3, 9), date(2026, 3, 16)),
    ],
)
def test_a_follow_up_falls_on_a_school_day(choice, on, due):
    assert follow_up_on(choice, on, after) == due


@pytest.mark.parametrize(
    ("reached", "who"),
    [("child", "child"), ("both", "child"), ("parent", "family"), ("no_answer", "worker")],
)
def test_a_barrier_heard_is_the_word_of_whom_was_reached(reached, who):
    assert named_by(reached) == who
