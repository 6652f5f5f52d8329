"""Marks in: bulk load, re-send, memory, and the REST API, each against its own measure."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from statistics import median

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from attendance.imports.bundle import load_bundle
from attendance_portal.shared import clock
from dashboards.management.bench import database, files
from dashboards.management.bench.run import REPEATS, Run, median_seconds, seconds
from schools.models import School

WEEKS_SENT_AGAIN = 4
MARKS_A_REQUEST = 100_000
REQUESTS = 10
SMALL_IMPORT, LARGE_IMPORT = 500_000, 8_000_000
BARE = (
    "CREATE TABLE bare (upn text, urn integer, date date, session text, code text,"
    " minutes_late smallint, comment text)"
)


def load(run: Run, folder: Path) -> None:
    """The service behind `load_bundle`, from files to receipt."""
    load_bundle(folder, by=None, on=run.until, at=clock.now(), progress=run.say)


def copy_bare(folder: Path) -> float:
    """Seconds to COPY the marks of a bundle, as they are, into a bare table."""
    database.execute("DROP TABLE IF EXISTS bare")
    database.execute(BARE)
    with (folder / files.MARKS).open("rb") as source, connection.cursor() as cursor:
        took = seconds(cursor.copy_expert, "COPY bare FROM STDIN (FORMAT csv, HEADER)", source)
    database.execute("DROP TABLE bare")
    return took


def people(run: Run) -> None:
    """Schools, terms, children, families and enrolments; no mark yet."""
    folder = files.only_people(run.bundle, run.folder / "people")
    took = seconds(load, run, folder)
    run.fact(f"Schools, {run.pupils:,} pupils, families and enrolments loaded in {took:.1f} s")


def bulk_load(run: Run) -> None:
    """All marks, a third at a time, each third beside the COPY of the same rows."""
    loads, copies = [], []
    for folder in files.parts(run.bundle, run.folder / "thirds", REPEATS):
        copies.append(copy_bare(folder))
        loads.append(seconds(load, run, folder))
    marks, refused = database.marks_stored(), _refused()
    ratio = median(copied / loaded for copied, loaded in zip(copies, loads, strict=True))
    rate, copied_rate = marks / sum(loads), marks / sum(copies)
    run.record("load", ratio, f"{rate:,.0f} marks/s against {copied_rate:,.0f} rows/s")
    run.fact(f"{marks:,} marks loaded in {sum(loads):.1f} s ({refused:,} rows refused); "
             f"COPY of the same rows {sum(copies):.1f} s")  # fmt: skip


def _refused() -> int:
    return int(database.scalar("SELECT coalesce(sum(rejected), 0) FROM attendance_registerbatch"))


def resend(run: Run) -> None:
    """The last four weeks again, nothing changed."""
    folder = files.last_weeks(
        run.bundle, run.folder / "weeks", until=run.until, weeks=WEEKS_SENT_AGAIN
    )
    marks = files.count_lines(folder / files.MARKS)
    before = database.written()
    again = median_seconds(load, run, folder)
    written = database.written() - before
    copied = median(copy_bare(folder) for _ in range(REPEATS))
    run.record("resend", again / copied, f"{marks:,} marks: {again:.2f} s against {copied:.2f} s")
    run.record("resend_rows", written, f"{REPEATS} re-sends, all tables of marks and figures")


def memory(run: Run) -> None:
    """Peak memory of a process that imports few marks, and of one that imports many."""
    peaks = []
    for count in (SMALL_IMPORT, LARGE_IMPORT):
        folder = files.first_marks(run.bundle, run.folder / f"first-{count}", count)
        if folder is None:
            run.record("memory", None, f"the borough has fewer than {LARGE_IMPORT:,} marks")
            return
        peaks.append(_peak_of_import(run, folder))
        database.forget_registers()
    small, large = (peak / 1024 for peak in peaks)
    run.record("memory", large / small, f"{large:,.0f} MiB against {small:,.0f} MiB")


def _peak_of_import(run: Run, folder: Path) -> int:
    """KiB at the highest, of `manage.py load_bundle` in a process of its own."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "load_bundle", str(folder)]
    env = {
        **os.environ,
        "DATABASE_URL": database.address(),
        "PORTAL_TODAY": run.until.isoformat(),
        "PORTAL_DEBUG": "false",
    }
    process = subprocess.Popen(  # noqa: S603
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, "load_bundle")
    return usage.ru_maxrss


def api(run: Run) -> None:
    """The same marks once by requests and once by files, the register empty before each."""
    bodies = list(files.requests(run.bundle, size=MARKS_A_REQUEST, count=REQUESTS))
    if not bodies:
        run.record("api", None, f"no school has {MARKS_A_REQUEST:,} marks")
        return
    folder = run.folder / "requests"
    folder.mkdir()
    with (folder / files.MARKS).open("wb") as out:
        for number, (_, body) in enumerate(bodies):
            out.write(body if number == 0 else body.split(b"\n", 1)[1])
    client = _api_client()
    by_requests, by_files = [], []
    for _ in range(REPEATS):
        by_files.append(seconds(load, run, folder))
        stored = database.marks_stored()
        database.forget_registers()
        by_requests.append(seconds(_send, client, bodies))
        if database.marks_stored() != stored:
            raise RuntimeError("The API stored other marks than load_bundle did.")
        database.forget_registers()
    ratio = median(by_files) / median(by_requests)
    note = f"{len(bodies)} requests: {median(by_requests):.2f} s, files {median(by_files):.2f} s"
    run.record("api", ratio, note)


def _send(client: Client, bodies: list[tuple[int, bytes]]) -> None:
    for urn, body in bodies:
        answer = client.post(
            f"/api/v1/schools/{urn}/marks/", data=body, content_type="text/csv", secure=True
        )
        if answer.status_code != 200:
            raise RuntimeError(f"The API answered {answer.status_code}: {answer.content[:300]!r}")


def _api_client() -> Client:
    """A client with a live token for every school."""
    printed = io.StringIO()
    urns = list(School.objects.values_list("pk", flat=True))
    with redirect_stdout(printed):
        call_command("create_api_client", name="Benchmark", scope=["registers:write"],
                     school=urns, stdout=printed)  # fmt: skip
    told = dict(line.split("=", 1) for line in printed.getvalue().splitlines() if "=" in line)
    token = Client().post(
        "/api/oauth/token/",
        {"grant_type": "client_credentials", "client_id": told["client_id"],
         "client_secret": told["client_secret"], "scope": "registers:write"},
        secure=True,
    ).json()["access_token"]  # fmt: skip
    return Client(headers={"authorization": f"Bearer {token}"})
