"""The plan of one case, as a card."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from cases.models import Case

if TYPE_CHECKING:
    from accounts.models import User


def plan_card(case: Case, user: User, *, on: date) -> object | None:
    """The card of the case page."""
    return None
