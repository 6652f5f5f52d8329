"""`calibration`: the synthetic borough's figures beside the published ones it is held to."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from attendance.borough import build
from attendance.borough.calibration import PUPILS, YEARS, Line, calibrate
from attendance_portal.shared.commands import PortalCommand

HEADINGS = ("measure", "ours", "published", "difference", "tolerance", "met", "published for")


class Command(PortalCommand):
    """Draws the borough in memory: no database, no file is written."""

    help = (
        "Compare the synthetic borough with published figures. Ends with 1 when a line is missed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The size and the seed; the dates are those of the published figures."""
        parser.add_argument("--pupils", type=int, default=PUPILS)
        parser.add_argument("--seed", type=int, default=build.DEFAULT_SEED)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line a figure and the sources; refuse when one is outside its tolerance."""
        wanted = build.Options(pupils=options["pupils"], years=YEARS, seed=options["seed"])
        lines = calibrate(wanted)
        self.stdout.write(
            f"A borough of {wanted.pupils:,} pupils, seed {wanted.seed}, marks to "
            f"{wanted.until:%-d %B %Y}. Per cent; ages 5 to 15; one enrolment, one row."
        )
        self._table(lines)
        self._sources(lines)
        missed = [line for line in lines if not line.is_met]
        self.stdout.write(f"\n{len(lines) - len(missed)} of {len(lines)} lines are met.")
        if missed:
            labels = "; ".join(line.target.label for line in missed)
            raise CommandError(f"Outside the tolerance: {labels}.")

    def _table(self, lines: list[Line]) -> None:
        marks = self._marks(lines)
        rows = [HEADINGS, *(_row(line, marks[line.target.source]) for line in lines)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
        for row in rows:
            cells = zip(row, widths, strict=True)
            text = [
                f"{cell:<{w}}" if n in (0, 6) else f"{cell:>{w}}"
                for n, (cell, w) in enumerate(cells)
            ]
            self.stdout.write("  ".join(text).rstrip())

    def _sources(self, lines: list[Line]) -> None:
        self.stdout.write("\nSources (Open Government Licence v3.0):")
        for source, mark in self._marks(lines).items():
            self.stdout.write(f"  [{mark}] {source}")

    @staticmethod
    def _marks(lines: list[Line]) -> dict[str, int]:
        sources = dict.fromkeys(line.target.source for line in lines)
        return {source: number for number, source in enumerate(sources, start=1)}


def _row(line: Line, mark: int) -> tuple[str, ...]:
    target = line.target
    return (
        target.label, f"{line.ours:.2f}", f"{target.published:.2f}", f"{line.difference:+.2f}",
        f"{target.tolerance:.2f}", "yes" if line.is_met else "NO",
        f"{target.geography}, {target.period}; {target.series} [{mark}]",
    )  # fmt: skip
