"""From when to when a child is of compulsory school age. Pure.

Source: Education Act 1996, section 8; prescribed days 31 August, 31 December and 31 March
(Education (Start of Compulsory School Age) Order 1998); it ends on the last Friday in June of the
school year in which the child turns 16 (Education (School Leaving Date) Order 1997).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from schools.rules.calendar import FRIDAY, academic_year

_STARTS_AT: Final = 5
_ENDS_AT: Final = 16
_PRESCRIBED_DAYS: Final = ((3, 31), (8, 31), (12, 31))
_AUGUST: Final = 8


def compulsory_from(date_of_birth: date) -> date:
    """The first day: the prescribed day on, or next after, the fifth birthday."""
    birthday = _birthday(date_of_birth, _STARTS_AT)
    days = (date(birthday.year, month, day) for month, day in _PRESCRIBED_DAYS)
    return next(day for day in days if day >= birthday)


def compulsory_until(date_of_birth: date) -> date:
    """The last day: the last Friday in June of the school year that holds the 16th birthday.

    A birthday in August after that Friday still belongs to the year that ends with August.
    """
    birthday = _birthday(date_of_birth, _ENDS_AT)
    year = academic_year(birthday)
    june = year + 1 if birthday.month != _AUGUST else year
    end_of_june = date(june, 6, 30)
    return end_of_june - timedelta(days=(end_of_june.isoweekday() - FRIDAY) % 7)


def is_of_compulsory_age(date_of_birth: date, on: date) -> bool:
    """Whether a child born on a day is of compulsory school age on another, both ends included."""
    return compulsory_from(date_of_birth) <= on <= compulsory_until(date_of_birth)


def _birthday(date_of_birth: date, age: int) -> date:
    """The day on which an age is attained; 29 February falls on 1 March in other years."""
    try:
        return date_of_birth.replace(year=date_of_birth.year + age)
    except ValueError:
        return date(date_of_birth.year + age, 3, 1)
