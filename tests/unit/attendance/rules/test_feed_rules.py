"""What came from a school on a day, and whether its registers are still coming."""

from datetime import date

import pytest

from attendance.rules.feeds import DayState, day_state, feed_state
from attendance.states import FEEDS, FeedState

MONDAY = date(2026, 3, 2)
SATURDAY = date(2026, 3, 7)


@pytest.mark.parametrize(
    ("morning", "afternoon", "closed", "state"),
    [
        (100, 100, 0, DayState.FULL),
        (90, 90, 0, DayState.FULL),
        (89, 90, 0, DayState.PART),
        (90, 89, 0, DayState.PART),
        (100, 0, 0, DayState.PART),
        (0, 100, 0, DayState.PART),
        (1, 0, 0, DayState.PART),
        (0, 0, 0, DayState.NONE),
        (0, 0, 200, DayState.CLOSED),
        (100, 0, 100, DayState.FULL),  # closed for the afternoon
        (89, 0, 100, DayState.PART),
    ],
)
def test_day_with_a_hundred_on_roll(morning, afternoon, closed, state):
    found = day_state(MONDAY, on_roll=100, morning=morning, afternoon=afternoon, closed=closed)

    assert found == state


def test_one_session_is_a_whole_day_at_a_weekend_only():
    facts = {"on_roll": 10, "morning": 10, "afternoon": 0, "closed": 0}

    assert day_state(SATURDAY, **facts) == DayState.FULL
    assert day_state(MONDAY, **facts) == DayState.PART


@pytest.mark.parametrize(
    ("last", "behind", "state"),
    [
        (None, 0, FeedState.NEVER_SENT),
        (None, 40, FeedState.NEVER_SENT),
        (MONDAY, 0, FeedState.UP_TO_DATE),
        (MONDAY, 1, FeedState.BEHIND),
        (MONDAY, 2, FeedState.BEHIND),
        (MONDAY, 3, FeedState.STOPPED),
    ],
)
def test_feed_by_days_behind(last, behind, state):
    assert feed_state(last, behind) == state


def test_every_state_of_a_feed_has_a_label():
    assert set(FEEDS) == set(FeedState)
