"""Make a person who can sign in, with a role."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from accounts.roles import Role
from accounts.services import create_person
from attendance_portal.shared import clock
from attendance_portal.shared.commands import PortalCommand
from schools.services.people import give_access, schools_by_urn, trusts_by_uid

PASSWORD_BYTES = 15  # twenty characters


class Command(PortalCommand):
    """create_user --email E --role R [--school URN ...] [--trust UID ...] [--password P]"""

    help = (
        "Makes a person. With no school and no trust, attendance_officer, team_manager and analyst "
        "get the whole LA, early_help_worker and panel_member only children granted later."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The options of the interface, and a name."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--role", required=True, help=", ".join(Role))
        parser.add_argument("--school", type=int, nargs="+", action="extend", default=[])
        parser.add_argument("--trust", nargs="+", action="extend", default=[])
        parser.add_argument("--password", help="left out: one is made, and printed once")
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the person and give the role, both or neither."""
        made = None if options["password"] is not None else secrets.token_urlsafe(PASSWORD_BYTES)
        at = clock.now()
        with transaction.atomic():
            schools = schools_by_urn(options["school"])
            trusts = trusts_by_uid(options["trust"])
            person = create_person(
                email=options["email"],
                password=made or options["password"],
                name=options["name"],
                by=None,
                at=at,
            )
            give_access(
                user=person,
                role=options["role"],
                schools=schools,
                trusts=trusts,
                from_on=clock.today(),
                by=None,
                at=at,
            )
        self.stdout.write(f"email={person.email}")
        if made is not None:
            self.stdout.write(f"password={made}")
