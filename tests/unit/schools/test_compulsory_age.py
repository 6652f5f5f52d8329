"""Compulsory school age: both ends, to the day (Education Act 1996, section 8)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.rules.compulsory_age import (
    compulsory_from,
    compulsory_until,
    is_of_compulsory_age,
)


@pytest.mark.parametrize(
    ("born", "first"),
    [
        (date(2020, 8, 31), date(2025, 8, 31)),  # five on the prescribed day itself
        (date(2020, 9, 1), date(2025, 12, 31)),  # the day after
        (date(2020, 12, 31), date(2025, 12, 31)),
        (date(2021, 1, 1), date(2026, 3, 31)),
        (date(2021, 3, 31), date(2026, 3, 31)),
        (date(2021, 4, 1), date(2026, 8, 31)),
        (date(2020, 2, 29), date(2025, 3, 31)),
    ],
)
def test_it_begins_on_the_prescribed_day_on_or_after_the_fifth_birthday(born, first):
    assert compulsory_from(born) == first


@pytest.mark.parametrize(
    ("born", "last"),
    [
        (date(2009, 9, 1), date(2026, 6, 26)),  # the oldest of Year 11 in 2025/26
        (date(2010, 7, 31), date(2026, 6, 26)),
        (date(2010, 8, 31), date(2026, 6, 26)),  # the youngest: sixteen after that Friday
        (date(2010, 9, 1), date(2027, 6, 25)),
    ],
)
def test_it_ends_on_the_last_friday_in_june_of_year_11(born, last):
    assert compulsory_until(born) == last
    assert last.isoweekday() == 5


def test_both_ends_are_included():
    born = date(2010, 9, 1)
    first, last = compulsory_from(born), compulsory_until(born)

    assert is_of_compulsory_age(born, first)
    assert is_of_compulsory_age(born, last)
    assert not is_of_compulsory_age(born, date(2015, 12, 30))
    assert not is_of_compulsory_age(born, date(2027, 6, 26))


@given(st.dates(date(1990, 1, 1), date(2022, 12, 31)))
def test_it_lasts_from_ten_to_twelve_years(born):
    years = (compulsory_until(born) - compulsory_from(born)).days / 365.25

    assert 10 < years < 12
