"""The nightly run against DuckDB, pandas and itself; every answer compared."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from django.core.management import call_command

from attendance.imports.marks import receive_marks
from attendance.models import RegisterBatch
from attendance.services import nightly
from attendance_portal.shared import clock
from dashboards.management.bench import answers, database, duck, duck_sql, files, frames
from dashboards.management.bench.run import REPEATS, Run, median_seconds, seconds
from schools.models import School

MARKS_CORRECTED = 50


def full_runs(run: Run) -> None:
    """The first run, then three with nothing changed."""
    first = seconds(_run_for_everyone, run.until)
    run.fact(f"First nightly run, every summary and flag new: {first:.1f} s")
    database.execute("VACUUM (ANALYZE)")  # what autovacuum does in time, before anything is timed
    before = database.written()
    run.nightly_seconds = median_seconds(_run_for_everyone, run.until)
    written = database.written() - before
    run.record("nightly_rows", written, f"{REPEATS} runs, all tables of marks, figures and flags")
    run.fact(f"Full nightly run, nothing changed: {run.nightly_seconds:.2f} s")


def _run_for_everyone(as_of: date) -> None:
    nightly.run_for_everyone(as_of=as_of)


def size(run: Run) -> None:
    """Space of the register: its rows are the weekly rollup. What the nightly adds is told too."""
    marks = database.marks_stored()
    register = database.bytes_of(["register_week"]) / marks
    added = {table: database.bytes_of([table]) / marks for table in database.SUMMARIES}
    run.record(
        "size", register, f"with what the nightly run adds, {register + sum(added.values()):.1f}"
    )
    told = ", ".join(f"{table} {each:.2f}" for table, each in added.items())
    run.fact(f"Bytes per mark: register_week, its counts and its key {register:.2f}; {told}")


def against_duckdb(run: Run, key: str, setup: str, *, people: Path, marks: Path) -> Any:
    """DuckDB's three times, and its answers compared with the exports; the open file."""
    session = duck.open_file(run.folder / f"{key}.duckdb")
    filled = seconds(lambda: duck.fill(session, setup, people=people, marks=marks))
    took = median(duck.answer(session, as_of=run.until) for _ in range(REPEATS))
    run.record(key, run.nightly_seconds / took, f"{run.nightly_seconds:.2f} s against {took:.2f} s")
    run.fact(f"DuckDB {session.execute('SELECT version()').fetchone()[0]} read its marks in "
             f"{filled:.1f} s, not counted above")  # fmt: skip
    exported = export(run)
    answers.compare_exports(session, exported)
    run.fact("The answers of DuckDB equal export_periods and export_checks on every row")
    return session


def duckdb(run: Run) -> Any:
    """DuckDB on the borough's own files."""
    return against_duckdb(run, "duckdb", duck_sql.FROM_FILES, people=run.bundle,
                          marks=run.bundle / files.MARKS)  # fmt: skip


def pandas(run: Run, session: Any) -> None:
    """pandas on Parquet, its answers compared with DuckDB's."""
    folder = run.folder / "parquet"
    frames.save(session, folder)
    times = []
    for _ in range(REPEATS):
        took, found = frames.answer(folder, as_of=run.until)
        times.append(took)
    answers.compare_frames(session, found)
    took = median(times)
    run.record("pandas", run.nightly_seconds / took,
               f"{run.nightly_seconds:.2f} s against {took:.2f} s")  # fmt: skip


def export(run: Run) -> Path:
    """export_periods and export_checks into a folder."""
    folder = run.folder / "exports"
    folder.mkdir(exist_ok=True)
    for name in ("periods", "checks"):
        target = folder / f"{name}.csv"
        took = seconds(_export, name, target, run.until)
        run.fact(f"export_{name}: {took:.1f} s, {target.stat().st_size / 1e6:,.0f} MB")
    return folder


def _export(name: str, target: Path, as_of: date) -> None:
    call_command(f"export_{name}", "--as-of", as_of.isoformat(), "--out", str(target))


def one_school(run: Run) -> None:
    """Three schools of the middle size, each after marks of its last day were corrected."""
    urns = _middle_schools()
    times = []
    for urn in urns:
        _correct_some(School.objects.get(pk=urn), run.until)
        times.append(seconds(nightly.recompute_waiting))
    took = median(times)
    run.record("school", took / run.nightly_seconds,
               f"{took * 1000:,.0f} ms against {run.nightly_seconds:.2f} s")  # fmt: skip


def _middle_schools() -> list[int]:
    urns = [urn for (urn,) in database.rows(
        "SELECT school_id FROM register_week GROUP BY 1 ORDER BY count(*), school_id")]  # fmt: skip
    middle = max(len(urns) // 2 - 1, 0)
    return urns[middle : middle + REPEATS]


def _correct_some(school: School, until: date) -> None:
    """Some children of the school's last day turn out to have been ill."""
    marks = database.rows(
        "SELECT p.upn, m.date, m.session FROM mark m"
        " JOIN schools_enrolment e ON e.id = m.enrolment_id"
        " JOIN schools_pupil p ON p.id = e.pupil_id"
        " WHERE m.school_id = %s AND m.symbol <> 'I' AND m.date = (SELECT max(date) FROM mark"
        " WHERE school_id = %s AND date <= %s) ORDER BY 1, 2, 3 LIMIT %s",
        [school.pk, school.pk, until, MARKS_CORRECTED],
    )
    receive_marks(
        [{"upn": upn, "date": on.isoformat(), "session": "PM" if session else "AM", "code": "I"}
         for upn, on, session in marks],
        school=school, route=RegisterBatch.Route.API, by=None, on=until, at=clock.now(),
    )  # fmt: skip
