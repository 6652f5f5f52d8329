"""The meetings board, what a link shows, whom to ask, what is next."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from meetings.models import Meeting
from meetings.read_models.board import (
    board,
    invitations,
    next_meeting,
    not_booked,
    not_met,
    term_on,
    to_record,
    upcoming,
)
from meetings.read_models.invitation import invitation_of, people_to_ask
from meetings.services.booking import confirm_by_token, record_not_held
from schools.models import Term
from tests.factories.meetings import AttendanceFactory, MeetingFactory, TsmFrequencyFactory
from tests.factories.schools import (
    MembershipFactory,
    PatchFactory,
    SchoolFactory,
    TrustFactory,
    make_terms,
)
from tests.factories.tsm import BOOKED_ON, NOW, TIMES, Table

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(user_with):
    return user_with("team_manager")


def shown(user, term=2):
    return board(user, academic_year=2025, term=term)


def test_a_school_without_a_meeting_is_not_booked(manager):
    SchoolFactory()
    (row,) = shown(manager).rows
    assert [cell.tag.label for cell in row.cells] == ["Not booked"] * 3


def test_a_cell_says_state_date_and_who_was_there(manager):
    meeting = MeetingFactory(held=True)
    AttendanceFactory(meeting=meeting, side="school", is_decision_maker=True, came=True)
    (row,) = shown(manager).rows
    cell = row.cells[1]
    assert (cell.tag.label, cell.when, cell.meeting_id) == ("Held", "17 Mar 2026", meeting.pk)
    assert cell.decision_maker_words == "Decision maker there"


@pytest.mark.parametrize(
    "facts",
    [
        {"side": "school", "came": True},
        {"side": "school", "is_decision_maker": True, "came": False},
        {"side": "partner", "is_decision_maker": True, "came": True},
    ],
)
def test_a_decision_maker_is_of_the_school_decides_and_came(manager, facts):
    AttendanceFactory(meeting=MeetingFactory(held=True), **facts)
    assert shown(manager).rows[0].cells[1].decision_maker_words == "No decision maker there"


def test_before_it_was_held_nobody_knows_who_was_there(manager):
    meeting = MeetingFactory()
    AttendanceFactory(meeting=meeting, side="school", is_decision_maker=True)
    assert shown(manager).rows[0].cells[1].decision_maker_words == ""


def test_offered_times_are_counted(manager):
    make_terms()
    Table().offer()
    assert shown(manager).rows[0].cells[1].when == "3 times offered"


def test_one_that_was_not_held_says_why_until_another_stands(manager):
    first = MeetingFactory(not_held=True)
    cell = shown(manager).rows[0].cells[1]
    assert (cell.tag.label, cell.reason) == ("Not held", "The school was closed.")
    MeetingFactory(school=first.school)
    assert shown(manager).rows[0].cells[1].tag.label == "Booked"


def test_coverage_counts_what_is_due_this_term(manager):
    held = MeetingFactory(held=True)
    MeetingFactory()
    TsmFrequencyFactory(per_year=2)  # none is due in spring
    assert shown(manager).coverage_words == "1 of 2 schools met this term (50.0%)"
    assert [row.urn for row in not_met(shown(manager))] != []
    assert held.school_id not in [row.urn for row in not_met(shown(manager))]
    assert shown(manager, term=1).coverage_words == "0 of 3 schools met this term (0.0%)"


def test_no_school_is_due(manager):
    TsmFrequencyFactory(per_year=1)
    assert shown(manager).coverage_words == "No school is due a meeting this term"


def test_one_school_is_said_in_the_singular(manager):
    MeetingFactory(held=True)
    assert shown(manager).coverage_words == "1 of 1 school met this term (100.0%)"


def test_not_booked_leaves_out_what_is_offered_or_booked(manager):
    none = SchoolFactory()
    off = MeetingFactory(not_held=True).school
    MeetingFactory()
    MeetingFactory(offered=True)
    MeetingFactory(held=True)
    assert [row.urn for row in not_booked(shown(manager))] == [none.urn, off.urn]
    assert len(not_met(shown(manager))) == 4


def test_a_school_sees_its_own_row_and_closed_schools_have_none(user_with):
    mine = MeetingFactory().school
    MeetingFactory()
    SchoolFactory(status="closed")
    assert [row.urn for row in shown(user_with("school_lead", school=mine)).rows] == [mine.urn]


def test_an_officer_may_ask_for_some_schools(manager):
    one, _other = SchoolFactory(), SchoolFactory()
    found = board(manager, academic_year=2025, term=2, schools=[one])
    assert [row.urn for row in found.rows] == [one.urn]


def test_the_board_takes_few_queries(manager, django_assert_max_num_queries):
    for _ in range(3):
        AttendanceFactory(meeting=MeetingFactory())
    with django_assert_max_num_queries(7):
        shown(manager)


@pytest.mark.parametrize(
    ("on", "found"),
    [
        (date(2025, 8, 5), (2025, 1)),  # before the year's first day: what comes next
        (date(2025, 10, 28), (2025, 1)),  # half-term holiday
        (date(2025, 12, 25), (2025, 2)),
        (date(2026, 3, 3), (2025, 2)),
        (date(2026, 4, 1), (2025, 3)),
        (date(2026, 7, 30), (2025, 3)),  # after the last day: the last term
    ],
)
def test_which_term_a_day_is_in(on, found):
    make_terms()
    assert term_on(on) == found


@pytest.mark.parametrize(
    ("on", "term"),
    [(date(2025, 12, 31), 1), (date(2026, 3, 31), 2), (date(2026, 4, 1), 3), (date(2025, 8, 1), 1)],
)
def test_without_terms_the_calendar_says(on, term):
    assert not Term.objects.exists()
    assert term_on(on) == (2025, term)


def test_next_is_what_is_booked_else_what_is_offered(manager):
    school = SchoolFactory()
    assert next_meeting(manager, school, NOW) is None
    offered = MeetingFactory(school=school, offered=True, term=3)
    assert next_meeting(manager, school, NOW) == offered
    booked = MeetingFactory(school=school)
    assert next_meeting(manager, school, NOW) == booked
    assert next_meeting(manager, school, TIMES[0] + timedelta(days=1)) == offered


def test_upcoming_are_booked_and_soonest_first(manager):
    late = MeetingFactory(starts_at=TIMES[1])
    soon = MeetingFactory()
    MeetingFactory(offered=True)
    MeetingFactory(held=True)
    assert upcoming(manager, NOW) == [soon, late]
    assert upcoming(manager, NOW, most=1) == [soon]


def test_a_meeting_is_upcoming_to_the_end_of_its_day_and_then_to_record(manager):
    meeting = MeetingFactory()
    evening = TIMES[0].replace(hour=23, minute=59)
    assert (upcoming(manager, evening), to_record(manager, evening)) == ([meeting], [])
    night = evening + timedelta(minutes=1)
    assert (upcoming(manager, night), to_record(manager, night)) == ([], [meeting])


def test_ones_invitations_are_those_ahead_to_which_one_was_asked(user_with):
    user = user_with("early_help_worker")
    offered = MeetingFactory(offered=True)
    booked = MeetingFactory()
    for meeting in (offered, booked, MeetingFactory(held=True)):
        AttendanceFactory(meeting=meeting, user=user)
    MeetingFactory()
    assert invitations(user) == [booked, offered]


# The link of a mail.


def test_a_link_shows_the_times_that_can_still_be_chosen():
    make_terms()
    table = Table()
    meeting = table.offer()
    found = invitation_of(meeting.confirm_token, NOW)
    assert found.slots[0].words == "Tuesday 17 March 2026, 9:30am"
    assert (len(found.slots), found.school, found.booked_for) == (3, table.school.name, "")
    assert len(invitation_of(meeting.confirm_token, TIMES[0]).slots) == 2


def test_a_used_link_shows_what_is_booked():
    make_terms()
    meeting = Table().offer()
    confirm_by_token(
        token=meeting.confirm_token, slot_id=meeting.slots.first().pk, on=BOOKED_ON, at=NOW
    )
    found = invitation_of(meeting.confirm_token, NOW)
    assert (found.slots, found.booked_for) == ((), "Tuesday 17 March 2026, 9:30am")


def test_a_link_of_a_meeting_called_off_shows_no_times():
    make_terms()
    table = Table()
    meeting = table.offer()
    record_not_held(meeting=meeting, reason="Snow.", **table.who)
    assert invitation_of(meeting.confirm_token, NOW).slots == ()


@pytest.mark.parametrize("token", ["", "nothing"])
def test_a_link_that_never_was_one(token):
    MeetingFactory()
    assert invitation_of(token, NOW) is None


# Whom to ask.


def test_the_champion_comes_first_then_the_school_then_the_council(user_with):
    school = SchoolFactory(trust=TrustFactory())
    champion = user_with("team_manager", patch=PatchFactory(schools=[school]))
    lead = user_with("school_lead", school=school)
    trust = user_with("school_lead", trust=school.trust)
    officer = user_with("attendance_officer")
    helper = user_with("early_help_worker")
    user_with("school_lead", school=SchoolFactory())
    user_with("analyst")
    school.attendance_champion = champion
    school.save()
    found = people_to_ask(school, BOOKED_ON)
    assert [one.user for one in found] == [champion, lead, trust, officer, helper]
    assert found[0].label == f"{champion}, Senior attendance champion"
    assert [one.is_decision_maker for one in found] == [True, True, True, False, False]


def test_who_has_left_is_not_asked(user_with):
    school = SchoolFactory()
    MembershipFactory(
        role="school_lead", scope="school", school=school, until_on=BOOKED_ON - timedelta(days=1)
    )
    user_with("school_lead", school=school).__class__.objects.update(is_active=False)
    assert people_to_ask(school, BOOKED_ON) == []
    assert Meeting.objects.count() == 0
