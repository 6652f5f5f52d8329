"""When a case is looked at again: the pace of its track, and how far ahead a day may lie. Pure.

The paces (`cases.states.TRACKS`) and the limits are our proposal. "A track change alters due
dates": S002 by way of the mission map, section 2.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from cases.states import TRACKS, Track

#: No review, pause or hold lies further ahead than about a term: 13 weeks.
LONGEST_AHEAD_DAYS: Final = 91


def pace_of(track: str) -> int:
    """School days from one review to the next."""
    return TRACKS[Track(track)].review_school_days


def review_after_change(current: date | None, *, was: str, becomes: str, from_now: date) -> date:
    """The next review once a track has changed. `from_now`: the day the new pace gives from today.

    A quicker track never puts a review off, a slower one never brings it forward.
    """
    if current is None:
        return from_now
    return min(current, from_now) if pace_of(becomes) < pace_of(was) else max(current, from_now)


def falls_due(planned: date | None, *, paused_until: date | None) -> date | None:
    """The day on which a review is due: as planned, and not before a pause of the case is over."""
    if planned is None or paused_until is None:
        return planned
    return max(planned, paused_until)


def review_problem(review_on: date, on: date) -> str:
    """Why this cannot be the next review; empty if it can."""
    return _ahead_problem(review_on, on, "The next review must be after today.")


def pause_problem(until_on: date, on: date) -> str:
    """Why a case cannot be paused until this day; empty if it can."""
    return _ahead_problem(until_on, on, "The day the pause ends must be after today.")


def hold_problem(review_on: date, on: date) -> str:
    """Why a hold cannot be reviewed on this day; empty if it can."""
    return _ahead_problem(review_on, on, "The day to review the hold must be after today.")


def cover_problem(until_on: date, on: date) -> str:
    """Why cover cannot end on this day; empty if it can. Cover for today alone is cover."""
    if until_on < on:
        return "The last day of cover must be today or later."
    return _too_far(until_on, on)


def _ahead_problem(day: date, on: date, not_after: str) -> str:
    return not_after if day <= on else _too_far(day, on)


def _too_far(day: date, on: date) -> str:
    if day > on + timedelta(days=LONGEST_AHEAD_DAYS):
        return "Choose a day within 13 weeks, so that somebody looks again this term."
    return ""
