"""T8, from a percentage to one mark and back in time (manager, then analyst), four ways."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect

from accounts.models import AccessLogEntry, ExportRecord
from attendance.tasks import make_export
from tests.factories.classes import SmallBorough, child
from tests.factories.journeys import Journey, each_way

MORE_CHILDREN = 30
AN_EARLIER_FRIDAY = date(2026, 1, 23)


@pytest.fixture
def larger_borough(transactional_db) -> SmallBorough:
    """The same with enough children that figures may be shown to anyone."""
    made = SmallBorough()
    for number in range(MORE_CHILDREN):
        child(made.ash, f"Kit {number}")
    made.run()
    return made


def main(page: Page) -> Locator:
    return page.get_by_role("main")


def go_to(journey: Journey, name: str) -> None:
    """By the navigation, which a narrow screen with scripts folds into a menu."""
    menu = journey.page.get_by_role("button", name="Menu", exact=True)
    if journey.way.by_keyboard:
        journey.press(menu)
    journey.follow(journey.page.get_by_role("link", name=name, exact=True).first)


def expect_pupils(page: Page, count: int) -> None:
    """The list says how many, and has as many rows."""
    said = "1 pupil" if count == 1 else f"{count} pupils"
    expect(main(page).get_by_text(said, exact=True).first).to_be_visible()
    expect(page.locator("#results tbody").get_by_role("row")).to_have_count(count)


def persistent_of_the_authority(folder: Path) -> tuple[int, int]:
    """Persistent and all enrolments as `export_dashboard --as-of` that Friday has them."""
    out = folder / "dashboard.csv"
    call_command(
        "export_dashboard", "--as-of", AN_EARLIER_FRIDAY.isoformat(), "--out", str(out),
        stdout=StringIO(), stderr=StringIO(),
    )  # fmt: skip
    with out.open(encoding="utf-8", newline="") as file:
        (line,) = [row for row in csv.DictReader(file) if row["dimension"] == "LA"]
    return int(line["persistent"]), int(line["enrolments"])


@each_way
def test_from_a_percentage_to_one_mark_and_back_in_time(borough, visit, way, tmp_path):
    page = visit("team_manager", viewport=way.viewport, scripts=way.scripts)
    journey = Journey(page, way)

    go_to(journey, "Borough")
    figures = page.get_by_role("region", name="The whole borough")
    expect(figures).to_contain_text("2 of 5 enrolments")
    journey.follow(figures.get_by_role("link", name="Persistent absence"))
    expect_pupils(page, 2)

    go_to(journey, "Schools")
    journey.follow(main(page).get_by_role("link", name="Ash School", exact=True))
    cohort = page.get_by_role("row").filter(
        has=page.get_by_role("link", name="Severely absent", exact=True)
    )
    expect(cohort.get_by_role("cell").first).to_have_text("1")
    journey.follow(cohort.get_by_role("link"))
    expect_pupils(page, 1)
    journey.follow(main(page).get_by_role("link", name="Cal Sample"))
    journey.follow(page.get_by_role("link", name="Attendance", exact=True))
    expect(main(page)).to_contain_text("40 of 50 possible sessions")
    journey.follow(page.get_by_role("link", name="Summary", exact=True))
    journey.follow(main(page).get_by_role("link", name="Why? Flag 1"))
    journey.follow(main(page).get_by_role("link", name="The rule, with an example"))
    expect(main(page).get_by_role("heading", name="Source")).to_be_visible()

    go_to(journey, "Borough")
    if way.by_keyboard:  # a narrow screen folds the filters away
        journey.press(page.locator(".app-filter__summary"))
    page.get_by_label("As of").fill(AN_EARLIER_FRIDAY.isoformat())
    show = page.get_by_role("button", name="Show", exact=True)
    if way.scripts:  # the page stays, and its figures change
        journey.press(show)
    else:
        journey.follow(show)
    expect(main(page)).to_contain_text("Marks up to Fri 23 Jan 2026, as known today.")
    journey.scan()
    persistent, enrolments = persistent_of_the_authority(tmp_path)
    assert (persistent, enrolments) == (3, 5)  # not the 2 of the latest day
    expect(figures).to_contain_text(f"{persistent} of {enrolments} enrolments")

    menus = 4 if way.by_keyboard else 0  # three menus, and the filters
    assert journey.clicks == 12 + menus
    assert journey.faults == {}


@each_way
def test_the_same_view_for_anyone_else(larger_borough, visit, way):
    page = visit("analyst", viewport=way.viewport, scripts=way.scripts)
    journey = Journey(page, way)

    go_to(journey, "Exports")
    page.get_by_label("As of").fill(AN_EARLIER_FRIDAY.isoformat())
    page.get_by_label("What is it for?").fill("Questions from a councillor")
    journey.follow(page.get_by_role("button", name="Make the file"))
    record = ExportRecord.objects.get()
    make_export(record.pk)
    page.goto("/exports/")
    with journey.download(main(page).get_by_role("link", name=f" {record.pk}")).open(
        encoding="utf-8", newline=""
    ) as file:
        lines = file.read().splitlines()

    assert journey.clicks <= 3 + (1 if way.by_keyboard else 0)
    assert journey.faults == {}
    header = next(place for place, line in enumerate(lines) if line.startswith("academic_year"))
    (whole,) = [row for row in csv.DictReader(lines[header:]) if row["dimension"] == "LA"]
    assert whole["persistent"] == "c"
    assert (record.reader, record.reason) == ("anyone", "Questions from a councillor")
    assert AccessLogEntry.objects.filter(action="export").count() == 1
