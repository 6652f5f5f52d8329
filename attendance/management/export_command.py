"""What the three export commands share: a date, a file, progress beside the result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import CommandParser

from accounts.models import ExportRecord
from attendance.management.arguments import iso_date
from attendance_portal.shared import clock
from attendance_portal.shared.commands import PortalCommand


class ExportCommand(PortalCommand):
    """Writes one file of figures as of a date; `export` is the function that does."""

    export: ClassVar[Callable[..., ExportRecord]]

    def add_arguments(self, parser: CommandParser) -> None:
        """The date and the file."""
        parser.add_argument(
            "--as-of", required=True, type=iso_date, metavar="YYYY-MM-DD", dest="as_of"
        )
        parser.add_argument("--out", required=True, type=Path, metavar="FILE")

    def handle(self, *, as_of: date, out: Path, **options: Any) -> None:
        """Write it, and say how many lines it holds."""
        record = type(self).export(
            as_of=as_of, path=out.resolve(), by=None, at=clock.now(), progress=self._say
        )
        self.stdout.write(f"{record.rows:,} lines as of {as_of.isoformat()} in {out}.")

    def _say(self, step: str) -> None:
        self.stderr.write(step, style_func=str)
