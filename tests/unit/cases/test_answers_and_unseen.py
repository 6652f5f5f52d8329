"""When a contact answers a flag, and when nobody has seen a child: both sides of each line."""

from datetime import date

import pytest

from cases.rules.flag_answers import contact_answers
from cases.rules.unseen import is_unseen

OPENED = date(2026, 3, 2)
AGAIN = date(2026, 3, 10)
SINCE = date(2026, 1, 19)
BEFORE = date(2026, 1, 16)


@pytest.mark.parametrize(
    ("contacted_on", "look_again_on", "answers"),
    [
        (date(2026, 3, 1), None, False),
        (OPENED, None, True),
        (date(2026, 3, 9), AGAIN, False),
        (AGAIN, AGAIN, True),
        (date(2026, 3, 1), date(2026, 2, 20), False),  # decided of an earlier opening
        (OPENED, date(2026, 2, 20), True),
    ],
)
def test_contact_answers_what_was_asked_before_it(contacted_on, look_again_on, answers):
    said = contact_answers(contacted_on, opened_on=OPENED, look_again_on=look_again_on)

    assert said is answers


@pytest.mark.parametrize(
    ("attended_on", "reached_on", "unseen"),
    [
        (None, None, True),
        (BEFORE, BEFORE, True),
        (SINCE, None, False),
        (None, SINCE, False),
        (SINCE, BEFORE, False),
        (BEFORE, SINCE, False),
    ],
)
def test_child_is_unseen_without_a_mark_and_without_a_contact(attended_on, reached_on, unseen):
    assert is_unseen(since=SINCE, attended_on=attended_on, reached_on=reached_on) is unseen
