"""The invented households: where they live, how they fare, and the adults in them."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final

from attendance.borough import schools as demo_schools
from attendance.borough.draw import Draw
from attendance.borough.fixtures import Fixture
from attendance.borough.names import adult_forename, surname
from attendance.borough.schools import DemoSchool
from attendance.borough.tables import read_table, weights

_OUR_LA: Final = "807"
_CROSS_BORDER_CHANCE: Final = 0.03
_LIVES_IN_SCHOOL_WARD_CHANCE: Final = 0.6
# Free school meals by IDACI tenth, most deprived first: about three children in ten over all.
_FSM_BY_DECILE: Final = (0.63, 0.50, 0.40, 0.32, 0.25, 0.19, 0.13, 0.09, 0.06, 0.03)
_CARE_WITH_FSM: Final = (
    ("NONE", 86.0), ("EH", 5.0), ("CIN", 4.5), ("CP", 1.8), ("CLA", 1.6), ("PLAC", 1.1),
)  # fmt: skip
_CARE_WITHOUT_FSM: Final = (
    ("NONE", 97.4), ("EH", 1.0), ("CIN", 0.6), ("CP", 0.2), ("CLA", 0.3), ("PLAC", 0.5),
)  # fmt: skip
_LANGUAGES: Final = {
    "ENG": "", "URD": "Urdu", "PNJ": "Panjabi", "BEN": "Bengali", "HIN": "Hindi", "POL": "Polish",
    "ARA": "Arabic", "KUR": "Kurdish", "YOR": "Yoruba", "SHO": "Shona", "ROM": "Romani",
    "CHI": "Chinese", "OTH": "",
}  # fmt: skip
_POSTCODE_LETTERS: Final = "ABDEFGHJLN"
_POSTCODE_AREA: Final = 40  # no Teesside postcode has a district from TS40 up


@dataclass(frozen=True)
class Home:
    """Where a household lives. The postcode is invented; ward and tenth are real."""

    address: str
    postcode: str
    ward_code: str
    la_code: str
    idaci_decile: str


@dataclass(frozen=True)
class Adult:
    """A parent or carer; responsibility and `lives_with` hold for every child of the household."""

    ref: str
    name: str
    relationship: str
    has_responsibility: bool
    lives_with: bool
    phone: str
    email: str
    address: str
    language: str


@dataclass(frozen=True)
class Household:
    """Children who live together. `primary` and `secondary` are places in the list of schools."""

    number: int
    surname: str
    other_surname: str
    heritage: str
    ethnicities: tuple[tuple[str, float], ...]
    language: str
    home: Home
    is_fsm: bool
    care: str
    primary: int
    secondary: int
    adults: tuple[Adult, ...]


@cache
def _heritages() -> tuple[tuple[dict[str, str], float], ...]:
    return tuple((row, float(row["weight"])) for row in read_table("heritages"))


@cache
def _areas(la_code: str) -> tuple[dict[str, str], ...]:
    return tuple(row for row in read_table("lsoas") if row["la_code"] == la_code)


@cache
def _areas_of_ward(ward_code: str) -> tuple[dict[str, str], ...]:
    return tuple(row for row in read_table("lsoas") if row["ward_code"] == ward_code)


@cache
def _ward_places() -> dict[str, int]:
    codes = dict.fromkeys(row["ward_code"] for row in read_table("wards"))
    codes |= dict.fromkeys(row["ward_code"] for row in read_table("lsoas"))
    return {code: place for place, code in enumerate(codes)}


def _draw_home(draw: Draw, la_code: str, ward_code: str) -> Home:
    areas = _areas_of_ward(ward_code) if la_code == _OUR_LA else ()
    area = draw.pick(areas or _areas(la_code))
    place = _ward_places()[area["ward_code"]]
    unit = draw.pick(_POSTCODE_LETTERS) + draw.pick(_POSTCODE_LETTERS)
    postcode = f"TS{_POSTCODE_AREA + place // 8} {1 + place % 8}{unit}"
    street = draw.pick(read_table("streets"))["name"]
    return Home(
        address=f"{draw.whole(1, 160)} {street}, {area['ward_name']}, {postcode}",
        postcode=postcode,
        ward_code=area["ward_code"],
        la_code=area["la_code"],
        idaci_decile=area["idaci_decile"],
    )


def draw_household(draw: Draw, number: int, schools: tuple[DemoSchool, ...]) -> Household:
    """One household with its adults; children are added by the caller."""
    primary = _weighted_school(draw, schools, demo_schools.PRIMARY)
    la_code = _OUR_LA
    if draw.chance(_CROSS_BORDER_CHANCE):
        la_code = draw.weighted((("806", 3.0), ("808", 1.0)))
    wards = read_table("wards")
    is_near = draw.chance(_LIVES_IN_SCHOOL_WARD_CHANCE)
    ward_code = schools[primary].ward_code if is_near else draw.pick(wards)["ward_code"]
    home = _draw_home(draw, la_code, ward_code)
    heritage = draw.weighted(_heritages())
    return _household(draw, number, heritage, home, (primary, None), schools)


def fixture_household(
    draw: Draw, number: int, fixture: Fixture, schools: tuple[DemoSchool, ...]
) -> Household:
    """The household of a fixture child: two parents, both with responsibility."""
    la_code = "806" if fixture.key == "cross_border" else _OUR_LA
    home = _draw_home(draw, la_code, schools[0].ward_code)
    name = {"oneill": "irish", "former_upn": "polish"}.get(fixture.household, "british")
    heritage = next(row for row, _ in _heritages() if row["heritage"] == name)
    return _household(draw, number, heritage, home, (0, fixture), schools)


def _household(
    draw: Draw,
    number: int,
    heritage: dict[str, str],
    home: Home,
    origin: tuple[int, Fixture | None],
    schools: tuple[DemoSchool, ...],
) -> Household:
    primary, fixture = origin
    name = heritage["heritage"]
    is_fsm = draw.chance(_FSM_BY_DECILE[int(home.idaci_decile) - 1])
    care = "NONE" if fixture else draw.weighted(_CARE_WITH_FSM if is_fsm else _CARE_WITHOUT_FSM)
    speaks_english = draw.chance(int(heritage["english_share"]) / 100)
    language = "ENG" if speaks_english else draw.weighted(weights(heritage["language"]))
    family_name = fixture.surname if fixture else surname(draw, name)
    other_name = surname(draw, name)
    adults = _draw_adults(
        draw, _Plan(number, name, family_name, other_name, home, care, language, fixture)
    )
    return Household(
        number=number,
        surname=family_name,
        other_surname=other_name,
        heritage=name,
        ethnicities=weights(heritage["ethnicities"]),
        language=language,
        home=home,
        is_fsm=is_fsm,
        care=care,
        primary=primary,
        secondary=_weighted_school(draw, schools, demo_schools.SECONDARY),
        adults=adults,
    )


@dataclass(frozen=True)
class _Plan:
    number: int
    heritage: str
    surname: str
    other_surname: str
    home: Home
    care: str
    language: str
    fixture: Fixture | None


def _draw_adults(draw: Draw, plan: _Plan) -> tuple[Adult, ...]:
    if plan.fixture:
        roles = [("Mother", True, True), ("Father", True, True)]
    elif plan.care == "CLA":
        roles = [("Foster carer", False, True), ("Mother", True, False)]
    elif draw.chance(0.03):
        roles = [("Grandparent", False, True), ("Mother", True, False)]
    elif draw.chance(0.62):
        roles = [("Mother", True, True), ("Father", True, True)]
    elif draw.chance(0.1):
        roles = [("Father", True, True)]
    else:
        roles = [("Mother", True, True)]
        if draw.chance(0.55):
            roles.append(("Father", draw.chance(0.8), False))
        if draw.chance(0.2):
            roles.append(("Stepfather", False, True))
    return tuple(_draw_adult(draw, plan, place, role) for place, role in enumerate(roles))


def _draw_adult(draw: Draw, plan: _Plan, place: int, role: tuple[str, bool, bool]) -> Adult:
    relationship, has_responsibility, lives_with = role
    sex = "M" if relationship.endswith("ather") else "F"
    forename = adult_forename(draw, plan.heritage, sex)
    keeps_name = relationship in ("Mother", "Grandparent") or (place == 1 and bool(plan.fixture))
    family_name = plan.surname if keeps_name or draw.chance(0.6) else plan.other_surname
    letter = "ABCD"[place]
    ref = f"F{plan.fixture.serial:03d}{letter}" if plan.fixture else f"P{plan.number:06d}{letter}"
    home = plan.home if lives_with else _draw_home(draw, _OUR_LA, plan.home.ward_code)
    return Adult(
        ref=ref,
        name=f"{forename} {family_name}",
        relationship=relationship,
        has_responsibility=has_responsibility,
        lives_with=lives_with,
        phone=_draw_phone(draw),
        email=_email(forename, family_name, ref) if draw.chance(0.85) else "",
        address=home.address,
        language=_LANGUAGES[plan.language],
    )


def _draw_phone(draw: Draw) -> str:
    """From the ranges that Ofcom keeps for drama: they ring nobody."""
    if draw.chance(0.8):
        return f"07700 900{draw.whole(0, 999):03d}"
    return f"01632 960{draw.whole(0, 999):03d}"


def _email(forename: str, family_name: str, ref: str) -> str:
    plain = unicodedata.normalize("NFKD", f"{forename}.{family_name}".casefold())
    kept = "".join(c for c in plain if c.isascii() and (c.isalnum() or c in ".-"))
    return f"{kept}.{ref.lower()}@example.org"


def _weighted_school(draw: Draw, schools: tuple[DemoSchool, ...], phase: str) -> int:
    places = demo_schools.of_phase(schools, phase)
    return draw.weighted([(place, schools[place].weight) for place in places])
