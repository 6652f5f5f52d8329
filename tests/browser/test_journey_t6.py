"""T6, a targeting support meeting from start to finish: an officer, the school by its mail, and the
school's lead on a device of their own; four ways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.models import AuditEvent, User
from attendance_portal.shared import clock
from cases.models import Action
from dashboards.read_models.meetings.pack import pack_from
from meetings.models import Meeting, MeetingMail, PackSnapshot
from meetings.read_models.agreed import last_actions
from meetings.read_models.board import board
from tests.factories.classes import LATEST, SmallBorough
from tests.factories.journeys import Journey, Way, each_way
from tests.factories.meetings import MeetingFactory
from tests.factories.packs import case_of_ben, case_of_cal
from tests.factories.users import UserFactory

BOOKED_AT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
STARTS = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
#: What is promised, by what it is about.
PROMISES = {
    "Just over the line": "Breakfast before the first lesson",
    "Cal Sample": "Meet Cal at the bus stop",
    "Ben Sample": "Ask housing about the move",
}


@pytest.fixture
def people(borough: SmallBorough, user_with) -> dict[str, User]:
    """An officer who has every school, Ash's lead, and a worker of early help."""
    case_of_cal(borough)
    case_of_ben(borough)
    lead = user_with("school_lead", user=UserFactory(name="Lee Lead"), school=borough.ash)
    officer = user_with("attendance_officer", user=UserFactory(name="Omar Officer"))
    helper = user_with("early_help_worker", user=UserFactory(name="Wren Early"))
    return {"officer": officer, "lead": lead, "helper": helper}


@pytest.fixture
def at(monkeypatch, settings):
    """Moves the portal to a moment: `at(STARTS)`."""

    def stand(moment: datetime) -> None:
        settings.PORTAL_TODAY = moment.date()
        monkeypatch.setattr(clock, "now", lambda: moment)

    stand(BOOKED_AT)
    return stand


@pytest.fixture
def visitor(browser: Browser, live_server, way) -> Iterator[Page]:
    """Somebody who has not signed in, with a link from a mail."""
    context = browser.new_context(
        base_url=live_server.url, viewport=way.viewport, java_script_enabled=way.scripts
    )
    yield context.new_page()
    context.close()


def main(page: Page):
    return page.get_by_role("main")


def coverage(user: User) -> tuple[int, int]:
    """How many schools met this term, of how many."""
    found = board(user, academic_year=2025, term=2)
    held = sum(row.cells[1].tag.label == "Held" for row in found.rows)
    return held, len(found.rows)


def to_meetings(journey: Journey) -> None:
    """By the navigation, which a narrow screen with scripts folds into a menu: opening it is no
    step of the journey."""
    navigation = journey.page.get_by_role("navigation", name="Menu")
    if journey.way.by_keyboard:
        navigation.get_by_role("button", name="Menu").press("Enter")
    journey.follow(navigation.get_by_role("link", name="Meetings"))


def book(journey: Journey) -> None:
    """Clicks 1 to 4: Meetings, Book, early help comes too, Send."""
    page = journey.page
    to_meetings(journey)
    journey.follow(main(page).get_by_role("link", name="Book Ash School").last)
    page.get_by_label("First time: day").fill("2026-03-17")
    page.get_by_label("First time: hour").fill("9:30")
    page.get_by_label("Place").fill("Room 4")
    expect(page.get_by_role("checkbox", name="Lee Lead")).to_be_checked()
    journey.press(page.get_by_role("checkbox", name="Wren Early"))
    journey.follow(page.get_by_role("button", name="Send"))


def confirm(visitor: Page, meeting: Meeting, way: Way) -> int:
    """Click 5, by the school, from its mail, without signing in: Confirm."""
    visitor.goto(f"/m/{meeting.confirm_token}/")
    journey = Journey(visitor, way)
    journey.follow(visitor.get_by_role("button", name="Confirm"))
    expect(main(visitor)).to_contain_text("booked for Tuesday 17 March 2026")
    for name in ("Cal", "Ben", "Sample"):
        expect(main(visitor)).not_to_contain_text(name)
    assert journey.faults == {}
    return journey.clicks


def prepare(journey: Journey, meeting: Meeting) -> None:
    """Clicks 6 to 8: Prepare, Share the agenda, Freeze."""
    page = journey.page
    page.goto(f"/meetings/{meeting.pk}/")
    journey.follow(page.get_by_role("link", name="Prepare the meeting"))
    journey.follow(page.get_by_role("button", name="Share the agenda"))
    expect(main(page)).to_contain_text("The agenda is shared with the school.")
    journey.follow(page.get_by_role("button", name="Freeze the pack"))
    expect(main(page)).to_contain_text("The pack is frozen as version 1.")


def start(journey: Journey) -> None:
    """Clicks 9 and 10: Live, and who is here."""
    page = journey.page
    sub_pages = page.get_by_role("navigation", name="This meeting")
    journey.follow(sub_pages.get_by_role("link", name="Live"))
    expect(page.get_by_role("checkbox", name="Lee Lead")).to_be_checked()
    journey.follow(page.get_by_role("button", name="Start the meeting"))
    expect(main(page)).to_contain_text("Nothing agreed yet.")


def agree(journey: Journey, item: str, about: str, owner: User, due: date) -> None:
    """Two clicks: the agenda item, and Add. What, who, by when and about whom is typed."""
    page = journey.page
    agenda = page.get_by_role("navigation", name="Agenda", exact=True)
    journey.follow(agenda.get_by_role("link", name=re.compile(item)))
    page.get_by_label("What will be done?").fill(PROMISES[about])
    page.get_by_label("Who?").select_option(value=str(owner.pk))
    page.get_by_label("By when?").fill(due.isoformat())
    page.get_by_label("About", exact=True).select_option(label=about)
    journey.press(page.get_by_role("button", name="Add", exact=True))
    expect(page.locator("#agreed")).to_contain_text(PROMISES[about])
    journey.scan()


def no_minutes(page: Page) -> None:
    """Nothing on the page is a field to write minutes in."""
    assert page.get_by_label(re.compile("minutes", re.IGNORECASE)).count() == 0


@each_way
def test_a_meeting_from_start_to_finish(borough, people, at, visit, visitor, way):
    officer, lead = people["officer"], people["lead"]
    met_before = coverage(officer)[0]
    page = visit("attendance_officer", user=officer, viewport=way.viewport, scripts=way.scripts)
    journey = Journey(page, way)

    book(journey)
    meeting = Meeting.objects.get()
    assert MeetingMail.objects.filter(kind="offer", email=lead.email).count() == 1
    clicks = confirm(visitor, meeting, way)
    prepare(journey, meeting)
    pack_equals_the_schools_page(borough, officer)

    at(STARTS)
    start(journey)
    agree(journey, "What helped which group", "Just over the line", lead, date(2026, 3, 24))
    no_minutes(page)
    agree(journey, "severely absent", "Cal Sample", officer, date(2026, 3, 20))
    clicks += lead_adds_on_their_own_device(meeting, lead, visit, way)

    before_the_end = {(str(one.owner), one.text) for one in Action.objects.open()}
    assert before_the_end == {
        ("Lee Lead", PROMISES["Just over the line"]),
        ("Omar Officer", PROMISES["Cal Sample"]),
        ("Lee Lead", PROMISES["Ben Sample"]),
    }
    assert Meeting.objects.get().is_going_on

    journey.follow(page.get_by_role("link", name="Hide names"))
    expect(main(page)).not_to_contain_text("Cal Sample")
    expect(page.locator("#agreed")).to_contain_text(PROMISES["Ben Sample"].replace("Ben", "BS"))
    journey.follow(page.get_by_role("button", name="End the meeting"))
    expect(main(page)).to_contain_text("The summary is on its way.")

    assert journey.clicks + clicks == 18
    assert journey.faults == {}
    assert AuditEvent.objects.filter(verb="meeting.held", object_ref=str(meeting.pk)).count() == 1
    assert coverage(officer)[0] == met_before + 1
    summaries = MeetingMail.objects.filter(kind="summary").values_list("email", flat=True)
    assert set(summaries) == {person.email for person in people.values()}
    board_says_held(page)
    next_term_opens_with_the_three(borough, officer)


def lead_adds_on_their_own_device(meeting: Meeting, lead: User, visit, way: Way) -> int:
    """Two clicks by the school's lead, on a screen of their own."""
    page = visit(
        "school_lead", user=lead, school=meeting.school, viewport=way.viewport, scripts=way.scripts
    )
    page.goto(f"/meetings/{meeting.pk}/live/")
    journey = Journey(page, way)
    expect(page.locator("#agreed")).to_contain_text(PROMISES["Cal Sample"])
    agree(journey, "more than one agency", "Ben Sample", lead, date(2026, 3, 27))
    no_minutes(page)
    page.goto("/actions/")
    expect(main(page)).to_contain_text(PROMISES["Ben Sample"])
    expect(main(page)).to_contain_text(PROMISES["Just over the line"])
    assert journey.faults == {}
    return journey.clicks


def pack_equals_the_schools_page(borough: SmallBorough, officer: User) -> None:
    """Every figure of the frozen pack is that of the school's own page on the day of the freeze."""
    pack = pack_from(PackSnapshot.objects.get().content)
    client = Client()
    client.force_login(officer)
    page = client.get(f"/schools/{borough.ash.pk}/").context["page"]
    shares = {one.key: f"{one.share.part:,} of {one.share.whole:,}" for one in pack.figures}
    shown = {one.name.lower(): one.cell.count for one in page.figures}
    assert pack.as_of == LATEST
    for key in ("absence", "persistent", "severe", "unauthorised"):
        assert shown[key].startswith(shares[key]), key


def board_says_held(page: Page) -> None:
    page.goto("/meetings/")
    row = main(page).get_by_role("row").filter(has_text="Ash School")
    expect(row).to_contain_text("Held")
    no_minutes(page)


def next_term_opens_with_the_three(borough: SmallBorough, officer: User) -> None:
    """The summer's meeting begins with what was agreed in the spring."""
    summer = MeetingFactory(
        school=borough.ash, term=3, theme="hand_over", la_contact=officer,
        starts_at=datetime(2026, 5, 12, 9, 30, tzinfo=UTC),
    )  # fmt: skip
    opened = last_actions(officer, summer, date(2026, 5, 1))
    assert {line.text for line in opened} == set(PROMISES.values())
