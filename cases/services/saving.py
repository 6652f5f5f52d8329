"""How a case is changed: held by the transaction, saved with a new version."""

from __future__ import annotations

from datetime import datetime

from cases.models import Case


def locked_case(case: Case) -> Case:
    """The case as it stands now, held by this transaction until its end."""
    locked: Case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("pupil", "school", "lead", "cover", "lead_practitioner")
        .get(pk=case.pk)
    )
    return locked


def save_case(case: Case, at: datetime) -> Case:
    """Write the case; its version tells forms that were opened before."""
    case.version += 1
    case.updated_at = at
    case.save()
    return case
