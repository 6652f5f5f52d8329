"""The only reader of the clock. Knows `PORTAL_TODAY` and London time; the database keeps UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings

LONDON = ZoneInfo("Europe/London")


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The date in London, or `PORTAL_TODAY` in development and tests."""
    fixed: date | None = settings.PORTAL_TODAY
    return fixed or now().astimezone(LONDON).date()


def moment() -> datetime:
    """This moment on `today`: where a fixed date stands for today, at this hour of that day.

    For what people plan by day and hour, as meetings: next week of the fixed date is to come.
    """
    hour = now().astimezone(LONDON).time()
    return datetime.combine(today(), hour, tzinfo=LONDON).astimezone(UTC)


def day_begins(at: datetime) -> datetime:
    """London's midnight before a moment. Reads no clock."""
    return datetime.combine(at.astimezone(LONDON).date(), time.min, tzinfo=LONDON)
