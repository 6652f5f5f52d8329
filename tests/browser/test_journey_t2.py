"""T2, a visit logged in the kitchen: a phone, a slow network, one thumb; four ways."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from accounts.models import Draft
from attendance_portal.shared import clock
from attendance_portal.shared.clock import LONDON
from cases.models import Action, Case, Contact, TimelineEntry
from schools.models import Household
from tests.factories.cases import ActionFactory, CaseFactory, ContactFactory
from tests.factories.journeys import Journey, Way, each_way
from tests.factories.pupils import (
    EnrolmentFactory,
    ParentFactory,
    PupilFactory,
    PupilGrantFactory,
    ResponsibilityFactory,
)
from tests.factories.schools import make_terms
from tests.factories.screens import PHONE, follow, is_wider_than_the_screen
from tests.factories.users import UserFactory

SAID = "We talked about the bus. Robin wants to try Monday with a friend."
#: The third school day after Tuesday 3 March 2026.
THIRD_SCHOOL_DAY = date(2026, 3, 6)
LONGEST_SECONDS = 30
PHONE_WAY = Way(PHONE, scripts=True, by_keyboard=False)
#: A phone at the edge of a village: 400 ms there and back, 50 kB a second.
SLOW = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 50 * 1024,
    "uploadThroughput": 20 * 1024,
}


@pytest.fixture
def worker(transactional_db):
    return UserFactory(name="Wren Early")


@pytest.fixture
def case(worker) -> Case:
    """Two families of the worker; Robin's and his sister's is first, for a review is due today."""
    make_terms()
    home = Household.objects.create()
    made = family("Robin", worker, home, date(2026, 3, 3))
    family("Maya", worker, home, date(2026, 3, 20))
    family("Ola", worker, None, date(2026, 3, 12))
    return made


def family(forename: str, worker, home, next_review_on: date) -> Case:
    pupil = PupilFactory(
        forename=forename,
        surname="Sample",
        folded_name=f"sample, {forename.lower()}",
        household=home,
    )
    PupilGrantFactory(user=worker, pupil=pupil)
    return CaseFactory(enrolment=EnrolmentFactory(pupil=pupil), next_review_on=next_review_on)


def main(page: Page):
    return page.get_by_role("main")


def card(page: Page):
    return page.get_by_role("region", name="Sample family").first


def slow(page: Page) -> Page:
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    return page


def fill_in(journey: Journey) -> None:
    """Clicks 1 to 4: Log on the first card, Visit, Both, two sentences, In 3 school days."""
    page = journey.page
    journey.follow(card(page).get_by_role("button", name="Log a contact"))
    journey.press(page.get_by_label("Visit", exact=True))
    journey.press(page.get_by_label("Both", exact=True))
    page.get_by_label("What was said?").fill(SAID)
    journey.press(page.get_by_label("In 3 school days, Fri 6 Mar"))


@each_way
def test_a_visit_is_logged_in_the_kitchen(case, worker, visit, way):
    way = Way(way.viewport if way.by_keyboard else PHONE, way.scripts, way.by_keyboard)
    page = visit("early_help_worker", user=worker, viewport=way.viewport, scripts=way.scripts)
    journey = Journey(page, way)

    fill_in(journey)
    journey.follow(page.get_by_role("button", name="Save", exact=True))

    expect(main(page)).to_contain_text("Visit saved. You will be in touch again by Fri 6 Mar 2026.")
    expect(card(page)).to_contain_text("Last contact today")
    assert journey.clicks == 5
    assert journey.faults == {}
    contact = Contact.objects.get()
    assert (contact.case, contact.said, contact.by) == (case, SAID, worker)
    assert contact.at.astimezone(LONDON).date() == clock.today()
    assert Action.objects.get().due_on == THIRD_SCHOOL_DAY
    assert not Draft.objects.exists()


def test_it_takes_less_than_half_a_minute_on_a_slow_network(case, worker, visit):
    page = slow(visit("early_help_worker", user=worker, viewport=PHONE))
    page.goto("/families/")
    began = time.monotonic()

    follow(card(page).get_by_role("button", name="Log a contact"))
    page.get_by_label("Visit", exact=True).check()
    page.get_by_label("Both", exact=True).check()
    page.get_by_label("What was said?").fill(SAID)
    page.get_by_label("In 3 school days, Fri 6 Mar").check()
    follow(page.get_by_role("button", name="Save", exact=True))

    assert time.monotonic() - began < LONGEST_SECONDS
    expect(card(page)).to_contain_text("Last contact today")


def test_the_officers_timeline_has_it(case, worker, visit):
    journey = Journey(visit("early_help_worker", user=worker, viewport=PHONE), PHONE_WAY)
    fill_in(journey)
    journey.follow(journey.page.get_by_role("button", name="Save", exact=True))

    page = visit("attendance_officer")
    page.goto(f"/pupils/{case.pupil.public_id}/timeline/")

    expect(main(page)).to_contain_text("Visit: the child and a parent")
    expect(main(page)).to_contain_text("Early help worker")
    assert TimelineEntry.objects.filter(kind="contact").count() == 1


def test_save_pressed_twice_is_one_entry(case, worker, visit):
    page = slow(visit("early_help_worker", user=worker, viewport=PHONE))
    page.goto("/families/")
    fill_in(Journey(page, PHONE_WAY))

    page.get_by_role("button", name="Save", exact=True).dblclick(no_wait_after=True)
    expect(card(page)).to_contain_text("Last contact today")

    assert (Contact.objects.count(), Action.objects.count()) == (1, 1)


def test_a_network_lost_before_save_keeps_the_draft(case, worker, visit):
    page = visit("early_help_worker", user=worker, viewport=PHONE)
    fill_in(Journey(page, PHONE_WAY))
    expect(page.locator(".app-draft__state")).to_contain_text("Draft saved")

    page.context.set_offline(True)
    with suppress(Exception):
        page.get_by_role("button", name="Save", exact=True).click(timeout=2000)
    page.context.set_offline(False)
    page.goto(f"/log/?pupil={case.pupil.public_id}")

    expect(page.get_by_label("What was said?")).to_have_value(SAID)
    expect(page.get_by_label("Visit", exact=True)).to_be_checked()
    expect(page.get_by_label("In 3 school days, Fri 6 Mar")).to_be_checked()
    assert not Contact.objects.exists()
    follow(page.get_by_role("button", name="Save", exact=True))
    expect(card(page)).to_contain_text("Last contact today")


def test_without_scripts_the_draft_is_a_button(case, worker, visit):
    page = visit("early_help_worker", user=worker, viewport=PHONE, scripts=False)
    fill_in(Journey(page, Way(PHONE, scripts=False, by_keyboard=False)))

    follow(page.get_by_role("button", name="Save draft"))

    expect(page.get_by_label("What was said?")).to_have_value(SAID)
    expect(main(page)).to_contain_text("Your draft is saved. Only you see it.")
    follow(page.get_by_role("button", name="Save", exact=True))
    expect(card(page)).to_contain_text("Last contact today")
    assert not Draft.objects.exists()


def test_another_workers_family_is_a_page_that_never_was(case, visit):
    page = visit("early_help_worker", viewport=PHONE)

    for address in (
        f"/log/?pupil={case.pupil.public_id}",
        f"/families/{case.pupil.public_id}/sheet/",
        f"/cases/{case.reference}/",
        f"/pupils/{case.pupil.public_id}/",
    ):
        assert page.goto(address).status == 404
    page.goto("/families/")
    expect(main(page)).to_contain_text("No families are assigned to you.")


@pytest.mark.parametrize("address", ["/families/", "/log/?pupil={pupil}"])
def test_what_is_pressed_is_44_pixels_high_on_a_phone(case, worker, visit, address):
    page = visit("early_help_worker", user=worker, viewport=PHONE)
    page.goto(address.format(pupil=case.pupil.public_id))

    low = page.evaluate(
        """() => [...document.querySelectorAll(
            'main a, main button, main summary, main label.govuk-radios__label')]
            .filter(e => e.offsetParent && e.getBoundingClientRect().height < 44)
            .map(e => e.textContent.trim() + ' ' + e.getBoundingClientRect().height)"""
    )

    assert low == []
    assert not is_wider_than_the_screen(page)


def test_the_visit_sheet_is_one_page_of_paper(case, worker, visit, tmp_path):
    """A family about which there is more to say than a page holds."""
    words = "We talked about the mornings and about the bus. " * 20
    for _ in range(3):
        ContactFactory(
            case=case, said=words, child_words=words, family_words=words, kind="visit",
            reached="both",
        )  # fmt: skip
        parent = ParentFactory(language="Somali", phone="01632 960001", address="1 Long Lane")
        ResponsibilityFactory(pupil=case.pupil, parent=parent)
    for number in range(12):
        ActionFactory(case=case, owner=worker, text=f"Promise {number} " + "of help " * 6)
    page = visit("early_help_worker", user=worker)
    page.goto(f"/families/{case.pupil.public_id}/sheet/")

    page.pdf(path=tmp_path / "sheet.pdf", format="A4")

    assert len(PdfReader(tmp_path / "sheet.pdf").pages) == 1
