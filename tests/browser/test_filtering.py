"""A list follows its filters without a new page, and leaves nothing in the browser."""

import re

from playwright.sync_api import expect

from tests.factories.screens import PHONE


def test_choosing_a_filter_renews_the_list_and_its_address_and_keeps_the_focus(borough, visit):
    page = visit("attendance_officer")
    page.goto("/pupils/")
    panel = page.get_by_label("Open flag")

    panel.focus()
    panel.select_option("severe_absence")

    expect(page.get_by_role("status")).to_have_text("1 pupil")
    expect(page).to_have_url(re.compile("flag=severe_absence"))
    expect(page.locator(":focus")).to_have_attribute("name", "flag")
    expect(page.get_by_role("link", name="Cal Sample")).to_be_visible()
    expect(page.get_by_role("link", name="Ada Sample")).to_have_count(0)
    expect(page.get_by_role("link", name=re.compile("Remove filter Open flag"))).to_be_visible()


def test_filters_on_a_phone_say_how_many_are_on(borough, visit):
    page = visit("attendance_officer", viewport=PHONE)
    page.goto("/pupils/")
    page.locator(".app-filter__summary").press("Enter")

    page.get_by_label("Open flag").select_option("severe_absence")

    expect(page.get_by_text("Filters, 1 on")).to_be_visible()
    expect(page.get_by_role("link", name="Clear filters")).to_be_visible()


def test_going_back_asks_the_server_and_not_the_browsers_storage(borough, visit):
    page = visit("attendance_officer")
    page.goto("/pupils/")
    page.get_by_label("Open flag").select_option("severe_absence")
    expect(page.get_by_role("status")).to_have_text("1 pupil")

    kept = page.evaluate("[sessionStorage.length, localStorage.length]")
    page.go_back()

    expect(page.get_by_role("status")).to_have_text("5 pupils")
    expect(page.get_by_label("Open flag")).to_have_value("")
    assert kept == [0, 0]


def test_filter_chosen_after_the_sign_out_leads_to_sign_in(borough, visit):
    page = visit("attendance_officer")
    page.goto("/pupils/")
    page.context.clear_cookies()

    page.get_by_label("Open flag").select_option("severe_absence")

    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page).to_have_url(re.compile(r"/sign-in/\?next=/pupils/"))


def test_refusal_that_a_filter_meets_is_shown_as_its_whole_page(borough, visit):
    page = visit("attendance_officer")
    page.goto("/pupils/")
    nowhere = page.url.replace("/pupils/", "/flags/0/why/")
    page.route("**/pupils/?*", lambda route: route.continue_(url=nowhere))

    page.get_by_label("Open flag").select_option("severe_absence")

    expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")
