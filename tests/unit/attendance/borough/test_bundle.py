"""The borough is a valid bundle: the same for a seed, and nothing in it would be refused."""

import csv
import hashlib
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from attendance import codes
from attendance.borough.build import Options, make_borough
from attendance_portal.shared.errors import Invalid
from schools.choices import (
    ENROLMENT_STATUS,
    ETHNICITY,
    PHASE,
    SCHOOL_TYPE,
    SEN_PROVISION,
    SOCIAL_CARE,
    YEAR_GROUP,
)
from schools.rules.upn import upn_problem

FILES = ("schools", "terms", "pupils", "parents", "enrolments", "marks")
BANK_HOLIDAYS = {"2025-12-25", "2026-01-01", "2024-05-06", "2025-05-05", "2024-01-01"}


def _digests(folder: Path) -> list[str]:
    return [hashlib.sha256((folder / f"{name}.csv").read_bytes()).hexdigest() for name in FILES]


def test_same_arguments_give_same_bytes(tmp_path: Path) -> None:
    options = Options(pupils=120, seed=7)
    make_borough(tmp_path / "a", options)
    make_borough(tmp_path / "b", options)
    assert _digests(tmp_path / "a") == _digests(tmp_path / "b")


def test_another_seed_gives_other_children_and_marks(tmp_path: Path) -> None:
    make_borough(tmp_path / "a", Options(pupils=120, seed=7))
    make_borough(tmp_path / "b", Options(pupils=120, seed=8))
    first, second = _digests(tmp_path / "a"), _digests(tmp_path / "b")
    assert first[:2] == second[:2]
    assert all(one != other for one, other in zip(first[2:], second[2:], strict=True))


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("schools", "urn name la_code estab phase type trust_uid trust_name ward_code postcode "
                    "status meeting_days"),
        ("terms", "academic_year half_term start end"),
        ("pupils", "upn surname forename date_of_birth sex ethnicity first_language sen_provision "
                   "fsm_eligible pupil_premium social_care young_carer home_la postcode ward_code "
                   "idaci_decile former_upn"),
        ("parents", "parent_ref upn name relationship parental_responsibility lives_with phone "
                    "email address language"),
        ("enrolments", "upn urn start_date end_date status year_group"),
        ("marks", "upn urn date session code minutes_late comment"),
    ],
)  # fmt: skip
def test_file_has_the_columns_of_the_bundle(bundle, name: str, columns: str) -> None:
    with (bundle.folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        assert next(csv.reader(lines)) == columns.split()


@pytest.mark.parametrize("name", FILES)
def test_counts_are_the_rows_written(bundle, name: str) -> None:
    written = len(bundle.marks) if name == "marks" else len(bundle.rows(name))
    assert getattr(bundle.counts, name) == written


def test_pupils_are_as_many_as_asked(bundle) -> None:
    assert len(bundle.rows("pupils")) == 1500


def test_upns_are_valid_and_each_child_has_its_own(long_bundle) -> None:
    pupils = long_bundle.rows("pupils")
    upns = [row["upn"] for row in pupils] + [r["former_upn"] for r in pupils if r["former_upn"]]
    assert [problem for upn in upns if (problem := upn_problem(upn))] == []
    assert len(set(upns)) == len(upns)


def test_upns_belong_to_establishments_that_no_school_has(bundle) -> None:
    assert {row["upn"][1:4] for row in bundle.rows("pupils")} == {"807"}
    assert all(int(row["upn"][4:8]) >= 9900 for row in bundle.rows("pupils"))


def test_coded_values_are_in_the_code_sets(bundle) -> None:
    for row in bundle.rows("pupils"):
        assert row["sex"] in ("F", "M")
        assert row["ethnicity"] in ETHNICITY
        assert row["sen_provision"] in SEN_PROVISION
        assert row["social_care"] in SOCIAL_CARE
        assert row["idaci_decile"] in {str(decile) for decile in range(1, 11)}
        assert row["home_la"] in ("806", "807", "808")
    for row in bundle.rows("enrolments"):
        assert row["status"] in ENROLMENT_STATUS
        assert row["year_group"] in YEAR_GROUP
    for row in bundle.rows("schools"):
        assert row["phase"] in PHASE
        assert row["type"] in SCHOOL_TYPE


def test_parents_belong_to_children_who_are_there(bundle) -> None:
    upns = {row["upn"] for row in bundle.rows("pupils")}
    parents = bundle.rows("parents")
    assert {row["upn"] for row in parents} == upns
    keys = Counter((row["parent_ref"], row["upn"]) for row in parents)
    assert max(keys.values()) == 1


def test_parents_cannot_be_rung_or_written_to(bundle) -> None:
    for row in bundle.rows("parents"):
        assert row["phone"].startswith(("07700 900", "01632 960"))
        assert row["email"] == "" or row["email"].endswith("@example.org")
        assert row["email"].isascii()


def test_one_parent_has_one_name_and_address(bundle) -> None:
    told: dict[str, tuple[str, str]] = {}
    for row in bundle.rows("parents"):
        assert told.setdefault(row["parent_ref"], (row["name"], row["address"])) == (
            row["name"],
            row["address"],
        )


def _spans(rows: list[dict[str, str]]) -> list[tuple[str, str]]:
    return sorted((row["start_date"], row["end_date"] or "9999-12-31") for row in rows)


def test_enrolments_of_a_child_never_overlap_at_a_school_nor_twice_as_main(long_bundle) -> None:
    groups: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in long_bundle.rows("enrolments"):
        groups.setdefault((row["upn"], row["urn"]), []).append(row)
        if row["status"] in ("C", "M"):
            groups.setdefault((row["upn"], "main"), []).append(row)
    for rows in groups.values():
        spans = _spans(rows)
        assert all(end < start for (_, end), (start, _) in pairwise(spans))


def test_subsidiary_enrolment_has_a_main_one_at_another_school(bundle) -> None:
    main = {row["upn"]: row["urn"] for row in bundle.rows("enrolments") if row["status"] == "M"}
    subsidiary = [row for row in bundle.rows("enrolments") if row["status"] == "S"]
    assert subsidiary
    assert all(main[row["upn"]] != row["urn"] for row in subsidiary)


@pytest.mark.parametrize("which", ["bundle", "long_bundle"])
def test_marks_lie_within_enrolments(which: str, request: pytest.FixtureRequest) -> None:
    made = request.getfixturevalue(which)
    spans: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in made.rows("enrolments"):
        span = (row["start_date"], row["end_date"] or "9999-12-31")
        spans.setdefault((row["upn"], row["urn"]), []).append(span)
    outside = [
        row
        for row in made.marks
        if not any(
            start <= row["date"] <= end for start, end in spans.get((row["upn"], row["urn"]), [])
        )
    ]
    assert outside == []


@pytest.mark.parametrize("which", ["bundle", "long_bundle"])
def test_codes_are_in_force_on_their_day(which: str, request: pytest.FixtureRequest) -> None:
    made = request.getfixturevalue(which)
    seen = {(row["code"], row["date"]) for row in made.marks}
    retired = [pair for pair in seen if codes.in_force(pair[0], made.days[pair[1]]) is None]
    assert retired == []


def test_older_codes_are_used_before_the_reform_and_newer_ones_after(long_bundle) -> None:
    older = {row["code"] for row in long_bundle.marks if row["date"] < "2024-08-19"}
    newer = {row["code"] for row in long_bundle.marks if row["date"] >= "2024-08-19"}
    assert {"Y", "H"} <= older
    assert not {"C1", "C2", "J1", "K", "Q", "Y4"} & older
    assert {"C2", "Y4"} <= newer
    assert not {"H", "J", "Y"} & newer


def test_marks_are_in_term_on_days_the_school_meets_and_up_to_the_last_day(long_bundle) -> None:
    terms = [(row["start"], row["end"]) for row in long_bundle.rows("terms")]
    meets = {row["urn"]: row["meeting_days"] for row in long_bundle.rows("schools")}
    for urn, day in {(row["urn"], row["date"]) for row in long_bundle.marks}:
        assert any(start <= day <= end for start, end in terms)
        assert str(long_bundle.days[day].isoweekday()) in meets[urn]
        assert day not in BANK_HOLIDAYS
        assert day <= "2026-03-02"


def test_no_session_of_a_child_is_marked_twice(bundle) -> None:
    keys = {(row["upn"], row["urn"], row["date"], row["session"]) for row in bundle.marks}
    assert len(keys) == len(bundle.marks)


def test_minutes_stand_with_late_codes_alone(bundle) -> None:
    with_minutes = {row["code"] for row in bundle.marks if row["minutes_late"]}
    assert with_minutes == {"L", "U"}
    assert all(1 <= int(row["minutes_late"]) <= 60 for row in bundle.marks if row["minutes_late"])


def test_terms_reach_into_the_next_year(bundle) -> None:
    assert {row["academic_year"] for row in bundle.rows("terms")} == {"2025", "2026"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (Options(pupils=99), "--pupils"),
        (Options(pupils=300_001), "--pupils"),
        (Options(years=0), "--years"),
        (Options(seed=-1), "--seed"),
        (Options(years=9), "2020/21 to 2026/27"),
        (Options(until=date(2031, 3, 2)), "2020/21 to 2026/27"),
        (Options(until=date(2025, 8, 5)), "No school day"),
    ],
)
def test_impossible_size_is_refused_in_words(tmp_path: Path, options: Options, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        make_borough(tmp_path / "none", options)
    assert not (tmp_path / "none").exists()


def test_smallest_borough_in_the_first_week_of_a_year_can_be_made(tmp_path: Path) -> None:
    counts = make_borough(tmp_path, Options(pupils=100, until=date(2025, 9, 4)))
    assert (counts.pupils, counts.schools) == (100, 7)
    assert counts.marks > 0
