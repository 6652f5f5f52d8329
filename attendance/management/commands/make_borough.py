"""`make_borough`: writes the synthetic borough as a bundle."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from attendance.borough import build
from attendance.management.arguments import iso_date
from attendance_portal.shared.commands import PortalCommand


class Command(PortalCommand):
    """Invented children at invented schools on real wards; nothing is read from the database."""

    help = "Write a synthetic borough as a bundle. The same arguments give the same bytes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", required=True, type=Path, help="folder for the six files")
        parser.add_argument("--pupils", type=int, default=build.DEFAULT_PUPILS)
        parser.add_argument(
            "--years", type=int, default=build.DEFAULT_YEARS, help="academic years, this one too"
        )
        parser.add_argument("--seed", type=int, default=build.DEFAULT_SEED)
        parser.add_argument(
            "--until",
            type=iso_date,
            default=build.DEFAULT_UNTIL,
            metavar="YYYY-MM-DD",
            help="the last day with marks",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            wanted = build.Options(
                pupils=options["pupils"],
                years=options["years"],
                seed=options["seed"],
                until=options["until"],
            )
            counts = build.make_borough(options["out"], wanted, self._progress)
        except OSError as problem:
            raise CommandError(f"The bundle cannot be written: {problem}.") from problem
        self.stdout.write(
            f"{options['out']}: {counts.schools} schools, {counts.pupils} pupils, "
            f"{counts.parents} parent rows, {counts.enrolments} enrolments, {counts.marks} marks."
        )

    def _progress(self, line: str) -> None:
        self.stderr.write(line)
