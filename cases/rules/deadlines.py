"""By when a promise may fall due, and how a deadline in school days is offered. Pure.

All of it is our proposal; deadlines in school days follow issue 4, point 4.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

#: A promise is for this year: what lies further ahead belongs into the next plan.
LONGEST_PROMISE_DAYS: Final = 365
#: The deadlines a form offers, in school days. None of them falls into a holiday.
OFFERED_SCHOOL_DAYS: Final = (1, 3, 5, 10)
#: The family copy is one page: six rows of who, what and when (P10).
MOST_ON_FAMILY_COPY: Final = 6


def due_problem(due_on: date, on: date) -> str:
    """Why this cannot be the day by which it is done; empty if it can."""
    if due_on < on:
        return "The day it is due must be today or later."
    if due_on > on + timedelta(days=LONGEST_PROMISE_DAYS):
        return "Choose a day within a year."
    return ""


def in_school_days(number: int) -> str:
    """'Next school day', 'In 3 school days'."""
    return "Next school day" if number == 1 else f"In {number} school days"
