"""The invented schools: real wards and believable sizes, no real school's name or number."""

from dataclasses import dataclass
from typing import Final

from attendance.borough.tables import read_table

PRIMARY: Final = "PS"
SECONDARY: Final = "SS"
SPECIAL: Final = "SP"
ALTERNATIVE: Final = "PR"

BUNDLE_COLUMNS: Final = (
    "urn", "name", "la_code", "estab", "phase", "type", "trust_uid", "trust_name", "ward_code",
    "postcode", "status", "meeting_days",
)  # fmt: skip

# Share of the borough's pupils in each phase (DfE 2025/26: 11,770, 8,227 and 564 of 20,561), the
# smallest believable school of a small borough, and the fewest schools (the fixtures need them).
PHASE_SHARE: Final = {PRIMARY: 0.573, SECONDARY: 0.400, SPECIAL: 0.027}
_TYPICAL_SIZE: Final = {PRIMARY: 190, SECONDARY: 400, SPECIAL: 80}
_FEWEST: Final = {PRIMARY: 3, SECONDARY: 2, SPECIAL: 1}

# Schools whose feed stopped, by place among the primaries: school days without marks up to the end.
THREE_DAYS_BEHIND: Final = 1
FEED_STOPPED: Final = 2
_DAYS_BEHIND: Final = {THREE_DAYS_BEHIND: 3, FEED_STOPPED: 6}


@dataclass(frozen=True)
class DemoSchool:
    """One invented school. `number` is its place in the table, `weight` its size beside others."""

    number: int
    row: tuple[tuple[str, str], ...]
    urn: int
    estab: str
    phase: str
    ward_code: str
    meeting_days: str
    weight: float
    days_behind: int

    def bundle_row(self) -> list[str]:
        values = dict(self.row)
        return [values[column] for column in BUNDLE_COLUMNS]


def choose_schools(pupils: int) -> tuple[DemoSchool, ...]:
    """As many schools of each phase as the pupils would fill; all sixty for a whole borough."""
    rows = list(enumerate(read_table("schools")))
    chosen: list[tuple[int, dict[str, str]]] = []
    for phase, share in PHASE_SHARE.items():
        of_phase = [(number, row) for number, row in rows if row["phase"] == phase]
        wanted = max(_FEWEST[phase], round(pupils * share / _TYPICAL_SIZE[phase]))
        chosen += of_phase[:wanted]
    chosen += [(number, row) for number, row in rows if row["phase"] == ALTERNATIVE]
    return tuple(_demo_school(number, row) for number, row in chosen)


def _demo_school(number: int, row: dict[str, str]) -> DemoSchool:
    return DemoSchool(
        number=number,
        row=tuple(row.items()),
        urn=int(row["urn"]),
        estab=row["estab"],
        phase=row["phase"],
        ward_code=row["ward_code"],
        meeting_days=row["meeting_days"],
        weight=float(row["weight"]),
        days_behind=_DAYS_BEHIND.get(number, 0),
    )


def of_phase(schools: tuple[DemoSchool, ...], phase: str) -> tuple[int, ...]:
    """Places, within `schools`, of the schools of that phase."""
    return tuple(place for place, school in enumerate(schools) if school.phase == phase)
