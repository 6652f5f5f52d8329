"""`make test` and its smaller sisters: pytest on servers of its own, with a browser and the CSS."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from devstack import frontend
from devstack.browser import ensure_browser
from devstack.failure import Failed
from devstack.places import ROOT, child_env
from devstack.processes import run
from devstack.servers import throw_away_servers

WORKERS = "2"
FAST = ("-m", "not browser and not slow")


def test(words: Sequence[str]) -> int:
    """Everything."""
    if ensure_browser() is None and os.environ.get("CI"):
        raise Failed("CI is set, so the browser tests must run, and there is no browser.")
    return _pytest(words)


def test_fast(words: Sequence[str]) -> int:
    """No browser, nothing slow."""
    return _pytest([*FAST, *words])


def browser(words: Sequence[str]) -> int:
    """Only the journeys in a real browser."""
    if ensure_browser() is None:
        raise Failed("The browser tests need a Chromium, and none could be installed.")
    return _pytest([*words, "tests/browser"] if not names_tests(words) else words)


def fuzz(words: Sequence[str]) -> int:
    """The property tests, with many more examples."""
    marked = ["-m", "not browser", "--hypothesis-show-statistics", *words]
    return _pytest(marked, HYPOTHESIS_PROFILE="fuzz")


def names_tests(words: Sequence[str]) -> bool:
    """True when one of pytest's arguments is a file or folder of tests (or a test inside one)."""
    return any((ROOT / word.split("::")[0]).exists() for word in words if not word.startswith("-"))


def pytest_command(words: Sequence[str]) -> list[str]:
    """Two workers unless told otherwise; all tests unless some are named."""
    workers = [] if any(word.startswith("-n") for word in words) else ["-n", WORKERS]
    places = [] if names_tests(words) else ["tests"]
    return [sys.executable, "-m", "pytest", *workers, *words, *places]


def _pytest(words: Sequence[str], **values: str) -> int:
    frontend.build(ROOT)
    (ROOT / "staticfiles").mkdir(exist_ok=True)
    with throw_away_servers() as named:
        env = child_env(**named, **values)
        return run(pytest_command(words), env=env, cwd=Path(ROOT))
