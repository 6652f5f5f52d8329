"""The borough and its schools in the shape of the published files: sums, identities, protection."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

import pytest

from accounts.models import ExportRecord
from attendance.exports.published import BOROUGH, REASONS, SCHOOLS
from attendance.exports.requests import (
    NO_YEAR_GROUP,
    WHOLE_BOROUGH,
    Choice,
    bytes_of,
    make_export,
    request_export,
)
from attendance.read_models.published_basis import published_sums
from attendance.services.nightly import run_for_everyone
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Invalid
from tests.factories.classes import LATEST, SmallBorough, child, keep_register
from tests.factories.schools import SchoolFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 3)
CODES = "/\\L\\ILMIGIBIUIOIPIKIWIVIEICIRIS"
AUTHORISED = [column for column in REASONS if "_authorised_" in column]
UNAUTHORISED = [
    "reason_g_unauthorised_holiday", "reason_u_unauthorised_late_after_registers_closed",
    "reason_o_other_unauthorised", "reason_n_no_reason_yet",
]  # fmt: skip
ACTIVITY = [column for column in REASONS if "_aea_" in column]


@pytest.fixture
def whole() -> SmallBorough:
    """The small borough with a special school, a child of examination age, one too young, and one
    whose register has many codes."""
    borough = SmallBorough()
    hall = SchoolFactory(name="Hall School", folded_name="hall school", phase="SP", estab="7001")
    child(hall, "Gil", *["I" * 10] * 5)
    child(borough.ash, "Old", *["O" * 10] * 2, date_of_birth=date(2010, 5, 1))
    child(borough.elm, "Four", date_of_birth=date(2021, 5, 1))
    coded = child(borough.ash, "Code", starts_on=date(2025, 9, 1))
    keep_register(coded, CODES[:10], first=date(2025, 12, 1))
    keep_register(coded, CODES[10:20], first=date(2025, 12, 8))
    borough.hall = hall
    borough.run()
    return borough


def more_children(borough: SmallBorough) -> None:
    """Enough of them at one school that something of it may be shown to anyone."""
    for number in range(24):
        child(borough.ash, f"Other{number}", *["O" * 10] * (number % 2 * 3))
    run_for_everyone(as_of=LATEST)


def made(by, kind: str, **facts) -> ExportRecord:
    facts = {"as_of": LATEST, "reader": "entitled", "choice": Choice(), **facts}
    record = request_export(kind=kind, reason="Board", by=by, today=TODAY, at=clock.now(), **facts)
    make_export(record.pk, at=clock.now())
    record.refresh_from_db()
    assert record.state == "made", record.message
    return record


def rows_of(record: ExportRecord) -> list[dict[str, str]]:
    text = b"".join(bytes_of(record)).decode()
    first = text.splitlines()
    start = next(i for i, line in enumerate(first) if line.startswith(("time_period", "urn")))
    return list(csv.DictReader(StringIO("\n".join(first[start:]))))


@pytest.mark.parametrize("as_of", [LATEST, date(2026, 1, 16)])
def test_rows_add_up_and_equal_the_portals_figures_on_the_published_basis(as_of, whole, user_with):
    record = made(user_with("analyst"), BOROUGH, as_of=as_of)
    rows = {row["education_phase"]: row for row in rows_of(record)}
    assert list(rows) == ["Primary", "Secondary", "Special", "Total"]
    sums = published_sums([whole.ash.pk, whole.elm.pk, whole.hall.pk], as_of)
    for phase, school in (
        ("Primary", whole.elm),
        ("Secondary", whole.ash),
        ("Special", whole.hall),
    ):
        row, held = rows[phase], sums[school.pk]
        told = [int(row[name]) for name in (
            "enrolments", "possible_sessions", "overall_attendance", "authorised_absence",
            "unauthorised_absence",
        )]  # fmt: skip
        assert told == [
            held.enrolments, held.possible, held.attended, held.authorised, held.unauthorised
        ]  # fmt: skip
        assert row["num_schools"] == row["total_num_schools"] == "1"
    for column in ("enrolments", "possible_sessions", *REASONS):
        parts = [int(rows[phase][column]) for phase in ("Primary", "Secondary", "Special")]
        assert int(rows["Total"][column]) == sum(parts)


def test_identities_of_the_published_file_hold(whole, user_with):
    for row in rows_of(made(user_with("analyst"), BOROUGH)):
        told = {name: int(value) for name, value in row.items() if value.isdecimal()}
        am, pm = told["reason_present_am"], told["reason_present_pm"]
        late = told["reason_l_present_late_before_registers_closed"]
        assert told["reason_present"] == am + pm
        assert told["present_sessions"] == am + pm + late
        activity = sum(told[column] for column in ACTIVITY)
        assert told["approved_educational_activity"] == activity
        assert told["overall_attendance"] == told["present_sessions"] + activity
        assert told["authorised_absence"] == sum(told[column] for column in AUTHORISED)
        assert told["unauthorised_absence"] == sum(told[column] for column in UNAUTHORISED)
        assert told["overall_absence"] == told["authorised_absence"] + told["unauthorised_absence"]
        assert told["possible_sessions"] == told["overall_attendance"] + told["overall_absence"]
        share = 100 * told["overall_absence"] / told["possible_sessions"]
        assert float(row["overall_absence_perc"]) == pytest.approx(share, abs=0.00005)


def test_place_is_written_as_the_department_writes_it(whole, user_with):
    first, *_ = rows_of(made(user_with("analyst"), BOROUGH))
    told = [first[name] for name in (
        "time_period", "time_identifier", "geographic_level", "country_code", "region_code",
        "new_la_code", "la_name", "old_la_code",
    )]  # fmt: skip
    assert told == [
        "202526", "Academic year", "Local authority", "E92000001", "E12000001", "E06000003",
        "Redcar and Cleveland", "807",
    ]  # fmt: skip


def test_anyone_else_gets_no_sum_of_sessions_and_nothing_small(whole, user_with):
    more_children(whole)
    record = made(user_with("analyst"), BOROUGH, reader="anyone")
    text = b"".join(bytes_of(record)).decode()
    assert text.startswith("Figures as of 6 Feb 2026.\nCounts are to the nearest 5.")
    for row in rows_of(record):
        counts = {
            name: value for name, value in row.items()
            if value.isdecimal() and name not in ("time_period", "old_la_code", "num_schools",
                                                  "total_num_schools")
            and not name.endswith("_perc")
        }  # fmt: skip
        assert set(counts) <= {"enrolments"}
        assert all(int(value) % 5 == 0 for value in counts.values())
        assert all("." not in row[name] for name in row if name.endswith("_perc"))
        assert row["pa_perc"] == "c" or row["education_phase"] == "Total"
    total = rows_of(record)[-1]
    assert (total["enrolments"], total["pa_perc"]) == ("30", "50")  # 32 enrolments, 17 of them
    assert record.rows == 4


def test_file_by_school_has_their_years_and_says_what_is_not_known(whole, user_with):
    rows = rows_of(made(user_with("school_lead", school=whole.ash), SCHOOLS))
    assert [row["urn"] for row in rows] == [str(whole.ash.pk)]
    rows = rows_of(made(user_with("analyst"), SCHOOLS))
    assert [row["name"] for row in rows] == ["Ash School", "Elm School", "Hall School"]
    ash = published_sums([whole.ash.pk], LATEST)[whole.ash.pk]
    assert float(rows[0]["persistent_absence_pct_2025_26"]) == pytest.approx(
        100 * ash.persistent / ash.enrolments, abs=0.000005
    )
    assert rows[0]["overall_absence_pct_2024_25"] == "x"
    assert (rows[2]["laestab"], rows[2]["phase"]) == ("8077001", "Special")


def test_file_by_school_for_anyone_hides_what_is_small(whole, user_with):
    more_children(whole)
    record = made(user_with("analyst"), SCHOOLS, reader="anyone")
    ash, *others = rows_of(record)
    assert ash["persistent_absence_pct_2025_26"] in ("c", "43", "50")
    for row in others:
        assert row["persistent_absence_pct_2025_26"] == "c"
        assert row["overall_absence_pct_2025_26"] == "c"
    assert {row["authorised_absence_pct_2025_26"] for row in (ash, *others)} == {"c"}


@pytest.mark.parametrize(
    ("kind", "choice", "told"),
    [
        (BOROUGH, Choice(phase="SS"), WHOLE_BOROUGH),
        (SCHOOLS, Choice(year_group="8"), NO_YEAR_GROUP),
        (BOROUGH, Choice(year_group="8"), NO_YEAR_GROUP),
    ],
)
def test_what_the_department_has_no_file_of_is_refused(kind, choice, told, whole, user_with):
    with pytest.raises(Invalid, match=told[:30]):
        made(user_with("analyst"), kind, choice=choice)


def test_whoever_sees_a_part_is_given_no_file_of_the_borough(whole, user_with):
    with pytest.raises(Invalid, match="whole borough"):
        made(user_with("school_lead", school=whole.ash), BOROUGH)
