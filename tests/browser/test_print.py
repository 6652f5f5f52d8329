"""Pages on paper: what is black on white, fits the width of a sheet and names no address."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories.screens import is_wider_than_the_screen

#: An A4 sheet less its margins of 15 mm, at 96 dots an inch.
SHEET = {"width": 680, "height": 1009}
AFTER_LINKS = """[...document.querySelectorAll('main a[href]')]
  .filter(one => one.checkVisibility())
  .map(one => getComputedStyle(one, '::after').content)
  .filter(content => content.includes('/'))
"""


@pytest.mark.parametrize("path", ["/", "/pupils/?flag=persistent_absence", "/schools/"])
def test_page_on_paper_fits_the_sheet_and_prints_no_address(borough, visit, path):
    page = visit("attendance_officer")
    page.goto(path)
    page.emulate_media(media="print")
    page.set_viewport_size(SHEET)

    expect(page.locator(".govuk-generic-header")).to_have_css(
        "background-color", "rgba(0, 0, 0, 0)"
    )
    expect(page.get_by_text(re.compile(r"Printed .*\d[ap]m\."))).to_be_visible()
    assert page.evaluate(AFTER_LINKS) == []
    assert not is_wider_than_the_screen(page)
