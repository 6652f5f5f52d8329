"""When an answer holds, how far it may look ahead, and when it falls due."""

from datetime import date

import pytest

from attendance.rules.answers import due_by, look_again_problem, still_answers
from attendance.states import DUE_HEADINGS, DUE_TAGS, Due, look_again

TUESDAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("look_again_on", "holds"),
    [(date(2026, 3, 2), False), (TUESDAY, False), (date(2026, 3, 4), True)],
)
def test_answer_holds_to_the_day_before_its_day(look_again_on, holds):
    assert still_answers(look_again_on, TUESDAY) is holds


@pytest.mark.parametrize(
    ("look_again_on", "says"),
    [
        (TUESDAY, "after today"),
        (date(2026, 3, 4), ""),
        (date(2026, 6, 2), ""),
        (date(2026, 6, 3), "within 13 weeks"),
    ],
)
def test_day_to_look_again_is_after_today_and_within_13_weeks(look_again_on, says):
    problem = look_again_problem(look_again_on, TUESDAY)
    assert (says in problem) if says else problem == ""


@pytest.mark.parametrize(
    ("on", "due"),
    [
        (date(2026, 3, 2), Due.OVERDUE),
        (TUESDAY, Due.TODAY),
        (date(2026, 3, 4), Due.THIS_WEEK),
        (date(2026, 3, 8), Due.THIS_WEEK),
        (date(2026, 3, 9), Due.LATER),
    ],
)
def test_due_date_is_grouped_by_how_soon_it_comes(on, due):
    assert due_by(on, TUESDAY) is due


def test_only_what_is_late_is_red():
    assert {due for due, tag in DUE_TAGS.items() if tag.colour == "red"} == {Due.OVERDUE}
    assert set(DUE_HEADINGS) == set(Due) - {Due.LATER}


def test_look_again_names_its_day():
    assert look_again(date(2025, 11, 14)).label == "Look again 14 Nov"
