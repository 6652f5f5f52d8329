"""Calls written by hand to break something: each gets a plain answer, never an error of ours."""

from __future__ import annotations

import base64
import json

import pytest

from tests.factories.pupils import upn

pytestmark = pytest.mark.django_db


def cursor(position: str) -> str:
    return base64.b64encode(f"p={position}".encode()).decode()


@pytest.mark.parametrize("as_of", ["0001-01-01", "1899-12-31"])
@pytest.mark.parametrize("what", ["schools/{urn}", "pupils/{upn}"])
def test_as_of_before_any_register_is_400(reader, school, enrolment, what, as_of):
    address = what.format(urn=school.urn, upn=enrolment.pupil.upn)
    answer = reader.get(f"/api/v1/{address}/absence/", {"as_of": as_of})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/as_of"


def test_as_of_the_earliest_day_is_answered(reader, school, enrolment):
    answer = reader.get(f"/api/v1/schools/{school.urn}/absence/", {"as_of": "1900-01-01"})
    assert answer.json()["results"] == []


def test_upn_with_a_nul_is_not_found(reader, enrolment):
    assert reader.get("/api/v1/pupils/A%00/absence/").status_code == 404


@pytest.mark.parametrize("address", ["flags/", "schools/", "schools/{urn}/absence/"])
@pytest.mark.parametrize("position", ["abc", "\0"])
def test_cursor_made_up_is_not_found(reader, school, enrolment, night, address, position):
    night()
    address = f"/api/v1/{address.format(urn=school.urn)}"
    answer = reader.get(address, {"cursor": cursor(position)})
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("key", ["\ud800", "a\0b"])
def test_column_that_cannot_be_stored_is_ignored_with_a_warning(roll_sender, school, key):
    row = {
        "upn": upn(501),
        "surname": "Lister",
        "forename": "Asa",
        "date_of_birth": "2013-04-05",
        key: 1,
    }
    address = f"/api/v1/schools/{school.urn}/pupils/"
    body = json.dumps({"pupils": [row]})
    answer = roll_sender.put(address, body, content_type="application/json").json()
    assert (answer["inserted"], answer["rejected"]) == (1, 0)
    receipt = roll_sender.get(f"/api/v1/batches/{answer['batch']}/").json()
    assert "ignored" in receipt["warnings"][0]


@pytest.mark.parametrize("address", ["pupils/{upn}/absence/", "flags/", "batches/0/", "nothing/"])
def test_answers_are_kept_nowhere(reader, enrolment, address):
    answer = reader.get(f"/api/v1/{address.format(upn=enrolment.pupil.upn)}")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("address", ["/sign-in/", "/pupils/", "/flags/1/", "/borough/"])
def test_pages_and_refusals_are_kept_nowhere(signed_in, school, client, address):
    assert "no-store" in client.get(address)["Cache-Control"]
    assert "no-store" in signed_in("school_lead", school=school).get(address)["Cache-Control"]
