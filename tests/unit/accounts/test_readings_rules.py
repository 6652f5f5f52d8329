"""Readings that are worth a look: both sides of each line."""

from datetime import datetime, timedelta

import pytest

from accounts.rules.readings import (
    Busy,
    Hours,
    Reading,
    busiest_hour,
    is_outside,
    outside_hours,
    with_own_surname,
)

TWO = datetime(2026, 3, 3, 14, 0)  # a Tuesday
HOURS = Hours(7, 19)


def every(minutes: float, count: int) -> list[Reading]:
    return [Reading(TWO + timedelta(minutes=minutes * n), f"r{n}") for n in range(count)]


def test_hour_with_no_reading_is_none():
    assert busiest_hour([]) is None


def test_records_within_an_hour_are_counted_from_the_first():
    assert busiest_hour(every(1, 60)) == Busy(TWO, 60)


def test_record_a_whole_hour_later_is_in_another_hour():
    assert busiest_hour(every(60, 2)) == Busy(TWO, 1)
    assert busiest_hour(every(59.9, 2)) == Busy(TWO, 2)


def test_same_record_again_is_one_record():
    assert busiest_hour([Reading(TWO, "a"), Reading(TWO, "a"), Reading(TWO, "b")]) == Busy(TWO, 2)


def test_busiest_hour_may_begin_later_than_the_first_reading():
    later = TWO + timedelta(hours=5)
    readings = [Reading(TWO, "a"), Reading(later, "b"), Reading(later, "c")]
    assert busiest_hour(readings) == Busy(later, 2)


@pytest.mark.parametrize(
    ("moment", "outside"),
    [
        ("2026-03-03T06:59", True),
        ("2026-03-03T07:00", False),
        ("2026-03-03T18:59", False),
        ("2026-03-03T19:00", True),
        ("2026-03-06T12:00", False),
        ("2026-03-07T12:00", True),
        ("2026-03-08T12:00", True),
    ],
)
def test_hours_are_those_of_a_working_day(moment, outside):
    at = datetime.fromisoformat(moment)
    assert is_outside(at, HOURS) == outside
    assert outside_hours([Reading(at, "a")], HOURS) == int(outside)


@pytest.mark.parametrize(
    ("reader", "found"), [("hughes", 1), ("hughes-lee", 0), ("hugh", 0), ("", 0)]
)
def test_own_surname_is_the_whole_surname_and_counts_records(reader, found):
    readings = [Reading(TWO, "a", "hughes"), Reading(TWO, "a", "hughes"), Reading(TWO, "b", "")]
    assert with_own_surname(readings, reader) == found
