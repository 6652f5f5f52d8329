"""What a penalty notice is not for, so that nobody prepares one in vain. Pure.

Only for children of compulsory school age, and not at independent schools (PN-21). Enforce is more
than a notice, so these are notes and not gates.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from schools.rules.compulsory_age import is_of_compulsory_age

#: Codes of school types (`schools.choices.SCHOOL_TYPE`) of independent schools.
INDEPENDENT: Final = frozenset({"10", "11"})


def notice_limits(school_type: str, date_of_birth: date, on: date) -> list[str]:
    """Why no penalty notice can be used for this child on a day; nothing where it can."""
    limits = []
    if not is_of_compulsory_age(date_of_birth, on):
        limits.append(
            "A penalty notice cannot be used: the child is not of compulsory school age (PN-21)."
        )
    if school_type in INDEPENDENT:
        limits.append("A penalty notice cannot be used: the school is independent (PN-21).")
    return limits
