"""Every figure of a record and of a flag's page is the export's, for the same child and day."""

import csv
import re
from datetime import date

import pytest

from attendance.exports.checks import export_checks
from attendance.exports.periods import export_periods
from attendance.models import Flag
from attendance_portal.shared import clock
from dashboards.charts import RunningPoint
from dashboards.read_models.pupil import record_of
from dashboards.read_models.pupil_attendance import Absence, pupil_weeks, running_points
from tests.factories.classes import LATEST, child, keep_register

EARLIER = date(2026, 1, 30)


@pytest.fixture
def mixed(borough):
    """A child with every sort of mark, last year too, on two rolls."""
    weeks = ("IIMO/LU///", "NNNN//XX//", "OOOOOOOOOO", "I//////I//", "////////II")
    kay = child(borough.ash, "Kay", *weeks, status="M")
    child(borough.elm, "Kay", "OO///     ", "DDDD//////", pupil=kay.pupil, status="S")
    keep_register(kay, *["OI////////"] * 10, first=date(2025, 1, 6))
    borough.run(LATEST)
    return kay


def export_rows(made, enrolment, as_of, tmp_path):
    path = tmp_path / f"{made.__name__}-{as_of}.csv"
    made(as_of=as_of, path=path, by=None, at=clock.now())
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            row
            for row in csv.DictReader(lines)
            if row["upn"] == enrolment.pupil.upn and row["urn"] == str(enrolment.school_id)
        ]


def numbers(sentence):
    return tuple(int(part) for part in re.findall(r"\d+", sentence)[:2])


def absent(row):
    return int(row["authorised"]) + int(row["unauthorised"])


@pytest.mark.parametrize("as_of", [LATEST, EARLIER])
def test_figures_of_the_record_are_those_of_export_periods(mixed, signed_in, tmp_path, as_of):
    client = signed_in("attendance_officer")
    base = f"/pupils/{mixed.pupil.public_id}/"
    query = f"?as_of={as_of}"
    summary = client.get(base + query).context["page"]
    attendance = client.get(f"{base}attendance/{query}").context["page"]

    for roll, figures in zip(summary.rolls, attendance.rolls, strict=True):
        enrolment = mixed.pupil.enrolments.get(pk=roll.heading.enrolment_id)
        rows = export_rows(export_periods, enrolment, as_of, tmp_path)
        now = [row for row in rows if row["academic_year"] == "2025"]
        (year,) = [row for row in now if row["kind"] == "year"]
        weeks = {row["key"]: row for row in now if row["kind"] == "week"}
        periods = sorted(
            (row for row in now if row["kind"] != "week"),
            key=lambda row: (["year", "term", "half_term"].index(row["kind"]), row["key"]),
        )
        assert numbers(roll.figures[0].count) == (absent(year), int(year["possible"]))
        last_six = sorted(
            (row for row in rows if row["kind"] == "week"), key=lambda row: row["key"]
        )[-6:]
        assert numbers(roll.figures[1].count) == (
            sum(map(absent, last_six)),
            sum(int(row["possible"]) for row in last_six),
        )
        assert [numbers(row.sessions) for row in figures.figures] == [
            (absent(row), int(row["possible"])) for row in periods
        ]
        assert [(row.authorised, row.unauthorised) for row in figures.figures] == [
            (int(row["authorised"]), int(row["unauthorised"])) for row in periods
        ]
        assert {
            week.monday.isoformat(): (week.possible, week.authorised, week.unauthorised)
            for week in figures.strip.weeks
            if week.possible
        } == {
            key: (int(row["possible"]), int(row["authorised"]), int(row["unauthorised"]))
            for key, row in weeks.items()
        }


def test_same_time_last_year_is_the_export_of_that_day(mixed, signed_in, tmp_path):
    page = signed_in("attendance_officer").get(f"/pupils/{mixed.pupil.public_id}/").context["page"]

    rows = export_rows(export_periods, mixed, date(2025, 2, 7), tmp_path)
    (year,) = [row for row in rows if row["kind"] == "year" and row["academic_year"] == "2024"]
    assert page.rolls[0].figures[2].count.endswith("to 7 Feb 2025")
    assert numbers(page.rolls[0].figures[2].count) == (absent(year), int(year["possible"]))


def test_identity_strip_says_the_sessions_attended_of_the_export(mixed, signed_in, tmp_path):
    top = signed_in("attendance_officer").get(f"/pupils/{mixed.pupil.public_id}/").context["top"]

    rows = export_rows(export_periods, mixed, LATEST, tmp_path)
    (year,) = [row for row in rows if row["kind"] == "year" and row["academic_year"] == "2025"]
    assert numbers(dict(top.identity)["Attended this year"]) == (
        int(year["attended"]),
        int(year["possible"]),
    )


def test_earlier_years_are_those_of_the_export(mixed, signed_in, tmp_path):
    address = f"/pupils/{mixed.pupil.public_id}/attendance/"
    (earlier,) = signed_in("attendance_officer").get(address).context["page"].earlier

    rows = export_rows(export_periods, mixed, LATEST, tmp_path)
    (year,) = [row for row in rows if row["kind"] == "year" and row["academic_year"] == "2024"]
    assert numbers(earlier.sessions) == (absent(year), int(year["possible"]))


@pytest.mark.parametrize("kind", list(Absence))
def test_bars_and_line_end_at_the_figure_of_the_year(mixed, user_with, signed_in, kind):
    client = signed_in("attendance_officer")
    query = {"absence": kind.value} if kind.value else {}
    address = f"/pupils/{mixed.pupil.public_id}/attendance/"
    figure = client.get(address, query).context["page"].rolls[0].figures[0]
    record = record_of(
        mixed.pupil,
        client.user,
        permissions=frozenset(),
        as_of=LATEST,
        on=LATEST,
        minimum=20,
    )
    register = tuple(m for m in record.registers[mixed.pk] if m.date >= date(2025, 8, 1))

    weeks = pupil_weeks(register, record, kind)
    missed, possible = numbers(figure.sessions)
    assert sum(week.authorised + week.unauthorised for week in weeks) == missed
    assert sum(week.possible for week in weeks) == possible
    assert running_points(register, kind)[-1] == RunningPoint(LATEST, possible, missed)


def test_flags_pages_say_the_figures_of_export_checks_and_periods(mixed, signed_in, tmp_path):
    client = signed_in("attendance_officer")
    (checks,) = export_rows(export_checks, mixed, LATEST, tmp_path)
    rows = export_rows(export_periods, mixed, LATEST, tmp_path)
    (year,) = [row for row in rows if row["kind"] == "year" and row["academic_year"] == "2025"]
    pages = {
        flag.kind: client.get(f"/flags/{flag.pk}/why/").context["page"]
        for flag in Flag.objects.filter(enrolment=mixed, closed_on=None)
    }

    assert {"persistent_absence", "penalty_notice_threshold", "unresolved_n"} <= set(pages)
    persistent = pages["persistent_absence"]
    assert numbers(persistent.sentence) == (absent(year), int(year["possible"]))
    assert len(persistent.sessions) == absent(year)
    assert len(pages["penalty_notice_threshold"].sessions) == int(checks["rolling_now"])
    assert len(pages["unresolved_n"].sessions) == int(checks["n_overdue"])
