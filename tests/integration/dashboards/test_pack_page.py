"""P21: the pack on the page, freezing it, and who reads of whom."""

from __future__ import annotations

import pytest

from accounts.models import AccessLogEntry
from attendance.services.nightly import run_for_everyone
from meetings.models import Meeting, PackSnapshot
from tests.factories.classes import LATEST, keep_register, queries_of
from tests.factories.meetings import AttendanceFactory, MeetingFactory, PackSnapshotFactory
from tests.factories.packs import SAID, case_of_ben, case_of_cal, meeting_at


@pytest.fixture
def meeting(borough):
    case_of_cal(borough)
    case_of_ben(borough)
    return meeting_at(borough)


def address(meeting, query="") -> str:
    return f"/meetings/{meeting.pk}/pack/{query}"


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def freeze(client, meeting, **typed):
    return client.post(f"/meetings/{meeting.pk}/pack/freeze/", typed, follow=True)


def test_before_a_freeze_the_page_says_that_it_is_a_preview(meeting, signed_in):
    text = text_of(signed_in("attendance_officer").get(address(meeting)))

    assert "Live preview: nothing is frozen yet" in text
    assert SAID in text
    assert "<strong>24.0%</strong>, 48 of 200 sessions" in text
    assert "Transport and the journey (1)" in text


def test_frozen_pack_keeps_its_figures_and_says_what_changed(borough, meeting, signed_in):
    client = signed_in("attendance_officer")
    text = text_of(freeze(client, meeting))
    assert "The pack is frozen as version 1." in text
    assert "Version 1, frozen " in text
    assert "Since frozen" not in text

    borough.ada.weeks.all().delete()
    keep_register(borough.ada, "III///////")
    run_for_everyone(as_of=LATEST)

    later = text_of(client.get(address(meeting)))
    assert "48 of 200 sessions" in later
    assert "Since frozen: all absence +3 sessions, authorised +3 sessions" in later


def test_each_freeze_is_a_version_and_the_latest_is_shown(borough, meeting, signed_in):
    client = signed_in("attendance_officer")
    freeze(client, meeting)
    freeze(client, meeting)
    assert PackSnapshot.objects.count() == 1  # nothing had changed

    borough.dee.weeks.all().delete()
    run_for_everyone(as_of=LATEST)
    freeze(client, meeting)

    assert "Version 2, frozen" in text_of(client.get(address(meeting)))
    assert "Version 1, frozen" in text_of(client.get(address(meeting, "?version=1")))
    assert client.get(address(meeting, "?version=3")).status_code == 404
    assert client.get(address(meeting, "?version=x")).status_code == 404


def test_stale_marks_ask_why(borough, meeting, signed_in):
    run_for_everyone(as_of=LATEST.replace(day=27))
    client = signed_in("attendance_officer")
    assert "Why do you freeze it all the same?" in text_of(
        client.get(f"/meetings/{meeting.pk}/pack/freeze/")
    )

    refused = freeze(client, meeting)
    assert "Say why the pack is frozen on marks that are behind." in text_of(refused)
    assert not PackSnapshot.objects.exists()

    text = text_of(freeze(client, meeting, stale_reason="The meeting is tomorrow."))
    assert "Frozen on marks that are behind: The meeting is tomorrow." in text


def test_initials_stand_for_names_everywhere(meeting, signed_in):
    client = signed_in("attendance_officer")
    freeze(client, meeting)

    text = text_of(client.get(address(meeting, "?names=initials")))

    assert "CS, Year " in text
    assert "Cal" not in text.replace("Call", "").replace("Called", "")
    assert "CS likes the workshop" in text


def test_every_child_named_is_logged_once(meeting, borough, signed_in):
    client = signed_in("attendance_officer")

    client.get(address(meeting))

    read = AccessLogEntry.objects.filter(page="meeting_pack")
    named = {str(one.pupil.public_id) for one in (borough.cal, borough.ben, borough.dee)}
    assert set(read.values_list("subject_ref", flat=True)) == named
    assert read.count() == len(named)


def test_lead_reads_own_schools_pack_and_may_not_freeze(borough, meeting, signed_in):
    client = signed_in("school_lead", school=borough.ash)

    text = text_of(client.get(address(meeting)))

    assert SAID in text
    assert "Freeze the pack" not in text
    assert client.get(f"/meetings/{meeting.pk}/pack/freeze/").status_code == 403
    assert client.post(f"/meetings/{meeting.pk}/pack/freeze/").status_code == 403


def test_lead_of_another_school_and_who_was_asked_from_elsewhere_find_no_pack(
    borough, meeting, user_with, signed_in
):
    assert signed_in("school_lead", school=borough.elm).get(address(meeting)).status_code == 404
    helper = user_with("early_help_worker")
    AttendanceFactory(meeting=meeting, user=helper)
    assert Meeting.objects.visible_to(helper).exists()
    assert signed_in("early_help_worker", user=helper).get(address(meeting)).status_code == 404


def test_child_who_left_is_left_out_of_a_frozen_pack_for_the_school(borough, meeting, signed_in):
    freeze(signed_in("attendance_officer"), meeting)
    borough.cal.ends_on = LATEST
    borough.cal.save()

    school = text_of(signed_in("school_lead", school=borough.ash).get(address(meeting)))
    assert "1 pupil has left the roll since the pack was frozen" in school
    assert SAID not in school
    assert "48 of 200 sessions" in school

    council = text_of(signed_in("attendance_officer").get(address(meeting)))
    assert SAID in council


def test_held_meeting_says_why_it_cannot_be_frozen(borough, signed_in):
    meeting = MeetingFactory(school=borough.ash, held=True)

    text = text_of(signed_in("attendance_officer").get(address(meeting)))

    assert "This meeting was held and ended. Nothing in it can be changed." in text
    assert "pack/freeze/" not in text


def test_before_the_first_run_there_is_no_pack(db, signed_in):
    meeting = MeetingFactory()
    client = signed_in("attendance_officer")

    assert "There are no figures yet." in text_of(client.get(address(meeting)))
    assert "There are no figures yet." in text_of(
        client.get(f"/meetings/{meeting.pk}/pack/freeze/")
    )
    assert client.post(f"/meetings/{meeting.pk}/pack/freeze/").status_code == 403


def test_pack_of_an_older_shape_says_so(meeting, signed_in):
    PackSnapshotFactory(meeting=meeting)

    response = signed_in("attendance_officer").get(address(meeting))

    assert "This version was frozen in an older form" in text_of(response)


def test_pack_asks_as_much_for_one_child_as_for_many(borough, meeting, signed_in):
    client = signed_in("attendance_officer")
    before = queries_of(client, address(meeting))
    from tests.factories.classes import UNAUTHORISED_WEEK, child

    for name in ("Una", "Uri", "Ulf"):
        case = child(borough.ash, name, *[UNAUTHORISED_WEEK] * 5)
        from tests.factories.cases import CaseFactory

        CaseFactory(enrolment=case)
    run_for_everyone(as_of=LATEST)

    assert queries_of(client, address(meeting)) == before
