"""Any chart and any table of figures can be taken out as a file, or the reason stands here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import dashboards.views.outgoing  # noqa: F401 - registers what may be taken out
from dashboards.exports.registry import CHARTS, TABLES

TEMPLATES = Path(__file__).parents[2] / "templates"
INCLUDED = re.compile(r'{% include "components/chart\.html" with (.*?) %}')
NAMED = re.compile(r'{% (?:take_out|chart_out) "([a-z_-]+)"')
#: Names made of a word and the key of what is shown: `"school-"|add:chart.key`.
BEGUN = re.compile(r'"([a-z]+[-_])"\|add:')
#: Pages whose charts are no file by themselves, and why.
WITHOUT = {
    "dashboards/component_charts.html": "shows made-up charts, to look at each kind",
    "dashboards/board_report.html": "is taken out whole, as DOCX or PDF",
}


def pages() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def name_of(page: Path) -> str:
    return page.relative_to(TEMPLATES).as_posix()


@pytest.mark.parametrize("page", [one for one in pages() if INCLUDED.search(one.read_text())])
def test_every_chart_of_a_page_is_offered_as_a_file(page):
    offered = ["out=" in given for given in INCLUDED.findall(page.read_text())]
    assert all(offered) != (name_of(page) in WITHOUT), name_of(page)


def test_everything_registered_is_offered_by_a_page():
    """What is registered and offered nowhere would be a way out that nobody sees."""
    written = "\n".join(page.read_text() for page in pages())
    named, begun = set(NAMED.findall(written)), tuple(BEGUN.findall(written))
    assert [
        name for name in (*TABLES, *CHARTS) if name not in named and not name.startswith(begun)
    ] == []
