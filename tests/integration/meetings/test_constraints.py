"""What must never be stored about meetings: one test an arm."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from tests.factories.meetings import (
    DAY,
    ENDED,
    MOMENT,
    STARTS,
    AgendaItemFactory,
    AgendaTemplateItemFactory,
    AttendanceFactory,
    CohortNoteFactory,
    DecisionFactory,
    DiscussedPupilFactory,
    ExpectationScoreFactory,
    MeetingActionFactory,
    MeetingFactory,
    MeetingMailFactory,
    MeetingReferralFactory,
    PackSnapshotFactory,
    PlacesOfferedFactory,
    PracticeNoteFactory,
    PreparationMarkFactory,
    ReflectionFactory,
    SelfAssessmentFactory,
    SlotFactory,
    TsmFrequencyFactory,
)
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db


def refused(make, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make()


@pytest.mark.parametrize("trait", ["offered", "held"])
def test_one_standing_meeting_a_school_and_term(trait):
    first = MeetingFactory()
    refused(lambda: MeetingFactory(school=first.school, **{trait: True}), "tsm_one_standing_a_term")


def test_another_may_follow_one_that_was_not_held():
    first = MeetingFactory(not_held=True)
    MeetingFactory(school=first.school)


@pytest.mark.parametrize("other", [{"term": 1}, {"academic_year": 2024}])
def test_another_term_has_another_meeting(other):
    MeetingFactory(school=MeetingFactory().school, **other)


@pytest.mark.parametrize("term", [0, 4])
def test_terms_are_1_to_3(term):
    refused(lambda: MeetingFactory(term=term), "meeting_term_is_1_to_3")


@pytest.mark.parametrize("facts", [{"starts_at": STARTS}, {"offered_on": None}])
def test_an_offer_has_its_day_and_no_start(facts):
    refused(lambda: MeetingFactory(offered=True, **facts), "meeting_offered_has_no_start")


def test_a_booked_meeting_has_a_start():
    refused(lambda: MeetingFactory(starts_at=None), "meeting_booked_has_a_start")


@pytest.mark.parametrize(
    "facts", [{"starts_at": None}, {"started_at": None}, {"ended_at": None}, {"people_there": 0}]
)
def test_a_held_meeting_has_start_end_and_people(facts):
    refused(lambda: MeetingFactory(held=True, **facts), "meeting_held_has_start_end_and_people")


def test_only_a_held_meeting_has_ended():
    refused(lambda: MeetingFactory(ended_at=ENDED), "meeting_ended_only_when_held")


@pytest.mark.parametrize("trait", ["offered", "not_held"])
def test_only_a_booked_or_held_meeting_was_started(trait):
    refused(
        lambda: MeetingFactory(started_at=STARTS, **{trait: True}),
        "meeting_started_only_when_booked",
    )


@pytest.mark.parametrize(
    "facts", [{"not_held": True, "not_held_reason": ""}, {"not_held_reason": "Snow."}]
)
def test_not_held_and_its_reason_go_together(facts):
    refused(lambda: MeetingFactory(**facts), "meeting_not_held_says_why")


@pytest.mark.parametrize("minutes", [14, 241])
def test_a_meeting_lasts_from_a_quarter_to_four_hours(minutes):
    refused(lambda: MeetingFactory(minutes=minutes), "meeting_lasts_a_while")


@pytest.mark.parametrize("minutes", [15, 240])
def test_the_shortest_and_the_longest_meeting(minutes):
    MeetingFactory(minutes=minutes)


def test_one_slot_a_position():
    slot = SlotFactory()
    refused(lambda: SlotFactory(meeting=slot.meeting, starts_at=ENDED), "slot_once_a_position")


def test_one_slot_a_time():
    slot = SlotFactory()
    refused(lambda: SlotFactory(meeting=slot.meeting, position=2), "slot_once_a_time")


def test_a_time_may_be_offered_again_after_it_was_withdrawn():
    slot = SlotFactory(withdrawn_at=MOMENT)
    SlotFactory(meeting=slot.meeting)


def test_one_slot_is_chosen():
    slot = SlotFactory(chosen_at=MOMENT)
    refused(
        lambda: SlotFactory(meeting=slot.meeting, position=2, starts_at=ENDED, chosen_at=MOMENT),
        "slot_one_chosen",
    )


@pytest.mark.parametrize("position", [0, 4])
def test_three_slots_at_most(position):
    refused(lambda: SlotFactory(position=position), "slot_position_is_1_to_3")


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "Sam"},
        {"email": "sam@example.org"},
        {"user": None, "name": "Sam"},
        {"user": None, "email": "sam@example.org"},
    ],
)
def test_somebody_at_the_table_has_a_login_or_a_name_and_an_address(facts):
    refused(lambda: AttendanceFactory(**facts), "attendance_is_one_person")


def test_nobody_sits_at_the_table_twice():
    first = AttendanceFactory()
    refused(
        lambda: AttendanceFactory(meeting=first.meeting, user=first.user),
        "attendance_once_a_user",
    )


def test_no_address_sits_at_the_table_twice():
    facts = {"user": None, "name": "Sam", "email": "sam@example.org"}
    first = AttendanceFactory(**facts)
    refused(lambda: AttendanceFactory(meeting=first.meeting, **facts), "attendance_once_an_email")


@pytest.mark.parametrize("facts", [{"response": "coming"}, {"responded_at": MOMENT}])
def test_an_answer_has_its_moment(facts):
    refused(lambda: AttendanceFactory(**facts), "attendance_answer_has_a_moment")


def test_one_reminder_a_person_and_day():
    facts = {"kind": "reminder", "meeting": None, "email": "sam@example.org"}
    MeetingMailFactory(**facts)
    refused(lambda: MeetingMailFactory(**facts), "reminder_once_a_day")


def test_two_invitations_a_day():
    first = MeetingMailFactory()
    MeetingMailFactory(meeting=first.meeting, email=first.email)


@pytest.mark.parametrize("facts", [{"meeting": None}, {"kind": "reminder"}])
def test_mail_is_about_a_meeting_or_a_reminder(facts):
    refused(lambda: MeetingMailFactory(**facts), "mail_is_about_a_meeting_or_reminds")


@pytest.mark.parametrize("per_year", [0, 4])
def test_one_to_three_meetings_a_year(per_year):
    refused(lambda: TsmFrequencyFactory(per_year=per_year), "tsm_frequency_is_1_to_3")


def test_another_frequency_says_why():
    refused(lambda: TsmFrequencyFactory(reason=""), "tsm_frequency_says_why")


def test_a_built_in_item_is_there_once():
    AgendaTemplateItemFactory(key="figures")
    refused(lambda: AgendaTemplateItemFactory(key="figures"), "agenda_template_key_once")


def test_items_that_were_added_have_no_key():
    AgendaTemplateItemFactory()
    AgendaTemplateItemFactory()


def test_a_template_item_has_a_title():
    refused(lambda: AgendaTemplateItemFactory(title=""), "agenda_template_has_a_title")


def test_an_agenda_item_has_a_title():
    refused(lambda: AgendaItemFactory(title=""), "agenda_item_has_a_title")


def test_a_task_is_done_once_a_side():
    first = PreparationMarkFactory()
    refused(lambda: PreparationMarkFactory(meeting=first.meeting), "preparation_once")
    PreparationMarkFactory(meeting=first.meeting, side="school")


def test_one_note_a_cohort():
    first = CohortNoteFactory()
    refused(lambda: CohortNoteFactory(meeting=first.meeting), "cohort_note_once")


def test_a_cohort_note_says_something():
    refused(lambda: CohortNoteFactory(tried=""), "cohort_note_says_something")


def test_an_offer_says_what():
    refused(lambda: PlacesOfferedFactory(what=""), "places_offered_says_what")


def test_a_child_is_discussed_once():
    first = DiscussedPupilFactory()
    refused(
        lambda: DiscussedPupilFactory(meeting=first.meeting, pupil=first.pupil), "discussed_once"
    )


@pytest.mark.parametrize("facts", [{"why": "chosen"}, {"why": "agencies", "note": "Health."}])
def test_a_child_who_is_not_severely_absent_was_chosen_by_somebody(facts):
    refused(lambda: DiscussedPupilFactory(**facts), "discussed_chosen_by_somebody")
    DiscussedPupilFactory(by=UserFactory(), **facts)


def test_more_than_one_agency_says_which():
    refused(
        lambda: DiscussedPupilFactory(why="agencies", by=UserFactory()),
        "discussed_agencies_says_which",
    )


def test_one_own_view_a_school_and_term():
    first = SelfAssessmentFactory()
    refused(lambda: SelfAssessmentFactory(school=first.school), "self_assessment_once")
    SelfAssessmentFactory(school=first.school, term=1)


@pytest.mark.parametrize("term", [0, 4])
def test_own_views_are_of_terms_1_to_3(term):
    refused(lambda: SelfAssessmentFactory(term=term), "self_assessment_term_is_1_to_3")


@pytest.mark.parametrize("facts", [{"state": "submitted"}, {"submitted_at": MOMENT}])
def test_an_own_view_that_was_shared_has_its_moment(facts):
    refused(lambda: SelfAssessmentFactory(**facts), "self_assessment_submitted_has_a_moment")


def test_an_expectation_is_scored_once():
    first = ExpectationScoreFactory()
    refused(lambda: ExpectationScoreFactory(assessment=first.assessment), "expectation_scored_once")


@pytest.mark.parametrize("score", [0, 5])
def test_scores_are_1_to_4(score):
    refused(lambda: ExpectationScoreFactory(score=score), "expectation_score_is_1_to_4")


def test_a_version_of_the_pack_is_frozen_once():
    first = PackSnapshotFactory()
    refused(lambda: PackSnapshotFactory(meeting=first.meeting), "pack_version_once")


def test_a_pack_on_stale_marks_says_why():
    refused(lambda: PackSnapshotFactory(school_days_behind=3), "pack_on_stale_marks_says_why")


@pytest.mark.parametrize(
    "facts",
    [{"school_days_behind": 2}, {"school_days_behind": 3, "stale_reason": "The line is down."}],
)
def test_a_pack_on_marks_that_are_fresh_enough_or_with_a_reason(facts):
    PackSnapshotFactory(**facts)


def test_a_form_pressed_twice_is_one_action():
    first = MeetingActionFactory()
    refused(
        lambda: MeetingActionFactory(meeting=first.meeting, client_token=first.client_token),
        "meeting_action_once_a_form",
    )


@pytest.mark.parametrize("facts", [{"about": "cohort"}, {"cohort": "drifting_up"}])
def test_an_action_about_a_cohort_names_it(facts):
    refused(lambda: MeetingActionFactory(**facts), "meeting_action_cohort_is_named")


@pytest.mark.parametrize(
    "facts",
    [
        {"acceptance": "there", "answered_at": MOMENT},
        {"acceptance": "asked", "answered_at": MOMENT},
        {"acceptance": "accepted"},
        {"acceptance": "declined", "declined_reason": "I am away."},
    ],
)
def test_an_answer_about_an_action_has_its_moment(facts):
    refused(lambda: MeetingActionFactory(**facts), "meeting_action_answer_has_a_moment")


def test_an_action_that_is_not_accepted_says_why():
    refused(
        lambda: MeetingActionFactory(acceptance="declined", answered_at=MOMENT),
        "meeting_action_declined_says_why",
    )


def test_a_form_pressed_twice_is_one_referral():
    first = MeetingReferralFactory()
    refused(
        lambda: MeetingReferralFactory(meeting=first.meeting, client_token=first.client_token),
        "meeting_referral_once_a_form",
    )


def test_a_form_pressed_twice_is_one_decision():
    first = DecisionFactory()
    refused(
        lambda: DecisionFactory(meeting=first.meeting, client_token=first.client_token),
        "decision_once_a_form",
    )


def test_a_decision_says_something():
    refused(lambda: DecisionFactory(text=""), "decision_says_something")


@pytest.mark.parametrize("facts", [{"figure_words": "Year 8"}, {"figure_shown": "12 of 90"}])
def test_a_figure_has_its_words_and_its_number(facts):
    refused(lambda: DecisionFactory(**facts), "decision_figure_is_whole")


def test_one_reflection_a_person():
    first = ReflectionFactory()
    refused(lambda: ReflectionFactory(meeting=first.meeting, by=first.by), "reflection_once")


def test_a_reflection_says_something():
    refused(lambda: ReflectionFactory(text=""), "reflection_says_something")


@pytest.mark.parametrize("facts", [{"leave_given_at": MOMENT}, {"giver": True}])
def test_leave_has_a_giver_and_a_moment(facts):
    if facts.pop("giver", False):
        facts["leave_given_by"] = UserFactory()
    refused(lambda: PracticeNoteFactory(**facts), "practice_note_leave_has_a_giver")


@pytest.mark.parametrize("facts", [{"title": ""}, {"text": ""}])
def test_a_practice_note_says_something(facts):
    refused(lambda: PracticeNoteFactory(**facts), "practice_note_says_something")


def test_the_link_of_a_meeting_cannot_be_guessed():
    one, other = MeetingFactory(), MeetingFactory()
    assert len(one.confirm_token) >= 43  # 32 bytes
    assert one.confirm_token != other.confirm_token
    assert one.at.date() == DAY
