"""POST /api/v1/schools/{urn}/marks/: good rows kept, bad rows told, resending safe."""

from __future__ import annotations

import pytest

from attendance.api import bodies
from attendance.models import MarkChange, RegisterBatch, RegisterWeek
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import SchoolFactory

pytestmark = pytest.mark.django_db


def address(urn) -> str:
    return f"/api/v1/schools/{urn}/marks/"


def counts(answer) -> tuple[int, int, int, int, int]:
    body = answer.json()
    names = ("received", "inserted", "changed", "unchanged", "rejected")
    return tuple(body[name] for name in names)


def test_marks_json_keeps_good_rows_and_names_the_bad_by_position(sender, school, enrolment, mark):
    rows = [
        mark(enrolment, "2026-03-02", "AM", "/"),
        mark(enrolment, "2026-03-02", "PM", "@"),
        mark(enrolment, "2026-03-04", "AM", "/"),
    ]
    answer = sender.post(address(school.urn), {"marks": rows}, format="json")
    assert answer.status_code == 200
    assert counts(answer) == (3, 1, 0, 0, 2)
    errors = answer.json()["errors"]
    assert [(e["line"], e["code"]) for e in errors] == [(2, "unknown_code"), (3, "future_date")]
    assert {e["upn"] for e in errors} == {enrolment.pupil.upn}
    assert all(e["message"] for e in errors)
    assert RegisterWeek.objects.get().marks == "/" + " " * 13


def test_marks_csv_counts_the_header_as_line_1_and_needs_no_urn(sender, school, enrolment):
    body = (
        f"upn,date,session,code\n{enrolment.pupil.upn},2026-03-02,AM,/\nnonsense,2026-03-02,AM,/\n"
    )
    answer = sender.post(address(school.urn), body, content_type="text/csv")
    assert counts(answer) == (2, 1, 0, 0, 1)
    assert answer.json()["errors"][0]["line"] == 3


def test_marks_csv_row_that_names_another_school_is_unknown_school(sender, school, enrolment):
    other = SchoolFactory()
    upn, day = enrolment.pupil.upn, "2026-03-02"
    rows = [f"{upn},{school.urn},{day},AM,/", f"{upn},{other.urn},{day},PM,/"]
    body = "\n".join(["upn,urn,date,session,code", *rows, ""])
    answer = sender.post(address(school.urn), body, content_type="text/csv")
    assert counts(answer) == (2, 1, 0, 0, 1)
    assert answer.json()["errors"][0]["code"] == "unknown_school"


def test_marks_sent_again_are_unchanged_and_a_correction_is_kept_in_history(
    sender, school, enrolment, mark
):
    first = {"marks": [mark(enrolment, "2026-03-02", "AM", "N")]}
    again = sender.post(address(school.urn), first, format="json")
    again = sender.post(address(school.urn), first, format="json")
    assert counts(again) == (1, 0, 0, 1, 0)
    corrected = {"marks": [mark(enrolment, "2026-03-02", "AM", "I")]}
    answer = sender.post(address(school.urn), corrected, format="json")
    assert counts(answer) == (1, 0, 1, 0, 0)
    change = MarkChange.objects.get()
    assert (change.old, change.new, change.batch_id) == ("N", "I", answer.json()["batch"])


def test_marks_atomic_keeps_nothing_when_one_row_is_bad(sender, school, enrolment, mark):
    rows = [mark(enrolment, "2026-03-02", "AM", "/"), mark(enrolment, "2026-03-02", "PM", "@")]
    answer = sender.post(address(school.urn) + "?atomic=true", {"marks": rows}, format="json")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["line"] == 2
    assert not RegisterWeek.objects.exists()


def test_marks_atomic_keeps_all_when_every_row_is_good(sender, school, enrolment, mark):
    rows = [mark(enrolment, "2026-03-02", "AM", "/")]
    answer = sender.post(address(school.urn) + "?atomic=true", {"marks": rows}, format="json")
    assert (answer.status_code, counts(answer)) == (200, (1, 1, 0, 0, 0))


def test_marks_same_key_and_body_gets_the_first_answer_and_does_nothing(
    sender, school, enrolment, mark
):
    body = {"marks": [mark(enrolment, "2026-03-02", "AM", "/")]}
    key = {"HTTP_IDEMPOTENCY_KEY": "night-1"}
    first = sender.post(address(school.urn), body, format="json", **key)
    second = sender.post(address(school.urn), body, format="json", **key)
    assert second.json() == first.json()
    assert RegisterBatch.objects.count() == 1


def test_marks_same_key_with_another_body_is_409(sender, school, enrolment, mark):
    key = {"HTTP_IDEMPOTENCY_KEY": "night-1"}
    for code, status in (("/", 200), ("I", 409)):
        body = {"marks": [mark(enrolment, "2026-03-02", "AM", code)]}
        answer = sender.post(address(school.urn), body, format="json", **key)
        assert answer.status_code == status
    assert answer.json()["code"] == "idempotency_key_reused"
    assert RegisterWeek.objects.get().marks[0] == "/"


def test_marks_key_is_each_clients_own(system_of, school, enrolment, mark):
    body = {"marks": [mark(enrolment, "2026-03-02", "AM", "/")]}
    batches = set()
    for _ in range(2):
        client = system_of("registers:write", schools=[school])
        answer = client.post(address(school.urn), body, format="json", HTTP_IDEMPOTENCY_KEY="same")
        batches.add(answer.json()["batch"])
    assert len(batches) == 2


@pytest.mark.parametrize(("rows", "status"), [(3, 200), (4, 413)])
@pytest.mark.parametrize("kind", ["json", "csv"])
def test_marks_up_to_the_most_rows_of_one_call(
    monkeypatch, sender, school, enrolment, mark, rows, status, kind
):
    monkeypatch.setattr(bodies, "MOST_ROWS", 3)
    marks = [mark(enrolment, "2026-03-02", "AM", "/")] * rows
    if kind == "json":
        answer = sender.post(address(school.urn), {"marks": marks}, format="json")
    else:
        lines = [",".join(row.values()) for row in marks]
        body = "\n".join(["upn,date,session,code", *lines, ""])
        answer = sender.post(address(school.urn), body, content_type="text/csv")
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ("{", "application/json", 400, "not_json"),
        ("[]", "application/json", 400, "missing_list"),
        ('{"marks": 3}', "application/json", 400, "missing_list"),
        ("", "application/json", 400, "no_body"),
        ("upn,date\n", "text/csv", 400, None),
        ("<a/>", "application/xml", 415, "unsupported_media_type"),
    ],
)
def test_marks_body_that_cannot_be_used_is_a_problem_document(
    sender, school, body, kind, status, code
):
    answer = sender.post(address(school.urn), body, content_type=kind)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert {"type", "title", "status", "detail", "code", "errors"} <= set(document)
    assert code is None or document["code"] == code


def test_marks_row_that_is_no_object_is_refused_and_the_rest_kept(sender, school, enrolment, mark):
    rows = [7, mark(enrolment, "2026-03-02", "AM", "/")]
    answer = sender.post(address(school.urn), {"marks": rows}, format="json")
    assert counts(answer) == (2, 1, 0, 0, 1)
    assert answer.json()["errors"][0] | {"message": ""} == {
        "line": 1,
        "upn": "",
        "code": "missing_value",
        "message": "",
    }


def test_marks_without_token_scope_or_school_are_401_403_404(
    client, reader, sender, school, enrolment, mark
):
    body = {"marks": [mark(enrolment, "2026-03-02", "AM", "/")]}
    elsewhere = EnrolmentFactory().school_id
    anonymous = client.post(address(school.urn), body, content_type="application/json")
    assert anonymous.status_code == 401
    assert anonymous["WWW-Authenticate"].startswith("Bearer")
    assert reader.post(address(school.urn), body, format="json").status_code == 403
    assert sender.post(address(elsewhere), body, format="json").status_code == 404
    assert sender.post(address(999999), body, format="json").status_code == 404
    for answer in (anonymous,):
        assert answer["Content-Type"] == "application/problem+json"


def test_receipt_pages_its_refused_rows_and_is_the_clients_own(
    sender, system_of, school, enrolment, mark
):
    rows = [mark(enrolment, "2026-03-02", "AM", "@")] * 3
    batch = sender.post(address(school.urn), {"marks": rows}, format="json").json()["batch"]
    receipt = sender.get(f"/api/v1/batches/{batch}/?page_size=2").json()
    assert (receipt["batch"], receipt["received"], receipt["rejected"]) == (batch, 3, 3)
    assert [row["line"] for row in receipt["results"]] == [1, 2]
    rest = sender.get(receipt["next"]).json()
    assert [row["line"] for row in rest["results"]] == [3]
    stranger = system_of("registers:write", schools=[SchoolFactory()])
    assert stranger.get(f"/api/v1/batches/{batch}/").status_code == 404
