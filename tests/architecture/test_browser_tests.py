"""Browser tests wait for what they read: on a busy machine a page comes later than a line does."""

import re
from pathlib import Path

import pytest

BROWSER_TESTS = sorted((Path(__file__).parents[1] / "browser").glob("*.py"))

# What gives the page as it is this instant, and what sets off towards a page without waiting.
HASTY = re.compile(
    r"\.click\(\)|\.title\(\)|\.inner_text\(\)|\.text_content\(\)|\.content\(\)"
    r"|assert [^=]*page\.url|activeElement|wait_for_timeout"
)


@pytest.mark.parametrize("path", BROWSER_TESTS, ids=lambda path: path.name)
def test_browser_test_waits_for_what_it_reads(path):
    hasty = [line.strip() for line in path.read_text().splitlines() if HASTY.search(line)]

    assert hasty == [], "Use follow() or press() of tests.factories.screens, and expect()."
