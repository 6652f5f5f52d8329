"""For the same filter and date, pages, lists, exports and the API say the same."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from attendance.exports.dashboard import export_dashboard
from attendance.exports.periods import export_periods
from attendance.rules.percent import shown_percent
from attendance_portal.shared import clock
from tests.factories.classes import LATEST
from tests.factories.guarded import Choice, GuardedBorough

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

DAYS = [LATEST, date(2026, 1, 23)]  # the figures' date, and a past one
SHARE = re.compile(r"([\d,]+) of ([\d,]+)")
SUMS = ("enrolments", "possible", "authorised", "unauthorised", "persistent", "severe")
Row = Mapping[str, int]
Share = tuple[int, int]


@pytest.fixture
def officer(guarded, signed_in) -> Client:
    """Someone who sees every school."""
    return signed_in("team_manager")


def rows_of(make, as_of: date, folder: Path) -> list[dict[str, str]]:
    """The rows of an export in the year of the figures."""
    path = folder / f"{make.__name__}.csv"
    make(as_of=as_of, path=path, by=None, at=clock.now())
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["academic_year"] == "2025"]


def exported(guarded: GuardedBorough, as_of: date, folder: Path) -> dict[Choice | None, Row]:
    """The sums of each filter that the dashboard export has a row of; None: of everyone."""
    found: dict[Choice | None, Row] = {}
    for row in rows_of(export_dashboard, as_of, folder):
        choice = guarded.choice_of_file(row["dimension"], row["value"])
        sums = {name: int(row[name]) for name in SUMS}
        if row["dimension"] == "LA":
            found[None] = sums
        elif choice in guarded.choices:
            found[choice] = sums
    return found


def added(rows: Iterable[Row]) -> Row:
    every = list(rows)
    return {name: sum(row[name] for row in every) for name in SUMS}


def absent(row: Row) -> Share:
    return row["authorised"] + row["unauthorised"], row["possible"]


def over(row: Row, line: str) -> Share:
    return row[line], row["enrolments"]


def four(row: Row) -> list[Share]:
    """Absence, persistent, severe and unauthorised absence."""
    unauthorised = row["unauthorised"], row["possible"]
    return [absent(row), over(row, "persistent"), over(row, "severe"), unauthorised]


def share(shown: str) -> Share:
    found = SHARE.search(shown)
    assert found, shown
    part, whole = (int(number.replace(",", "")) for number in found.groups())
    return part, whole


def shares(figures) -> list[Share]:
    """The counts of figures, each beside its own rate."""
    for figure in figures:
        assert figure.rate == shown_percent(*share(figure.count)), figure
    return [share(figure.count) for figure in figures]


def shares_of_school(figures) -> list[Share]:
    """The same of a school's page, whose figures are cells."""
    for figure in figures:
        assert figure.cell.rate == shown_percent(*share(figure.cell.count)), figure
    return [share(figure.cell.count) for figure in figures]


def page_of(client: Client, path: str, as_of: date, *choices: Choice | None):
    asked = [choice for choice in choices if choice] + [("as_of", as_of.isoformat())]
    answer = client.get(f"{path}?{'&'.join(f'{name}={value}' for name, value in asked)}")
    assert answer.status_code == 200
    return answer.context["page"]


def length_of(client: Client, href: str) -> int:
    return client.get(href).context["count"]


@pytest.mark.parametrize("as_of", DAYS)
def test_borough_and_explorer_equal_the_export_for_each_filter(guarded, officer, tmp_path, as_of):
    rows = exported(guarded, as_of, tmp_path)
    assert len(rows) == 1 + 4 + 6 + 2 + 2 + 3 + 3  # all, schools, years, sex, meals, SEN, wards
    for choice, row in rows.items():
        assert shares(page_of(officer, "/borough/", as_of, choice).figures) == four(row), choice
        absence, authorised, unauthorised, *lines = shares(
            page_of(officer, "/explore/", as_of, choice).figures
        )
        assert [absence, *lines, unauthorised] == four(row), choice
        assert authorised == (row["authorised"], row["possible"]), choice


@pytest.mark.parametrize("as_of", DAYS)
def test_places_equal_the_export(guarded, officer, tmp_path, as_of):
    rows = exported(guarded, as_of, tmp_path)
    lines = {line.name: line for line in page_of(officer, "/places/", as_of).lines}
    for ward in guarded.wards:
        expected = four(rows["place", ward.code])
        assert [share(rate.count) for rate in lines[ward.name].rates] == expected
        place = page_of(officer, f"/places/{ward.code}/", as_of)
        assert [share(figure.here.count) for figure in place.figures] == expected
        assert [share(figure.everywhere.count) for figure in place.figures] == four(rows[None])


@pytest.mark.parametrize("as_of", DAYS)
def test_trusts_and_schools_equal_the_export(guarded, officer, tmp_path, as_of):
    rows = exported(guarded, as_of, tmp_path)
    mine = {school.name: rows["school", str(school.pk)] for school in guarded.schools[1::2]}
    trust = page_of(officer, f"/trusts/{guarded.trust.uid}/", as_of)
    assert shares(trust.figures) == four(added(mine.values()))
    assert {line.name: [share(rate.count) for rate in line.rates] for line in trust.schools} == {
        name: four(row) for name, row in mine.items()
    }
    for school in guarded.schools:
        page = page_of(officer, f"/schools/{school.pk}/", as_of)
        assert shares_of_school(page.figures) == four(rows["school", str(school.pk)])


@pytest.mark.parametrize("as_of", DAYS)
def test_concentration_and_both_bases_count_whom_the_export_counts(
    guarded, officer, tmp_path, as_of
):
    rows = exported(guarded, as_of, tmp_path)
    page = page_of(officer, "/explore/concentration/", as_of)
    assert page.count == f"{rows[None]['enrolments']} pupils"
    by_name = {school.name: rows["school", str(school.pk)] for school in guarded.schools}
    assert {line.name: int(line.pupils) for line in page.schools} == {
        name: row["enrolments"] for name, row in by_name.items()
    }
    bases = page_of(officer, "/explore/benchmark/", as_of, ("measure", "persistent")).bases
    assert {line.phase: share(line.everyone) for line in bases} == {
        "Primary": over(added(list(by_name.values())[:2]), "persistent"),
        "Secondary": over(added(list(by_name.values())[2:]), "persistent"),
    }


@pytest.mark.parametrize("choices", [(), (("sex", "F"),), (("year_group", "8"), ("fsm", "true"))])
def test_each_count_of_the_explorer_is_the_length_of_its_list(guarded, officer, choices):
    page = page_of(officer, "/explore/", LATEST, *choices)
    opened = 0
    for figure in page.figures:
        if figure.href:
            opened += 1
            told = int(re.findall(r"[\d,]+", figure.opens)[0].replace(",", ""))
            assert length_of(officer, figure.href) == told, figure
    assert opened > 2
    assert length_of(officer, page.pupils_href) == int(page.count.split()[0])


@pytest.mark.parametrize("as_of", DAYS)
def test_a_school_with_a_filter_equals_export_periods_and_the_api(
    guarded, officer, system_of, tmp_path, as_of
):
    school = guarded.schools[2]
    rows = [
        row
        for row in rows_of(export_periods, as_of, tmp_path)
        if row["kind"] == "year" and row["urn"] == str(school.pk)
    ]
    system = system_of("attendance:read", schools=[school])
    address = f"/api/v1/schools/{school.pk}/absence/?kind=year&as_of={as_of}"
    answered = system.get(address).json()["results"]
    told = {row["upn"]: (row["possible"], row["persistent"], row["severe"]) for row in answered}
    assert told == {
        row["upn"]: (int(row["possible"]), int(row["persistent"]), int(row["severe"]))
        for row in rows
    }
    for choice in (None, ("year_group", "7"), ("sex", "M")):
        upns = guarded.upns_of(*([choice] if choice else []))
        mine = [row for row in rows if row["upn"] in upns]
        page = page_of(officer, f"/schools/{school.pk}/", as_of, choice)
        expected = {name: sum(int(row[name]) for row in mine) for name in SUMS[1:]}
        assert shares_of_school(page.figures) == four({**expected, "enrolments": len(mine)}), choice
