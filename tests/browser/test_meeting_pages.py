"""The pack and the live meeting with something on them, wide and at 320 pixels."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from attendance_portal.shared import clock
from dashboards.read_models.meetings.pack import build_pack, content_of
from meetings.services.pack import freeze_pack
from tests.browser.test_every_page import Tour
from tests.factories.classes import LATEST
from tests.factories.packs import case_of_ben, case_of_cal
from tests.factories.tsm import MEETING_ON, NOW, TIMES, Table


@pytest.fixture
def table(borough, settings, monkeypatch) -> Table:
    """A meeting with Ash on its day: the pack frozen, started, one action agreed."""
    case_of_cal(borough)
    case_of_ben(borough)
    made = Table(school=borough.ash)
    made.book()
    content = content_of(build_pack(made.meeting, made.officer, as_of=LATEST, on=MEETING_ON))
    freeze_pack(meeting=made.meeting, content=content, as_of=LATEST, by=made.officer, at=NOW)
    settings.PORTAL_TODAY = MEETING_ON
    monkeypatch.setattr(clock, "now", lambda: TIMES[0])
    return made


def addresses(table: Table, borough) -> list[str]:
    """The pack in both forms, every item of the agenda, what opens in place, and the steps."""
    root = f"/meetings/{table.meeting.pk}/"
    cal = borough.cal.pupil.public_id
    items = [f"live/?item={place}" for place in range(2, 8)]
    opened = ["live/?item=2&open=cohort:just_over_the_line", f"live/?item=3&open=pupil:{cal}"]
    steps = ["live/decision/", f"live/referral/?item=3&open=pupil:{cal}", "live/end/"]
    pages = ["pack/?version=1", "pack/?names=initials", "live/agreed/", *items, *opened, *steps]
    return [root + page for page in pages]


def test_every_state_of_pack_and_live_is_clean(borough, table, visit):
    page = visit("attendance_officer", user=table.officer)
    tour = Tour(page)
    tour.open(f"/meetings/{table.meeting.pk}/live/?names=initials")
    table.start()
    table.agree()
    for address in addresses(table, borough):
        tour.open(address)

    assert tour.faults == {}


def test_what_others_add_comes_by_itself_and_takes_no_focus(borough, table, visit):
    table.start()
    page = visit("attendance_officer", user=table.officer)
    page.goto(f"/meetings/{table.meeting.pk}/live/")
    field = page.get_by_label("What will be done?")
    field.fill("Half of a sent")
    field.focus()

    table.agree("Breakfast before lessons", due_on=date(2026, 3, 24))
    page.evaluate("document.body.dispatchEvent(new Event('every-10s'))")

    expect(page.locator("#agreed")).to_contain_text("Breakfast before lessons")
    expect(page.locator("#agreed-count")).to_have_text("1 thing agreed so far")
    expect(field).to_be_focused()
    expect(field).to_have_value("Half of a sent")
