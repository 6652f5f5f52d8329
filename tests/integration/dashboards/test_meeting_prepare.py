"""P20: preparing a meeting from both sides, and what can only be read once it has started."""

from __future__ import annotations

import re
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import AccessLogEntry
from attendance_portal.shared import clock
from meetings.choices import EXPECTATIONS
from meetings.models import CohortNote, DiscussedPupil, PlacesOffered, SelfAssessment
from tests.factories.meetings import (
    AttendanceFactory,
    CohortNoteFactory,
    DiscussedPupilFactory,
    ExpectationScoreFactory,
    MeetingActionFactory,
    MeetingFactory,
    PlacesOfferedFactory,
    SelfAssessmentFactory,
)
from tests.factories.tsm import NOW, Table


def words(response) -> str:
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    return re.sub(r"\s+", " ", unescape(strip_tags(main)))


@pytest.fixture(autouse=True)
def _stands_still(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def table(borough) -> Table:
    made = Table(borough.ash)
    made.book()
    return made


@pytest.fixture
def officer(client, table):
    client.force_login(table.officer)
    return client


@pytest.fixture
def lead(client, table):
    client.force_login(table.lead)
    return client


@pytest.fixture
def started(table):
    """Another meeting of the school, which goes on."""
    return MeetingFactory(school=table.school, term=1, going_on=True, la_contact=table.officer)


def page(route: str, meeting, *names) -> str:
    return reverse(route, args=[meeting.pk, *names])


# The task list.


def test_each_side_finds_its_own_tasks_first(client, table):
    address = page("meeting_prepare", table.meeting)
    client.force_login(table.officer)
    of_council = words(client.get(address))
    client.force_login(table.lead)
    of_school = words(client.get(address))
    assert of_council.index("Attendance team: 0 of 6 done") < of_council.index("School: 0 of 7")
    assert of_school.index("School: 0 of 7 done") < of_school.index("Attendance team: 0 of 6")


def test_task_is_ticked_and_unticked(lead, table):
    address = page("meeting_prepare", table.meeting)
    lead.post(address, {"task": "what_helped", "is_done": "yes"})
    assert f"Done 3 Mar 2026, {table.lead}" in words(lead.get(address))
    lead.post(address, {"task": "what_helped", "is_done": "no"})
    assert "School: 0 of 7 done" in words(lead.get(address))


@pytest.mark.parametrize("task", ["offers", "nothing", ""])
def test_task_of_the_other_side_is_not_found(lead, table, task):
    address = page("meeting_prepare", table.meeting)
    assert lead.post(address, {"task": task, "is_done": "yes"}).status_code == 404


def test_partner_who_is_asked_does_not_prepare(client, table, user_with):
    partner = user_with("early_help_worker")
    AttendanceFactory(meeting=table.meeting, user=partner)
    client.force_login(partner)
    assert client.get(page("meeting_prepare", table.meeting)).status_code == 403


def test_agenda_is_asked_for_in_time(officer, table):
    found = words(officer.get(page("meeting_prepare", table.meeting)))
    assert "Share the agenda by Tue 10 Mar 2026, 5 school days before." in found


def test_page_counts_children_and_names_none(officer, table):
    found = words(officer.get(page("meeting_prepare", table.meeting)))
    assert "1 child on the list, 1 of them severely absent and in by themselves." in found
    assert "Cal Sample" not in found
    assert "Does each have a plan they had a say in? 1 pupil" in found


def test_last_time_s_actions_stand_at_the_end(officer, table, borough):
    before = MeetingFactory(school=table.school, term=1, held=True)
    MeetingActionFactory(
        meeting=before,
        action__text="Meet at the gate",
        about="pupil",
        action__pupil=borough.ben.pupil,
    )
    assert "Meet at the gate" in words(officer.get(page("meeting_prepare", table.meeting)))
    assert read_of() == [str(borough.ben.pupil.public_id)]


def test_after_the_start_it_is_only_read(officer, started):
    address = page("meeting_prepare", started)
    found = words(officer.get(address))
    assert "The meeting has started. From now on its preparation can only be read." in found
    assert "Mark done" not in found
    assert officer.post(address, {"task": "offers", "is_done": "yes"}).status_code == 403


# What was tried.


def test_school_says_what_it_tried_for_a_group(lead, table):
    address = page("meeting_tried", table.meeting, "many_short_absences")
    assert "What happens on those mornings?" in words(lead.get(address))
    response = lead.post(address, {"tried": "Breakfast; it helped six."})
    assert response.url == page("meeting_prepare", table.meeting) + "#tried"
    assert CohortNote.objects.get().tried == "Breakfast; it helped six."
    assert "Breakfast; it helped six." in lead.get(address).content.decode()
    assert "Breakfast; it helped six." in words(lead.get(page("meeting_prepare", table.meeting)))


def test_nothing_said_is_refused_at_its_field(lead, table):
    address = page("meeting_tried", table.meeting, "many_short_absences")
    assert "Say what you tried." in words(lead.post(address, {"tried": " "}))


def test_group_that_never_was_is_not_found(lead, table):
    assert lead.get(page("meeting_tried", table.meeting, "league")).status_code == 404


def test_what_was_tried_stays_to_be_read_after_the_start(lead, started):
    CohortNoteFactory(meeting=started)
    address = page("meeting_tried", started, "many_short_absences")
    found = words(lead.get(address))
    assert "Breakfast at school; it helped six of them." in found
    assert "The meeting has started." in found
    assert lead.post(address, {"tried": "More"}).status_code == 403


# Support with places.


def test_council_writes_down_support_with_places(officer, table):
    address = page("meeting_offers", table.meeting)
    officer.get(address)
    officer.post(address, {"what": "A mentor", "agency": "voluntary", "places": "4"})
    assert PlacesOffered.objects.get().places == 4
    assert "A mentor, " in words(officer.get(page("meeting_prepare", table.meeting)))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"what": ""}, "Say what the support is."),
        ({"places": ""}, "Enter a number."),
        ({"places": "few"}, "Enter a whole number."),
        ({"places": "-1"}, "Give a number from 0 to 500."),
        ({"places": "501"}, "Give a number from 0 to 500."),
    ],
)
def test_support_that_cannot_be_is_said(officer, table, changes, said):
    facts = {"what": "A mentor", "agency": "voluntary", "places": "4", **changes}
    assert said in words(officer.post(page("meeting_offers", table.meeting), facts))
    assert not PlacesOffered.objects.exists()


def test_support_is_taken_off(officer, table):
    row = PlacesOfferedFactory(meeting=table.meeting)
    address = page("meeting_offers", table.meeting)
    officer.post(address, {"remove": row.pk})
    assert "An hour a week with a mentor, " not in words(
        officer.get(page("meeting_prepare", table.meeting))
    )
    assert officer.post(address, {"remove": "x"}).status_code == 404


def test_school_reads_what_has_places_and_adds_nothing(lead, table):
    PlacesOfferedFactory(meeting=table.meeting)
    address = page("meeting_offers", table.meeting)
    assert "An hour a week with a mentor" in words(lead.get(page("meeting_prepare", table.meeting)))
    facts = {"what": "A mentor", "agency": "voluntary", "places": "4"}
    assert lead.post(address, facts).status_code == 403


# Children to discuss.


def read_of() -> list[str]:
    return list(AccessLogEntry.objects.filter(action="view").values_list("subject_ref", flat=True))


def test_severely_absent_children_are_in_and_the_reading_is_logged(officer, table, borough):
    found = words(officer.get(page("meeting_pupils", table.meeting)))
    assert "Cal Sample" in found
    assert "Severely absent" in found
    assert read_of() == [str(borough.cal.pupil.public_id)]


def test_child_is_found_by_group_or_by_name_and_each_name_is_logged(officer, table, borough):
    address = page("meeting_pupils", table.meeting)
    by_group = words(officer.get(address, {"cohort": "just_over_the_line"}))
    assert "Ben Sample" in by_group
    assert "Ada Sample" not in by_group
    by_name = words(officer.get(address, {"q": "ada"}))
    assert "Ada Sample" in by_name
    assert str(borough.ada.pupil.public_id) in read_of()
    assert "Eve Sample" not in words(officer.get(address, {"q": "eve"}))


@pytest.mark.parametrize("query", [{"cohort": "league"}, {"q": "a"}, {}])
def test_nobody_is_listed_until_something_is_asked(officer, table, query):
    assert "Ada Sample" not in words(officer.get(page("meeting_pupils", table.meeting), query))


def test_child_who_needs_more_than_one_agency_is_put_on_the_list(lead, table, borough):
    address = page("meeting_choose", table.meeting, borough.ben.pupil.public_id)
    assert "Ben Sample" in words(lead.get(address))
    refused = lead.post(address, {"why": "agencies", "note": ""})
    assert "Say which agencies are needed." in words(refused)
    response = lead.post(address, {"why": "agencies", "note": "School nurse"})
    assert response.url == page("meeting_pupils", table.meeting)
    found = words(lead.get(response.url))
    assert "Needs more than one agency School nurse" in found
    assert "School nurse" in lead.get(address).content.decode()


def test_pressed_twice_the_child_is_on_the_list_once(lead, table, borough):
    address = page("meeting_choose", table.meeting, borough.ben.pupil.public_id)
    facts = {"why": "chosen", "note": "", "form_token": str(uuid4())}
    assert lead.post(address, facts).url == lead.post(address, facts).url
    assert DiscussedPupil.objects.count() == 1


def test_child_is_taken_off_the_list(officer, table, borough):
    row = DiscussedPupilFactory(
        meeting=table.meeting, pupil=borough.ben.pupil, why="chosen", by=table.officer
    )
    address = page("meeting_pupils", table.meeting)
    officer.post(address, {"remove": row.pk})
    officer.get(address)  # says what was done, once
    assert "Ben Sample" not in words(officer.get(address))
    assert officer.post(address, {"remove": "x"}).status_code == 404


def test_child_of_another_school_is_not_chosen(officer, lead, table, borough):
    address = page("meeting_choose", table.meeting, borough.eve.pupil.public_id)
    lead.force_login(table.officer)
    assert "This child is not on the roll of Ash School." in words(lead.get(address))
    assert lead.post(address, {"why": "chosen", "note": ""}).status_code == 403
    lead.force_login(table.lead)
    assert lead.get(address).status_code == 404


def test_list_can_only_be_read_after_the_start(officer, table, borough, started):
    row = DiscussedPupilFactory(
        meeting=started, pupil=borough.ben.pupil, why="chosen", by=table.officer
    )
    address = page("meeting_pupils", started)
    found = words(officer.get(address))
    assert "Ben Sample" in found
    assert "Choose another child" not in found
    assert officer.post(address, {"remove": row.pk}).status_code == 403
    choose = page("meeting_choose", started, borough.ada.pupil.public_id)
    assert officer.post(choose, {"why": "chosen", "note": ""}).status_code == 403


# The school's own view.


def scored(**changes) -> dict:
    return {
        "version": "0",
        **dict.fromkeys(EXPECTATIONS, "3"),
        "strengths": "Mornings.",
        **changes,
    }


def test_school_writes_and_shares_its_own_view(client, table):
    write = page("meeting_own_view_write", table.meeting)
    read = page("meeting_own_view", table.meeting)
    client.force_login(table.lead)
    assert "Nothing is written for this term yet." in words(client.get(read))
    client.get(write)
    assert client.post(write, scored(note_policy="Read in assembly.")).url == read
    client.force_login(table.officer)
    assert "The school has not shared its own view for this term yet." in words(client.get(read))
    client.force_login(table.lead)
    client.post(read)
    client.force_login(table.officer)
    found = words(client.get(read))
    assert "Mostly in place Read in assembly." in found
    assert "Mornings." in found
    assert f"Shared by {table.lead} on 3 Mar 2026" in found


def test_view_that_is_not_whole_is_not_shared(lead, table):
    lead.post(page("meeting_own_view_write", table.meeting), scored(policy=""))
    response = lead.post(page("meeting_own_view", table.meeting))
    assert "Score these first: Attendance policy." in words(response)
    assert SelfAssessment.objects.get().state == "draft"


def test_view_that_was_never_written_is_not_shared(lead, table):
    assert lead.post(page("meeting_own_view", table.meeting)).status_code == 403


def test_what_moved_since_last_time_and_what_to_speak_about_next(client, table):
    last = SelfAssessmentFactory(
        school=table.school, term=1, state="submitted", submitted_at=NOW, submitted_by=table.lead
    )
    for key, score in (("policy", 4), ("champion", 2), ("governors", 3)):
        ExpectationScoreFactory(assessment=last, expectation=key, score=score)
    client.force_login(table.lead)
    client.post(
        page("meeting_own_view_write", table.meeting), scored(policy="3", champion="4", data="2")
    )
    found = words(client.get(page("meeting_own_view", table.meeting)))
    moved = "Of 3 expectations scored both times, 1 further on, 1 as last time, 1 less far."
    assert moved in found
    speak = found[found.index("What to speak about next") :]
    assert "Attendance policy: Less far than last time: Mostly in place" in speak
    assert "Data looked at: Begun" in speak


def test_somebody_else_saved_meanwhile_is_said(lead, table):
    write = page("meeting_own_view_write", table.meeting)
    lead.post(write, scored())
    response = lead.post(write, scored(strengths="Other."))
    assert response.status_code == 409
    assert "Somebody else has saved this meanwhile." in words(response)


def test_council_does_not_write_the_school_s_view(officer, table):
    write = page("meeting_own_view_write", table.meeting)
    assert "The school writes its own view." in words(officer.get(write))
    assert officer.post(write, scored()).status_code == 403
    assert officer.post(page("meeting_own_view", table.meeting)).status_code == 403


def test_view_is_only_read_after_the_start(lead, started):
    write = page("meeting_own_view_write", started)
    assert "The meeting has started." in words(lead.get(write))
    assert lead.post(write, scored()).status_code == 403
