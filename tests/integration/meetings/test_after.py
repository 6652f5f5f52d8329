"""What came of a meeting: completion, what the next one opens with, reflections, what worked."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from attendance_portal.shared.errors import Invalid, Refused
from cases.services.actions import complete_action, drop_action
from meetings.choices import Block
from meetings.models import PracticeNote, Reflection
from meetings.read_models.agreed import (
    Completion,
    agreed,
    completion_of,
    completions,
    last_actions,
    last_actions_of_school,
    last_meeting,
    practice_for,
)
from meetings.read_models.preparation import agenda_of
from meetings.services.after import (
    give_leave,
    share_reflection,
    write_practice_note,
    write_reflection,
)
from meetings.services.live import Subject
from tests.factories.cases import BarrierFactory, CaseFactory
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import make_terms
from tests.factories.tsm import ENDED, MEETING_ON, Table

pytestmark = pytest.mark.django_db
NEXT = datetime(2026, 4, 21, 9, 0, tzinfo=UTC)
LATER = date(2026, 3, 25)


@pytest.fixture
def table(db):
    """A meeting that was held and agreed three actions, due on 24 March; one is done."""
    make_terms()
    made = Table()
    made.book()
    made.start()
    done, dropped, _open = made.agree("One"), made.agree("Two"), made.agree("Three")
    who = {"by": made.lead, "on": MEETING_ON, "at": ENDED}
    complete_action(action=done.action, outcome="The pass came.", **who)
    drop_action(action=dropped.action, reason="No bus goes there.", **who)
    made.end()
    return made


@pytest.mark.parametrize(("on", "overdue"), [(date(2026, 3, 24), 0), (LATER, 1)])
def test_what_became_of_the_actions_is_counted(table, on, overdue):
    found = completion_of(table.meeting, on)
    assert found == Completion(done=1, dropped=1, open=1, overdue=overdue)
    late = ", 1 overdue" if overdue else ""
    assert found.words == f"1 of 3 actions done (33.3%){late}"


def test_a_meeting_without_actions_says_so(table):
    other = MeetingFactory(held=True)
    assert completion_of(other, LATER).words == "No actions were agreed"
    assert set(completions([table.meeting.pk, other.pk], LATER)) == {table.meeting.pk}


def test_each_action_says_how_it_stands(table):
    lines = agreed(table.lead, table.meeting, LATER).actions
    assert [line.tag.label for line in lines] == ["Done", "Dropped", "Overdue"]
    assert [line.outcome for line in lines] == ["The pass came.", "No bus goes there.", ""]
    assert lines[0].about == "The school"
    assert agreed(table.lead, table.meeting, date(2026, 3, 24)).actions[2].tag.label == "Today"
    assert agreed(table.lead, table.meeting, date(2026, 3, 23)).actions[2].tag is None


def test_nothing_agreed_is_empty():
    meeting = MeetingFactory(held=True)
    assert agreed(meeting.la_contact, meeting, LATER).is_empty


def test_the_next_meeting_opens_with_them(table):
    first = table.meeting
    following = table.book(starts_at=NEXT)
    assert agenda_of(following)[0].block == Block.LAST_TIME
    assert last_meeting(following) == first
    assert [line.text for line in last_actions(table.lead, following, LATER)] == [
        "One", "Two", "Three",
    ]  # fmt: skip
    assert last_actions(table.lead, first, LATER) == ()
    found = last_actions_of_school(table.lead, table.school, LATER)
    assert [line.text for line in found] == ["One", "Two", "Three"]


def test_a_school_without_a_meeting_has_no_last_actions(user_with):
    manager = user_with("team_manager")
    assert last_actions_of_school(manager, MeetingFactory().school, LATER) == ()


def test_who_was_asked_from_elsewhere_sees_nothing_of_what_others_promised(table, user_with):
    helper = user_with("early_help_worker")
    AttendanceFactory(meeting=table.meeting, user=helper)
    assert agreed(helper, table.meeting, LATER).is_empty


def test_an_action_about_a_child_who_has_left_is_not_shown_to_the_school(db, settings):
    make_terms()
    settings.PORTAL_TODAY = MEETING_ON
    table = Table()
    table.book()
    table.start()
    enrolment = EnrolmentFactory(school=table.school)
    table.agree(subject=Subject("pupil", pupil=enrolment.pupil))
    enrolment.ends_on = date(2026, 3, 16)
    enrolment.save()
    settings.PORTAL_TODAY = date(2026, 3, 18)
    other = EnrolmentFactory(pupil=enrolment.pupil, starts_on=date(2026, 3, 17))
    assert other.pupil == enrolment.pupil
    shown = agreed(table.officer, table.meeting, LATER).actions
    assert len(shown) == 1
    # The lead promised it, and sees their own promise while it stands.
    assert len(agreed(table.lead, table.meeting, LATER).actions) == 1


# Reflections.


def test_a_reflection_is_written_for_oneself_and_may_be_shared(table):
    row = write_reflection(meeting=table.meeting, text=" Too long. ", by=table.lead, at=ENDED)
    again = write_reflection(meeting=table.meeting, text="Too long!", by=table.lead, at=ENDED)
    assert (again.pk, again.text) == (row.pk, "Too long!")
    assert not Reflection.objects.visible_to(table.officer).exists()
    with pytest.raises(Refused, match="writer"):
        share_reflection(reflection=row, is_shared=True, by=table.officer, at=ENDED)
    share_reflection(reflection=row, is_shared=True, by=table.lead, at=ENDED)
    share_reflection(reflection=row, is_shared=True, by=table.lead, at=ENDED)
    assert Reflection.objects.visible_to(table.officer).exists()
    share_reflection(reflection=row, is_shared=False, by=table.lead, at=ENDED)
    assert not Reflection.objects.visible_to(table.officer).exists()


@pytest.mark.parametrize("text", [" ", "x" * 2001])
def test_a_reflection_that_cannot_be(table, text):
    with pytest.raises(Invalid):
        write_reflection(meeting=table.meeting, text=text, by=table.lead, at=ENDED)


def test_who_does_not_see_the_meeting_reflects_on_nothing(table):
    for user in (Table().lead, MeetingFactory().la_contact):
        with pytest.raises(Refused):
            write_reflection(meeting=table.meeting, text="Well.", by=user, at=ENDED)


# What worked.


def note_of(table, **facts):
    given = {"barrier": "transport", "title": "A bus buddy", "text": "They wait.", **facts}
    return write_practice_note(meeting=table.meeting, **{"by": table.officer, "at": ENDED, **given})


def test_what_worked_is_for_others_only_with_the_schools_leave(table):
    elsewhere, note = Table(), note_of(table)
    with pytest.raises(Refused, match="The school gives leave"):
        give_leave(note=note, is_given=True, by=table.officer, at=ENDED)
    with pytest.raises(Refused, match="not one of yours"):
        give_leave(note=note, is_given=True, by=elsewhere.lead, at=ENDED)
    assert not PracticeNote.objects.visible_to(elsewhere.lead).exists()
    for _ in range(2):
        given = give_leave(note=note, is_given=True, by=table.lead, at=ENDED)
    assert given.leave_given_by == table.lead
    assert PracticeNote.objects.visible_to(elsewhere.lead).get() == note
    assert PracticeNote.objects.for_the_network().get() == note
    give_leave(note=note, is_given=False, by=table.lead, at=ENDED)
    assert not PracticeNote.objects.visible_to(elsewhere.lead).exists()


def test_another_text_needs_leave_anew(table):
    note = note_of(table)
    give_leave(note=note, is_given=True, by=table.lead, at=ENDED)
    again = note_of(table, title="a BUS buddy", text="They walk.")
    assert (again.pk, again.text, again.leave_given_at) == (note.pk, "They walk.", None)


@pytest.mark.parametrize(
    "facts", [{"barrier": "weather"}, {"title": " "}, {"text": ""}, {"title": "x" * 151}]
)
def test_a_note_that_cannot_be(table, facts):
    with pytest.raises(Invalid):
        note_of(table, **facts)


def test_another_school_writes_no_note(table):
    with pytest.raises(Refused):
        note_of(table, by=Table().lead)


def test_what_worked_is_found_by_the_barriers_of_a_case(table):
    note = note_of(table)
    elsewhere = Table()
    case = CaseFactory(enrolment=EnrolmentFactory(school=elsewhere.school), lead=elsewhere.lead)
    BarrierFactory(case=case, kind="transport")
    assert practice_for(elsewhere.lead, case) == []
    give_leave(note=note, is_given=True, by=table.lead, at=ENDED)
    assert practice_for(elsewhere.lead, case) == [note]
    other = CaseFactory(enrolment=EnrolmentFactory(school=elsewhere.school))
    BarrierFactory(case=other, kind="sleep")
    assert practice_for(elsewhere.lead, other) == []
