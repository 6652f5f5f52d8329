"""Stores what a file says of parents and carers, and of their tie to each child."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schools.models import Parent, Responsibility
from schools.services.households import regroup_households
from schools.services.merging import Fate, merge, one_import_at_a_time, write


@dataclass(frozen=True)
class TieWord:
    """What is said of one parent's tie to one child: fields of Responsibility to values."""

    parent_ref: str
    pupil_id: int
    facts: Mapping[str, Any]


def save_parents(parents: Mapping[str, Mapping[str, Any]], ties: Sequence[TieWord]) -> list[Fate]:
    """Lay parents (by reference) and ties over the stored ones; the fate of each tie.

    A tie counts as changed when its parent's own facts changed. Households follow.
    """
    one_import_at_a_time()
    stored = {p.parent_ref: p for p in Parent.objects.filter(parent_ref__in=parents)}
    laid = merge(
        Parent, [(ref, {**facts, "parent_ref": ref}) for ref, facts in parents.items()], stored
    )
    write(Parent, laid)
    stored.update({parent.parent_ref: parent for parent in laid.new})
    restated = {parent.parent_ref for parent in laid.changed}
    return _save_ties(ties, {ref: parent.pk for ref, parent in stored.items()}, restated)


def _save_ties(
    ties: Sequence[TieWord], parent_ids: Mapping[str, int], restated: set[str]
) -> list[Fate]:
    known = Responsibility.objects.filter(parent_id__in=parent_ids.values())
    stored = {(tie.parent_id, tie.pupil_id): tie for tie in known}
    rows = []
    for tie in ties:
        key = (parent_ids[tie.parent_ref], tie.pupil_id)
        rows.append((key, {**tie.facts, "parent_id": key[0], "pupil_id": key[1]}))
    laid = merge(Responsibility, rows, stored)
    write(Responsibility, laid)
    if laid.new or laid.changed:
        regroup_households()
    return [
        Fate.CHANGED if fate is Fate.UNCHANGED and tie.parent_ref in restated else fate
        for tie, fate in zip(ties, laid.fates, strict=True)
    ]
