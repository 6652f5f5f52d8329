"""Check the audit chain from its first entry to its last."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError

from accounts.services import seal_audit, verify_audit_chain
from accounts.services.audit import waiting_since
from attendance_portal.shared import clock
from attendance_portal.shared.commands import PortalCommand

SEALED_WITHIN = timedelta(hours=1)  # the schedule seals every few minutes


class Command(PortalCommand):
    """verify_audit"""

    help = "Checks the audit chain; names the first broken entry. Seals what waits, if it holds."

    def handle(self, *args: Any, **options: Any) -> None:
        """Check what is sealed, then seal the rest, so that one more check covers everything."""
        found = verify_audit_chain()
        if found.broken is not None:
            raise CommandError(f"Broken at entry {found.broken.sequence}: {found.broken.problem}.")
        late = waiting_since(clock.now() - SEALED_WITHIN)
        if late:
            self.stderr.write(
                f"{late} entries had waited over an hour to be sealed: see that the worker runs."
            )
        self.stdout.write(f"Unbroken to entry {found.sealed + seal_audit()}")
