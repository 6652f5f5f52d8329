"""Invented schools on real wards: as many as the pupils would fill, none with a real name.

`real_school_names.csv`: open schools of Redcar and Cleveland and its neighbours (Get Information
about Schools, January 2026; Open Government Licence v3.0).
"""

import csv
import re
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

from attendance.borough.fixtures import SCHOOLS
from attendance.borough.schools import choose_schools
from attendance.borough.tables import read_table

REAL_NAMES = Path(__file__).parent / "real_school_names.csv"
# Words that many schools share say nothing about which school is meant.
COMMON = frozenset(
    [
        "school",
        "primary",
        "academy",
        "centre",
        "college",
        "learning",
        "catholic",
        "st",
        "the",
        "of",
        "and",
        "house",
    ]
)
CLOSE = 0.85


def _distinctive(name: str) -> str:
    words = re.findall(r"[a-z]+", name.casefold().replace("'", ""))
    return " ".join(word for word in words if word not in COMMON)


def _real_names() -> list[str]:
    with REAL_NAMES.open(encoding="utf-8", newline="") as lines:
        return [row["name"] for row in csv.DictReader(lines)]


def test_no_school_is_called_like_a_real_one() -> None:
    real = {_distinctive(name) for name in _real_names()} - {""}
    assert len(real) > 200
    invented = [_distinctive(row["name"]) for row in read_table("schools")]
    close = [
        (name, other)
        for name in invented
        for other in real
        if SequenceMatcher(None, name, other).ratio() >= CLOSE
    ]
    assert close == []


def test_no_two_schools_share_a_name_or_number() -> None:
    rows = read_table("schools")
    for column in ("urn", "name", "estab", "postcode"):
        assert len({row[column] for row in rows}) == len(rows)


def test_numbers_and_postcodes_are_outside_the_real_ranges() -> None:
    for row in read_table("schools"):
        assert int(row["urn"]) >= 900000
        assert int(row["estab"]) >= 9900
        assert row["postcode"] >= "TS40"
        assert row["la_code"] == "807"


def test_whole_borough_has_the_schools_of_the_real_one() -> None:
    phases = Counter(school.phase for school in choose_schools(22_000))
    assert phases == {"PS": 44, "SS": 11, "SP": 4, "PR": 1}


def test_smallest_borough_has_every_phase_two_trusts_and_the_fixtures_schools() -> None:
    schools = choose_schools(100)
    assert Counter(school.phase for school in schools) == {"PS": 3, "SS": 2, "SP": 1, "PR": 1}
    assert {school.urn for school in schools} == set(SCHOOLS.values())
    assert len({dict(school.row)["trust_uid"] for school in schools} - {""}) >= 2


def test_schools_stand_in_real_wards() -> None:
    wards = {row["ward_code"] for row in read_table("wards")}
    assert len(wards) == 24
    assert {school.ward_code for school in choose_schools(22_000)} <= wards


def test_one_school_meets_on_saturdays_and_one_not_on_fridays() -> None:
    days = {school.urn: school.meeting_days for school in choose_schools(100)}
    assert days[SCHOOLS["saturday"]] == "123456"
    assert days[SCHOOLS["alternative"]] == "1234"
    assert days[SCHOOLS["primary"]] == "12345"
