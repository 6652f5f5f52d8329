"""Freezing the pack: the figures on the table as they stand, once and for all.

Raises: Refused (not theirs, the meeting is over, or the marks are stale and nobody said why).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from accounts.models import User
from attendance_portal.shared import wording
from attendance_portal.shared.errors import Refused
from cases.services.common import write_audit
from cases.services.typed import fits
from meetings.models import STALE_SCHOOL_DAYS, Meeting, PackSnapshot
from meetings.permissions import check_ahead, check_can_run
from meetings.services.common import locked, save


@transaction.atomic
def freeze_pack(
    *,
    meeting: Meeting,
    content: Mapping[str, Any],
    as_of: date,
    school_days_behind: int = 0,
    stale_reason: str = "",
    by: User,
    at: datetime,
) -> PackSnapshot:
    """Keep this content as the next version. Frozen twice without a change it is one version.

    `school_days_behind`: how old the school's marks were. From three on, the freeze says why it
    does not wait (pages, P21).
    """
    meeting = locked(meeting)
    check_can_run(by, meeting)
    check_ahead(meeting)
    reason = fits(stale_reason, pointer="stale_reason", longest=300)
    if school_days_behind >= STALE_SCHOOL_DAYS and not reason:
        raise Refused(
            f"The marks are {wording.counted(school_days_behind, 'school day')} behind. "
            "Say why the pack is frozen all the same.",
            code="stale_marks",
        )
    last = meeting.packs.order_by("version").last()
    checksum = checksum_of(content)
    if last is not None and (last.checksum, last.as_of) == (checksum, as_of):
        return last
    pack = PackSnapshot.objects.create(
        meeting=meeting,
        version=last.version + 1 if last is not None else 1,
        as_of=as_of,
        school_days_behind=school_days_behind,
        stale_reason=reason,
        content=content,
        checksum=checksum,
        frozen_by=by,
        frozen_at=at,
    )
    save(meeting, at)
    after = {"meeting": meeting.pk, "version": pack.version, "as_of": as_of.isoformat()}
    write_audit(verb="pack.frozen", about=pack, by=by, at=at, after={**after, "checksum": checksum})
    return pack


def checksum_of(content: Mapping[str, Any]) -> str:
    """The SHA-256 of the content as canonical JSON, in hex."""
    canonical = json.dumps(
        content, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def is_intact(pack: PackSnapshot) -> bool:
    """Whether the content is what was frozen."""
    return checksum_of(pack.content) == pack.checksum
