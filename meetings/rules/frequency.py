"""In which terms a school's meeting is due, and how much of what is due was held. Pure.

Source: SUP-12 and SUP-16, one a term by default; councils may hold fewer with some schools. Which
terms two or one meetings a year fall into is our proposal: the start of the year, then its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

ONE_A_TERM: Final = 3
DUE_TERMS: Final = MappingProxyType({3: (1, 2, 3), 2: (1, 3), 1: (1,)})


def is_due(per_year: int, term: int) -> bool:
    """Whether a school with so many meetings a year (1 to 3) has one in that term (1 to 3)."""
    return term in DUE_TERMS[per_year]


@dataclass(frozen=True)
class Coverage:
    """How many schools whose meeting was due this term have met."""

    held: int
    due: int


def coverage(schools: Iterable[tuple[int, bool]], term: int) -> Coverage:
    """Of schools as (meetings a year, whether this term's was held). One that is not due this term
    is left out on both sides, even where it met."""
    due = [held for per_year, held in schools if is_due(per_year, term)]
    return Coverage(held=sum(due), due=len(due))
