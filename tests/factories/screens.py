"""Screens that pages are looked at on, and what an accessibility scan of one finds."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def follow(target: Locator) -> None:
    """Press a link or button that leads to a page, and wait until that page is there.

    A bare click returns before the answer has come: what is read next may be the page before.
    """
    with target.page.expect_navigation(wait_until="load"):
        target.click()


def violations(page: Page) -> list[str]:
    """What an accessibility scan of this page finds, in a line each."""
    found = Axe().run(page, options={"runOnly": WCAG_22_AA}).response["violations"]
    return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found]


def is_wider_than_the_screen(page: Page) -> bool:
    """Whether the page itself scrolls sideways."""
    return page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
