"""Stores what a file or a school's system says of children, by present and former UPN."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schools.models import Enrolment, FormerUpn, Pupil, School
from schools.rules.names import fold
from schools.services.merging import Fate, Merge, lay, write
from schools.services.places import ward_ids


@dataclass(frozen=True)
class PupilWord:
    """What is said of one child: the stored pupil or None, its UPNs, and fields to values."""

    pupil_id: int | None
    upn: str
    former: frozenset[str]
    facts: Mapping[str, Any]


def pupil_ids(upns: Iterable[str]) -> dict[str, int]:
    """The id of the pupil who bears, or once bore, each of these UPNs; unknown ones left out."""
    wanted = set(upns)
    former = FormerUpn.objects.filter(upn__in=wanted).values_list("upn", "pupil_id")
    current = Pupil.objects.filter(upn__in=wanted).values_list("upn", "pk")
    return {**dict(former), **dict(current)}


def current_upns(ids: Collection[int]) -> dict[str, int]:
    """The present UPN of each of these pupils."""
    return dict(Pupil.objects.filter(pk__in=ids).values_list("upn", "pk"))


def save_pupils(
    words: Sequence[PupilWord], *, school: School | None, on: date | None
) -> list[Fate]:
    """Lay what is said over the stored children, one word a child.

    With a `school`, details of a child enrolled only elsewhere are left as they are.
    """
    stored = Pupil.objects.in_bulk([w.pupil_id for w in words if w.pupil_id is not None])
    kept_out = set() if school is None else enrolled_only_elsewhere(set(stored), school, on)
    former = _former_upns(stored.keys())
    wards = ward_ids(word.facts.get("ward_code", "") for word in words)
    result: Merge[Pupil] = Merge()
    old_numbers: list[tuple[Pupil, set[str]]] = []
    for word in words:
        pupil = stored.get(word.pupil_id) if word.pupil_id is not None else None
        if pupil is not None and pupil.pk in kept_out:
            result.fates.append(Fate.UNCHANGED)
            continue
        fate, pupil, numbers = _lay(word, pupil, former, wards, result)
        result.fates.append(fate)
        if numbers:
            old_numbers.append((pupil, numbers))
    _write(result, old_numbers)
    return result.fates


def enrolled_only_elsewhere(ids: Collection[int], school: School, on: date | None) -> set[int]:
    """Which of these children a school may not describe: those on a roll, but not on its own.

    An enrolment that awaits confirmation is not yet one. A child who has left this school for
    another is the other's, and stays so after leaving that too; a child who was never on a roll
    may be described by any school that sends it.
    """
    ours: dict[int, date] = {}  # the last day on a roll; one that is open has none
    theirs: dict[int, date] = {}
    rolls = Enrolment.objects.filter(pupil_id__in=ids)
    facts = rolls.values_list("pupil_id", "school_id", "ends_on", "awaiting_confirmation")
    for pupil_id, urn, ends_on, is_awaiting in facts:
        if urn == school.pk and is_awaiting:
            continue
        side = ours if urn == school.pk else theirs
        is_open = ends_on is None or on is None or ends_on >= on
        side[pupil_id] = max(date.max if is_open else ends_on, side.get(pupil_id, date.min))
    return {pupil_id for pupil_id, last in theirs.items() if last > ours.get(pupil_id, date.min)}


def _former_upns(ids: Iterable[int]) -> dict[int, set[str]]:
    former: dict[int, set[str]] = {}
    for pupil_id, upn in FormerUpn.objects.filter(pupil_id__in=list(ids)).values_list(
        "pupil_id", "upn"
    ):
        former.setdefault(pupil_id, set()).add(upn)
    return former


def _lay(
    word: PupilWord,
    pupil: Pupil | None,
    former: Mapping[int, set[str]],
    wards: Mapping[str, int],
    result: Merge[Pupil],
) -> tuple[Fate, Pupil, set[str]]:
    """The fate of one word, its pupil, and the former numbers that are new."""
    facts = {**word.facts, "upn": word.upn}
    if "ward_code" in facts:
        facts["ward_id"] = wards.get(facts.pop("ward_code"))
    facts["folded_name"] = fold(facts["surname"], facts["forename"])
    if pupil is None:
        pupil = Pupil(**facts)
        result.new.append(pupil)
        return Fate.INSERTED, pupil, set(word.former)
    numbers = (word.former | {pupil.upn}) - former.get(pupil.pk, set()) - {word.upn}
    fate = lay(pupil, facts, result)
    return (Fate.CHANGED if numbers else fate), pupil, set(numbers)


def _write(result: Merge[Pupil], old_numbers: Sequence[tuple[Pupil, set[str]]]) -> None:
    """Former numbers are only ever added, but a number that is borne again is no longer former."""
    write(Pupil, result)
    FormerUpn.objects.filter(upn__in=[pupil.upn for pupil in result.changed]).delete()
    FormerUpn.objects.bulk_create(
        [FormerUpn(pupil=pupil, upn=upn) for pupil, upns in old_numbers for upn in sorted(upns)]
    )
