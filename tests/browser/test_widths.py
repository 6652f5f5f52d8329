"""Between a phone and a wide screen: a wide table scrolls by itself, and the page never does."""

from __future__ import annotations

import pytest
from django.db.models import F
from playwright.sync_api import expect

from attendance.models import SchoolYear
from schools.models import Pupil, School
from tests.factories.cases import CaseFactory
from tests.factories.screens import is_wider_than_the_screen

WIDTHS = (641, 768, 1024, 1101, 1280)
PAGES = (
    "/borough/", "/schools/", "/pupils/", "/cases/", "/data/feeds/", "/explore/",
    "/explore/at-risk/", "/explore/concentration/", "/places/", "/meetings/", "/reports/board/",
)  # fmt: skip
COUNTS = (
    "enrolments", "possible", "attended", "authorised", "unauthorised", "persistent", "severe",
)  # fmt: skip


@pytest.fixture
def large(borough):
    """The same with long names, and a thousand times the numbers."""
    CaseFactory(enrolment=borough.cal)
    School.objects.update(name="St Aelric's Catholic Voluntary Primary Academy and Nursery")
    Pupil.objects.update(surname="Featherstonehaugh-Wolstenholme")
    SchoolYear.objects.update(**{name: F(name) * 1000 for name in COUNTS})
    return borough


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways_at_any_width(path, large, visit):
    page = visit("team_manager")
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    wide = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if is_wider_than_the_screen(page):
            wide.append(width)
    assert wide == []


@pytest.mark.parametrize(("width", "is_beside"), [(1099, False), (1100, True)])
def test_filters_stand_beside_a_list_where_there_is_room(width, is_beside, borough, visit):
    page = visit("team_manager", viewport={"width": width, "height": 900})
    page.goto("/pupils/")
    expect(page.get_by_label("Open flag")).to_be_visible(visible=is_beside)
