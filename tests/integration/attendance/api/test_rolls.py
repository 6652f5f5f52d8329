"""PUT pupils and enrolments: the bundle's columns, and no way into another school's children."""

from __future__ import annotations

from datetime import date

import pytest

from schools.models import Enrolment, Pupil
from tests.factories.pupils import EnrolmentFactory, PupilFactory, upn
from tests.factories.schools import SchoolFactory

pytestmark = pytest.mark.django_db


def put(client, school, what: str, rows: list[dict]):
    return client.put(f"/api/v1/schools/{school.urn}/{what}/", {what: rows}, format="json")


def child(number: int, **facts) -> dict:
    return {
        "upn": upn(number),
        "surname": "Lister",
        "forename": "Asa",
        "date_of_birth": "2013-04-05",
        **facts,
    }


def test_pupils_and_enrolments_are_inserted_then_unchanged(roll_sender, school):
    new = put(roll_sender, school, "pupils", [child(501, sex="F")]).json()
    assert (new["inserted"], new["rejected"]) == (1, 0)
    stay = {"upn": upn(501), "start_date": "2025-09-01", "year_group": "8"}
    assert put(roll_sender, school, "enrolments", [stay]).json()["inserted"] == 1
    again = put(roll_sender, school, "pupils", [child(501, sex="F")]).json()
    assert (again["unchanged"], again["changed"]) == (1, 0)
    changed = put(roll_sender, school, "pupils", [child(501, sex="M")]).json()
    assert changed["changed"] == 1


def test_pupils_bad_row_is_named_and_the_good_one_kept(roll_sender, school):
    rows = [child(501), {**child(502), "date_of_birth": "never"}]
    answer = put(roll_sender, school, "pupils", rows).json()
    assert (answer["inserted"], answer["rejected"]) == (1, 1)
    assert (answer["errors"][0]["line"], answer["errors"][0]["upn"]) == (2, upn(502))


def test_pupils_enrolled_only_elsewhere_are_left_as_they_are(roll_sender, school):
    there = EnrolmentFactory(pupil=PupilFactory(surname="Before"))
    row = {**child(0), "upn": there.pupil.upn}
    answer = put(roll_sender, school, "pupils", [row]).json()
    assert answer["unchanged"] == 1
    there.pupil.refresh_from_db()
    assert there.pupil.surname == "Before"


def test_enrolment_asserted_while_another_is_open_shows_own_marks_and_no_record(
    roll_sender, system_of, school, night
):
    there = EnrolmentFactory(starts_on=date(2024, 9, 2))
    row = {"upn": there.pupil.upn, "start_date": "2026-02-23"}
    assert put(roll_sender, school, "enrolments", [row]).json()["inserted"] == 1
    both = system_of("registers:write", "attendance:read", schools=[school])
    marks = [{"upn": there.pupil.upn, "date": "2026-03-02", "session": "AM", "code": "/"}]
    sent = both.post(f"/api/v1/schools/{school.urn}/marks/", {"marks": marks}, format="json")
    assert sent.json()["inserted"] == 1
    night()
    rows = both.get(f"/api/v1/pupils/{there.pupil.upn}/absence/").json()["results"]
    assert {row["urn"] for row in rows} == {school.urn}
    assert not Pupil.objects.visible_to(both.user).exists()


def test_enrolment_asserted_is_opened_when_the_old_one_ends(roll_sender, system_of, school):
    there = EnrolmentFactory(starts_on=date(2024, 9, 2))
    put(roll_sender, school, "enrolments", [{"upn": there.pupil.upn, "start_date": "2026-02-23"}])
    old = system_of("pupils:write", schools=[there.school])
    ended = {"upn": there.pupil.upn, "start_date": "2024-09-02", "end_date": "2026-02-20"}
    assert put(old, there.school, "enrolments", [ended]).json()["changed"] == 1
    assert Pupil.objects.visible_to(roll_sender.user).get() == there.pupil


def test_enrolments_of_another_school_are_404(roll_sender):
    assert put(roll_sender, SchoolFactory(), "enrolments", []).status_code == 404
    assert not Enrolment.objects.exists()


def test_rolls_same_key_does_nothing_twice(roll_sender, school):
    address = f"/api/v1/schools/{school.urn}/pupils/"
    answers = [
        roll_sender.put(
            address, {"pupils": [child(501)]}, format="json", HTTP_IDEMPOTENCY_KEY="k"
        ).json()
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert answers[0]["inserted"] == 1
