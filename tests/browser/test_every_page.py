"""Every page of the portal as everyone who may open it, wide and at 320 pixels.

The pages are those of the URL conf: a new one is opened here by itself, and one whose address names
something new needs an example of it in `tests.factories.routes`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from playwright.sync_api import Page, expect

from accounts.models import SavedView
from accounts.roles import Role
from accounts.services.audit import check_chain
from attendance.imports.uploads import confirm, start_review
from attendance.models import Flag
from attendance_portal.shared import clock
from tests.factories.classes import LATEST
from tests.factories.meetings import MeetingFactory, SlotFactory
from tests.factories.pupils import PupilGrantFactory
from tests.factories.routes import PAGES, PUBLIC_PAGES, ROUTES, Route, Things, may_open
from tests.factories.screens import (
    NARROW,
    WIDE,
    bring_the_scan,
    follow,
    is_wider_than_the_screen,
    violations,
)
from tests.factories.users import UserFactory

#: Routes that answer with a file.
FILES = {
    "register_template", "register_refused", "export_file", "access_log_file", "plan_family_pdf",
    "case_pdf", "meeting_calendar",
}  # fmt: skip
#: The addresses that hold what was sent by mail: the visitor opens them, right and wrong.
NEEDS_A_KEY = {"account_reset_password_from_key", "meeting_confirm"}
#: What a page looks like only with a query, by route. `{name}` as in the address.
ALSO = {
    "pupil_list": ("?flag=severe_absence&sort=-absence", "?q=nobody", "?cohort=severely_absent"),
    "pupil": ("?as_of=2026-01-30",),
    "pupil_attendance": ("?absence=unauthorised",),
    "contact_log": ("?pupil={public_id}&more=1",),
    "search": ("?q=sampel", "?q=a", "?q=nobody-at-all"),
    "borough": ("?as_of=2026-01-30", "?phase=SS"),
    "explore": ("?year_group=13&sex=F", "?protected=1", "?by=sen&across=fsm&measure=absence"),
    "concentration": ("?absence=unauthorised", "?protected=1"),
    "place_list": ("?place_by=school&sort=-absence", "?protected=1"),
    "place": ("?place_by=school", "?protected=1"),
    "benchmark": ("?measure=severe", "?phase=PS&protected=1", "?phase=NS"),
    "school": ("?as_of=2026-01-30",),
    "help_codes": ("?on=", "?on=2006-08-31"),
    "people": ("?q=nobody",),
    "access_log": ("?pupil={public_id}",),
    "plan_family": ("?large=1",),
    "case_print": ("?reader=family",),
    "saved_views": ("?path=/pupils/&query=flag%3Dat_risk",),
}
NOWHERE = "/pupils/00000000-0000-4000-8000-000000000000/"

#: Pages of one action that a meeting agreed.
OF_AN_ACTION = "meetings/actions/"
#: What a person would meet as a blemish, read at once from what the portal answers.
READ = """async address => {
    const answer = await fetch(address);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    return {
        status: answer.status,
        title: page.title,
        headings: [...page.querySelectorAll('h1')].map(e => e.textContent.trim()),
        path: new URL(answer.url).pathname,
        main: page.querySelector('main').innerHTML,
    };
}"""
#: Ends wide, as the next page begins. Colours, the slowest part of a scan, are looked at wide: they
#: are those of the components, whose gallery is scanned on both.
SCREENS = ((NARROW, ("color-contrast",)), (WIDE, ()))
#: What differs between two pages that look and read alike: tokens, and numbers of things.
NUMBERS = re.compile(r'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|value="\w{30,}"|\d+')
#: What was looked at before in this process: many pages are the same for several roles, and are not
#: drawn again. Each person's frame is looked at around the first of theirs.
SCANNED: set[str] = set()


class Tour:
    """One person's way through their pages, and what was wrong on them, by address."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: dict[str, list[str]] = {}
        self.titles: Counter[str] = Counter()
        self._has_frame = False
        self._said: list[str] = []
        bring_the_scan(page)
        page.on("console", lambda message: self._said.append(message.text))
        page.on("pageerror", lambda error: self._said.append(str(error)))

    def open(self, address: str, *, status: int = 200) -> None:
        """Read a page, and look at it on both screens; one that leads elsewhere, there."""
        read = self.page.evaluate(READ, address)
        faults = [] if read["status"] == status else [f"answers {read['status']}"]
        if read["path"] == address.split("?")[0]:
            faults += self._faults_of_words(read, counts="?" not in address)
            alike = NUMBERS.sub("0", read["main"])
            if alike not in SCANNED or not self._has_frame:
                faults += self._faults_of_screens(address, status)
                self._has_frame = True
                SCANNED.add(alike)
        if faults:
            self.faults[address] = faults

    def _faults_of_words(self, read: dict, *, counts: bool) -> Iterator[str]:
        title, _, council = read["title"].partition(" - ")
        if len(read["headings"]) != 1:
            yield f"headings of the first level: {read['headings']}"
        if not (title and council):
            yield f"title: {read['title']}"
        if counts:
            self.titles[title] += 1

    def _faults_of_screens(self, address: str, status: int) -> list[str]:
        self._said.clear()
        self.page.goto(address)
        faults = []
        for screen, but in SCREENS:
            self.page.set_viewport_size(screen)
            found = violations(self.page, but=but)
            if is_wider_than_the_screen(self.page):
                found.append("wider than the screen")
            faults += [f"at {screen['width']}: {one}" for one in found]
        return faults + [text for text in self._said if f"status of {status}" not in text]

    def assert_clean(self) -> None:
        """Nothing was wrong, and no two pages have the same title."""
        twice = [title for title, count in self.titles.items() if count > 1]
        assert (self.faults, twice) == ({}, [])


@pytest.fixture
def things(borough, user_with) -> Things:
    """Cal, a flag of his with its evidence, and an upload that was saved."""
    flag = Flag.objects.get(enrolment=borough.cal, kind="penalty_notice_threshold")
    return Things(borough.cal, flag, uploaded(borough, user_with, is_saved=True))


@pytest.fixture
def waiting(borough, user_with, things) -> Things:
    """The same with an upload that waits to be looked at."""
    return Things(things.enrolment, things.flag, uploaded(borough, user_with, is_saved=False))


def uploaded(borough, user_with, *, is_saved: bool):
    """A register of Ash with a mark to correct and a code that never was."""
    upn, by, at = borough.ada.pupil.upn, user_with("attendance_officer"), clock.now()
    session = "AM" if is_saved else "PM"
    rows = f"{upn},{LATEST},{session},I\n{upn},{borough.ada.starts_on},AM,Q9\n"
    batch = start_review(
        school=borough.ash, content=f"upn,date,session,code\n{rows}".encode(),
        file_name="register.csv", by=by, on=clock.today(), at=at,
    )  # fmt: skip
    return confirm(batch=batch, by=by, on=clock.today(), at=at) if is_saved else batch


def person(role: str, borough) -> dict:
    """Someone with this role, a saved view, and what the role gives to look at."""
    user = UserFactory(name=f"Robin {role.replace('_', ' ')}")
    SavedView.objects.create(user=user, name="Year 8", path="/pupils/", saved_at=clock.now())
    if role in (Role.EARLY_HELP_WORKER, Role.PANEL_MEMBER):
        PupilGrantFactory(user=user, pupil=borough.cal.pupil)
    return {"user": user, **({"school": borough.ash} if role == Role.SCHOOL_LEAD else {})}


def addresses(route: Route, things: Things, waiting: Things) -> Iterator[str]:
    """A page, and what else it can be."""
    path = route.path(waiting if route.name == "register_review" else things)
    yield path
    for query in ALSO.get(route.name, ()):
        yield path + query.format(public_id=things.enrolment.pupil.public_id)


def pages_of(role: str) -> list[Route]:
    """Every page that this role may open, those for visitors among them."""
    pages = [route for route in PAGES if may_open(route, role)]
    pages += [route for route in ROUTES if route.name in PUBLIC_PAGES - NEEDS_A_KEY]
    pages = [one for one in pages if "get" in one.methods and one.name not in FILES]
    if role in (Role.EARLY_HELP_WORKER, Role.PANEL_MEMBER):  # only of meetings they are asked to
        pages = [one for one in pages if not one.template.startswith(("meetings/<", OF_AN_ACTION))]
    return pages


@pytest.mark.parametrize("role", sorted(Role))
def test_every_page_of_a_role_is_clean(role, borough, visit, things, waiting):
    check_chain(by=None, at=clock.now())
    page = visit(role, **person(role, borough))
    tour = Tour(page)
    for route in pages_of(role):
        for address in addresses(route, things, waiting):
            tour.open(address)
    may_see_pupils = may_open(next(one for one in PAGES if one.name == "pupil"), role)
    tour.open(NOWHERE, status=404 if may_see_pupils else 403)

    tour.assert_clean()


def test_every_page_for_visitors_is_clean(live_server, browser, transactional_db):
    user = UserFactory()
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    page = browser.new_page(base_url=live_server.url, viewport=WIDE)
    page.goto("/sign-in/")
    tour = Tour(page)
    for route in ROUTES:
        if route.name in PUBLIC_PAGES - NEEDS_A_KEY - FILES:
            tour.open(f"/{route.template}")
    tour.open(f"/new-password/{key}/")
    tour.open("/new-password/nobody-nothing/")
    for facts in ({"offered": True}, {}):
        slot = SlotFactory(meeting=MeetingFactory(**facts))
        tour.open(f"/m/{slot.meeting.confirm_token}/")
    page.close()

    tour.assert_clean()


def test_skip_link_is_the_first_stop_and_leads_to_the_content(borough, visit):
    page = visit("attendance_officer")
    page.goto("/pupils/")

    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to main content")
    page.keyboard.press("Enter")
    expect(page.locator("main:focus")).to_have_id("main-content")


def test_wrong_upload_puts_the_focus_on_the_error_summary(borough, visit):
    page = visit("school_lead", school=borough.ash)
    page.goto("/registers/upload/")

    follow(page.get_by_role("button", name="Check the file"))

    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator(":focus")).to_contain_text("There is a problem")


def test_print_leaves_the_navigation_out_and_the_tables_in(borough, visit):
    page = visit("attendance_officer")
    page.goto(f"/pupils/{borough.cal.pupil.public_id}/attendance/")

    page.emulate_media(media="print")

    expect(page.get_by_role("navigation", name="Menu")).to_be_hidden()
    expect(page.get_by_text("Contains children's personal data")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Codes, Monday AM first")).to_be_visible()
