"""Write the generated reference (docs/reference), or with --check say what is stale."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dashboards.management.reference import PAGES, stale_pages, write_pages


class Command(BaseCommand):
    """`manage.py generate_docs [--check]`."""

    help = __doc__
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Only `--check`."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, or fail naming the stale pages."""
        folder = settings.BASE_DIR / "docs" / "reference"
        if not options["check"]:
            write_pages(folder)
            self.stdout.write(f"Wrote {len(PAGES)} pages.")
            return
        stale = stale_pages(folder)
        if stale:
            raise CommandError(
                f"Stale: {', '.join(stale)}. Run `make docs` and commit what it writes."
            )
        self.stdout.write(f"All {len(PAGES)} pages are fresh.")
