"""The invented children: households are drawn first, so that siblings belong together."""

from dataclasses import dataclass, field
from typing import Final

from attendance.borough import schools as demo_schools
from attendance.borough.draw import Draw
from attendance.borough.families import Household, draw_household, fixture_household
from attendance.borough.fixtures import FIXTURES, Fixture
from attendance.borough.names import forename
from attendance.borough.schools import DemoSchool
from attendance_portal.shared.errors import Invalid
from schools.rules.upn import CHECK_LETTERS, check_letter

LAST_GRADE: Final = 11  # Year 11, counting Reception as 0
FIRST_SECONDARY_GRADE: Final = 7
_SERIALS: Final = 999  # per establishment and year, in a UPN

_CHILDREN_IN_A_HOUSEHOLD: Final = ((1, 44), (2, 38), (3, 13), (4, 5))
_YEARS_BETWEEN_SIBLINGS: Final = ((0, 2), (1, 15), (2, 38), (3, 27), (4, 18))
_FORMER_UPN_CHANCE: Final = 0.008
_TEMPORARY_UPN_CHANCE: Final = 0.002
_SPECIAL_CHANCE: Final = demo_schools.PHASE_SHARE[demo_schools.SPECIAL]


@dataclass
class Child:
    """One child. `primary`, `secondary` and `special` are places in the list of schools."""

    index: int
    upn: str
    surname: str
    forename: str
    born: str
    sex: str
    ethnicity: str
    language: str
    sen: str
    is_fsm: bool
    has_pupil_premium: bool
    care: str
    is_young_carer: bool
    reception_year: int
    household: Household
    primary: int
    secondary: int
    special: int | None
    former_upn: str = ""
    key: str = ""

    def grade_in(self, year: int) -> int:
        """School years since Reception; below 0 or above 11 the child is not at school."""
        return year - self.reception_year


@dataclass
class Population:
    """Everybody, in the order of the files."""

    schools: tuple[DemoSchool, ...]
    this_year: int
    years: int
    children: list[Child] = field(default_factory=list)
    households: list[Household] = field(default_factory=list)
    _serials: dict[tuple[str, int], int] = field(default_factory=dict)

    def next_upn_body(self, school: DemoSchool, year: int) -> str:
        place = (school.estab, year % 100)
        self._serials[place] = serial = self._serials.get(place, 0) + 1
        if serial > _SERIALS:
            raise Invalid("That is more children than there are UPNs for. Choose fewer --pupils.")
        return f"807{school.estab}{year % 100:02d}{serial:03d}"

    def pupils_on_roll(self) -> int:
        return sum(child.grade_in(self.this_year) <= LAST_GRADE for child in self.children)


def populate(
    schools: tuple[DemoSchool, ...], *, pupils: int, this_year: int, years: int, seed: int
) -> Population:
    """`pupils` children of school age this year, and in earlier years' leavers on top of them."""
    people = Population(schools, this_year, years)
    draw = Draw(seed, 1)
    _add_fixtures(people, draw)
    wanted = pupils - people.pupils_on_roll()
    while wanted > 0:
        household = draw_household(draw, len(people.households), schools)
        people.households.append(household)
        for grade in _grades(draw, LAST_GRADE + years - 1):
            is_leaver = grade > LAST_GRADE
            if wanted == 0 and not is_leaver:
                break
            people.children.append(_draw_child(people, household, grade, draw))
            wanted -= not is_leaver
    return people


def _grades(draw: Draw, highest: int) -> list[int]:
    size = draw.weighted(_CHILDREN_IN_A_HOUSEHOLD)
    grades = [draw.whole(0, highest)]
    direction = 1 if draw.chance(0.5) else -1
    for _ in range(size - 1):
        grades.append(grades[-1] + direction * draw.weighted(_YEARS_BETWEEN_SIBLINGS))
    return [grade for grade in grades if 0 <= grade <= highest]


def _draw_child(people: Population, household: Household, grade: int, draw: Draw) -> Child:
    sex = "F" if draw.chance(0.49) else "M"
    is_special = draw.chance(_SPECIAL_CHANCE)
    schools = people.schools
    reception_year = people.this_year - grade
    primary = household.primary if draw.chance(0.92) else _place(draw, schools, "PS")
    secondary = household.secondary if draw.chance(0.92) else _place(draw, schools, "SS")
    sen = "E" if is_special else _draw_sen(draw, sex, household.is_fsm)
    body = people.next_upn_body(schools[primary], reception_year)
    child = Child(
        index=len(people.children),
        upn=check_letter(body) + body,
        surname=household.surname if draw.chance(0.93) else household.other_surname,
        forename=forename(draw, household.heritage, sex),
        born=_draw_birthday(draw, reception_year),
        sex=sex,
        ethnicity=draw.weighted(household.ethnicities),
        language=household.language,
        sen=sen,
        is_fsm=household.is_fsm,
        has_pupil_premium=_has_pupil_premium(draw, household),
        care=household.care,
        is_young_carer=draw.chance(0.03 if household.is_fsm else 0.012),
        reception_year=reception_year,
        household=household,
        primary=primary,
        secondary=secondary,
        special=_place(draw, schools, "SP") if is_special else None,
    )
    _draw_other_upns(draw, child, body)
    return child


def _place(draw: Draw, schools: tuple[DemoSchool, ...], phase: str) -> int:
    places = demo_schools.of_phase(schools, phase)
    return draw.weighted([(place, schools[place].weight) for place in places])


def _draw_sen(draw: Draw, sex: str, is_fsm: bool) -> str:
    factor = (1.25 if sex == "M" else 0.75) * (1.5 if is_fsm else 0.8)
    return draw.weighted((("N", 1.0), ("K", 0.195 * factor), ("E", 0.038 * factor)))


def _has_pupil_premium(draw: Draw, household: Household) -> bool:
    return household.is_fsm or household.care in ("CLA", "PLAC") or draw.chance(0.07)


def _draw_birthday(draw: Draw, reception_year: int) -> str:
    """ISO date: four years old on 31 August at the start of Reception."""
    month_offset = draw.whole(0, 11)
    year = reception_year - 5 + (month_offset >= 4)
    month = (8 + month_offset) % 12 + 1
    return f"{year}-{month:02d}-{draw.whole(1, 28):02d}"


def _draw_other_upns(draw: Draw, child: Child, body: str) -> None:
    # The last digit chooses the letter, so that no two children who share the rest share a number.
    temporary = body[:-1] + CHECK_LETTERS[2 * int(body[-1]) + draw.whole(0, 1)]
    if draw.chance(_TEMPORARY_UPN_CHANCE):
        child.upn = check_letter(temporary) + temporary
    elif draw.chance(_FORMER_UPN_CHANCE):
        child.former_upn = check_letter(temporary) + temporary


def _add_fixtures(people: Population, draw: Draw) -> None:
    homes: dict[str, Household] = {}
    for fixture in FIXTURES:
        if fixture.household not in homes:
            home = fixture_household(draw, len(people.households), fixture, people.schools)
            homes[fixture.household] = home
            people.households.append(home)
        people.children.append(_fixture_child(people, homes[fixture.household], fixture))


def _fixture_child(people: Population, household: Household, fixture: Fixture) -> Child:
    schools = people.schools
    places = {phase: demo_schools.of_phase(schools, phase)[0] for phase in ("PS", "SS", "SP")}
    reception_year = people.this_year - fixture.grade
    former = "80799992400K" if fixture.key == "former_upn" else ""
    is_special = fixture.phase == demo_schools.SPECIAL
    return Child(
        index=len(people.children),
        upn=fixture.upn,
        surname=fixture.surname,
        forename=fixture.forename,
        # Summer-born, so that a Reception child is not of compulsory school age before Easter.
        born=f"{reception_year - 4}-06-{10 + fixture.serial % 18:02d}",
        sex=fixture.sex,
        ethnicity=household.ethnicities[0][0],
        language=household.language,
        sen="E" if is_special else "K" if fixture.serial % 4 == 0 else "N",
        is_fsm=household.is_fsm,
        has_pupil_premium=household.is_fsm,
        care=household.care,
        is_young_carer=fixture.key == "declining",
        reception_year=reception_year,
        household=household,
        primary=places["PS"],
        secondary=places["SS"],
        special=places["SP"] if is_special else None,
        former_upn=check_letter(former) + former if former else "",
        key=fixture.key,
    )


def pupil_rows(people: Population) -> list[list[str]]:
    """Rows of pupils.csv."""
    return [
        [
            child.upn, child.surname, child.forename, child.born, child.sex, child.ethnicity,
            child.language, child.sen, str(int(child.is_fsm)), str(int(child.has_pupil_premium)),
            child.care, str(int(child.is_young_carer)), child.household.home.la_code,
            child.household.home.postcode, child.household.home.ward_code,
            child.household.home.idaci_decile, child.former_upn,
        ]
        for child in people.children
    ]  # fmt: skip
