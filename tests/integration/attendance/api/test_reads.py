"""GET schools, absence and flags: in scope only, the same figures as the exports, cursor pages."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AccessLogEntry
from attendance.models import Flag
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import SchoolFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def absences(sender, school, enrolment, mark, night):
    """Two weeks of two sessions a day: one in ten missed, unauthorised, on the last day."""
    days = [f"2026-02-{day:02}" for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13)]
    rows = [mark(enrolment, day, s, "/") for day in days for s in ("AM", "PM")]
    for row in rows[-2:]:
        row["code"] = "O"
    sender.post(f"/api/v1/schools/{school.urn}/marks/", {"marks": rows}, format="json")
    night()
    return enrolment


def test_schools_are_those_given(reader, school):
    SchoolFactory()
    listed = reader.get("/api/v1/schools/").json()
    assert [row["urn"] for row in listed["results"]] == [school.urn]
    assert {"results", "next", "previous"} <= set(listed)


def test_school_absence_has_the_columns_of_periods(reader, school, absences):
    body = reader.get(f"/api/v1/schools/{school.urn}/absence/?kind=year").json()
    assert body["as_of"] == "2026-03-03"
    assert body["results"] == [
        {
            "upn": absences.pupil.upn,
            "urn": school.urn,
            "enrolment_start": "2024-09-02",
            "academic_year": 2025,
            "kind": "year",
            "key": "2025",
            "possible": 20,
            "attended": 18,
            "authorised": 0,
            "unauthorised": 2,
            "absence_pct": "10.00",
            "persistent": 1,
            "severe": 0,
        }
    ]


def test_absence_without_kind_has_every_kind(reader, school, absences):
    rows = reader.get(f"/api/v1/schools/{school.urn}/absence/").json()["results"]
    assert {row["kind"] for row in rows} == {"year", "term", "half_term", "week"}
    assert {row["key"] for row in rows if row["kind"] == "week"} == {"2026-02-02", "2026-02-09"}


def test_absence_as_of_an_earlier_day_counts_up_to_it(reader, school, absences):
    address = f"/api/v1/pupils/{absences.pupil.upn}/absence/?kind=year&as_of=2026-02-12"
    row = reader.get(address).json()["results"][0]
    assert (row["possible"], row["unauthorised"]) == (18, 0)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [("as_of=soon", "/as_of"), ("as_of=2026-03-04", "/as_of"), ("kind=decade", "/kind")],
)
def test_absence_with_a_bad_question_is_400(reader, school, query, pointer):
    answer = reader.get(f"/api/v1/schools/{school.urn}/absence/?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_pupil_absence_is_logged_and_404_out_of_scope(reader, absences):
    assert reader.get(f"/api/v1/pupils/{absences.pupil.upn}/absence/").status_code == 200
    entry = AccessLogEntry.objects.get()
    assert (entry.user, entry.subject_ref) == (reader.user, str(absences.pupil.public_id))
    elsewhere = EnrolmentFactory().pupil.upn
    for upn in (elsewhere, "X999999999999"):
        assert reader.get(f"/api/v1/pupils/{upn}/absence/").status_code == 404
    assert AccessLogEntry.objects.count() == 1


def test_flags_name_the_figures_they_rest_on(reader, absences):
    rows = reader.get("/api/v1/flags/?open=true&kind=persistent_absence").json()["results"]
    flag = Flag.objects.get(kind="persistent_absence")
    assert len(rows) == 1
    assert rows[0]["id"] == flag.pk
    assert rows[0]["upn"] == absences.pupil.upn
    assert rows[0]["figures"]["absent"] == 2
    assert rows[0]["figures"]["possible"] == 20
    assert (rows[0]["opened_on"], rows[0]["met_on"]) == ("2026-03-03", "2026-02-13")
    assert (rows[0]["closed_on"], rows[0]["close_reason"]) == (None, None)


def test_flags_are_filtered_by_school_open_and_changed_since(reader, school, absences):
    def kinds(query: str) -> set[str]:
        return {row["kind"] for row in reader.get(f"/api/v1/flags/?{query}").json()["results"]}

    found = {"persistent_absence"}
    assert found <= kinds(f"school={school.urn}")
    assert kinds("open=false") == set()
    assert found <= kinds("changed_since=2020-01-01T00:00:00%2B00:00")
    assert kinds("changed_since=2100-01-01T00:00:00%2B00:00") == set()
    elsewhere = SchoolFactory().urn
    for urn in (elsewhere, 999999, "nonsense"):
        assert reader.get(f"/api/v1/flags/?school={urn}").status_code == 404


def test_lists_of_children_are_logged_and_say_the_figures_date(reader, school, absences):
    for address in (f"schools/{school.urn}/absence/", f"flags/?school={school.urn}", "flags/"):
        assert reader.get(f"/api/v1/{address}").json()["as_of"] == "2026-03-03"
    entries = AccessLogEntry.objects.order_by("id").values_list(
        "subject_kind", "subject_ref", "page"
    )
    assert list(entries) == [
        ("school", str(school.urn), "api:school-absence"),
        ("school", str(school.urn), "api:flags"),
        ("school", "all", "api:flags"),
    ]


def test_flags_of_other_schools_are_not_there(system_of, absences):
    stranger = system_of("attendance:read", schools=[SchoolFactory()])
    assert stranger.get("/api/v1/flags/").json()["results"] == []
    nobody = system_of("attendance:read")
    assert nobody.get("/api/v1/schools/").json()["results"] == []


@pytest.mark.parametrize("what", ["absence", "flags", "schools"])
def test_lists_ask_the_same_number_of_queries_for_2_rows_and_more(
    reader, school, sender, mark, night, what
):
    def queries() -> int:
        address = f"schools/{school.urn}/absence/" if what == "absence" else f"{what}/"
        with CaptureQueriesContext(connection) as asked:
            assert reader.get(f"/api/v1/{address}").status_code == 200
        return len(asked)

    def fill(count: int) -> None:
        rows = [
            mark(EnrolmentFactory(school=school), f"2026-02-{day:02}", session, "O")
            for _ in range(count)
            for day in (2, 3)
            for session in ("AM", "PM")
        ]
        sender.post(f"/api/v1/schools/{school.urn}/marks/", {"marks": rows}, format="json")
        night()

    fill(2)
    reader.get("/api/v1/schools/")  # the token's first use is noted
    few = queries()
    fill(20)
    assert queries() == few


def test_an_address_that_never_was_is_a_problem_document(reader):
    answer = reader.get("/api/v1/nothing/")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_the_schema_is_open_and_names_every_endpoint(client):
    answer = client.get("/api/v1/schema/")
    assert answer.status_code == 200
    for path in ("schools/{urn}/marks/", "schools/{urn}/absence/", "flags/", "batches/{batch_id}/"):
        assert path in answer.content.decode()


@pytest.mark.parametrize("moment", ["2026-03-02", "2026-03-02T04:00:00", "yesterday"])
@pytest.mark.parametrize("what", ["flags/", "schools/", "schools/{urn}/absence/"])
def test_changed_since_needs_a_moment_with_its_offset(reader, school, what, moment):
    answer = reader.get(f"/api/v1/{what.format(urn=school.urn)}", {"changed_since": moment})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/changed_since"


def test_absence_and_schools_since_a_moment_are_those_that_changed(reader, school, absences):
    for what in (f"schools/{school.urn}/absence/", "schools/"):
        for moment, found in (("2020-01-01T00:00:00Z", True), ("2100-01-01T00:00:00+00:00", False)):
            rows = reader.get(f"/api/v1/{what}", {"changed_since": moment}).json()["results"]
            assert bool(rows) is found


def test_absence_whose_figures_stayed_is_there_after_a_correction(
    reader, sender, school, absences, mark, night
):
    since = {"changed_since": timezone.now().isoformat()}
    night()
    address = f"/api/v1/schools/{school.urn}/absence/"
    assert reader.get(address, since).json()["results"] == []
    swapped = [
        mark(absences, "2026-02-02", "AM", "O"),
        mark(absences, "2026-02-13", "AM", "/"),
    ]
    sender.post(f"/api/v1/schools/{school.urn}/marks/", {"marks": swapped}, format="json")
    assert reader.get(address, since).json()["results"] != []
