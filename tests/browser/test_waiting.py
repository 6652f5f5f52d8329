"""The page that is shown while the worker works a past day out."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from dashboards.tasks import work_out_day
from tests.factories.screens import (
    NARROW,
    bring_the_scan,
    follow,
    is_wider_than_the_screen,
    violations,
)

PAGE = "/borough/?as_of=2026-01-30"


@pytest.fixture
def waiting(borough, settings, monkeypatch, visit):
    """The page, of an authority whose five enrolments are many; no worker comes by itself."""
    settings.WAIT_FROM_ENROLMENTS = 5
    monkeypatch.setattr(work_out_day, "apply_async", lambda *given, **options: None)
    page = visit("team_manager", viewport=NARROW)
    page.clock.install()
    bring_the_scan(page)
    page.goto(PAGE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Working out Fri 30 Jan 2026")
    return page


def test_page_asks_again_by_itself_and_leads_on_once_the_day_is_known(waiting):
    assert violations(waiting) == []
    assert not is_wider_than_the_screen(waiting)
    with waiting.expect_response("**/borough/**") as asked:
        waiting.clock.run_for(5_100)
    assert asked.value.status == 202
    expect(waiting.get_by_role("progressbar")).to_be_visible()
    work_out_day("2026-01-30")
    waiting.clock.run_for(5_100)
    expect(waiting.get_by_role("heading", level=1)).to_have_text("Borough")


def test_without_its_scripts_a_link_looks_whether_it_is_ready(waiting):
    link = waiting.get_by_role("link", name="See whether it is ready")
    follow(link)
    expect(link).to_be_visible()
    work_out_day("2026-01-30")
    follow(link)
    expect(waiting.get_by_role("heading", level=1)).to_have_text("Borough")
