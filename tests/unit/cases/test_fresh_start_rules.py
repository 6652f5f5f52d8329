"""A child who comes back after ten or more possible sessions away."""

from datetime import date, timedelta

import pytest

from attendance.rules.marks import Mark
from cases.rules.fresh_start import PROMPT_FOR_SESSIONS, Return, latest_return

MONDAY = date(2026, 1, 5)
ON = date(2026, 1, 20)


def marks(codes: str) -> list[Mark]:
    """One code a session, from Monday 5 January 2026, weekends too; `.` is no mark."""
    return [
        Mark(MONDAY + timedelta(days=place // 2), place % 2, code)
        for place, code in enumerate(codes)
        if code != "."
    ]


def test_ten_sessions_away_ask_for_a_fresh_start_and_nine_do_not():
    assert latest_return(marks("//" + "O" * 9 + "/"), on=ON) is None
    assert latest_return(marks("//" + "O" * 10 + "/"), on=ON) == Return(
        on=date(2026, 1, 11), sessions_away=10, last_seen_on=MONDAY
    )


def test_not_back_yet_is_no_return():
    assert latest_return(marks("//" + "O" * 20), on=ON) is None


def test_nothing_possible_neither_counts_nor_ends_it():
    assert latest_return(marks("/" + "O" * 5 + "##" + "O" * 4 + "/"), on=ON) is None
    found = latest_return(marks("/" + "O" * 5 + "##" + "O" * 5 + "/"), on=ON)
    assert found is not None
    assert found.sessions_away == 10


def test_half_a_day_in_between_begins_again():
    assert latest_return(marks("/" + "O" * 9 + "/" + "O" * 9 + "/"), on=ON) is None


def test_illness_counts_as_away():
    assert latest_return(marks("/" + "I" * 10 + "/"), on=ON) is not None


def test_child_never_seen_before_has_no_last_day():
    found = latest_return(marks("O" * 10 + "/"), on=ON)
    assert found is not None
    assert found.last_seen_on is None


@pytest.mark.parametrize(
    ("after", "asks"), [(PROMPT_FOR_SESSIONS, True), (PROMPT_FOR_SESSIONS + 1, False)]
)
def test_prompt_stands_for_ten_sessions_from_the_first(after, asks):
    found = latest_return(marks("O" * 10 + "/" * after), on=ON)
    assert (found is not None) is asks


def test_latest_return_is_the_one_that_asks():
    found = latest_return(marks("O" * 10 + "//" + "O" * 12 + "/"), on=ON)
    assert found is not None
    assert found.sessions_away == 12


def test_prompt_ends_after_four_weeks_where_marks_have_stopped():
    back = marks("O" * 10 + "/")
    assert back[-1].date == date(2026, 1, 10)
    assert latest_return(back, on=date(2026, 2, 7)) is not None
    assert latest_return(back, on=date(2026, 2, 8)) is None
