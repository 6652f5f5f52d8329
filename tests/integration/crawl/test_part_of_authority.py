"""Who is entitled to one school learns nothing of another: pages, their filters, and the API."""

from __future__ import annotations

import re

import pytest

from schools.models import Enrolment
from tests.factories.crawling import parsed, text_of
from tests.factories.guarded import A_SCHOOL, SESSIONS

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SHARE = re.compile(r"([\d,]+) of ([\d,]+)\b")
#: What a school lead reads that stands beside others, by what comes after the address.
PAGES = (
    "/explore/", "/explore/benchmark/", "/explore/benchmark/?measure=severe",
    "/explore/concentration/", "/schools/", "/pupils/",
)  # fmt: skip


def test_a_school_lead_reads_no_name_and_no_count_of_another_school(guarded, signed_in):
    own, *others = guarded.schools
    client = signed_in("school_lead", school=own)
    for page in (*PAGES, f"/schools/{own.pk}/", f"/schools/{own.pk}/cohorts/"):
        answer = client.get(page, follow=True)
        assert answer.status_code == 200, page
        text = text_of(parsed(answer.content.decode()))
        assert [school.name for school in others if school.name in text] == [], page
        wholes = {int(whole.replace(",", "")) for _, whole in SHARE.findall(text)}
        assert not {whole for whole in wholes if whole > A_SCHOOL * SESSIONS}, page


@pytest.mark.parametrize("path", ["/borough/", "/places/", "/reports/board/"])
def test_pages_of_the_authority_are_closed_to_a_school_lead(guarded, signed_in, path):
    client = signed_in("school_lead", school=guarded.schools[0])
    assert client.get(path).status_code == 403
    assert client.get(f"{path}?protected=1").status_code == 403


def test_another_school_in_the_address_opens_nothing(guarded, signed_in):
    own, other, *_ = guarded.schools
    client = signed_in("school_lead", school=own)
    assert client.get(f"/schools/{other.pk}/").status_code == 404
    for path in ("/explore/", "/explore/concentration/"):
        page = client.get(f"{path}?school={other.pk}").context["page"]
        assert page is None, path
    pupil = Enrolment.objects.filter(school=other)[0].pupil
    assert client.get(f"/pupils/{pupil.public_id}/").status_code == 404


def test_a_trust_of_other_schools_is_not_found(guarded, signed_in):
    client = signed_in("school_lead", school=guarded.schools[0])
    assert client.get(f"/trusts/{guarded.trust.uid}/").status_code == 404


def test_the_api_gives_a_client_nothing_outside_its_schools(guarded, system_of):
    own, other, *_ = guarded.schools
    system = system_of("attendance:read", schools=[own])
    listed = system.get("/api/v1/schools/").json()["results"]
    assert [row["urn"] for row in listed] == [own.urn]

    rows = system.get(f"/api/v1/schools/{own.urn}/absence/?kind=year").json()["results"]
    assert {row["urn"] for row in rows} == {own.urn}
    assert len(rows) == A_SCHOOL
    assert system.get(f"/api/v1/schools/{other.urn}/absence/?kind=year").status_code == 404
    upn = Enrolment.objects.filter(school=other)[0].pupil.upn
    assert system.get(f"/api/v1/pupils/{upn}/absence/").status_code == 404
    flags = system.get("/api/v1/flags/").json()["results"]
    assert {row["urn"] for row in flags} <= {own.urn}
