"""The gallery of components on every kind of screen: what holds for the parts holds for pages."""

import pytest
from playwright.sync_api import expect

from tests.factories.screens import PHONE, WIDE, follow, is_wider_than_the_screen, violations

NARROW = {"width": 320, "height": 640}

#: Everything to press that stands by itself: links within a line of text are exempt (WCAG 2.5.8).
TOO_SMALL = """least => [...document.querySelectorAll(
    'button, select, summary, input:not([type=hidden]):not([type=radio]):not([type=checkbox]),' +
    'nav a, .app-chip, .app-sort, textarea')]
  .filter(e => e.checkVisibility() && !e.closest('.govuk-skip-link'))
  .map(e => [e, e.getBoundingClientRect()])
  .filter(([e, box]) => box.height && (box.height < least || box.width < 24))
  .map(([e, box]) => `${e.tagName} ${e.className} ${box.width}x${box.height}`)
"""

#: Elements that stay while the page scrolls could cover what has the focus.
STICKY = """[...document.querySelectorAll('*')]
  .filter(e => ['sticky', 'fixed'].includes(getComputedStyle(e).position))
  .map(e => e.className)
"""


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_gallery_reflows_and_has_nothing_too_small_or_sticky(borough, visit, viewport, scripts):
    page = visit("attendance_officer", viewport=viewport, scripts=scripts)
    page.goto("/components/?year=7")

    least = 44 if viewport is NARROW else 24
    found = {
        "wider than the screen": is_wider_than_the_screen(page),
        "too small to press": page.evaluate(TOO_SMALL, least),
        "sticky": page.evaluate(STICKY),
    }
    assert found == {"wider than the screen": False, "too small to press": [], "sticky": []}


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_gallery_in_forced_colours_is_clean_and_keeps_its_edges(borough, visit, viewport):
    page = visit("attendance_officer", viewport=viewport)
    page.emulate_media(forced_colors="active")
    page.goto("/components/")

    assert violations(page) == []
    expect(page.locator(".app-search__button")).to_have_css("border-top-style", "solid")
    expect(page.locator(".app-figure").first).to_have_css("border-top-style", "solid")


def test_list_of_the_gallery_works_by_buttons_and_links_alone(borough, visit):
    page = visit("attendance_officer", scripts=False)
    page.goto("/components/")

    page.get_by_label("Year group").first.select_option("8")
    follow(page.get_by_role("button", name="Show"))
    expect(page.get_by_text("20 pupils", exact=True)).to_be_visible()
    follow(page.locator("#results").get_by_role("link", name="Absence"))
    expect(page.get_by_role("columnheader", name="Absence")).to_have_attribute(
        "aria-sort", "descending"
    )
    follow(page.get_by_role("link", name="Remove filter Year group: 8"))
    expect(page.get_by_text("60 pupils", exact=True)).to_be_visible()


def test_draft_saves_itself_while_typing_and_outlives_the_sign_out(borough, visit):
    page = visit("attendance_officer")
    page.goto("/components/")
    note = page.get_by_label("Note").first

    note.fill("Half a sentence")
    expect(page.locator(".app-draft__state")).to_contain_text("Draft saved")
    page.reload()

    expect(note).to_have_value("Half a sentence")
    assert page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]


def test_draft_is_saved_by_its_button_without_scripts(borough, visit):
    page = visit("attendance_officer", scripts=False, viewport=PHONE)
    page.goto("/components/")

    page.get_by_label("Note").first.fill("Half a sentence")
    follow(page.get_by_role("button", name="Save draft"))

    expect(page.get_by_text("Your draft is saved. Only you see it.")).to_be_visible()
    expect(page.get_by_label("Note").first).to_have_value("Half a sentence")


def test_progress_asks_again_by_itself_and_not_in_a_hidden_tab(borough, visit):
    page = visit("attendance_officer")
    page.clock.install()
    page.goto("/components/")
    asked = []
    page.on("request", lambda request: asked.append(request.headers.get("hx-request")))

    with page.expect_response("**/components/"):
        page.clock.run_for(5_100)
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true})")
    page.clock.run_for(20_000)

    expect(page.get_by_text("Checked 412 of 1,000 rows")).to_be_visible()
    assert asked == ["true"]


def test_print_has_no_navigation_no_search_and_no_buttons(borough, visit):
    page = visit("attendance_officer")
    page.goto("/components/?year=7")

    page.emulate_media(media="print")

    for part in (".govuk-service-navigation", ".app-search", ".app-account", ".app-filter"):
        expect(page.locator(part).first).to_be_hidden()
    expect(page.get_by_text("Year group: 7")).to_be_visible()
    expect(page.get_by_text("Contains children's personal data")).to_have_count(0)
