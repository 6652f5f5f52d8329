"""Makes the whole borough: one bundle of six files, the same bytes for the same arguments."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from numpy.random import Generator

from attendance.borough.days import Window, all_half_terms, make_window, sittings
from attendance.borough.draw import generator
from attendance.borough.fixtures import FIXTURES
from attendance.borough.people import Population, populate, pupil_rows
from attendance.borough.places import Place, Rolls, place_everybody, place_rows
from attendance.borough.registers import Sheet, fill_registers
from attendance.borough.risk import draw_risk
from attendance.borough.schools import BUNDLE_COLUMNS, DemoSchool, choose_schools
from attendance.borough.writing import write_header, write_rows, write_sheet
from attendance_portal.shared.errors import Invalid

FEWEST_PUPILS: Final = 100
MOST_PUPILS: Final = 300_000
DEFAULT_PUPILS: Final = 2000
DEFAULT_YEARS: Final = 1
DEFAULT_SEED: Final = 2026
DEFAULT_UNTIL: Final = date(2026, 3, 2)

TERM_COLUMNS: Final = ("academic_year", "half_term", "start", "end")
PUPIL_COLUMNS: Final = (
    "upn", "surname", "forename", "date_of_birth", "sex", "ethnicity", "first_language",
    "sen_provision", "fsm_eligible", "pupil_premium", "social_care", "young_carer", "home_la",
    "postcode", "ward_code", "idaci_decile", "former_upn",
)  # fmt: skip
PARENT_COLUMNS: Final = (
    "parent_ref", "upn", "name", "relationship", "parental_responsibility", "lives_with", "phone",
    "email", "address", "language",
)  # fmt: skip
ENROLMENT_COLUMNS: Final = ("upn", "urn", "start_date", "end_date", "status", "year_group")

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """What to make. `years` are academic years, the one of `until` included."""

    pupils: int = DEFAULT_PUPILS
    years: int = DEFAULT_YEARS
    seed: int = DEFAULT_SEED
    until: date = DEFAULT_UNTIL


@dataclass(frozen=True)
class Counts:
    """Rows written to each file."""

    schools: int
    terms: int
    pupils: int
    parents: int
    enrolments: int
    marks: int


@dataclass(frozen=True)
class Drawn:
    """Everybody and where they are on roll, before any mark is drawn."""

    rolls: Rolls
    places: list[Place]
    seed: int

    @property
    def people(self) -> Population:
        return self.rolls.people


def draw_borough(options: Options, progress: Progress = lambda _: None) -> Drawn:
    """The children, their families and their schools. Raises Invalid for sizes it cannot make."""
    _check(options)
    window = make_window(years=options.years, until=options.until)
    schools = choose_schools(options.pupils)
    progress(f"Inventing {options.pupils} children and their families.")
    people = populate(
        schools,
        pupils=options.pupils,
        this_year=window.this_year,
        years=options.years,
        seed=options.seed,
    )
    school_days = tuple(tuple(sittings(school, window)) for school in schools)
    rolls = Rolls(people, window, school_days)
    return Drawn(rolls, place_everybody(rolls, options.seed), options.seed)


def draw_sheets(drawn: Drawn) -> Iterator[tuple[DemoSchool, Sheet, Generator]]:
    """Each school's registers, in the order of the schools, and its stream of chance."""
    risk = draw_risk(drawn.people, drawn.rolls.window, drawn.seed)
    by_school: dict[int, list[Place]] = {}
    for place in drawn.places:
        by_school.setdefault(place.school, []).append(place)
    for number, school in enumerate(drawn.people.schools):
        random = generator(drawn.seed, 4, school.number)
        days = drawn.rolls.school_days[number]
        at_school = by_school.get(number, [])
        yield (
            school,
            fill_registers(school, drawn.rolls.window, days, at_school, risk, random),
            random,
        )


def make_borough(out: Path, options: Options, progress: Progress = lambda _: None) -> Counts:
    """Writes the bundle into `out` (made if missing). Raises Invalid for sizes it cannot make."""
    drawn = draw_borough(options, progress)
    people, rolls, window = drawn.people, drawn.rolls, drawn.rolls.window
    out.mkdir(parents=True, exist_ok=True)
    schools = (school.bundle_row() for school in people.schools)
    enrolments = place_rows(rolls, drawn.places)
    return Counts(
        schools=write_rows(out / "schools.csv", BUNDLE_COLUMNS, schools),
        terms=write_rows(out / "terms.csv", TERM_COLUMNS, _term_rows(window)),
        pupils=write_rows(out / "pupils.csv", PUPIL_COLUMNS, pupil_rows(people)),
        parents=write_rows(out / "parents.csv", PARENT_COLUMNS, _parent_rows(people)),
        enrolments=write_rows(out / "enrolments.csv", ENROLMENT_COLUMNS, enrolments),
        marks=_write_marks(out / "marks.csv", drawn, progress),
    )


def _check(options: Options) -> None:
    fewest = max(FEWEST_PUPILS, len(FIXTURES))
    if not fewest <= options.pupils <= MOST_PUPILS:
        raise Invalid(f"--pupils must be from {fewest} to {MOST_PUPILS}.")
    if options.years < 1:
        raise Invalid("--years must be 1 or more.")
    if options.seed < 0:
        raise Invalid("--seed must not be negative.")


def _term_rows(window: Window) -> list[list[str]]:
    """The window's years, and the next one: deadlines look ahead."""
    wanted = {*window.years, window.this_year + 1}
    return [
        [str(half.academic_year), str(half.half_term), half.start.isoformat(), half.end.isoformat()]
        for half in all_half_terms()
        if half.academic_year in wanted
    ]


def _parent_rows(people: Population) -> list[list[str]]:
    return [
        [
            adult.ref, child.upn, adult.name, adult.relationship,
            str(int(adult.has_responsibility)), str(int(adult.lives_with)), adult.phone,
            adult.email, adult.address, adult.language,
        ]
        for child in people.children
        for adult in child.household.adults
    ]  # fmt: skip


def _write_marks(path: Path, drawn: Drawn, progress: Progress) -> int:
    total, schools = 0, len(drawn.people.schools)
    with path.open("wb") as out:
        write_header(out)
        for number, (school, sheet, random) in enumerate(draw_sheets(drawn), start=1):
            total += write_sheet(out, school.urn, sheet, random)
            progress(f"Registers of school {number} of {schools}: {total} marks so far.")
    return total
