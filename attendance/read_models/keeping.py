"""How figures that took work are kept: by the last run, or by the last import of each school."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any, Final

from django.core.cache import cache
from django.db.models import Max

from attendance.models import BatchSchool, NightlyRun
from attendance.selectors import reaches
from attendance_portal.shared.once import once_a_reading

KEPT_SECONDS: Final = 24 * 3600
Rows = list[tuple[Any, ...]]
SchoolKey = tuple[str, int]  # what was asked, and the URN


@once_a_reading
def last_run_id() -> int:
    """The number of the last run that finished, of everyone or of some schools; 0 before any."""
    finished = NightlyRun.objects.filter(state=NightlyRun.State.FINISHED)
    return finished.aggregate(last=Max("id"))["last"] or 0


def told(numbers: Collection[int]) -> str:
    """Some schools, pupils or enrolments as a short text for a key."""
    return sha256(",".join(map(str, sorted(numbers))).encode()).hexdigest()


def kept_by_school(
    name: str,
    asked: Mapping[str, date],
    urns: Collection[int],
    work_out: Callable[[Collection[SchoolKey]], dict[SchoolKey, Rows]],
) -> list[Rows]:
    """What is kept of each school for each thing asked; the rest worked out at once and kept.

    `asked`: the day up to which each thing is known. It is kept until an import stores something
    of the school up to that day.
    """
    if not asked or not urns:
        return []
    versions = _versions(urns, sorted(set(asked.values())))
    keys = {
        (each, urn): f"by-school:{name}:{each}:{urn}:{versions.get((urn, day)) or 0}"
        for each, day in asked.items()
        for urn in urns
    }
    known: dict[str, Rows] = cache.get_many(keys.values())
    missing = [pair for pair, key in keys.items() if key not in known]
    if not missing:
        return list(known.values())
    worked_out = work_out(missing)
    # What was known of a pair worked out again with others is left as it is.
    new = {keys[pair]: worked_out.get(pair, []) for pair in missing}
    cache.set_many(new, KEPT_SECONDS)
    return [*known.values(), *new.values()]


def _versions(urns: Collection[int], days: Sequence[date]) -> dict[tuple[int, date], int | None]:
    """School and day to the last import that touched the school up to the day. One query."""
    lasts = {f"last_{place}": Max("id", filter=reaches(day)) for place, day in enumerate(days)}
    touched = BatchSchool.objects.filter(school__in=urns).values("school_id").annotate(**lasts)
    return {
        (urn, day): last
        for urn, *found in touched.values_list("school_id", *lasts)
        for day, last in zip(days, found, strict=True)
    }
