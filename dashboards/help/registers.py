"""Invented registers for the worked examples: sessions in a row, from a first day on. Pure.

A register is written as codes in the order of its sessions, two a school day, morning first. A full
stop stands for present, which has one code in the morning and another in the afternoon.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from attendance.codes import PRESENT_AFTERNOON, PRESENT_MORNING
from attendance.rules.flags import Facts
from attendance.rules.marks import Mark, calendar_of_days

FIRST_DAY: Final = date(2025, 9, 1)  # a Monday, under the codes in force now
PRESENT: Final = "."
NOTHING: Final = ""  # the register says nothing of the child in this session
SCHOOL_DAYS_A_WEEK: Final = 5
SESSIONS_A_WEEK: Final = 2 * SCHOOL_DAYS_A_WEEK
_ON_SITE: Final = (PRESENT_MORNING, PRESENT_AFTERNOON)


def weekdays(first: date) -> Iterator[date]:
    """Monday to Friday, without end, from this day on."""
    day = first
    while True:
        if day.weekday() < SCHOOL_DAYS_A_WEEK:
            yield day
        day += timedelta(days=1)


def marks_of(codes: Sequence[str], first: date = FIRST_DAY) -> tuple[Mark, ...]:
    """The marks that these codes make, from the first day's morning on."""
    days = weekdays(first)
    found = []
    for place in range(0, len(codes), 2):
        day = next(days)
        for session, code in enumerate(codes[place : place + 2]):
            if code != NOTHING:
                found.append(Mark(day, session, _ON_SITE[session] if code == PRESENT else code))
    return tuple(found)


def facts_of(codes: Sequence[str], *, minimum: int, first: date = FIRST_DAY) -> Facts:
    """A child on roll from the first day, as of the last; the school met on every weekday.

    `minimum`: the possible sessions below which a year-to-date flag is too early to say.
    """
    days = weekdays(first)
    met = [next(days) for _ in range((len(codes) + 1) // 2)]
    return Facts(
        marks=marks_of(codes, first),
        calendar=calendar_of_days(met),
        enrolment_start=first,
        enrolment_end=None,
        on=met[-1],
        minimum_possible=minimum,
    )


def missed(absent: int, possible: int, code: str = "I") -> list[str]:
    """A register with so many possible sessions, the first so many of them missed."""
    return [code] * absent + [PRESENT] * (possible - absent)
