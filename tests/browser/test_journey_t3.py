"""T3, a register with mistakes: from "Your marks stop" to the corrected pupil, four ways."""

from __future__ import annotations

import csv
from datetime import date

import pytest
from playwright.sync_api import expect

from accounts.models import AuditEvent
from attendance.models import MarkChange, NightlyRun, RegisterBatch, RegisterWeek
from attendance.selectors import schools_behind
from tests.factories.classes import SmallBorough, keep_register
from tests.factories.journeys import Journey, each_way
from tests.factories.registers import PRESENT_WEEK

LAST_RUN = date(2026, 3, 2)
FULL_WEEK = PRESENT_WEEK
TO_WEDNESDAY = PRESENT_WEEK[:6]
MISSING_DAYS = ("2026-02-26", "2026-02-27", "2026-03-02")


@pytest.fixture
def borough(transactional_db) -> SmallBorough:
    """Ash's marks stop on Wednesday 25 February; the figures stand at Monday 2 March."""
    made = SmallBorough()
    for enrolment in (made.ada, made.ben, made.cal, made.dee):
        keep_register(enrolment, FULL_WEEK, first=date(2026, 2, 9))
        keep_register(enrolment, TO_WEDNESDAY, first=date(2026, 2, 23))
    keep_register(made.eve, FULL_WEEK, first=date(2026, 2, 9))
    keep_register(made.eve, FULL_WEEK, PRESENT_WEEK[:2], first=date(2026, 2, 23))
    made.run(date(2026, 2, 27), LAST_RUN)
    return made


@pytest.fixture
def register(borough, tmp_path):
    """The missing days of Ash, one mark corrected, and three mistakes on four rows."""
    ash = (borough.ada, borough.ben, borough.cal, borough.dee)
    upn = {name: getattr(borough, name).pupil.upn for name in ("ada", "ben", "eve")}
    rows = [
        f"{one.pupil.upn},{day},{session},{code}"
        for one in ash
        for day in MISSING_DAYS
        for session, code in (("AM", "/"), ("PM", "\\"))
    ]
    rows += [
        f"{upn['ada']},2026-02-25,AM,I",  # was present
        f"{upn['ben']},2026-02-25,AM,H",  # a code of the years before August 2024
        f"{upn['eve']},2026-02-26,AM,/",  # on another school's roll
        f"{upn['ben']},2026-02-25,PM,\\",
        f"{upn['ben']},2026-02-25,PM,O",  # the same mark once more, with another code
    ]
    path = tmp_path / "register.csv"
    path.write_text("upn,date,session,code\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


@each_way
def test_a_register_with_mistakes(borough, visit, register, way):
    visitor = visit("school_lead", school=borough.ash, viewport=way.viewport, scripts=way.scripts)
    journey, page = Journey(visitor, way), visitor
    weeks_before = RegisterWeek.objects.count()
    runs_before = NightlyRun.objects.count()

    journey.follow(page.get_by_role("link", name="Your marks stop at 25 Feb. Upload"))
    journey.choose_file(page.get_by_label("Register file"), register)
    journey.follow(page.get_by_role("button", name="Check the file"))

    expect(page.get_by_text("29 rows: 24 new, 1 changed, 0 the same, 4 refused.")).to_be_visible()
    for code, what_to_do in (
        ("code_not_in_force", "Use the code of that time."),
        ("no_enrolment", "not on this school's roll on this date"),
        ("duplicate_row", "Send the right one."),
    ):
        row = page.get_by_role("row").filter(has_text=code).first
        expect(row).to_contain_text(what_to_do)
    assert RegisterWeek.objects.count() == weeks_before
    assert not MarkChange.objects.exists()

    refused = journey.download(page.get_by_role("link", name="Download the refused rows (CSV)"))
    with refused.open(encoding="utf-8") as lines:
        reasons = [row["reason_code"] for row in csv.DictReader(lines)]
    assert sorted(reasons) == [
        "code_not_in_force", "duplicate_row", "duplicate_row", "no_enrolment",
    ]  # fmt: skip

    journey.follow(page.get_by_role("button", name="Save 25 marks"))
    expect(
        page.get_by_text("The register is saved and the figures are up to date.")
    ).to_be_visible()

    changed = page.get_by_role("table", name="Marks that changed")
    journey.follow(changed.get_by_role("link", name="Ada Sample"))
    correction = page.get_by_role("region", name="Corrections").get_by_role("row").last
    expect(correction.get_by_role("rowheader")).to_have_text("Wed 25 Feb 2026, AM")
    expect(correction.get_by_role("cell").nth(0)).to_have_text("/")
    expect(correction.get_by_role("cell").nth(1)).to_contain_text("I")

    assert journey.clicks == 6
    assert journey.faults == {}
    _holds_the_record(borough, runs_before)
    _says_all_the_same(page, register)


def _holds_the_record(borough, runs_before: int) -> None:
    """One batch of 25 marks, its audit row, the feed up to date, that school alone worked out."""
    batch = RegisterBatch.objects.get(route="upload")
    assert (batch.state, batch.inserted, batch.changed, batch.rejected) == ("applied", 24, 1, 4)
    event = AuditEvent.objects.get(verb="registers.uploaded")
    assert (event.object_ref, event.actor_id) == (str(batch.pk), batch.by_id)
    (change,) = MarkChange.objects.exclude(old=" ")
    assert (change.enrolment, change.old, change.new) == (borough.ada, "/", "I")
    assert borough.ash.urn not in {feed.urn for feed in schools_behind(batch.by, LAST_RUN)}
    runs = NightlyRun.objects.order_by("pk")[runs_before:]
    assert [run.school_urns for run in runs] == [[borough.ash.urn]]


def _says_all_the_same(page, register) -> None:
    """The rows that were good, sent once more."""
    text = register.read_text(encoding="utf-8").splitlines()
    register.write_text("\n".join(text[:26]) + "\n", encoding="utf-8")
    page.goto("/registers/upload/")
    page.get_by_label("Register file").set_input_files(register)
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name="Check the file").press("Enter")
    expect(page.get_by_text("All the same:")).to_be_visible()
    assert RegisterBatch.objects.filter(route="upload", state="applied").count() == 1
