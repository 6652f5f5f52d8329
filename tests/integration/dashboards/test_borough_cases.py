"""F13 on the borough's page: for whoever sees the cases, as they stand today, never protected."""

from __future__ import annotations

import pytest

from tests.factories.cases import CaseFactory
from tests.factories.schools import SchoolFactory

TITLE = "0 of 1 open case have been longer in the stage than usual"


@pytest.fixture
def case(borough):
    return CaseFactory(enrolment=borough.cal)


def text(client, query="") -> str:
    response = client.get(f"/borough/{query}")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("role", ["team_manager", "attendance_officer"])
def test_whoever_sees_the_cases_sees_where_they_wait(case, signed_in, role):
    page = text(signed_in(role))
    assert TITLE in page
    assert f"/cases/{case.reference}/" in page


def test_an_analyst_sees_the_borough_without_cases(case, signed_in):
    page = text(signed_in("analyst"))
    assert "Where cases wait" not in page
    assert case.reference not in page


def test_not_in_the_protected_view_nor_beside_figures_of_another_day(case, signed_in):
    manager = signed_in("team_manager")
    for query in ("?protected=1", "?as_of=2026-01-30"):
        assert case.reference not in text(manager, query)


def test_a_phase_shows_the_cases_of_its_schools(case, signed_in):
    manager = signed_in("team_manager")
    assert case.reference in text(manager, f"?phase={case.school.phase}")
    other = "PS" if case.school.phase != "PS" else "SS"
    SchoolFactory(phase=other)
    assert case.reference not in text(manager, f"?phase={other}")


def test_no_open_case_no_heading(borough, signed_in):
    assert "Where cases wait" not in text(signed_in("team_manager"))
