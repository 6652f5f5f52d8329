"""How deprived the places are in which children live: IDACI by ward.

Source: English Indices of Deprivation 2025 (see `data/SOURCES.md`), which rank England's small
areas by the share of children in families of low income. There is no published figure of a ward:
ours is the average rank of its small areas, each counted alike, and the tenth of England in which
that rank lies. It says something of a place, never of a child.

Worked example: a ward of two small areas, ranks 3,000 and 9,000 of 33,755, has the average 6,000,
which lies in the second tenth (3,376 to 6,751).
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

SOURCE: Final = (
    "English Indices of Deprivation 2025 (MHCLG), income deprivation affecting children: "
    "the average rank of each ward's small areas, worked out by us"
)
SMALL_AREAS_OF_ENGLAND: Final = 33_755
TENTHS: Final = 10
_FILE: Final = Path(__file__).parent / "data" / "ward_deprivation.csv"


@dataclass(frozen=True)
class Deprivation:
    """Small areas and the sum of their ranks; 1 is the most deprived."""

    small_areas: int
    rank_sum: int
    in_most_deprived_fifth: int

    @property
    def tenth(self) -> int:
        """The tenth of England that the average rank lies in: 1 is the most deprived."""
        places = TENTHS * self.rank_sum
        return -(-places // (self.small_areas * SMALL_AREAS_OF_ENGLAND))

    @property
    def is_more_deprived_half(self) -> bool:
        """Whether the average rank lies in the more deprived half of England."""
        return 2 * self.tenth <= TENTHS

    @property
    def words(self) -> str:
        """'2 of 10; 3 of 5 small areas in the most deprived fifth'."""
        return (
            f"{self.tenth} of {TENTHS}; {self.in_most_deprived_fifth} of {self.small_areas} "
            f"small areas in the most deprived fifth"
        )


@cache
def _wards() -> Mapping[str, Deprivation]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        return {
            row["ward_code"]: Deprivation(
                int(row["small_areas"]),
                int(row["idaci_rank_sum"]),
                int(row["in_most_deprived_fifth"]),
            )
            for row in csv.DictReader(file)
        }


def deprivation_of(wards: Collection[str]) -> Deprivation | None:
    """That of some wards together, by code; None where the file has none of them."""
    found = [_wards()[code] for code in wards if code in _wards()]
    if not found:
        return None
    return Deprivation(
        sum(one.small_areas for one in found),
        sum(one.rank_sum for one in found),
        sum(one.in_most_deprived_fifth for one in found),
    )
