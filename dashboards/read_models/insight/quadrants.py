"""Deprivation and absence together: wards above and at or below the whole, in either half of
England by IDACI. Words instead of a two-coloured map, so that nobody has to tell colours apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from attendance_portal.shared import wording
from dashboards.charts import Share
from dashboards.deprivation import deprivation_of

NOBODY: Final = "No ward"


@dataclass(frozen=True)
class QuadrantRow:
    """Wards with absence above the whole, or at or below it: names, A to Z, by half of England."""

    absence: str
    more_deprived: str
    less_deprived: str


@dataclass(frozen=True)
class Quadrants:
    """The table of four, and the one sentence that goes with it."""

    sentence: str
    rows: list[QuadrantRow]


def quadrants_of(wards: Mapping[str, tuple[str, Share]], everyone: Share) -> Quadrants | None:
    """Ward names with their code and share. None if no ward has both a figure and an index."""
    if not everyone.whole:
        return None
    whole = Fraction(everyone.part, everyone.whole)
    places: dict[tuple[bool, bool], list[str]] = {}
    for name, (code, share) in sorted(wards.items()):
        found = deprivation_of([code])
        if found is not None and share.whole:
            is_above = Fraction(share.part, share.whole) > whole
            places.setdefault((is_above, found.is_more_deprived_half), []).append(name)
    if not places:
        return None
    both = len(places.get((True, True), []))
    above = both + len(places.get((True, False), []))
    return Quadrants(
        sentence=_sentence(above, both),
        rows=[
            QuadrantRow(
                "Above all together", _names(places, True, True), _names(places, True, False)
            ),
            QuadrantRow(
                "At or below all together",
                _names(places, False, True),
                _names(places, False, False),
            ),
        ],
    )


def _sentence(above: int, both: int) -> str:
    if not above:
        return "No ward lies above all wards together."
    wards = wording.counted(above, "ward")
    lie = "lies" if above == 1 else "lie"
    are = "is" if both == 1 else "are"
    return (
        f"{wards} {lie} above all together; {both:,} of them {are} in the more deprived half of "
        "England."
    )


def _names(places: Mapping[tuple[bool, bool], list[str]], above: bool, more: bool) -> str:
    found = places.get((above, more), [])
    return f"{wording.listed(found)} ({len(found):,})" if found else NOBODY
