"""Groups of a school tell nothing of a child whose record is not wholly open to who reads."""

from datetime import date

import pytest

from dashboards.read_models.groups import group_rows
from tests.factories.classes import LATEST, child
from tests.factories.pupils import EnrolmentFactory

pytestmark = pytest.mark.django_db


def wholes(user, school, as_of=LATEST) -> dict[tuple[str, str], int]:
    rows = group_rows(user, urns=[school.pk], as_of=as_of)
    return {(row.dimension, row.label): row.group.whole for row in rows}


def test_facts_of_a_child_whose_move_awaits_confirmation_are_not_the_schools(borough, user_with):
    lead, officer = user_with("school_lead", school=borough.ash), user_with("attendance_officer")
    fay = child(borough.ash, "Fay", awaiting_confirmation=True, fsm_eligible=True, sex="F")
    EnrolmentFactory(pupil=fay.pupil, school=borough.elm)  # still on that roll, so nothing settles
    borough.run(LATEST)

    assert wholes(officer, borough.ash)[("Free school meals", "Eligible")] == 1
    assert ("Free school meals", "Eligible") not in wholes(lead, borough.ash)
    assert wholes(lead, borough.ash)[("Free school meals", "Not known")] == 5


def test_facts_of_a_leaver_are_not_those_of_the_school_left_on_any_day(borough, user_with):
    lead = user_with("school_lead", school=borough.ash)
    pupil = borough.ada.pupil
    pupil.sex = "F"
    pupil.save()
    then = date(2026, 1, 30)
    assert wholes(lead, borough.ash, then)[("Sex", "Female")] == 1

    borough.ada.ends_on = date(2026, 2, 3)
    borough.ada.save()
    EnrolmentFactory(pupil=pupil, school=borough.elm, starts_on=date(2026, 2, 4))

    assert ("Sex", "Female") not in wholes(lead, borough.ash, then)
