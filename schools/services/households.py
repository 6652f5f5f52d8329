"""Which children live together: they share a parent they live with, directly or through others.

A household that a person has corrected is left alone, and so are the children in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from django.db import connection

from schools.models import Household, Pupil, Responsibility

_MOVE: Final = """
UPDATE schools_pupil SET household_id = moved.household_id
FROM unnest(%s::integer[], %s::bigint[]) AS moved (pupil_id, household_id)
WHERE schools_pupil.id = moved.pupil_id
"""


def regroup_households() -> None:
    """Bring households in line with who lives with whom. Writes only what differs."""
    now = dict(Pupil.objects.filter(household__isnull=False).values_list("pk", "household_id"))
    corrected = set(Household.objects.filter(is_corrected=True).values_list("pk", flat=True))
    settled = {pupil for pupil, household in now.items() if household in corrected}
    ties = Responsibility.objects.filter(lives_with=True).values_list("parent_id", "pupil_id")
    families = living_together(tie for tie in ties if tie[1] not in settled)
    wanted = _households_for(families, now, corrected)
    moved: dict[int, int | None] = {
        pupil: household for pupil, household in wanted.items() if now.get(pupil) != household
    }
    for pupil in now.keys() - wanted.keys() - settled:
        moved[pupil] = None
    if moved:
        with connection.cursor() as cursor:
            cursor.execute(_MOVE, [list(moved), list(moved.values())])
        Household.objects.filter(is_corrected=False, children__isnull=True).delete()


def living_together(ties: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Groups of two or more children, from (parent, child) ties; each group in order of id."""
    children: dict[int, list[int]] = defaultdict(list)
    for parent, child in ties:
        children[parent].append(child)
    head: dict[int, int] = {}

    def head_of(child: int) -> int:
        head.setdefault(child, child)
        while head[child] != child:
            head[child] = head[head[child]]
            child = head[child]
        return child

    for first, *others in children.values():
        for other in others:
            low, high = sorted((head_of(first), head_of(other)))
            head[high] = low
    groups: dict[int, list[int]] = defaultdict(list)
    for child in sorted(head):
        groups[head_of(child)].append(child)
    return [group for group in groups.values() if len(group) > 1]


def _households_for(
    families: list[list[int]], now: dict[int, int], corrected: set[int]
) -> dict[int, int]:
    """The household of each child: the one its family has already, or a new one.

    A family that fell apart leaves its household to the part with the lowest pupil id.
    """
    taken = set(corrected)
    chosen: dict[int, int] = {}
    homeless = []
    for family in families:
        had = next(
            (now[child] for child in family if child in now and now[child] not in taken), None
        )
        if had is None:
            homeless.append(family)
            continue
        taken.add(had)
        chosen.update(dict.fromkeys(family, had))
    made = Household.objects.bulk_create([Household() for _ in homeless])
    for family, household in zip(homeless, made, strict=True):
        chosen.update(dict.fromkeys(family, household.pk))
    return chosen
