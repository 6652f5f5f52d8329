"""The large size: 200,000 children filled straight into the tables, beside 22,000 and 2,000."""

from __future__ import annotations

from pathlib import Path

from django.db import connection

from dashboards.management.bench import database, duck_sql, filling, pages
from dashboards.management.bench.nightly import against_duckdb, full_runs
from dashboards.management.bench.run import Run, seconds
from schools.rules.calendar import academic_year, academic_year_start

LARGE, MIDDLE, SMALL = 200_000, 22_000, 2_000
YEARS, ONE_YEAR = 3, 1


def measure(run: Run) -> None:
    """Every row of the targets that needs the large size; three databases, one after another."""
    with database.own_database("bench"):
        _fill(run, SMALL, ONE_YEAR)
        full_runs(run)
        small = pages.pages(run)
    with database.own_database("bench"):
        _fill(run, MIDDLE, YEARS)
        full_runs(run)
        middle_seconds = run.nightly_seconds
    with database.own_database("bench"):
        _fill(run, LARGE, ONE_YEAR)
        full_runs(run)
        marks, people = _weeks_out(run.folder)
        against_duckdb(run, "large_duckdb", duck_sql.FROM_WEEKS, people=people, marks=marks).close()
        _earlier_years(run)
        full_runs(run)
        run.record("large_nightly", run.nightly_seconds / middle_seconds,
                   f"{run.nightly_seconds:.1f} s against {middle_seconds:.1f} s")  # fmt: skip
        pages.compare(run, pages.pages(run), small)


def growth(run: Run) -> None:
    """Every page at 22,000 children over three years beside 2,000 over one: facts, no row."""
    found = []
    for pupils, years in ((MIDDLE, YEARS), (SMALL, ONE_YEAR)):
        with database.own_database("bench"):
            _fill(run, pupils, years)
            full_runs(run)
            run.fact(pages.first_openings(run))
            found.append(pages.pages(run))
    middle, small = found
    run.fact(pages.growth_of(middle, small))


def _fill(run: Run, pupils: int, years: int) -> None:
    all_years = filling.years_until(run.until, YEARS)
    start = academic_year_start(all_years[0])
    filling.people(pupils, start=start, years=all_years)
    wanted = filling.years_until(run.until, years)
    took = sum(seconds(filling.registers, year, run.until) for year in wanted)
    run.fact(
        f"{pupils:,} pupils x {years}: {database.marks_stored():,} marks filled in {took:.0f} s"
    )


def _earlier_years(run: Run) -> None:
    for year in filling.years_until(run.until, YEARS):
        if year != academic_year(run.until):
            filling.registers(year, run.until)
    run.fact(f"{LARGE:,} pupils x {YEARS}: {database.marks_stored():,} marks")


def _weeks_out(folder: Path) -> tuple[Path, Path]:
    """The week strings, and a folder with enrolments and terms, as CSV for DuckDB."""
    marks, people = folder / "weeks.csv", folder / "large"
    people.mkdir()
    _copy("SELECT enrolment_id, school_id, week_start, marks FROM register_week", marks)
    _copy(
        "SELECT e.id, p.upn, e.school_id AS urn, e.starts_on, e.ends_on FROM schools_enrolment e"
        " JOIN schools_pupil p ON p.id = e.pupil_id",
        people / "enrolment.csv",
    )
    _copy("SELECT academic_year, half_term, starts_on, ends_on FROM schools_term",
          people / "term.csv")  # fmt: skip
    return marks, people


def _copy(query: str, target: Path) -> None:
    with target.open("wb") as out, connection.cursor() as cursor:
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER, FORCE_QUOTE *)", out)
