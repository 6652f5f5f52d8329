"""Make and load the demo borough, run ten nights, and print a login per role."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from attendance_portal.shared import clock
from dashboards.management.demo import PUPILS, load_demo
from dashboards.management.demo_people import Login


class Command(BaseCommand):
    """`manage.py demo_load`: development only."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The size, and the last day with marks."""
        parser.add_argument("--pupils", type=int, default=PUPILS)
        parser.add_argument("--until", type=date.fromisoformat, default=date(2026, 3, 2))

    def handle(self, *args: Any, **options: Any) -> None:
        """Load unless loaded, then print the logins as a table."""
        if settings.ENV.production:
            raise CommandError("The demo borough is for development. This is production.")
        logins = load_demo(
            pupils=options["pupils"],
            until=options["until"],
            today=clock.today(),
            home=settings.ENV.home,
            at=clock.now(),
            say=lambda line: self.stderr.write(line),
        )
        self._print(logins)

    def _print(self, logins: list[Login]) -> None:
        self.stdout.write("One login a role, and what each finds:")
        role, mail = (
            max(len(text) for text in column)
            for column in ([each.role for each in logins], [each.email for each in logins])
        )
        for each in logins:
            self.stdout.write(
                f"  {each.role:<{role}}  {each.email:<{mail}}  {each.password}  "
                f"{each.sees}: {each.finds}"
            )
