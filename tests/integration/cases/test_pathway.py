"""A case comes to each stage by the services alone."""

from __future__ import annotations

from datetime import date

import pytest

from cases.models import StageChange
from cases.read_models.evidence import evidence_of, options_in_force
from cases.rules.graduated_response import missing_for
from cases.states import Stage
from tests.factories.pathway import TODAY, case_at, walk_to
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import SchoolFactory, make_terms

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def terms():
    make_terms()


@pytest.mark.parametrize("stage", [one for one in Stage if one > Stage.EXPECT])
def test_case_comes_to_its_stage_step_by_step(stage):
    walk = walk_to(stage)

    assert walk.case.stage == stage
    steps = list(StageChange.objects.values_list("from_stage", "to_stage"))
    assert steps == [(None, 2), (2, 3), (3, 4), (4, 5), (5, 6)][: stage - 1]
    assert date(2026, 2, 1) < walk.on <= TODAY
    assert not StageChange.objects.exclude(override=None).exists()


@pytest.mark.parametrize("stage", [Stage.LISTEN, Stage.FACILITATE, Stage.FORMALISE])
def test_next_step_of_a_walk_is_open_only_once_it_is_walked(stage):
    walk = walk_to(stage)
    options = options_in_force()
    evidence = evidence_of(walk.case, on=walk.on)
    assert missing_for(stage, Stage(stage + 1), evidence, options)


def test_pupil_school_and_lead_may_be_given(user_with):
    school, lead = SchoolFactory(), user_with("attendance_officer")
    case = case_at(3, school=school, lead=lead, aim="Ride the bus again")
    assert (case.school, case.lead, case.aim) == (school, lead, "Ride the bus again")


def test_child_on_a_roll_may_be_given():
    pupil = EnrolmentFactory().pupil
    assert case_at(2, pupil=pupil).pupil == pupil
