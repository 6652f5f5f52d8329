"""What the fixture children's stories promise, counted from the files."""

from collections import Counter
from datetime import date, timedelta

import pytest

from attendance.borough.fixtures import FIXTURES, SCHOOLS, UPNS, parent_refs_of, upn_of
from schools.rules.upn import upn_problem

LAST = date(2026, 3, 2)
SCHOOL_DAY_BEFORE = date(2026, 2, 27)


def _codes(bundle, key: str) -> Counter[str]:
    return Counter(mark.code for mark in bundle.this_year(upn_of(key)))


def _school_days(bundle, urn: int) -> list[date]:
    return sorted(
        {bundle.days[r["date"]] for r in bundle.marks if r["urn"] == str(urn) and r["code"] != "#"}
    )


def _unauthorised(bundle, key: str, since: date, until: date) -> int:
    return sum(
        mark.meaning.counts_for_penalty_notice
        for mark in bundle.this_year(upn_of(key))
        if since <= mark.day <= until
    )


def test_keys_and_upns_are_distinct_and_valid() -> None:
    assert len(UPNS) == len(FIXTURES) == len(set(UPNS.values()))
    assert [problem for upn in UPNS.values() if (problem := upn_problem(upn))] == []


@pytest.mark.parametrize("which", ["bundle", "long_bundle"])
def test_every_fixture_child_is_in_every_borough(which: str, request) -> None:
    upns = {row["upn"] for row in request.getfixturevalue(which).rows("pupils")}
    assert set(UPNS.values()) <= upns


@pytest.mark.parametrize("which", ["bundle", "long_bundle"])
@pytest.mark.parametrize(
    ("key", "the_day_before", "now"),
    [
        ("exactly_20_of_200", (198, 19), (200, 20)),
        ("exactly_20_of_201", (199, 19), (201, 20)),
        ("exactly_10_of_200", (198, 9), (200, 10)),
        ("exactly_100_of_200", (198, 99), (200, 100)),
    ],
)
def test_exact_children_stand_on_the_line(which, request, key, the_day_before, now) -> None:
    made = request.getfixturevalue(which)
    assert made.possible_and_absent(upn_of(key), SCHOOL_DAY_BEFORE) == the_day_before
    assert made.possible_and_absent(upn_of(key), LAST) == now


@pytest.mark.parametrize("key", ["exactly_20_of_200", "exactly_20_of_201"])
def test_exact_children_were_never_persistent_before(bundle, key: str) -> None:
    day = LAST - timedelta(days=1)
    while day > date(2025, 9, 30):
        possible, absent = bundle.possible_and_absent(upn_of(key), day)
        assert possible < 20 or absent * 10 < possible
        day -= timedelta(days=1)


def test_declining_child_was_there_in_september_and_hardly_now(bundle) -> None:
    upn = upn_of("declining")
    _, absent_in_autumn = bundle.possible_and_absent(upn, date(2025, 9, 30))
    possible_before, absent_before = bundle.possible_and_absent(upn, date(2026, 2, 1))
    possible, absent = bundle.possible_and_absent(upn)
    assert absent_in_autumn <= 2
    assert (absent - absent_before) / (possible - possible_before) > 0.4


def test_improving_child_has_turned(bundle) -> None:
    upn = upn_of("improving")
    possible_before, absent_before = bundle.possible_and_absent(upn, date(2025, 12, 31))
    _, absent = bundle.possible_and_absent(upn)
    assert absent_before / possible_before > 0.25
    assert absent - absent_before <= 2


def test_stopped_child_is_severely_absent_and_not_seen_since_november(bundle) -> None:
    upn = upn_of("stopped")
    possible, absent = bundle.possible_and_absent(upn)
    assert absent * 2 >= possible
    seen = [mark.day for mark in bundle.this_year(upn) if mark.meaning.is_attended]
    assert max(seen) < date(2025, 11, 4)


def test_holiday_child_was_away_a_fortnight_and_has_two_parents(bundle) -> None:
    assert _codes(bundle, "holiday")["G"] == 20
    refs = {r["parent_ref"] for r in bundle.rows("parents") if r["upn"] == upn_of("holiday")}
    assert refs == set(parent_refs_of("holiday"))
    assert len(refs) == 2


def test_monday_friday_child_is_absent_on_those_days_alone(bundle) -> None:
    absent = [
        mark.day.isoweekday()
        for mark in bundle.this_year(upn_of("monday_friday"))
        if mark.code in ("O", "I")
    ]
    assert set(absent) == {1, 5}
    assert len(absent) >= 30


def test_illness_child_passes_thirty_sessions(bundle) -> None:
    assert _codes(bundle, "illness_spells")["I"] == 40


def test_moved_child_has_an_ended_and_an_open_enrolment(bundle) -> None:
    rows = [row for row in bundle.rows("enrolments") if row["upn"] == upn_of("moved")]
    old, new = sorted(rows, key=lambda row: row["start_date"])
    assert old["end_date"] < new["start_date"]
    assert (old["urn"], new["urn"], new["end_date"]) == ("900045", "900046", "")
    assert {mark.urn for mark in bundle.this_year(upn_of("moved"))} == {"900045", "900046"}


def test_dual_child_is_d_at_each_school_on_the_other_ones_days(bundle) -> None:
    by_school: dict[str, set[tuple[date, str]]] = {}
    for mark in bundle.this_year(upn_of("dual")):
        if mark.code in ("/", "\\"):
            by_school.setdefault(mark.urn, set()).add((mark.day, mark.session))
    main, other = by_school["900045"], by_school[str(SCHOOLS["alternative"])]
    assert main
    assert other
    assert not main & other
    assert _codes(bundle, "dual")["D"] > 50


@pytest.mark.parametrize(
    ("key", "code", "sessions"),
    [
        ("part_time", "C2", 30),
        ("reception_x", "X", 15),
        ("excluded", "E", 16),
        ("unresolved_n", "N", 2),
        ("unauthorised_run", "O", 20),
    ],
)
def test_child_has_the_code_of_the_story(bundle, key: str, code: str, sessions: int) -> None:
    assert _codes(bundle, key)[code] == sessions


def test_unresolved_n_is_older_than_five_school_days(bundle) -> None:
    (day,) = {m.day for m in bundle.this_year(upn_of("unresolved_n")) if m.code == "N"}
    assert sum(other > day for other in _school_days(bundle, SCHOOLS["primary"])) == 8


def test_unauthorised_run_reached_ten_days_on_the_last(bundle) -> None:
    days = _school_days(bundle, SCHOOLS["secondary"])[-10:]
    truant = {m.day for m in bundle.this_year(upn_of("unauthorised_run")) if m.code == "O"}
    assert truant == set(days)


def test_penalty_child_has_exactly_ten_sessions_one_of_them_an_n(bundle) -> None:
    codes = _codes(bundle, "penalty_across_holiday")
    assert (codes["O"], codes["N"]) == (9, 1)
    # Ten school weeks that end with that of 2 March begin on 8 December.
    key = "penalty_across_holiday"
    assert _unauthorised(bundle, key, date(2025, 12, 8), LAST) == 10
    assert _unauthorised(bundle, key, date(2025, 12, 15), LAST) == 8


@pytest.mark.parametrize("place", range(1, 11))
def test_fresh_child_reaches_ten_on_its_day_of_the_last_ten(bundle, place: int) -> None:
    day = _school_days(bundle, SCHOOLS["primary"])[-place]
    start = date(2025, 12, 8)
    assert _unauthorised(bundle, f"fresh_{place:02d}", start, day - timedelta(days=1)) == 8
    assert _unauthorised(bundle, f"fresh_{place:02d}", start, LAST) == 10
    assert _unauthorised(bundle, f"fresh_{place:02d}", day, day) == 2


def test_silent_child_has_no_mark_but_a_gap_in_eight_days(bundle) -> None:
    since = _school_days(bundle, SCHOOLS["primary"])[-8]
    recent = [m.code for m in bundle.this_year(upn_of("no_recent_marks")) if m.day >= since]
    assert recent == ["-", "-"]


def test_late_child_arrives_after_the_register_closed_on_tuesdays(bundle) -> None:
    late = [m for m in bundle.this_year(upn_of("late_after_register")) if m.code == "U"]
    assert len(late) >= 10
    assert {(m.day.isoweekday(), m.session) for m in late} == {(2, "AM")}


def test_siblings_share_parents_and_not_schools(bundle) -> None:
    keys = ("sibling_primary", "sibling_secondary")
    assert parent_refs_of(keys[0]) == parent_refs_of(keys[1])
    parents = {
        key: {r["parent_ref"] for r in bundle.rows("parents") if r["upn"] == upn_of(key)}
        for key in keys
    }
    assert parents[keys[0]] == parents[keys[1]] == set(parent_refs_of(keys[0]))
    urns = {r["urn"] for r in bundle.rows("enrolments") if r["upn"] in map(upn_of, keys)}
    assert len(urns) == 2


def test_awkward_names_are_written_as_they_are(bundle) -> None:
    names = {row["upn"]: row["surname"] for row in bundle.rows("pupils")}
    assert names[upn_of("null_surname")] == "Null"
    assert names[upn_of("sibling_primary")] == "O'Neill"
    assert names[upn_of("former_upn")] == "Łukasik"


def test_former_upn_and_home_authority_are_as_told(bundle) -> None:
    pupils = {row["upn"]: row for row in bundle.rows("pupils")}
    assert upn_problem(pupils[upn_of("former_upn")]["former_upn"]) is None
    assert pupils[upn_of("cross_border")]["home_la"] == "806"


@pytest.mark.parametrize(
    ("key", "last_mark"),
    [("primary", LAST), ("secondary", LAST), ("three_days_behind", date(2026, 2, 25))],
)
def test_feed_reaches_the_day_it_should(bundle, key: str, last_mark: date) -> None:
    assert _school_days(bundle, SCHOOLS[key])[-1] == last_mark


def test_stopped_feed_is_six_school_days_behind(bundle) -> None:
    last = _school_days(bundle, SCHOOLS["feed_stopped"])[-1]
    others = _school_days(bundle, SCHOOLS["primary"])
    assert sum(day > last for day in others) >= 6
