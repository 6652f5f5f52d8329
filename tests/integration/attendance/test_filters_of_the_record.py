"""A filter tells a fact of a child, so it needs the whole of that child's record."""

from __future__ import annotations

from datetime import date

import pytest

from schools.models import Pupil
from tests.factories.classes import LATEST, SmallBorough, child
from tests.factories.pupils import PupilGrantFactory
from tests.factories.schools import PlaceFactory

pytestmark = pytest.mark.django_db

FILTERS = ["fsm=true", "sen=E", "ethnicity=WBRI", "sex=F", "ward=E05001234"]


@pytest.fixture
def small_borough(db) -> SmallBorough:
    """Two schools; the figures come with the leaver."""
    return SmallBorough()


@pytest.fixture
def leaver(small_borough):
    """Ada left Ash on 30 January and is at Elm, whose system described her."""
    left = small_borough.ada
    left.ends_on = date(2026, 1, 30)
    left.save()
    facts = {"fsm_eligible": True, "sen_provision": "E", "ethnicity": "WBRI", "sex": "F"}
    ward = PlaceFactory(code="E05001234")
    Pupil.objects.filter(pk=left.pupil_id).update(ward=ward, **facts)
    child(small_borough.elm, "Ada", pupil=left.pupil, starts_on=date(2026, 2, 2))
    small_borough.run(LATEST)
    return left


def listed(client, question: str) -> set[str]:
    response = client.get(f"/pupils/?{question}")
    return {row.name for row in response.context["rows"]}


@pytest.mark.parametrize("question", FILTERS)
def test_filter_tells_the_old_school_nothing_of_a_leaver(
    small_borough, leaver, signed_in, question
):
    client = signed_in("school_lead", school=small_borough.ash)
    assert "Ada Sample" in listed(client, "q=ada")
    assert listed(client, question) == set()


@pytest.mark.parametrize("question", FILTERS)
def test_filter_finds_the_child_for_the_new_school_and_the_authority(
    small_borough, leaver, signed_in, question
):
    lead = signed_in("school_lead", school=small_borough.elm)
    assert listed(lead, question) == {"Ada Sample"}
    assert listed(signed_in("attendance_officer"), question) == {"Ada Sample"}


@pytest.mark.parametrize("question", FILTERS)
def test_filter_finds_a_leaver_whom_nobody_took_on(small_borough, leaver, signed_in, question):
    leaver.pupil.enrolments.exclude(pk=leaver.pk).delete()
    assert listed(signed_in("school_lead", school=small_borough.ash), question) == {"Ada Sample"}


@pytest.mark.parametrize("question", FILTERS)
def test_filter_over_rest_tells_the_old_school_nothing_of_a_leaver(
    small_borough, leaver, system_of, question
):
    reader = system_of("attendance:read", schools=[small_borough.ash])
    address = f"/api/v1/schools/{small_borough.ash.urn}/absence/"
    upns = {row["upn"] for row in reader.get(address).json()["results"]}
    assert leaver.pupil.upn in upns
    assert reader.get(f"{address}?{question}").json()["results"] == []


def test_wholly_visible_takes_in_a_child_granted(leaver, user_with):
    user = user_with("panel_member")
    PupilGrantFactory(user=user, pupil=leaver.pupil)
    assert list(Pupil.objects.wholly_visible_to(user)) == [leaver.pupil]
