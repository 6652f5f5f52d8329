"""`make bench`: the ratios of the performance targets, from one run on data of its own."""

from __future__ import annotations

import logging
import os
import platform
import tempfile
import uuid
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.management.base import CommandError
from django.test.utils import override_settings

from attendance.borough.build import DEFAULT_UNTIL, Options
from attendance_portal.shared import clock
from attendance_portal.shared.commands import PortalCommand
from dashboards.management.bench import database, files, report
from dashboards.management.bench.measure import PARTS, measure, measure_large
from dashboards.management.bench.run import Run

PUPILS, YEARS = 22_000, 3
PAGE = Path("docs") / "reference" / "bench.md"
BENCH_PACKAGES = ("duckdb", "pyarrow")  # requirements/bench.txt
GIB = 1024**3


class Command(PortalCommand):
    """bench [--pupils N] [--years N] [--size large] [--only NAME ...]"""

    help = "Measure the performance targets in a database of their own, dropped at the end."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Sizes, and which parts."""
        parser.add_argument("--pupils", type=int, default=PUPILS)
        parser.add_argument("--years", type=int, default=YEARS)
        parser.add_argument(
            "--size", choices=["usual", "large"], default="usual", help="large: 200,000 pupils too"
        )
        parser.add_argument("--only", nargs="+", choices=PARTS, default=[], metavar="NAME",
                            help=f"only these parts: {', '.join(PARTS)}")  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure, print the table, and write the page when it was the whole of it."""
        wanted = Options(pupils=options["pupils"], years=options["years"])
        home = settings.ENV.home / "bench"
        home.mkdir(parents=True, exist_ok=True)
        logging.disable(logging.INFO)  # forty views of a page are not news
        self._say("Making the borough (kept for the next run) ...")
        with tempfile.TemporaryDirectory(dir=home) as folder, _settings_of_a_server():
            run = Run(
                pupils=wanted.pupils, years=wanted.years, until=wanted.until,
                bundle=files.borough(home, wanted), folder=Path(folder), say=self._say,
                only=frozenset(options["only"]),
            )  # fmt: skip
            setting = self._setting(run, options["size"])
            for part in (measure, measure_large) if options["size"] == "large" else (measure,):
                self._do(part, run)
                self._report(run, setting)  # after the first part too: the second takes long

    def _do(self, part: Callable[[Run], None], run: Run) -> None:
        try:
            part(run)
        except ModuleNotFoundError as missing:
            if missing.name not in BENCH_PACKAGES:
                raise
            raise CommandError(
                f"{missing.name} is not installed: make bench installs what this needs."
            ) from missing

    def _report(self, run: Run, setting: report.Setting) -> None:
        self.stdout.write("\n" + report.text_table(run.results))
        for what in report.missed(run.results):
            self.stdout.write(f"Demand not met: {what}.")
        if not run.only and (run.pupils, run.years) == (PUPILS, YEARS):
            page = report.page(run.results, run.facts, setting)
            (settings.BASE_DIR / PAGE).write_text(page, encoding="utf-8")
            self.stdout.write(f"Wrote {PAGE}.")

    def _say(self, text: str) -> None:
        self.stderr.write(f"{clock.now():%H:%M:%S} {text}")

    def _setting(self, run: Run, size: str) -> report.Setting:
        also = "; and 200,000, 22,000 and 2,000 filled by SQL" if size == "large" else ""
        return report.Setting(
            on=clock.now().date(),
            data=f"{run.pupils:,} pupils, {run.years} years{also}",
            postgres=str(database.scalar("SHOW server_version")).split()[0],
            python=platform.python_version(),
            cores=os.cpu_count() or 1,
            memory_gib=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB),
        )


def _settings_of_a_server() -> override_settings:
    """As a server would run, but with a cache of its own and nobody else's worker told."""
    current_app.conf.update(broker_url="memory://")
    caches = {
        "default": {**settings.CACHES["default"], "KEY_PREFIX": f"bench-{uuid.uuid4().hex}"},
    }
    return override_settings(
        DEBUG=False,
        ALLOWED_HOSTS=["testserver"],
        CACHES=caches,
        PORTAL_TODAY=DEFAULT_UNTIL + timedelta(days=1),
    )
