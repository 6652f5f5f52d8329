"""What a penalty notice is not for: both sides of compulsory age, and each kind of school."""

from __future__ import annotations

from datetime import date

import pytest

from cases.rules.notices import INDEPENDENT, notice_limits
from schools.choices import SCHOOL_TYPE
from schools.rules.compulsory_age import compulsory_from, compulsory_until

BORN = date(2012, 5, 14)
TODAY = date(2026, 3, 3)


def test_child_of_compulsory_age_at_a_maintained_school_has_no_limit():
    assert notice_limits("1", BORN, TODAY) == []


@pytest.mark.parametrize(
    ("on", "count"),
    [
        (date.fromordinal(compulsory_from(BORN).toordinal() - 1), 1),
        (compulsory_from(BORN), 0),
        (compulsory_until(BORN), 0),
        (date.fromordinal(compulsory_until(BORN).toordinal() + 1), 1),
    ],
)
def test_compulsory_age_is_the_line(on, count):
    assert len(notice_limits("1", BORN, on)) == count


@pytest.mark.parametrize("school_type", sorted(SCHOOL_TYPE))
def test_independent_schools_are_the_only_ones(school_type):
    is_independent = "independent" in SCHOOL_TYPE[school_type].lower()
    assert (school_type in INDEPENDENT) == is_independent
    assert len(notice_limits(school_type, BORN, TODAY)) == int(is_independent)
