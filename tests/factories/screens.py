"""Screens that pages are looked at on, and what an accessibility scan of one finds."""

from __future__ import annotations

from collections.abc import Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
NARROW = {"width": 320, "height": 640}
WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


_AXE = Axe()


def follow(target: Locator) -> None:
    """Press a link or button that leads to a page, and wait until that page is there.

    A bare click returns before the answer has come: what is read next may be the page before.
    """
    with target.page.expect_navigation(wait_until="load"):
        target.click()


def bring_the_scan(page: Page) -> None:
    """Have the scan on every page that is opened from here on: sent once, not once a page."""
    page.add_init_script(_AXE.axe_script)


_SCAN = """async wanted => {
    const found = await axe.run(document, wanted);
    return found.violations.map(one => [one.id, one.nodes.map(node => node.target)]);
}"""


def violations(page: Page, *, but: Sequence[str] = ()) -> list[str]:
    """What an accessibility scan of this page finds, in a line each; `but` are rules left out."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.axe_script)
    wanted = {
        "runOnly": WCAG_22_AA,
        "resultTypes": ["violations"],  # the rest is not written out, which takes half the time
        "rules": {rule: {"enabled": False} for rule in but},
    }
    return [f"{rule}: {targets}" for rule, targets in page.evaluate(_SCAN, wanted)]


def is_wider_than_the_screen(page: Page) -> bool:
    """Whether the page itself scrolls sideways."""
    return page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
