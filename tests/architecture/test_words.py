"""Words that never stand on a screen: the child is a person with a barrier, not a case type."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEVER = (
    "truant",
    "refuser",
    "non-attender",
    "persistent absentee",
    "offender",
    "hard to reach",
    "problem family",
    "chaotic",
    "poor",
    "bad attend",
    "unacceptable",
    "concerning",
    "good attender",
    "failed to engage",
    "no excuse",
    "non-compliant",
    "refused support",
    "chase",
    "target famil",
    "crack down",
    "red list",
    "worst",
    "league",
    "hotspot",
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_template_uses_none_of_the_words_that_blame(path):
    text = path.read_text(encoding="utf-8").lower()

    assert [word for word in NEVER if re.search(rf"\b{re.escape(word)}", text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_template_has_no_inline_style_or_script(path):
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
