"""Who sees meetings: by school; by being asked, without children or figures; reflections, nobody
but their writer."""

from __future__ import annotations

import pytest

from meetings.models import (
    AgendaItem,
    Attendance,
    Decision,
    DiscussedPupil,
    ExpectationScore,
    Meeting,
    MeetingAction,
    PackSnapshot,
    PracticeNote,
    Reflection,
    SelfAssessment,
    Slot,
    TsmFrequency,
)
from tests.factories.cases import ActionFactory
from tests.factories.meetings import (
    MOMENT,
    AgendaItemFactory,
    AttendanceFactory,
    DecisionFactory,
    DiscussedPupilFactory,
    ExpectationScoreFactory,
    MeetingActionFactory,
    MeetingFactory,
    PackSnapshotFactory,
    PracticeNoteFactory,
    ReflectionFactory,
    SelfAssessmentFactory,
    SlotFactory,
    TsmFrequencyFactory,
)
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import PatchFactory, SchoolFactory
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db
OPEN_TO_ALL_WHO_WERE_ASKED = (Meeting, Slot, Attendance, AgendaItem)
INSIDE = (PackSnapshot, DiscussedPupil, Decision, MeetingAction, SelfAssessment)


def shown(model, user) -> list:
    return list(model.objects.visible_to(user))


@pytest.fixture
def meeting():
    """A meeting with a row of everything."""
    made = MeetingFactory()
    enrolment = EnrolmentFactory(school=made.school)
    SlotFactory(meeting=made)
    AttendanceFactory(meeting=made)
    AgendaItemFactory(meeting=made)
    PackSnapshotFactory(meeting=made)
    DiscussedPupilFactory(meeting=made, pupil=enrolment.pupil)
    DecisionFactory(meeting=made, pupil=enrolment.pupil)
    MeetingActionFactory(meeting=made)
    SelfAssessmentFactory(school=made.school, state="submitted", submitted_at=MOMENT)
    return made


@pytest.mark.parametrize("model", [*OPEN_TO_ALL_WHO_WERE_ASKED, *INSIDE])
def test_the_council_and_the_school_see_everything(model, meeting, user_with):
    patch = PatchFactory(schools=[meeting.school])
    for user in (
        user_with("team_manager"),
        user_with("attendance_officer", patch=patch),
        user_with("school_lead", school=meeting.school),
    ):
        assert len(shown(model, user)) == 1


@pytest.mark.parametrize("model", [*OPEN_TO_ALL_WHO_WERE_ASKED, *INSIDE])
def test_others_see_nothing(model, meeting, user_with):
    other = SchoolFactory()
    for user in (
        user_with("school_lead", school=other),
        user_with("attendance_officer", patch=PatchFactory(schools=[other])),
        user_with("early_help_worker"),
        user_with("panel_member"),
        user_with("analyst"),
        user_with("administrator"),
        UserFactory(),
    ):
        assert shown(model, user) == []


@pytest.mark.parametrize("model", OPEN_TO_ALL_WHO_WERE_ASKED)
def test_who_was_asked_from_elsewhere_sees_times_people_and_agenda(model, meeting, user_with):
    user = user_with("early_help_worker")
    before = len(model.objects.all())
    AttendanceFactory(meeting=meeting, user=user)
    assert len(shown(model, user)) == before + (model is Attendance)


@pytest.mark.parametrize("model", INSIDE)
def test_who_was_asked_from_elsewhere_sees_no_child_and_no_figure(model, meeting, user_with):
    user = user_with("early_help_worker")
    AttendanceFactory(meeting=meeting, user=user)
    assert shown(model, user) == []
    assert not Meeting.objects.with_figures_for(user).exists()


def test_figures_are_for_those_who_have_the_school(meeting, user_with):
    for user in (user_with("team_manager"), user_with("school_lead", school=meeting.school)):
        assert list(Meeting.objects.with_figures_for(user)) == [meeting]
    assert not Meeting.objects.with_figures_for(UserFactory()).exists()


def test_who_was_asked_and_holds_no_role_today_sees_nothing(meeting):
    user = UserFactory()
    AttendanceFactory(meeting=meeting, user=user)
    assert shown(Meeting, user) == []


def test_who_is_no_longer_expected_sees_nothing(meeting, user_with):
    user = user_with("early_help_worker")
    AttendanceFactory(meeting=meeting, user=user, is_expected=False)
    assert shown(Meeting, user) == []


def test_who_sat_there_for_the_school_and_left_it_sees_nothing(meeting, user_with):
    user = user_with("school_lead", school=SchoolFactory())
    AttendanceFactory(meeting=meeting, user=user, side="school")
    assert shown(Meeting, user) == []


def test_an_officer_asked_to_a_meeting_of_another_patch_sees_it(meeting, user_with):
    user = user_with("attendance_officer", patch=PatchFactory(schools=[SchoolFactory()]))
    AttendanceFactory(meeting=meeting, user=user, side="la")
    assert shown(Meeting, user) == [meeting]


@pytest.mark.parametrize("model", [DiscussedPupil, Decision])
def test_nothing_about_a_child_follows_to_a_school_they_left(model, meeting, user_with, today):
    DiscussedPupil.objects.get().pupil.enrolments.update(ends_on=today.replace(month=2))
    assert shown(model, user_with("school_lead", school=meeting.school)) == []
    assert len(shown(model, user_with("team_manager"))) == 1


def test_a_decision_about_no_child_stays(meeting, user_with):
    decision = DecisionFactory(meeting=meeting)
    assert decision in shown(Decision, user_with("school_lead", school=meeting.school))


def test_an_action_about_a_child_who_left_is_not_for_the_school(user_with, today):
    enrolment = EnrolmentFactory(ends_on=today.replace(month=2))
    meeting = MeetingFactory(school=enrolment.school)
    action = ActionFactory(case=None, pupil=enrolment.pupil, school=None, origin="tsm")
    MeetingActionFactory(meeting=meeting, action=action, about="pupil")
    assert shown(MeetingAction, user_with("school_lead", school=meeting.school)) == []


@pytest.mark.parametrize("state", ["open", "done"])
def test_ones_own_promise_about_a_child_is_seen_while_it_stands(state, user_with, today):
    user = user_with("early_help_worker")
    enrolment = EnrolmentFactory()
    ended = {} if state == "open" else {"ended_on": today, "outcome": "Done.", "ended_by": user}
    action = ActionFactory(
        case=None, pupil=enrolment.pupil, owner=user, origin="tsm", state=state, **ended
    )
    row = MeetingActionFactory(action=action, about="pupil")
    assert shown(MeetingAction, user) == ([row] if state == "open" else [])


def test_a_reflection_is_its_writers_alone(meeting, user_with):
    writer, manager = user_with("attendance_officer"), user_with("team_manager")
    reflection = ReflectionFactory(meeting=meeting, by=writer)
    lead = user_with("school_lead", school=meeting.school)
    assert shown(Reflection, writer) == [reflection]
    assert shown(Reflection, manager) == []
    assert shown(Reflection, lead) == []


def test_a_shared_reflection_is_for_those_who_see_the_meeting(meeting, user_with):
    reflection = ReflectionFactory(meeting=meeting, shared_at=MOMENT)
    assert shown(Reflection, user_with("school_lead", school=meeting.school)) == [reflection]
    assert shown(Reflection, user_with("school_lead", school=SchoolFactory())) == []


def test_a_practice_note_is_for_the_network_only_with_leave(meeting, user_with):
    note = PracticeNoteFactory(meeting=meeting)
    elsewhere = user_with("school_lead", school=SchoolFactory())
    assert shown(PracticeNote, user_with("school_lead", school=meeting.school)) == [note]
    assert shown(PracticeNote, elsewhere) == []
    note.leave_given_at, note.leave_given_by = MOMENT, UserFactory()
    note.save()
    assert shown(PracticeNote, elsewhere) == [note]


def test_a_draft_of_a_schools_own_view_is_the_schools_alone(user_with):
    view = SelfAssessmentFactory()
    score = ExpectationScoreFactory(assessment=view)
    lead = user_with("school_lead", school=view.school)
    assert (shown(SelfAssessment, lead), shown(ExpectationScore, lead)) == ([view], [score])
    for user in (
        user_with("team_manager"),
        user_with("attendance_officer", patch=PatchFactory(schools=[view.school])),
        user_with("school_lead", school=SchoolFactory()),
    ):
        assert (shown(SelfAssessment, user), shown(ExpectationScore, user)) == ([], [])


def test_how_often_a_school_meets_is_for_those_who_have_it(user_with):
    row = TsmFrequencyFactory()
    assert shown(TsmFrequency, user_with("school_lead", school=row.school)) == [row]
    assert shown(TsmFrequency, user_with("school_lead", school=SchoolFactory())) == []
