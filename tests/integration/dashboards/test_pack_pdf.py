"""The pack on paper: made by the worker, kept for a while, and written down when taken out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from kombu.exceptions import OperationalError

from accounts.models import AccessLogEntry
from attendance_portal.shared import clock
from dashboards.printing.pack import SHEETS, pack_paper, printed_pack
from dashboards.read_models.meetings.pack import build_pack, content_of
from dashboards.tasks import make_pack_paper
from tests.factories.classes import LATEST, child
from tests.factories.meetings import PackSnapshotFactory
from tests.factories.packs import SAID, TODAY, case_of_ben, case_of_cal, meeting_at
from tests.factories.papers import read_paper

AT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def officer(user_with):
    return user_with("attendance_officer")


def frozen(borough, officer):
    """The first version of Ash's pack."""
    meeting = meeting_at(borough)
    content = content_of(build_pack(meeting, officer, as_of=LATEST, on=TODAY))
    return PackSnapshotFactory(meeting=meeting, as_of=LATEST, content=content)


@pytest.fixture
def snapshot(borough, officer):
    case_of_cal(borough)
    case_of_ben(borough)
    return frozen(borough, officer)


def address(snapshot, query="") -> str:
    return f"/meetings/{snapshot.meeting_id}/pack.pdf{query}"


def test_paper_says_what_the_page_says(snapshot, officer):
    made = printed_pack(pack_paper(snapshot, officer, is_initials=False), at=AT)

    text = read_paper(made.pdf).text
    assert read_paper(made.pdf).is_tagged
    assert made.pages <= SHEETS + 1
    assert "24.0%, 48 of 200 sessions" in text
    assert "Cal Sample" in text
    assert SAID in text
    assert "Nobody must read this" not in text


def test_paper_with_initials_names_nobody(snapshot, officer):
    made = printed_pack(pack_paper(snapshot, officer, is_initials=True), at=AT)

    text = read_paper(made.pdf).text
    assert "CS" in text
    assert "Sample" not in text


def test_long_lists_are_cut_until_the_sheets_hold_them(borough, officer, monkeypatch):
    for number in range(30):
        child(borough.ash, f"Kim{number}", "III///////")
    borough.run(LATEST)
    snapshot = frozen(borough, officer)
    monkeypatch.setattr("dashboards.printing.pack.SHEETS", 1)

    text = read_paper(
        printed_pack(pack_paper(snapshot, officer, is_initials=False), at=AT).pdf
    ).text

    assert "more stand on the screen." in text


def test_worker_makes_it_while_the_page_waits(snapshot, signed_in, monkeypatch):
    asked = []
    monkeypatch.setattr(make_pack_paper, "apply_async", lambda args, **_: asked.append(args))
    client = signed_in("attendance_officer")

    first = client.get(address(snapshot))
    assert "It is not ready yet." in first.content.decode()
    client.get(address(snapshot))
    assert asked == [(snapshot.pk, client.user.pk, False)]

    make_pack_paper(*asked[0])
    looked = client.get(address(snapshot), headers={"HX-Request": "true"}).content.decode()
    assert "Open the PDF" in looked
    assert not AccessLogEntry.objects.filter(page="meeting_pack_pdf").exists()
    ready = client.get(address(snapshot))
    assert ready.headers["Content-Type"] == "application/pdf"
    assert "pack_" in ready.headers["Content-Disposition"]
    taken = AccessLogEntry.objects.filter(page="meeting_pack_pdf", action="export")
    assert taken.filter(subject_ref=str(borough_child(snapshot))).count() == 1


def borough_child(snapshot):
    return snapshot.content["severe"][0]["pupil"]["public_id"]


def test_names_and_initials_are_two_files(snapshot, signed_in, monkeypatch):
    monkeypatch.setattr(make_pack_paper, "apply_async", lambda args, **_: make_pack_paper(*args))
    client = signed_in("attendance_officer")
    for query in ("", "?names=initials"):
        client.get(address(snapshot, query))

    with_names, initials = (
        read_paper(client.get(address(snapshot, query)).content).text
        for query in ("", "?names=initials")
    )
    assert "Cal Sample" in with_names
    assert "Cal Sample" not in initials


def test_where_no_worker_can_be_told_it_is_made_at_once(snapshot, signed_in, monkeypatch):
    def refuse(*_, **__):
        raise OperationalError

    monkeypatch.setattr(make_pack_paper, "apply_async", refuse)

    response = signed_in("attendance_officer").get(address(snapshot))

    assert response.headers["Content-Type"] == "application/pdf"


def test_where_the_worker_does_not_come_it_is_made_for_whoever_asks_again(
    snapshot, signed_in, monkeypatch
):
    monkeypatch.setattr(make_pack_paper, "apply_async", lambda *_, **__: None)
    client = signed_in("attendance_officer")
    client.get(address(snapshot))
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(seconds=30))

    response = client.get(address(snapshot))

    assert response.headers["Content-Type"] == "application/pdf"


def test_before_a_freeze_or_of_an_older_form_there_is_no_paper(borough, signed_in):
    meeting = meeting_at(borough)
    client = signed_in("attendance_officer")
    page = client.get(f"/meetings/{meeting.pk}/pack.pdf").content.decode()
    assert "Nothing is frozen yet." in page

    old = PackSnapshotFactory(meeting=meeting)
    assert "an older form" in client.get(address(old)).content.decode()


def test_another_schools_lead_finds_no_paper(snapshot, borough, signed_in):
    client = signed_in("school_lead", school=borough.elm)

    assert client.get(address(snapshot)).status_code == 404


def test_worker_makes_nothing_for_somebody_who_may_not_read_it(
    snapshot, borough, user_with, monkeypatch
):
    made = []
    monkeypatch.setattr("dashboards.tasks.keep_paper", lambda asked, at: made.append(asked))

    make_pack_paper(snapshot.pk, user_with("school_lead", school=borough.elm).pk, False)
    assert made == []

    make_pack_paper(snapshot.pk, user_with("school_lead", school=borough.ash).pk, False)
    assert len(made) == 1
