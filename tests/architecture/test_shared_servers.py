"""Tests run side by side on one Redis database: none of them may empty it under the others."""

import re
from pathlib import Path

import pytest

TESTS = sorted(Path(__file__).parents[1].rglob("*.py"))
EMPTIES = re.compile(r"cache\.clear\(\)|flush(db|all)\(|caches\[[^]]*\]\.clear\(\)")


@pytest.mark.parametrize(
    "path", [path for path in TESTS if path != Path(__file__)], ids=lambda path: path.name
)
def test_no_test_empties_the_cache_that_others_share(path):
    found = [line.strip() for line in path.read_text().splitlines() if EMPTIES.search(line)]

    assert found == [], "Take a key prefix of your own: caches['default'].key_prefix = ..."
