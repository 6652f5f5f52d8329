"""Someone on their way through the pages: every press counted, every page passed scanned.

A click is any press of link, button, radio or key to submit; typing is free. By keyboard a target
is reached with Tab alone, and the arrows within a group of radios; it is pressed with Enter, or
Space where it is a box to choose.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Locator, Page

from tests.factories.screens import NARROW, WIDE, is_wider_than_the_screen, violations

MOST_TABS = 400  # more stops than any page has
_HAS_FOCUS = "element => element === document.activeElement"
_GROUP_HAS_FOCUS = """element => element.type === 'radio'
    && document.activeElement.type === 'radio' && document.activeElement.name === element.name"""
_IS_CHOSEN = "element => ['radio', 'checkbox'].includes(element.type)"


class Way(NamedTuple):
    """One of the ways in which every journey is made."""

    viewport: dict[str, int]
    scripts: bool
    by_keyboard: bool


WAYS = {
    "scripts on": Way(WIDE, scripts=True, by_keyboard=False),
    "scripts off": Way(WIDE, scripts=False, by_keyboard=False),
    "keyboard at 320": Way(NARROW, scripts=True, by_keyboard=True),
}
#: `@each_way`: the test gets the argument `way`.
each_way = pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))


class Journey:
    """A page, how it is used, how often something was pressed, and what scans found.

    `faults` holds the address of each page passed that a scan complains of.
    """

    def __init__(self, page: Page, way: Way) -> None:
        self.page, self.way = page, way
        self.clicks = 0
        self.faults: dict[str, list[str]] = {}
        self.scan()

    def follow(self, target: Locator) -> None:
        """Press what leads to another page, wait for that page and scan it."""
        self._press(target, self.page.expect_navigation(wait_until="load"))
        self.scan()

    def press(self, target: Locator) -> None:
        """Press what stays on the page: a radio, a box, a summary."""
        self._press(target, nullcontext())

    def choose_file(self, target: Locator, path: Path) -> None:
        """Choose a file: the dialogue is the browser's own, so only the way to it is walked."""
        if self.way.by_keyboard:
            self._reach(target)
        self.clicks += 1
        target.set_input_files(path)

    def download(self, target: Locator) -> Path:
        """Press what gives a file; where it was kept."""
        with self.page.expect_download() as coming:
            self.press(target)
        return coming.value.path()

    def scan(self) -> None:
        """Look at the page as it stands: accessibility, and no scrolling sideways.

        A scan is a script, so where scripts are off there is none: the other ways pass the same
        pages.
        """
        if not self.way.scripts:
            return
        found = violations(self.page)
        if is_wider_than_the_screen(self.page):
            found.append("wider than the screen")
        if found:
            self.faults[self.page.url] = found

    def _press(self, target: Locator, waiting: AbstractContextManager) -> None:
        self.clicks += 1
        if self.way.by_keyboard:
            self._reach(target)
        with waiting:
            self._pressing(target)()

    def _pressing(self, target: Locator) -> Callable[[], None]:
        if not self.way.by_keyboard:
            return target.click
        key = "Space" if target.evaluate(_IS_CHOSEN) else "Enter"
        return lambda: self.page.keyboard.press(key)

    def _reach(self, target: Locator) -> None:
        for _ in range(MOST_TABS):
            if target.evaluate(_HAS_FOCUS):
                return
            key = "ArrowDown" if target.evaluate(_GROUP_HAS_FOCUS) else "Tab"
            self.page.keyboard.press(key)
        raise AssertionError(f"The keyboard does not reach {target}.")
