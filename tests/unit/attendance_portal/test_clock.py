"""What the portal takes for this moment."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from attendance_portal.shared import clock

EVENING = datetime(2026, 11, 29, 17, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fixed", "real", "moment"),
    [
        (None, EVENING, EVENING),
        (date(2026, 3, 3), EVENING, datetime(2026, 3, 3, 17, 5, tzinfo=UTC)),
        # The hour is London's, whichever of the two days has summer time.
        (
            date(2026, 3, 3),
            datetime(2026, 7, 1, 9, 0, tzinfo=UTC),
            datetime(2026, 3, 3, 10, 0, tzinfo=UTC),
        ),
        (
            date(2026, 7, 1),
            datetime(2026, 3, 3, 23, 30, tzinfo=UTC),
            datetime(2026, 7, 1, 22, 30, tzinfo=UTC),
        ),
    ],
)
def test_moment_is_this_hour_of_the_day_that_stands_for_today(
    settings, monkeypatch, fixed, real, moment
):
    settings.PORTAL_TODAY = fixed
    monkeypatch.setattr(clock, "now", lambda: real)
    assert clock.moment() == moment
