"""A part of a page that is included by itself has only what it is given: a form in it needs its
token."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
_INCLUDE = re.compile(r'\{% include "(?P<part>[^"]+)"(?P<given>[^%]*)%\}')


def test_an_isolated_part_with_a_form_is_given_the_token_of_its_form():
    pages = {
        str(path.relative_to(TEMPLATES)): path.read_text("utf-8")
        for path in TEMPLATES.rglob("*.html")
    }
    with_forms = {name for name, text in pages.items() if "{% csrf_token %}" in text}
    without_token = [
        f"{name}: {found['part']}"
        for name, text in pages.items()
        for found in _INCLUDE.finditer(text)
        if found["part"] in with_forms
        and found["given"].split()[-1:] == ["only"]
        and "csrf_token=csrf_token" not in found["given"]
    ]

    assert without_token == []
