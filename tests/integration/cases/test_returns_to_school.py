"""Who has just come back after ten or more sessions away, read from the registers."""

from datetime import date

import pytest

from cases.read_models.fresh_start import returned_after_absence
from tests.factories.classes import UNAUTHORISED_WEEK, SmallBorough, child, keep_register
from tests.factories.pupils import EnrolmentFactory, PupilFactory
from tests.factories.registers import PRESENT_WEEK
from tests.factories.schools import SchoolFactory

ON = date(2026, 2, 9)
BACK = "/" + PRESENT_WEEK[1:]


@pytest.fixture
def school(db):
    return SchoolFactory()


def test_child_of_the_small_borough_came_back_after_forty_sessions(db):
    borough = SmallBorough()
    found = returned_after_absence(borough.cal.pupil, on=ON)
    assert found is not None
    assert (found.on, found.sessions_away) == (date(2026, 2, 2), 40)
    assert returned_after_absence(borough.ada.pupil, on=ON) is None


def test_return_is_seen_as_of_the_day_asked(db):
    borough = SmallBorough()
    assert returned_after_absence(borough.cal.pupil, on=date(2026, 2, 1)) is None


def test_second_week_after_the_return_asks_no_more(school):
    enrolment = child(school, "Gwen", *[UNAUTHORISED_WEEK] * 3)
    last = date(2026, 2, 6)  # two whole weeks back
    assert returned_after_absence(enrolment.pupil, on=date(2026, 1, 30)) is not None
    assert returned_after_absence(enrolment.pupil, on=last) is None


def test_marks_of_a_school_that_the_child_has_left_do_not_count(school):
    pupil = PupilFactory()
    EnrolmentFactory(pupil=pupil, school=school, starts_on=date(2026, 2, 2))
    old = EnrolmentFactory(pupil=pupil, school=SchoolFactory(), ends_on=date(2026, 1, 30))
    keep_register(old, *[UNAUTHORISED_WEEK] * 3, BACK)
    assert returned_after_absence(pupil, on=ON) is None


def test_child_on_no_roll_has_not_come_back(db):
    assert returned_after_absence(PupilFactory(), on=ON) is None


def test_roll_that_awaits_confirmation_does_not_count(school):
    enrolment = child(school, "Gwen", *[UNAUTHORISED_WEEK] * 4, awaiting_confirmation=True)
    assert returned_after_absence(enrolment.pupil, on=ON) is None
