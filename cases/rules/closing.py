"""What closing and reopening a case mean. Pure.

Bounce-backs within 12 weeks are counted: issue 4, point 1. Where a reopened case starts is our
proposal: support first, whatever it had come to before.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from cases.states import Stage

BOUNCE_BACK_WEEKS: Final = 12


def is_bounce_back(closed_on: date, opened_again_on: date) -> bool:
    """Whether help was needed again within 12 weeks of the case's closing."""
    return opened_again_on <= closed_on + timedelta(weeks=BOUNCE_BACK_WEEKS)


def stage_to_reopen_at(closed_at: int) -> Stage:
    """Where a reopened case starts: where it was, but never above Facilitate support."""
    return Stage(min(closed_at, Stage.FACILITATE))
