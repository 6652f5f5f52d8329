"""P23: what came of a meeting, then and now, practice worth sharing, and private reflections."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html import unescape

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import AccessLogEntry
from dashboards.charts import Share
from dashboards.read_models.meetings.after import frozen_figures, helped_in_words
from dashboards.read_models.meetings.windows import Windows, windows_around
from meetings.models import PracticeNote, Reflection
from tests.factories.classes import LATEST
from tests.factories.meetings import (
    AttendanceFactory,
    DecisionFactory,
    DiscussedPupilFactory,
    MeetingActionFactory,
    MeetingFactory,
    MeetingMailFactory,
    PackSnapshotFactory,
    PracticeNoteFactory,
    ReflectionFactory,
)
from tests.factories.tsm import Table

HELD = datetime(2026, 1, 21, 10, 0, tzinfo=UTC)  # a Wednesday in the third week of marks
MET = {"starts_at": HELD, "started_at": HELD, "ended_at": HELD}


def words(response) -> str:
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    return re.sub(r"\s+", " ", unescape(strip_tags(main)))


@pytest.fixture
def table(borough) -> Table:
    made = Table(borough.ash)
    made.meeting = MeetingFactory(school=borough.ash, held=True, la_contact=made.officer, **MET)
    return made


@pytest.fixture
def officer(client, table):
    client.force_login(table.officer)
    return client


@pytest.fixture
def lead(client, table):
    client.force_login(table.lead)
    return client


def page(route: str, meeting) -> str:
    return reverse(route, args=[meeting.pk])


def frozen(child, absent: int, possible: int) -> dict:
    pupil = child.pupil
    return {"public_id": str(pupil.public_id), "absent": absent, "possible": possible}


# Windows.


def test_windows_have_as_many_weeks_on_each_side_and_leave_the_week_itself_out(borough):
    found = windows_around([borough.cal.pk, borough.ada.pk], HELD.date(), as_of=LATEST)
    assert found[borough.cal.pk] == Windows(Share(20, 20), Share(10, 20), weeks=2)
    assert found[borough.ada.pk] == Windows(Share(0, 20), Share(0, 20), weeks=2)


@pytest.mark.parametrize(("day", "weeks"), [(date(2026, 1, 5), 0), (date(2026, 1, 12), 1)])
def test_windows_are_as_short_as_the_shorter_side(borough, day, weeks):
    found = windows_around([borough.cal.pk], day, as_of=LATEST)
    assert [one.weeks for one in found.values()] == ([weeks] if weeks else [])


def test_windows_know_nothing_of_marks_after_the_figures(borough):
    assert windows_around([borough.cal.pk], HELD.date(), as_of=HELD.date()) == {}


# In words.


@pytest.mark.parametrize(
    ("around", "number", "said"),
    [
        ([], 0, "No child was spoken about by name."),
        ([], 2, "Too early to say: no school week has gone by since."),
        (
            [
                Windows(Share(2, 10), Share(1, 10), 1),
                Windows(Share(2, 20), Share(4, 20), 2),
                Windows(Share(1, 10), Share(2, 20), 2),
            ],
            3,
            "Of 3 children spoken about, 1 missed less since, 1 more, 1 the same share, "
            "in up to 2 school weeks before and after.",
        ),
        (
            [Windows(Share(2, 10), Share(1, 10), 1)],
            2,
            "Of 1 child spoken about, 1 missed less since, 0 more, 0 the same share, "
            "in up to 1 school week before and after. 1 without marks on both sides left out.",
        ),
    ],
)
def test_did_it_help_is_said_by_counts(around, number, said):
    assert helped_in_words(around, number) == said


def test_frozen_figures_are_found_anywhere_and_a_year_without_sessions_is_none():
    child = {"public_id": "a", "possible": 10, "absent": 4}
    other = {"public_id": "b", "possible": 0, "absent": 0}
    content = {"severe": [{"pupil": child}], "cohorts": [{"pupils": [other]}], "as_of": "x"}
    assert frozen_figures(content) == {"a": Share(4, 10)}


# The page.


def test_meeting_that_has_not_ended_says_so(officer, table):
    ahead = MeetingFactory(school=table.school, term=3)
    found = words(officer.get(page("meeting_after", ahead)))
    assert "The meeting has not ended." in found
    assert "Book the next meeting" not in found


def test_meeting_without_actions_says_so(officer, table):
    found = words(officer.get(page("meeting_after", table.meeting)))
    assert "No actions were agreed." in found
    assert "No child was spoken about by name." in found
    assert "No pack was frozen for this meeting" in found


def test_actions_decisions_and_the_summary_stand_there(officer, table):
    MeetingActionFactory(
        meeting=table.meeting, action__text="Meet at the gate", action__state="done",
        action__ended_on=date(2026, 2, 2), action__outcome="She came in.",
    )  # fmt: skip
    DecisionFactory(
        meeting=table.meeting, figure_words="Persistent absence, year 8", figure_shown="12.0%"
    )
    MeetingMailFactory(meeting=table.meeting, kind="summary", email="kim@example.org", state="sent")
    found = words(officer.get(page("meeting_after", table.meeting)))
    assert "1 of 1 action done (100.0%)." in found
    assert "Meet at the gate" in found
    assert "She came in." in found
    assert "It relied on: Persistent absence, year 8, 12.0%" in found
    assert "Summary sent to 1 person" in found
    assert "kim@example.org" in found


def test_children_spoken_about_then_and_now_and_each_reading_is_logged(officer, table, borough):
    for child in (borough.cal, borough.ada):
        DiscussedPupilFactory(
            meeting=table.meeting, pupil=child.pupil, why="chosen", by=table.officer
        )
    content = {"cohorts": [{"key": "severely_absent", "pupils": [frozen(borough.cal, 26, 26)]}]}
    PackSnapshotFactory(meeting=table.meeting, as_of=HELD.date(), content=content)
    found = words(officer.get(page("meeting_after", table.meeting)))
    assert "Of 2 children spoken about, 1 missed less since, 0 more, 1 the same share" in found
    assert "100.0%, 26 of 26 sessions" in found
    assert "80.0%, 40 of 50 sessions" in found
    assert "50.0%, 10 of 20 sessions Missed less since" in found
    assert "Severely absent 1 1 1 missed less since, 0 more, 0 the same share" in found
    assert "Absence of 2 pupils was about the same" in found
    read = AccessLogEntry.objects.filter(page="meeting_after").values_list("subject_ref", flat=True)
    assert set(read) == {str(one.pupil.public_id) for one in (borough.cal, borough.ada)}


def test_child_of_an_action_is_logged_too(officer, table, borough):
    MeetingActionFactory(meeting=table.meeting, about="pupil", action__pupil=borough.ben.pupil)
    assert "Ben Sample" in words(officer.get(page("meeting_after", table.meeting)))
    assert AccessLogEntry.objects.filter(subject_ref=str(borough.ben.pupil.public_id)).exists()


def test_other_meetings_of_the_school_say_what_came_of_their_actions(officer, table):
    before = MeetingFactory(school=table.school, term=1, held=True)
    MeetingActionFactory(meeting=before)
    found = words(officer.get(page("meeting_after", table.meeting)))
    assert "17 Mar 2026: 0 of 1 action done (0.0%)" in found


def test_officer_books_the_next_and_the_school_does_not(client, table):
    client.force_login(table.officer)
    address = page("meeting_after", table.meeting)
    assert f"/meetings/book/?school={table.school.pk}" in client.get(address).content.decode()
    client.force_login(table.lead)
    assert "Book the next meeting" not in words(client.get(address))


def test_partner_who_was_asked_does_not_see_what_came_of_it(client, table, user_with):
    partner = user_with("early_help_worker")
    AttendanceFactory(meeting=table.meeting, user=partner)
    client.force_login(partner)
    assert client.get(page("meeting_after", table.meeting)).status_code == 404


# Practice.

NOTE = {"barrier": "transport", "title": "A bus buddy", "text": "Older pupils wait at the stop."}


def test_note_is_for_the_school_and_the_council_until_leave_is_given(client, table, user_with):
    client.force_login(table.officer)
    client.get(page("meeting_practice_write", table.meeting))
    client.post(page("meeting_practice_write", table.meeting), NOTE)
    note = PracticeNote.objects.get()
    assert "Other schools read it once the school gives leave." in words(
        client.get(page("meeting_after", table.meeting))
    )
    assert "No school has shared what worked yet." in words(client.get("/meetings/practice/"))
    facts = {"note": note.pk, "leave": "yes"}
    assert client.post(page("meeting_leave", table.meeting), facts).status_code == 403
    client.force_login(table.lead)
    client.post(page("meeting_leave", table.meeting), facts)
    client.force_login(user_with("school_lead", school=MeetingFactory().school))
    assert "A bus buddy" in words(client.get("/meetings/practice/"))


def test_leave_is_taken_back(lead, table):
    note = PracticeNoteFactory(
        meeting=table.meeting, leave_given_at=HELD, leave_given_by=table.lead
    )
    lead.post(page("meeting_leave", table.meeting), {"note": note.pk, "leave": "no"})
    note.refresh_from_db()
    assert note.leave_given_at is None
    assert lead.post(page("meeting_leave", table.meeting), {"note": "x"}).status_code == 404


def test_shared_notes_are_found_by_what_they_helped_with(officer, table):
    PracticeNoteFactory(meeting=table.meeting, leave_given_at=HELD, leave_given_by=table.lead)
    assert "A bus buddy" in words(officer.get("/meetings/practice/?barrier=transport"))
    other = words(officer.get("/meetings/practice/?barrier=sleep"))
    assert "No school has shared what helped with this yet." in other
    assert "A bus buddy" not in words(officer.get("/meetings/practice/?barrier=nothing"))


@pytest.mark.parametrize(
    ("missing", "said"), [("title", "Give it a title."), ("text", "Say what worked.")]
)
def test_note_that_says_nothing_is_refused(lead, table, missing, said):
    response = lead.post(page("meeting_practice_write", table.meeting), {**NOTE, missing: ""})
    assert said in words(response)


def test_practice_is_written_down_once_the_meeting_has_started(lead, table):
    ahead = MeetingFactory(school=table.school, term=3)
    assert "The meeting has not started." in words(lead.get(page("meeting_practice_write", ahead)))
    assert lead.post(page("meeting_practice_write", ahead), NOTE).status_code == 403


# Reflections.


def test_reflection_is_the_writer_s_alone_until_shared(client, table):
    address = page("meeting_reflection", table.meeting)
    after = page("meeting_after", table.meeting)
    client.force_login(table.officer)
    client.get(address)
    client.post(address, {"text": "We spoke too long."})
    assert "We spoke too long. Only you read it" in words(client.get(after))
    client.force_login(table.lead)
    assert "We spoke too long." not in words(client.get(after))
    client.force_login(table.officer)
    client.post(address, {"share": "yes"})
    client.force_login(table.lead)
    assert "We spoke too long." in words(client.get(after))
    client.force_login(table.officer)
    client.post(address, {"share": "no"})
    assert Reflection.objects.get().shared_at is None


def test_reflection_without_words_is_refused(officer, table):
    assert "Write what you think." in words(
        officer.post(page("meeting_reflection", table.meeting), {"text": ""})
    )


def test_reflection_of_somebody_else_is_not_shared(officer, table):
    ReflectionFactory(meeting=table.meeting)
    address = page("meeting_reflection", table.meeting)
    assert officer.post(address, {"share": "yes"}).status_code == 404


def test_partner_who_was_asked_may_reflect_and_goes_back_to_the_meeting(client, table, user_with):
    partner = user_with("early_help_worker")
    AttendanceFactory(meeting=table.meeting, user=partner)
    client.force_login(partner)
    response = client.post(page("meeting_reflection", table.meeting), {"text": "Good."})
    assert response.url == page("meeting", table.meeting)


# Accepting what was agreed without one.


@pytest.fixture
def asked(table):
    """Something that the school's lead was asked to do, who was not there."""
    return MeetingActionFactory(
        meeting=table.meeting,
        acceptance="asked",
        action__owner=table.lead,
        action__text="Meet at the gate",
        by=table.officer,
    )


def test_owner_finds_what_was_asked_of_them_and_accepts(lead, asked):
    assert "Asked of you at a meeting: 1" in words(lead.get("/actions/"))
    address = reverse("meeting_action_answer", args=[asked.pk])
    assert "Meet at the gate" in words(lead.get(address))
    assert "Say whether you accept it." in words(lead.post(address, {}))
    assert lead.post(address, {"answer": "yes"}).url == "/actions/"
    asked.refresh_from_db()
    assert asked.acceptance == "accepted"
    assert "Nobody is asking about this action now." in words(lead.get(address))


def test_owner_gives_it_back_with_a_reason(lead, table, asked):
    address = reverse("meeting_action_answer", args=[asked.pk])
    assert "Say why." in words(lead.post(address, {"answer": "no", "reason": ""}))
    lead.post(address, {"answer": "no", "reason": "I have moved on."})
    asked.action.refresh_from_db()
    assert asked.action.owner == table.officer


def test_somebody_else_does_not_answer(officer, table, asked):
    address = reverse("meeting_action_answer", args=[asked.pk])
    assert f"{table.lead} is asked, and answers." in words(officer.get(address))
    assert officer.post(address, {"answer": "yes"}).status_code == 403
    assert officer.post(address, {}).status_code == 403


def test_whoever_runs_meetings_answers_for_somebody_without_a_login(officer, table):
    row = MeetingActionFactory(
        meeting=table.meeting,
        acceptance="asked",
        action__owner=None,
        action__owner_name="Jo Nurse",
    )
    page_of = officer.get(page("meeting_after", table.meeting))
    assert "Say whether they accept" in words(page_of)
    officer.post(reverse("meeting_action_answer", args=[row.pk]), {"answer": "yes"})
    row.refresh_from_db()
    assert row.acceptance == "accepted"


def test_action_of_another_school_is_not_found(client, asked, user_with):
    client.force_login(user_with("school_lead", school=MeetingFactory().school))
    assert client.get(reverse("meeting_action_answer", args=[asked.pk])).status_code == 404


def test_own_action_can_be_marked_done_from_the_page(lead, table, asked):
    assert "Mark done: Meet at the gate" in words(lead.get(page("meeting_after", table.meeting)))
