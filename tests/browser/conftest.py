"""A real browser before the portal: the small borough, someone signed in, scripts on or off."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from devstack.browser import find_browser
from tests.factories.classes import SmallBorough
from tests.factories.screens import WIDE, follow
from tests.factories.users import PASSWORD

#: How long anything may take to be there: a machine with much to do answers late, never wrong.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def pytest_collection_modifyitems(items) -> None:
    """Everything here drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def _playwright_beside_django() -> Iterator[None]:
    """Playwright's synchronous calls run inside an event loop, which Django takes for async."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session", autouse=True)
def _static_files_from_the_tree(tmp_path_factory) -> Iterator[None]:
    """Nothing is collected in tests: the style sheet is served from where it is built."""
    collected, settings.STATIC_ROOT = settings.STATIC_ROOT, tmp_path_factory.mktemp("static")
    yield
    settings.STATIC_ROOT = collected


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args) -> dict:
    """The machine's own Chromium."""
    program = find_browser()
    if program is None:
        message = "No Chromium on this machine: `make browser` installs one."
        pytest.fail(message)
    return {**browser_type_launch_args, "executable_path": str(program), "args": ARGUMENTS}


@pytest.fixture
def borough(transactional_db, kept_borough) -> SmallBorough:
    """Two schools whose figures stand at Friday 6 February 2026."""
    return kept_borough.lay()


@pytest.fixture
def visit(browser: Browser, live_server, user_with) -> Iterator[Callable[..., Page]]:
    """Signs someone in: `visit("school_lead", school=school, viewport=PHONE, scripts=False)`."""
    contexts = []

    def sign_in(role: str, *, viewport=WIDE, scripts=True, **facts) -> Page:
        context = browser.new_context(
            base_url=live_server.url, viewport=viewport, java_script_enabled=scripts
        )
        context.set_default_timeout(PATIENCE_MS)  # of navigations too
        contexts.append(context)
        page = context.new_page()
        page.goto("/sign-in/")
        page.get_by_label("Email").fill(user_with(role, **facts).email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        follow(page.get_by_role("button", name="Sign in"))
        return page

    yield sign_in
    for context in contexts:
        context.close()
