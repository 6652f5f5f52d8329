"""Dates and counts as pages print them (pages.md, "Dates and numbers"). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from attendance_portal.shared.clock import LONDON

_SESSIONS = ("AM", "PM")


def day(on: date) -> str:
    """'4 Nov 2025'."""
    return f"{on.day} {on:%b %Y}"


def day_of_week(on: date) -> str:
    """'Tue 4 Nov 2025'."""
    return f"{on:%a} {day(on)}"


def short_day(on: date) -> str:
    """'Tue 4 Nov'."""
    return f"{on:%a} {on.day} {on:%b}"


def long_day(on: date) -> str:
    """'Tuesday 4 November 2025'."""
    return f"{on:%A} {on.day} {on:%B %Y}"


def session_day(on: date, session: int) -> str:
    """'Tue 4 Nov, AM': `session` is 0 for the morning, 1 for the afternoon."""
    return f"{short_day(on)}, {_SESSIONS[session]}"


def clock_time(at: datetime) -> str:
    """'4:12am', London time."""
    local = at.astimezone(LONDON)
    half = "am" if local.hour < 12 else "pm"
    return f"{local.hour % 12 or 12}:{local:%M}{half}"


def moment(at: datetime) -> str:
    """'4 Nov 2025, 4:12am', London time."""
    return f"{day(at.astimezone(LONDON).date())}, {clock_time(at)}"


def long_moment(at: datetime) -> str:
    """'Tuesday 4 November 2025, 4:12am', London time."""
    return f"{long_day(at.astimezone(LONDON).date())}, {clock_time(at)}"


def duration(length: timedelta) -> str:
    """'under a second', '42 seconds', '3 minutes'."""
    seconds = round(length.total_seconds())
    if seconds < 1:
        return "under a second"
    return counted(seconds, "second") if seconds < 120 else counted(seconds // 60, "minute")


def counted(number: int, one: str, many: str = "") -> str:
    """'1 pupil', '1,204 pupils'."""
    word = one if number == 1 else many or f"{one}s"
    return f"{number:,} {word}"


def listed(words: Iterable[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    *firsts, last = list(words)
    return f"{', '.join(firsts)} and {last}" if firsts else last
