"""How figures that took work are kept: by the last run, or by the last import of each school."""

from __future__ import annotations

from collections.abc import Callable, Collection
from hashlib import sha256
from typing import Any, Final

from django.core.cache import cache
from django.db.models import Max

from attendance.models import BatchSchool, NightlyRun
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
    asked: Collection[str],
    urns: Collection[int],
    work_out: Callable[[Collection[SchoolKey]], dict[SchoolKey, Rows]],
) -> list[Rows]:
    """What is kept of each school for each thing asked; the rest worked out at once and kept."""
    if not asked or not urns:
        return []
    versions = _versions(urns)
    keys = {
        (each, urn): f"by-school:{name}:{each}:{urn}:{versions.get(urn, 0)}"
        for each in asked
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


def _versions(urns: Collection[int]) -> dict[int, int]:
    """URN to the last import that touched the school."""
    touched = BatchSchool.objects.filter(school__in=urns).values("school_id")
    return dict(touched.annotate(last=Max("id")).values_list("school_id", "last"))
