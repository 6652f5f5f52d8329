"""Whose figures a page of a slice shows, in words, and the heading of its charts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from attendance.read_models.figures import ABSENT
from attendance.rules import protection
from attendance_portal.shared import wording
from dashboards.charts import Heading, words
from dashboards.read_models.slices import Slice, sums
from dashboards.read_models.slices.protection import is_too_small
from dashboards.read_models.slices.sums import sums_of_peers
from schools.models import School
from schools.scoping import access_of

BOROUGH: Final = "The borough"


def whom(asked: Slice) -> str:
    """'Year 9, SEN support', 'The borough', 'Ash School', 'Your 3 schools'."""
    if asked.who:
        return asked.who[0].upper() + asked.who[1:]
    if access_of(asked.user).everything:
        return BOROUGH
    if len(asked.schools) == 1:
        return School.objects.visible_to(asked.user).get(pk=asked.schools[0]).name
    return f"Your {wording.counted(len(asked.schools), 'school')}"


def heading_of(asked: Slice, marks_to: date | None, *, who: str = "") -> Heading:
    """What charts of the slice are headed with."""
    measure = "All absence" if asked.missed == ABSENT else asked.measure
    return Heading(who or whom(asked), asked.period, marks_to, measure=measure)


def is_too_few(asked: Slice, wider: Sequence[int]) -> bool:
    """Whether a protected view tells nothing of the slice. `wider`: how many the same filters name
    with one of them off."""
    if not asked.is_protected:
        return False
    everyone = sums_of_peers(asked).enrolments
    return is_too_small(sums(asked).enrolments, [*wider, everyone])


def count_of(asked: Slice, pupils: int) -> str:
    """'1,956 pupils', as this reader may know it."""
    if not asked.is_protected:
        return wording.counted(pupils, "pupil")
    return f"{shown_total(pupils)} pupils"


def shown_total(pupils: int) -> str:
    """How many in a protected view: '4,030', or "c"."""
    shown = protection.protected_total(pupils, words.thresholds())
    return shown if shown == protection.HIDDEN else f"{int(shown):,}"
