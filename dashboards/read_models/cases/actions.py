"""Actions of one case."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from cases.models import Case

if TYPE_CHECKING:
    from accounts.models import User


def action_block(case: Case, user: User, *, on: date) -> object | None:
    """The block of the case page."""
    return None
