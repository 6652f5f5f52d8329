"""Children whose registers tell a known story, found by key: for journeys, tests and documents.

Their UPNs never change, whatever the size, seed or dates. What a story promises holds on the day
`--until` names, if the academic year has had enough school days by then (by 2 March 2026 it has).
"""

from dataclasses import dataclass
from typing import Final

from attendance.borough.schools import ALTERNATIVE, PRIMARY, SECONDARY, SPECIAL
from schools.rules.upn import check_letter

_ESTABLISHMENT: Final = "8079999"  # no school has it: numbers from 9900 up are not real
_ALLOCATED: Final = "25"
FRESH_DAYS: Final = 10

# URNs that are in every borough, whatever its size.
SCHOOLS: Final = {
    "primary": 900001,
    "three_days_behind": 900002,
    "feed_stopped": 900003,
    "secondary": 900045,
    "saturday": 900046,  # meets on Saturday mornings too
    "special": 900056,
    "alternative": 900060,  # does not meet on Fridays
}


@dataclass(frozen=True)
class Fixture:
    """One fixture child. `grade` counts school years from Reception, 0; `family` joins siblings."""

    key: str
    serial: int
    surname: str
    forename: str
    sex: str
    grade: int
    story: str
    phase: str = PRIMARY
    family: str = ""

    @property
    def upn(self) -> str:
        body = f"{_ESTABLISHMENT}{_ALLOCATED}{self.serial:03d}"
        return check_letter(body) + body

    @property
    def household(self) -> str:
        return self.family or self.key


_NAMED: Final = (
    Fixture("exactly_20_of_200", 1, "Verrill", "Maisie", "F", 4,
            "200 possible sessions, 20 absent; 19 of 198 the school day before"),
    Fixture("exactly_20_of_201", 2, "Theaker", "Isaac", "M", 5,
            "201 possible sessions, 20 absent: 9.95%, never persistent"),
    Fixture("exactly_10_of_200", 3, "Readman", "Freya", "F", 3,
            "200 possible sessions, 10 absent: exactly 5%"),
    Fixture("exactly_100_of_200", 4, "Umpleby", "Corey", "M", 9,
            "200 possible sessions, 100 absent: exactly half", SECONDARY),
    Fixture("declining", 5, "Trattles", "Robyn", "F", 8,
            "present nearly always in September, every second day by the end", SECONDARY),
    Fixture("stopped", 6, "Boagey", "Declan", "M", 10,
            "came until the second half of the autumn term, then not once", SECONDARY),
    Fixture("holiday", 7, "Harland", "Lottie", "F", 2,
            "a fortnight's holiday in term that was not granted; two parents"),
    Fixture("monday_friday", 8, "Jobling", "Kai", "M", 7,
            "most absences on Mondays and Fridays", SECONDARY),
    Fixture("illness_spells", 9, "Dowson", "Beatrice", "F", 5,
            "four spells of illness, 40 sessions coded I"),
    Fixture("moved", 10, "Pounder", "Jenson", "M", 8,
            "changed school in the year: the old enrolment ended, the new one began", SECONDARY),
    Fixture("dual", 11, "Agar", "Keira", "F", 9,
            "registered at two schools: D at each for the days due at the other", SECONDARY),
    Fixture("part_time", 12, "Bulmer", "Toby", "M", 6,
            "a temporary part-time timetable: C2 on afternoons", SPECIAL),
    Fixture("reception_x", 13, "Welford", "Pippa", "F", 0,
            "not yet of compulsory school age: X on afternoons in September"),
    Fixture("unresolved_n", 14, "Featherstone", "Rhys", "M", 4,
            "two sessions coded N more than five school days ago"),
    Fixture("late_after_register", 15, "Hodgson", "Skye", "F", 9,
            "arrives after the register closed (U) most Tuesdays", SECONDARY),
    Fixture("no_recent_marks", 16, "Raw", "Ellis", "M", 3,
            "on roll, and no mark but - on the last eight school days"),
    Fixture("excluded", 17, "Stephenson", "Tommy", "M", 10,
            "two suspensions, coded E", SECONDARY),
    Fixture("unauthorised_run", 18, "Ashby-Cole", "Lacey", "F", 9,
            "the last ten school days unauthorised: the run reached ten on the last", SECONDARY),
    Fixture("penalty_across_holiday", 19, "Wren-Hughes", "Dylan", "M", 6,
            "ten unauthorised sessions in ten school weeks across a holiday, one of them an N"),
    Fixture("null_surname", 20, "Null", "Harper", "F", 5,
            "a surname that careless software takes for nothing", family="null"),
    Fixture("sibling_primary", 21, "O'Neill", "Caoimhe", "F", 5,
            "at primary; shares both parents with sibling_secondary", family="oneill"),
    Fixture("sibling_secondary", 22, "O'Neill", "Oisín", "M", 8,
            "at secondary; shares both parents with sibling_primary", SECONDARY, "oneill"),
    Fixture("cross_border", 23, "Brontë", "Zoë", "F", 8,
            "lives in Middlesbrough (home LA 806)", SECONDARY),
    Fixture("former_upn", 24, "Łukasik", "Małgorzata", "F", 3,
            "had a temporary UPN before this one"),
    Fixture("improving", 25, "Barker", "Hugo", "M", 7,
            "absent one day in three in the autumn, hardly at all since Christmas", SECONDARY),
    Fixture("always_there", 26, "Gibson", "Nancy", "F", 6,
            "present for every session"),
)  # fmt: skip

_FRESH: Final = tuple(
    Fixture(
        key=f"fresh_{place:02d}",
        serial=100 + place,
        surname=surname,
        forename=forename,
        sex="F" if place % 2 else "M",
        grade=place % 7,
        story=f"ten unauthorised sessions in ten weeks, reached {place - 1} school days ago",
    )
    for place, (forename, surname) in enumerate(
        (
            ("Elsie", "Larkin"), ("Albie", "Marwood"), ("Orla", "Hesketh"), ("Rex", "Tindall"),
            ("Thea", "Skelding"), ("Jude", "Burdon"), ("Ada", "Leng"), ("Rory", "Prudom"),
            ("Esme", "Codling"), ("Otis", "Gratton"),
        ),
        start=1,
    )
)  # fmt: skip

FIXTURES: Final[tuple[Fixture, ...]] = _NAMED + _FRESH
UPNS: Final = {fixture.key: fixture.upn for fixture in FIXTURES}
DUAL_SUBSIDIARY_PHASE: Final = ALTERNATIVE


def upn_of(key: str) -> str:
    """The UPN of the fixture child with that key. Raises KeyError for a key that is not there."""
    return UPNS[key]


def parent_refs_of(key: str) -> tuple[str, str]:
    """The references of the two parents of that fixture child's household."""
    household = next(fixture.household for fixture in FIXTURES if fixture.key == key)
    first = next(fixture.serial for fixture in FIXTURES if fixture.household == household)
    return f"F{first:03d}A", f"F{first:03d}B"
