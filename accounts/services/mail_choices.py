"""Which of our mails a person wants."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services.audit import record_audit


@transaction.atomic
def choose_weekly_digest(*, wanted: bool, by: User, at: datetime) -> User:
    """Turn one's own weekly digest on or off. Without effect where it is so already."""
    user = User.objects.select_for_update().get(pk=by.pk)
    if user.wants_weekly_digest != wanted:
        record_audit(
            by=by,
            verb="changed",
            object_kind="mail_choice",
            object_ref=str(user.pk),
            before={"weekly_digest": user.wants_weekly_digest},
            after={"weekly_digest": wanted},
            at=at,
        )
        user.wants_weekly_digest = wanted
        user.save(update_fields=["wants_weekly_digest"])
    return user
