"""Which flags would open or close at one school with the marks as this transaction sees them.

The run's own statements, into temporary tables: what they find is what the next run does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.conf import settings

from attendance.selectors import figures_date
from attendance.sql.working import (
    CHECK_STATEMENTS,
    PERIOD_STATEMENTS,
    TEMPORARY,
    Question,
    one_snapshot,
)
from attendance.states import FLAGS

OPENS: Final = "opens"
CLOSES: Final = "closes"
_STATEMENTS: Final = tuple(
    dict.fromkeys((*PERIOD_STATEMENTS, *CHECK_STATEMENTS, "silent", "holding", "standing", "fresh"))
)


@dataclass(frozen=True)
class FlagChange:
    """One flag of one enrolment that would open or close."""

    enrolment_id: int
    kind: str
    change: str


def flag_changes(school_urn: int) -> list[FlagChange]:
    """In the order of enrolments and kinds; nothing before the first run for everyone."""
    as_of = figures_date()
    if as_of is None:
        return []
    question = Question(as_of=as_of, schools=[school_urn])
    parameters = {
        **question.parameters(),
        "minimum_possible": settings.MINIMUM_POSSIBLE_SESSIONS,
        "yearly": [str(kind) for kind, state in FLAGS.items() if state.resets_each_year],
    }
    with one_snapshot() as cursor:
        TEMPORARY.clear(cursor, _STATEMENTS)
        TEMPORARY.run(cursor, _STATEMENTS, parameters)
        cursor.execute(
            f"SELECT enrolment_id, kind, '{CLOSES}' FROM {TEMPORARY.name('standing')}"  # noqa: S608
            f" WHERE close_reason <> '' UNION ALL"
            f" SELECT enrolment_id, kind, '{OPENS}' FROM {TEMPORARY.name('fresh')}"
            " ORDER BY 1, 3, 2"
        )
        found = [FlagChange(*row) for row in cursor.fetchall()]
        TEMPORARY.clear(cursor, _STATEMENTS)
    return found
