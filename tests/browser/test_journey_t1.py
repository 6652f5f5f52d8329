"""T1, from a flag to its case, four ways."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from accounts.models import AccessLogEntry, AuditEvent
from attendance.codes import symbol_for
from attendance.models import Flag
from attendance.services.nightly import run_for_everyone
from cases.models import Case
from schools.models import Enrolment
from tests.factories.classes import SmallBorough, keep_register
from tests.factories.journeys import Journey, each_way
from tests.factories.pupils import EnrolmentFactory, PupilFactory
from tests.factories.registers import PRESENT_WEEK

FIRST_DAY, THE_DAY_BEFORE, LAST_DAY = date(2025, 9, 1), date(2026, 2, 6), date(2026, 2, 9)
#: The first Monday of each half-term, and how many weeks: 100 school days.
WEEKS = ((FIRST_DAY, 8), (date(2025, 11, 3), 7), (date(2026, 1, 5), 5))
ILL_ONCE = "I" + PRESENT_WEEK[1:]
FIGURES = "20 of 200 possible sessions missed, 10.0%"


def child(borough: SmallBorough, forename: str, first_day: str) -> Enrolment:
    """Ill once in each of 19 weeks after the first, and on the afternoon of the last day."""
    pupil = PupilFactory(
        forename=forename, surname="Sample", folded_name=f"sample, {forename.lower()}"
    )
    enrolment = EnrolmentFactory(pupil=pupil, school=borough.ash)
    weeks = [first_day + PRESENT_WEEK[2:], *[ILL_ONCE] * 19]
    for monday, count in WEEKS:
        keep_register(enrolment, *weeks[:count], first=monday)
        weeks = weeks[count:]
    keep_register(enrolment, "/I", first=LAST_DAY)
    return enrolment


@pytest.fixture
def borough(transactional_db) -> SmallBorough:
    """Fay reached 20 of 200 last night; Gus has one possible session more, 20 of 201."""
    made = SmallBorough()
    made.fay = child(made, "Fay", "  ")
    made.gus = child(made, "Gus", f"/{symbol_for('Y1', FIRST_DAY)}")
    for day in (THE_DAY_BEFORE, LAST_DAY):
        run_for_everyone(as_of=day)
    return made


def main(page: Page):
    return page.get_by_role("main")


@each_way
def test_from_a_flag_to_its_case(borough, visit, way):
    page = visit("attendance_officer", viewport=way.viewport, scripts=way.scripts)
    journey = Journey(page, way)
    new = page.get_by_role("row").filter(has_text="Fay Sample").first
    expect(new).to_contain_text(FIGURES)

    journey.follow(new.get_by_role("link", name="Why?"))

    expect(main(page)).to_contain_text(FIGURES)
    expect(main(page).get_by_role("heading", name="The rule")).to_be_visible()
    expect(main(page)).to_contain_text("Source: ")
    sessions = main(page).get_by_role("table").first.get_by_role("row")
    expect(sessions).to_have_count(1 + 20)

    journey.follow(main(page).get_by_role("button", name="Open case"))
    expect(main(page)).to_contain_text(FIGURES)
    journey.press(page.get_by_role("radio", name="Specific issue"))
    journey.follow(page.get_by_role("button", name="Open the case"))

    case = Case.objects.get(pupil=borough.fay.pupil)
    assert case.track == "specific_issue"
    assert case.lead is not None
    expect(page).to_have_url(re.compile(f"/cases/{case.reference}/$"))
    expect(main(page).get_by_role("status")).to_contain_text(f"Case {case.reference} is open.")
    expect(main(page)).to_contain_text("2 of 6, Monitor")
    next_thing = main(page).get_by_role("button", name="Record a conversation with the child")
    expect(next_thing).to_be_visible()
    assert journey.clicks <= 5
    page.goto("/")
    row = page.get_by_role("row").filter(has_text="Fay Sample").first
    expect(row).to_contain_text("In a case")
    journey.scan()
    assert journey.faults == {}
    seen = AccessLogEntry.objects.filter(subject_ref=str(borough.fay.pupil.public_id))
    assert seen.filter(subject_kind="pupil", action="view", page="flag_why").count() == 1
    assert seen.filter(page="case").count() == 1
    opened = AuditEvent.objects.get(verb="case.opened", object_ref=case.reference)
    assert opened.actor == case.lead


@each_way
def test_one_session_more_is_on_the_other_side_of_the_line_everywhere(borough, visit, way):
    page = visit("attendance_officer", viewport=way.viewport, scripts=way.scripts)
    journey = Journey(page, way)
    expect(main(page)).to_contain_text("Fay Sample")
    expect(main(page)).not_to_contain_text("Gus Sample")

    page.get_by_label("Search for a pupil, a case or a school").fill(borough.gus.pupil.upn)
    journey.follow(page.get_by_role("button", name="Search").first)

    expect(main(page).get_by_role("heading", level=1)).to_have_text("Gus Sample")
    expect(main(page)).to_contain_text("9.95%")
    tag = main(page).locator(".govuk-tag").filter(has_text="Persistent")
    expect(tag).to_have_count(0)
    page.goto("/pupils/?q=sample")
    row = page.get_by_role("row").filter(has_text="Gus Sample")
    expect(row).to_contain_text("9.95%")
    expect(row.locator(".govuk-tag").filter(has_text="Persistent")).to_have_count(0)
    expect(
        page.get_by_role("row").filter(has_text="Fay Sample").locator(".govuk-tag").first
    ).to_contain_text("Persistent")
    assert not Flag.objects.filter(enrolment=borough.gus, kind="persistent_absence").exists()
    assert journey.faults == {}
