"""The nightly run, here and now: the code that the schedule runs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser

from attendance.management.arguments import iso_date
from attendance.models import NightlyRun
from attendance.services.nightly import recompute_schools, run_for_everyone
from attendance_portal.shared import clock
from attendance_portal.shared.commands import PortalCommand
from schools.models import School

FARTHEST_AHEAD = timedelta(days=366)  # a slip of the keyboard would stop every later run


class Command(PortalCommand):
    """`manage.py nightly [--as-of YYYY-MM-DD] [--school URN ...] [--full]`."""

    help = (
        "Works out every figure and flag as of today or the date given, and writes what differs. "
        "With --school: only those schools, as of the figures' date."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The date, the schools, and whether to start from nothing."""
        parser.add_argument("--as-of", type=iso_date, metavar="YYYY-MM-DD", dest="as_of")
        parser.add_argument(
            "--school", type=int, nargs="+", action="extend", metavar="URN", dest="schools"
        )
        parser.add_argument(
            "--full", action="store_true", help="drop the summaries first; flags stay"
        )

    def handle(
        self,
        *,
        as_of: date | None,
        schools: list[int] | None,
        full: bool,
        **options: Any,
    ) -> None:
        """Run, and say what was written."""
        if as_of is not None and as_of > clock.today() + FARTHEST_AHEAD:
            raise CommandError(
                f"{as_of.isoformat()} is more than a year ahead. Check the date: after such a run "
                "every earlier one would be refused."
            )
        if schools:
            run = self._some_schools(schools, as_of=as_of, full=full)
        else:
            run = run_for_everyone(as_of=as_of or clock.today(), full=full, progress=self._say)
        self.stdout.write(_in_words(run))

    def _some_schools(self, schools: list[int], *, as_of: date | None, full: bool) -> NightlyRun:
        if as_of is not None or full:
            raise CommandError(
                "With --school the figures' date stands: leave --as-of and --full out."
            )
        known = set(School.objects.filter(urn__in=schools).values_list("urn", flat=True))
        unknown = sorted(set(schools) - known)
        if unknown:
            raise CommandError(f"No school has the URN {', '.join(map(str, unknown))}.")
        run = recompute_schools(schools, progress=self._say)
        if run is None:
            raise CommandError(
                "There is no figures' date yet. Run `manage.py nightly` for everyone first."
            )
        return run

    def _say(self, step: str) -> None:
        self.stderr.write(step, style_func=str)


def _in_words(run: NightlyRun) -> str:
    flags = run.counts["flags"]
    opened, closed = sum(flags["opened"].values()), sum(flags["closed"].values())
    seconds = (run.finished_at - run.started_at).total_seconds() if run.finished_at else 0
    return (
        f"Figures stand at {run.as_of.isoformat()}: {run.counts['rows_written']:,} rows written, "
        f"{opened:,} flags opened, {closed:,} closed, in {seconds:.1f} seconds."
    )
