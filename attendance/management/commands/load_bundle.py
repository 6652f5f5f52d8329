"""Loads a bundle of CSV files and brings the figures up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from attendance_portal.shared import clock
from attendance_portal.shared.commands import PortalCommand
from attendance_portal.shared.wording import counted


class Command(PortalCommand):
    """`manage.py load_bundle DIR [--strict] [--dry-run] [--rejects FILE]`."""

    help = (
        "Loads schools, terms, pupils, parents, enrolments and marks from the CSV files in a "
        "folder. Safe to run again. Refused rows go to rejects.csv there, the rest is kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder, and what to do with refused rows."""
        parser.add_argument("directory", metavar="DIR", type=Path)
        parser.add_argument("--rejects", metavar="FILE", type=Path, help="where refused rows go")
        parser.add_argument(
            "--strict", action="store_true", help="keep the whole bundle, or nothing of it"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen and write nothing"
        )

    def handle(self, **options: Any) -> None:
        """Load it; exit 1 when nothing was kept because `--strict` was asked."""
        from attendance.imports.bundle import load_bundle

        receipt = load_bundle(
            options["directory"].resolve(),
            by=None,
            on=clock.today(),
            at=clock.now(),
            strict=options["strict"],
            dry_run=options["dry_run"],
            rejects_path=options["rejects"],
            progress=self.stderr_line,
        )
        for warning in receipt.warnings:
            self.stderr_line(f"Warning: {warning}")
        if options["dry_run"]:
            self.stdout.write("".join(receipt.rejects), ending="")
        if options["strict"] and receipt.rejected:
            beside = options["rejects"] or options["directory"] / "rejects.csv"
            where = "above" if options["dry_run"] else beside
            raise CommandError(
                f"{counted(receipt.rejected, 'row was', 'rows were')} refused (see {where}), "
                "so nothing was kept. "
                "Correct them, or load without --strict."
            )
        stored = sum(batch.inserted + batch.changed for batch in receipt.batches)
        kept = "would be stored" if options["dry_run"] else "stored"
        self.stdout.write(f"{stored:,} rows {kept}, {receipt.rejected:,} refused.")

    def stderr_line(self, text: str) -> None:
        """Progress, beside the result and not in it."""
        self.stderr.write(text, style_func=str)
