"""Make a client for a system of a school or a partner, and print its secret once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from accounts.roles import MACHINE_ROLE
from accounts.services import create_client
from attendance_portal.shared import clock
from attendance_portal.shared.commands import PortalCommand
from cases.choices import AGENCIES, Agency
from schools.services.people import give_access, schools_by_urn


class Command(PortalCommand):
    """create_api_client --name N --scope S [--scope S] [--school URN ...] [--agency A]"""

    help = (
        "Makes a client for a system of a school or a partner. With no school it sees only the "
        "children of the cases it is given a part in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The options of the interface."""
        parser.add_argument("--name", required=True)
        parser.add_argument("--scope", nargs="+", action="extend", default=[])
        parser.add_argument("--school", type=int, nargs="+", action="extend", default=[])
        parser.add_argument(
            "--agency",
            choices=sorted(AGENCIES),
            default=Agency.SCHOOL.value,
            help="whom the system speaks for in cases",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the client and give it its schools, both or neither."""
        at = clock.now()
        with transaction.atomic():
            schools = schools_by_urn(options["school"])
            client, secret = create_client(
                name=options["name"],
                scopes=options["scope"],
                agency=options["agency"],
                by=None,
                at=at,
            )
            give_access(
                user=client.user,
                role=MACHINE_ROLE,
                schools=schools,
                from_on=clock.today(),
                by=None,
                at=at,
            )
        self.stdout.write(f"client_id={client.client_id}")
        self.stdout.write(f"client_secret={secret}")
