"""Holds: one a child, with a reason and a review; whoever leads decides when it ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import AuditEvent
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from cases.models import Hold
from cases.selectors import standing_hold
from cases.services.holds import end_hold, extend_hold, place_hold
from tests.factories.cases import CaseFactory
from tests.factories.pupils import EnrolmentFactory, PupilFactory, PupilGrantFactory
from tests.factories.schools import SchoolFactory

pytestmark = pytest.mark.django_db

REVIEW = date(2026, 3, 17)


def facts(by, today) -> dict:
    return {"by": by, "on": today, "at": clock.now()}


def placed(pupil, by, today, **more) -> Hold:
    given = {"kind": "bereavement", "reason": "A grandparent died.", "review_on": REVIEW, **more}
    return place_hold(pupil=pupil, **given, **facts(by, today))


@pytest.fixture
def pupil():
    return EnrolmentFactory().pupil


@pytest.fixture
def officer(user_with):
    return user_with("attendance_officer")


def test_a_hold_stands_and_is_told_with_or_without_a_case(pupil, officer, today):
    hold = placed(pupil, officer, today)
    assert standing_hold(pupil) == hold
    assert (hold.by, hold.by_role, hold.from_on) == (officer, "attendance_officer", today)
    line = pupil.timeline_entries.get()
    assert line.title == "Hold: bereavement, until a review on 17 Mar 2026"
    assert line.case is None
    assert "grandparent" not in str(AuditEvent.objects.get(verb="hold.placed").after)


def test_the_line_of_a_hold_belongs_to_the_live_case(officer, today):
    case = CaseFactory(lead=officer)
    placed(case.pupil, officer, today)
    assert case.timeline_entries.get().kind == "hold"


def test_a_hold_stands_past_its_review_until_somebody_ends_it(pupil, officer, today):
    hold = placed(pupil, officer, today)
    later = REVIEW + timedelta(days=30)
    assert standing_hold(pupil) == hold
    end_hold(hold=hold, reason="They feel ready.", by=officer, on=later, at=clock.now())
    assert standing_hold(pupil) is None
    hold.refresh_from_db()
    assert (hold.ended_by, hold.end_reason) == (officer, "They feel ready.")


def test_a_child_has_one_hold_at_a_time(pupil, officer, today):
    placed(pupil, officer, today)
    with pytest.raises(Conflict, match="reviewed on 17 Mar 2026"):
        placed(pupil, officer, today, kind="safety")
    assert Hold.objects.count() == 1


def test_after_one_has_ended_there_may_be_another(pupil, officer, today):
    hold = placed(pupil, officer, today)
    end_hold(hold=hold, reason="Over", **facts(officer, today))
    assert placed(pupil, officer, today).pk != hold.pk


def test_a_hold_goes_on_to_another_day(pupil, officer, today):
    hold = placed(pupil, officer, today)
    found = extend_hold(
        hold=hold, review_on=date(2026, 4, 14), reason="Still hard", **facts(officer, today)
    )
    assert found.review_on == date(2026, 4, 14)
    event = AuditEvent.objects.get(verb="hold.extended")
    assert (event.before, event.after) == (
        {"review_on": "2026-03-17"},
        {"review_on": "2026-04-14"},
    )


def test_an_ended_hold_is_neither_extended_nor_ended_again(pupil, officer, today):
    hold = placed(pupil, officer, today)
    end_hold(hold=hold, reason="Over", **facts(officer, today))
    with pytest.raises(Conflict, match="has ended"):
        end_hold(hold=hold, reason="Again", **facts(officer, today))
    with pytest.raises(Conflict, match="has ended"):
        extend_hold(hold=hold, review_on=REVIEW, reason="On", **facts(officer, today))


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"kind": "holiday"}, "kind"),
        ({"reason": " "}, "reason"),
        ({"review_on": date(2026, 3, 3)}, "review_on"),
        ({"review_on": date(2026, 6, 3)}, "review_on"),
    ],
)
def test_what_a_hold_needs_is_said_at_its_field(pupil, officer, today, more, pointer):
    with pytest.raises(Invalid) as refused:
        placed(pupil, officer, today, **more)
    assert refused.value.errors[0].pointer == pointer


def test_reasons_to_go_on_or_end_are_needed(pupil, officer, today):
    hold = placed(pupil, officer, today)
    with pytest.raises(Invalid, match="goes on"):
        extend_hold(hold=hold, review_on=REVIEW, reason="", **facts(officer, today))
    with pytest.raises(Invalid, match="can end"):
        end_hold(hold=hold, reason="", **facts(officer, today))


def test_anyone_who_works_with_the_child_may_place_one(pupil, user_with, today):
    worker = user_with("early_help_worker")
    with pytest.raises(Refused, match="not one of yours"):
        placed(pupil, worker, today)
    PupilGrantFactory(user=worker, pupil=pupil)
    assert placed(pupil, worker, today).by_role == "early_help_worker"


def test_another_school_and_other_roles_place_none(pupil, user_with, today):
    with pytest.raises(Refused, match="not one of yours"):
        placed(pupil, user_with("school_lead", school=SchoolFactory()), today)
    with pytest.raises(Refused, match="Your role does not include"):
        placed(pupil, user_with("analyst"), today)
    with pytest.raises(Refused, match="not one of yours"):
        placed(PupilFactory(), user_with("school_lead", school=SchoolFactory()), today)


def test_where_there_is_a_case_its_lead_decides_when_a_hold_ends(user_with, officer, today):
    case = CaseFactory(lead=officer)
    school_lead = user_with("school_lead", school=case.school)
    hold = placed(case.pupil, school_lead, today)
    with pytest.raises(Refused, match=f"{officer} leads this case"):
        end_hold(hold=hold, reason="Over", **facts(school_lead, today))
    assert end_hold(hold=hold, reason="Over", **facts(officer, today)).ended_by == officer
