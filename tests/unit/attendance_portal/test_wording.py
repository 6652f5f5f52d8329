"""Dates and counts as pages print them."""

from datetime import UTC, date, datetime

import pytest

from attendance_portal.shared import wording

TUESDAY = date(2025, 11, 4)


def test_dates_in_each_form():
    assert wording.day(TUESDAY) == "4 Nov 2025"
    assert wording.short_day(TUESDAY) == "Tue 4 Nov"
    assert wording.day_of_week(TUESDAY) == "Tue 4 Nov 2025"
    assert wording.long_day(TUESDAY) == "Tuesday 4 November 2025"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 3, 3, 4, 12, tzinfo=UTC), "4:12am"),
        (datetime(2026, 3, 3, 0, 5, tzinfo=UTC), "12:05am"),
        (datetime(2026, 3, 3, 12, 0, tzinfo=UTC), "12:00pm"),
        (datetime(2026, 7, 3, 23, 30, tzinfo=UTC), "12:30am"),
    ],
)
def test_clock_time_is_londons(at, said):
    assert wording.clock_time(at) == said


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 pupils"), (1, "1 pupil"), (2, "2 pupils"), (1204, "1,204 pupils")]
)
def test_counted_agrees_with_its_number(number, said):
    assert wording.counted(number, "pupil") == said


def test_counted_with_an_irregular_plural_takes_it():
    assert wording.counted(2, "flag stands", "flags stand") == "2 flags stand"
