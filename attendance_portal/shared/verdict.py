"""A rule's answer with its reasons, so that a page can always show why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """Whether a rule is met, and the reasons in plain words."""

    met: bool
    reasons: tuple[str, ...] = ()
