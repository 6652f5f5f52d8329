"""A frozen pack, opened for one reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from attendance_portal.shared import wording
from dashboards.read_models.meetings.pack import pack_from
from dashboards.read_models.meetings.pack_content import Pack
from dashboards.read_models.meetings.pack_page import PackPage, pack_page, sums_today
from dashboards.read_models.meetings.pack_reading import Naming, ReadablePack, readable
from meetings.models import PackSnapshot

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Opened:
    """A pack as one person may read it. `snapshot` is None before the first freeze."""

    found: ReadablePack
    snapshot: PackSnapshot | None
    naming: Naming

    @property
    def pack(self) -> Pack:
        """What it says, as facts."""
        return self.found.pack

    def page(self) -> PackPage:
        """The pack in words, with what corrections changed since it was frozen."""
        now = sums_today(self.pack) if self.snapshot else None
        return pack_page(self.found, self.naming, sums_now=now)


def opened(snapshot: PackSnapshot, user: User, naming: Naming) -> Opened:
    """A frozen pack. Raises ValueError where it was frozen in an older form."""
    return Opened(readable(pack_from(snapshot.content), user), snapshot, naming)


def frozen_words(snapshot: PackSnapshot) -> str:
    """'Version 2, frozen 4 Nov 2025, 4:12am, by Olu Officer'."""
    by = f", by {snapshot.frozen_by}" if snapshot.frozen_by else ""
    return f"Version {snapshot.version}, frozen {wording.moment(snapshot.frozen_at)}{by}"
