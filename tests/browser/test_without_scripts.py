"""The journeys with scripts off: everything works with links and buttons."""

import pytest
from playwright.sync_api import expect

from attendance.models import MarkChange
from tests.factories.screens import follow


@pytest.fixture
def register(borough, tmp_path):
    """A file that corrects one mark of Ada's and has one row that is refused."""
    upn = borough.ada.pupil.upn
    path = tmp_path / "register.csv"
    path.write_text(
        f"upn,date,session,code\n{upn},2026-02-06,AM,I\n{upn},2026-02-06,PM,Q9\n", encoding="utf-8"
    )
    return path


def test_from_a_new_flag_to_the_marks_that_prove_it(borough, visit):
    page = visit("attendance_officer", scripts=False)

    follow(page.get_by_role("link", name="Ben Sample", exact=True).first)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ben Sample")
    follow(page.get_by_role("link", name="Why? Flag 1"))

    expect(page.get_by_role("heading", level=1)).to_have_text("Why this flag")
    expect(page.get_by_text("5 of 50 possible sessions missed, 10.0%.")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Fri 6 Feb 2026, PM")).to_be_visible()


def test_from_the_list_by_filter_to_the_record(borough, visit):
    page = visit("school_lead", school=borough.ash, scripts=False)
    follow(page.get_by_role("link", name="Pupils", exact=True))

    page.get_by_label("Open flag").select_option("severe_absence")
    follow(page.get_by_role("button", name="Show"))
    expect(page.get_by_text("1 pupil", exact=True)).to_be_visible()
    follow(page.get_by_role("link", name="Cal Sample"))
    follow(page.get_by_role("link", name="Attendance", exact=True))

    shown = page.get_by_role("heading", name="40 of 50 possible sessions were recorded as absence")
    expect(shown).to_be_visible()


def test_from_a_misspelt_name_to_the_record(borough, visit):
    page = visit("attendance_officer", scripts=False)
    page.goto("/search/")

    page.get_by_label("Search for a pupil, case or school").fill("ben sampel")
    follow(page.get_by_role("main").get_by_role("button", name="Search"))
    expect(page.get_by_text("similar", exact=True)).to_be_visible()
    follow(page.get_by_role("link", name="Ben Sample"))

    expect(page.get_by_role("heading", level=1)).to_have_text("Ben Sample")


def test_from_a_file_through_its_review_to_the_receipt(borough, visit, register):
    page = visit("school_lead", school=borough.ash, scripts=False)
    follow(page.get_by_role("link", name="Registers"))
    page.get_by_label("Register file").set_input_files(register)
    follow(page.get_by_role("button", name="Check the file"))

    expect(page.get_by_text("2 rows: 0 new, 1 changed, 0 the same, 1 refused.")).to_be_visible()
    assert not MarkChange.objects.exists()
    follow(page.get_by_role("button", name="Save 1 mark"))

    expect(
        page.get_by_text("The register is saved and the figures are up to date.")
    ).to_be_visible()
    assert MarkChange.objects.count() == 1


def test_from_a_borough_figure_to_the_children_behind_it(borough, visit):
    page = visit("analyst", scripts=False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Borough")

    follow(page.get_by_role("link", name="Persistent absence", exact=True))

    expect(page.get_by_text("2 pupils", exact=True)).to_be_visible()


def test_signing_out_closes_the_door(borough, visit):
    page = visit("attendance_officer", scripts=False)

    follow(page.get_by_role("button", name="Sign out"))
    page.goto("/pupils/")

    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
