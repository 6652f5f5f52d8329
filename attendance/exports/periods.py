"""One line per enrolment and period: year, term, half-term and week."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from accounts.models import ExportRecord, User
from attendance.exports.files import write_export


def export_periods(
    *,
    as_of: date,
    path: Path,
    by: User | None,
    at: datetime,
    progress: Callable[[str], None] | None = None,
) -> ExportRecord:
    """Write the file as of a date. Raises Invalid when it cannot be written there."""
    return write_export(
        kind="periods",
        as_of=as_of,
        path=path,
        by=by,
        at=at,
        progress=progress,
    )
