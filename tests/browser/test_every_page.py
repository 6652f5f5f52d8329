"""Each page, wide and on a phone: no fault a scan finds, no sideways scrolling, nothing blocked."""

import re

import pytest
from playwright.sync_api import expect

from attendance.models import Flag
from tests.factories.screens import PHONE, WIDE, follow, is_wider_than_the_screen, violations

PAGES = {
    "today": "/",
    "pupils": "/pupils/?flag=severe_absence&sort=-absence",
    "nobody": "/pupils/?q=nobody",
    "pupil": "/pupils/{pupil}/",
    "pupil as of": "/pupils/{pupil}/?as_of=2026-01-30",
    "attendance": "/pupils/{pupil}/attendance/",
    "attendance narrowed": "/pupils/{pupil}/attendance/?absence=unauthorised",
    "timeline": "/pupils/{pupil}/timeline/",
    "family": "/pupils/{pupil}/family/",
    "viewed": "/pupils/{pupil}/viewed/",
    "search": "/search/?q=sampel",
    "search too short": "/search/?q=a",
    "why": "/flags/{flag}/why/",
    "borough": "/borough/",
    "upload": "/registers/upload/",
    "components": "/components/",
    "saved views": "/views/?path=/pupils/&query=flag%3Dat_risk",
    "drafts": "/drafts/",
    "not found": "/pupils/00000000-0000-4000-8000-000000000000/",
}


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_page_is_clean(borough, visit, viewport):
    flag = Flag.objects.get(enrolment=borough.cal, kind="penalty_notice_threshold")
    page = visit("attendance_officer", viewport=viewport)
    complaints = []
    page.on("console", lambda said: complaints.append(said.text))
    found = {}
    for name, address in PAGES.items():
        page.goto(address.format(pupil=borough.cal.pupil.public_id, flag=flag.pk))
        found[name] = violations(page)
        if is_wider_than_the_screen(page):
            found[name].append("wider than the screen")

    assert {name: faults for name, faults in found.items() if faults} == {}
    assert [text for text in complaints if "404" not in text] == []


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_sign_in_page_is_clean(live_server, browser, viewport):
    page = browser.new_page(viewport=viewport)
    page.goto(f"{live_server.url}/sign-in/")

    assert violations(page) == []
    page.close()


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

    assert not page.get_by_role("navigation", name="Menu").is_visible()
    assert page.get_by_text("Contains children's personal data").is_visible()
    assert page.get_by_role("columnheader", name="Codes, Monday AM first").is_visible()


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_review_and_receipt_are_clean(borough, visit, tmp_path, viewport):
    upn = borough.ada.pupil.upn
    register = tmp_path / "register.csv"
    rows = f"{upn},2026-02-06,AM,I\n{upn},2026-02-06,PM,Q9\n"
    register.write_text(f"upn,date,session,code\n{rows}", encoding="utf-8")
    page = visit("school_lead", school=borough.ash, viewport=viewport)
    page.goto("/registers/upload/")

    page.get_by_label("Register file").set_input_files(register)
    follow(page.get_by_role("button", name="Check the file"))
    review = [*violations(page), is_wider_than_the_screen(page)]
    follow(page.get_by_role("button", name="Save 1 mark"))
    receipt = [*violations(page), is_wider_than_the_screen(page)]

    assert (review, receipt) == ([False], [False])
