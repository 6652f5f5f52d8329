"""Where a reopened case starts: our proposal, support first, whatever it had come to before. Pure.

Whether it bounced back: `cases.rules.waits`.
"""

from __future__ import annotations

from cases.states import Stage


def stage_to_reopen_at(closed_at: int) -> Stage:
    """Where a reopened case starts: where it was, but never above Facilitate support."""
    return Stage(min(closed_at, Stage.FACILITATE))
