"""Overrides that wait for somebody's decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.roles import Permission
from cases.models import StageOverride
from cases.states import LIVE
from schools.permissions import has_permission

if TYPE_CHECKING:
    from accounts.models import User


def overrides_waiting(user: User) -> list[StageOverride]:
    """Those that this person may decide on, the oldest first; none for who may not decide.

    With the case, its child and who asked. What they asked for themselves waits for another.
    """
    if not has_permission(user, Permission.OVERRIDE_GATES):
        return []
    rows = (
        StageOverride.objects.visible_to(user)
        .filter(decision=StageOverride.Decision.WAITING, case__status__in=LIVE)
        .exclude(asked_by=user)
        .select_related("case__pupil", "case__school", "asked_by")
    )
    return list(rows.order_by("asked_at", "pk"))
