"""Getting ready: tasks, what was tried, pupils to discuss, places, the frozen pack."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from attendance_portal.shared.errors import Invalid, Refused
from meetings.choices import Side
from meetings.models import Meeting
from meetings.read_models.preparation import (
    cohorts_tried,
    discussed,
    may_be_chosen,
    places_of,
    tasks_of,
)
from meetings.services.pack import checksum_of, freeze_pack, is_intact
from meetings.services.preparation import (
    choose_pupil,
    offer_places,
    remove_places,
    remove_pupil,
    tick_task,
    write_tried,
)
from tests.factories.meetings import AttendanceFactory
from tests.factories.pupils import EnrolmentFactory, PupilGrantFactory
from tests.factories.schools import SchoolFactory, make_terms
from tests.factories.tsm import BOOKED_ON, NOW, Table, lead_of, severe_flag

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(db):
    make_terms()
    made = Table()
    made.book()
    return made


def started(meeting) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(started_at=NOW)
    meeting.refresh_from_db()


# Tasks.


def test_each_side_ticks_its_own_tasks(table):
    tick_task(meeting=table.meeting, task="read_pack", is_done=True, by=table.officer, at=NOW)
    tasks = tasks_of(table.meeting)
    done = {side: [one.key for one in rows if one.is_done] for side, rows in tasks.items()}
    assert done == {Side.LA: ["read_pack"], Side.SCHOOL: []}
    first = tasks[Side.LA][0]
    assert (first.done_on, first.done_by) == (BOOKED_ON, str(table.officer))


def test_a_task_is_ticked_once_and_can_be_taken_back(table):
    facts = {"meeting": table.meeting, "task": "own_view", "by": table.lead, "at": NOW}
    first = tick_task(is_done=True, **facts)
    assert tick_task(is_done=True, **facts) == first
    assert tick_task(is_done=False, **facts) is None
    assert tick_task(is_done=False, **facts) is None
    assert not any(task.is_done for task in tasks_of(table.meeting)[Side.SCHOOL])


@pytest.mark.parametrize(("who", "task"), [("officer", "own_view"), ("lead", "offers")])
def test_a_task_of_the_other_side_is_not_ones_own(table, who, task):
    with pytest.raises(Invalid):
        tick_task(meeting=table.meeting, task=task, is_done=True, by=getattr(table, who), at=NOW)


# What was tried.


def test_what_was_tried_stands_at_its_group(table):
    for words in ("Breakfast.", " Breakfast, and it helped six. "):
        write_tried(meeting=table.meeting, cohort="drifting_up", tried=words, by=table.lead, at=NOW)
    rows = {row.cohort: row for row in cohorts_tried(table.meeting)}
    assert rows["drifting_up"].tried == "Breakfast, and it helped six."
    assert rows["coming_back"].tried == ""
    assert rows["drifting_up"].first_question == "Who has asked?"


@pytest.mark.parametrize("facts", [{"cohort": "tall"}, {"tried": " "}, {"tried": "x" * 2001}])
def test_what_cannot_be_tried(table, facts):
    given = {"cohort": "drifting_up", "tried": "Breakfast.", **facts}
    with pytest.raises(Invalid):
        write_tried(meeting=table.meeting, **given, by=table.lead, at=NOW)


# Pupils.


def choose(table, pupil, **facts):
    given = {"why": "chosen", "by": table.lead, **facts}
    return choose_pupil(meeting=table.meeting, pupil=pupil, on=BOOKED_ON, at=NOW, **given)


def test_who_is_severely_absent_is_in_by_itself(table):
    enrolment = EnrolmentFactory(school=table.school)
    severe_flag(enrolment)
    severe_flag(EnrolmentFactory())  # another school's
    severe_flag(
        EnrolmentFactory(school=table.school),
        closed_on=BOOKED_ON, close_reason="no_longer_met",
    )  # fmt: skip
    severe_flag(EnrolmentFactory(school=table.school), kind="at_risk")
    (one,) = discussed(table.lead, table.meeting)
    assert (one.pupil, one.is_severe, one.row_id) == (enrolment.pupil, True, None)
    assert one.why == ("Severely absent",)


def test_others_are_chosen_by_either_side(table):
    one, other = (EnrolmentFactory(school=table.school).pupil for _ in range(2))
    choose(table, one)
    choose(table, other, why="agencies", note="Health and housing", by=table.officer)
    found = discussed(table.officer, table.meeting)
    assert [row.why for row in found] == [
        ("Asked for by one side",),
        ("Needs more than one agency",),
    ]
    assert found[1].note == "Health and housing"


def test_one_may_be_in_for_two_reasons(table):
    enrolment = EnrolmentFactory(school=table.school)
    severe_flag(enrolment)
    choose(table, enrolment.pupil, why="agencies", note="Health")
    (row,) = discussed(table.lead, table.meeting)
    assert row.why == ("Severely absent", "Needs more than one agency")


@pytest.mark.parametrize(
    "facts", [{"why": "severe"}, {"why": "agencies"}, {"why": "because"}, {"note": "x" * 301}]
)
def test_a_reason_that_cannot_be(table, facts):
    pupil = EnrolmentFactory(school=table.school).pupil
    with pytest.raises(Invalid):
        choose(table, pupil, **facts)


def test_only_children_on_the_schools_roll_are_spoken_about(table):
    elsewhere = EnrolmentFactory().pupil
    left = EnrolmentFactory(school=table.school, ends_on=BOOKED_ON - timedelta(days=1)).pupil
    waiting = EnrolmentFactory(school=table.school, awaiting_confirmation=True).pupil
    for pupil in (elsewhere, left, waiting):
        with pytest.raises(Refused, match="not on the roll"):
            choose(table, pupil, by=table.officer)
    here = EnrolmentFactory(school=table.school).pupil
    assert may_be_chosen(table.lead, table.meeting, BOOKED_ON) == [here]


def test_a_child_is_taken_off_and_put_on_again(table):
    pupil = EnrolmentFactory(school=table.school).pupil
    row = choose(table, pupil)
    remove_pupil(discussed=row, by=table.officer, at=NOW)
    remove_pupil(discussed=row, by=table.officer, at=NOW)
    assert discussed(table.lead, table.meeting) == ()
    choose(table, pupil)
    assert [one.pupil for one in discussed(table.lead, table.meeting)] == [pupil]


def test_who_was_asked_from_elsewhere_is_shown_no_child(table, user_with):
    enrolment = EnrolmentFactory(school=table.school)
    severe_flag(enrolment)
    helper = user_with("early_help_worker")
    AttendanceFactory(meeting=table.meeting, user=helper)
    PupilGrantFactory(user=helper, pupil=enrolment.pupil)
    assert discussed(helper, table.meeting) == ()


def test_once_started_the_list_is_kept_as_it_was(table):
    severe_flag(EnrolmentFactory(school=table.school))
    started(table.meeting)
    assert discussed(table.lead, table.meeting) == ()


# Places.


def test_the_council_says_what_has_places_now(table):
    facts = {"meeting": table.meeting, "what": "Mentor", "agency": "voluntary", "at": NOW}
    offer_places(places=4, by=table.officer, **facts)
    row = offer_places(places=3, by=table.officer, **facts)
    (one,) = places_of(table.meeting)
    assert (one.what, one.agency, one.places) == ("Mentor", "Voluntary organisation", 3)
    remove_places(offered=row, by=table.officer, at=NOW)
    remove_places(offered=row, by=table.officer, at=NOW)
    assert places_of(table.meeting) == ()
    with pytest.raises(Refused):
        offer_places(places=4, by=table.lead, **facts)


@pytest.mark.parametrize(
    "facts", [{"what": ""}, {"agency": "nobody"}, {"places": -1}, {"places": 501}]
)
def test_places_that_cannot_be(table, facts):
    given = {"what": "Mentor", "agency": "voluntary", "places": 4, **facts}
    with pytest.raises(Invalid):
        offer_places(meeting=table.meeting, **given, by=table.officer, at=NOW)


@pytest.mark.parametrize("places", [0, 500])
def test_no_places_and_the_most(table, places):
    row = offer_places(
        meeting=table.meeting, what="Mentor", agency="voluntary", places=places,
        by=table.officer, at=NOW,
    )  # fmt: skip
    assert row.places == places


# When and by whom.


def test_after_the_start_preparation_can_only_be_read(table):
    pupil = EnrolmentFactory(school=table.school).pupil
    row = choose(table, pupil)
    started(table.meeting)
    who = {"by": table.lead, "at": NOW}
    for act in (
        lambda: tick_task(meeting=table.meeting, task="read_pack", is_done=True, **who),
        lambda: write_tried(meeting=table.meeting, cohort="drifting_up", tried="Bus.", **who),
        lambda: choose(table, pupil),
        lambda: remove_pupil(discussed=row, **who),
        lambda: offer_places(
            meeting=table.meeting, what="Mentor", agency="health", places=1,
            by=table.officer, at=NOW,
        ),
    ):  # fmt: skip
        with pytest.raises(Refused, match="From now on its preparation can only be read"):
            act()


def test_another_school_prepares_nothing(table, user_with):
    for user in (lead_of(SchoolFactory()), user_with("early_help_worker")):
        with pytest.raises(Refused):
            tick_task(meeting=table.meeting, task="read_pack", is_done=True, by=user, at=NOW)


# The pack.


def freeze(table, **facts):
    given = {"content": {"rate": Decimal("9.97"), "day": BOOKED_ON}, "as_of": BOOKED_ON, **facts}
    return freeze_pack(meeting=table.meeting, by=table.officer, at=NOW, **given)


def test_each_freeze_is_a_version_that_can_be_checked(table):
    one = freeze(table)
    other = freeze(table, content={"rate": "10.0"})
    assert (one.version, other.version) == (1, 2)
    one.refresh_from_db()
    assert is_intact(one)
    one.content["rate"] = "9.96"
    assert not is_intact(one)


def test_frozen_twice_without_a_change_it_is_one_version(table):
    assert freeze(table) == freeze(table)
    assert freeze(table, as_of=date(2026, 3, 2)).version == 2


def test_the_order_of_keys_does_not_matter_and_words_do():
    assert checksum_of({"a": 1, "b": 2}) == checksum_of({"b": 2, "a": 1})
    assert checksum_of({"a": 1}) != checksum_of({"a": 2})


@pytest.mark.parametrize(("behind", "asks"), [(2, False), (3, True)])
def test_a_freeze_on_stale_marks_asks_why(table, behind, asks):
    if asks:
        with pytest.raises(Refused, match="3 school days behind"):
            freeze(table, school_days_behind=behind, stale_reason=" ")
    reason = "The school's line is down." if asks else ""
    pack = freeze(table, school_days_behind=behind, stale_reason=reason)
    assert (pack.school_days_behind, pack.stale_reason) == (behind, reason)


def test_the_school_does_not_freeze_and_what_is_over_is_not_frozen(table):
    with pytest.raises(Refused):
        freeze_pack(meeting=table.meeting, content={}, as_of=BOOKED_ON, by=table.lead, at=NOW)
    Meeting.objects.update(state="held", started_at=NOW, ended_at=NOW, people_there=2)
    with pytest.raises(Refused, match="was held and ended"):
        freeze(table)
