"""A call sent again with the same key gets its first answer and does nothing.

The key row is written in the same transaction as the work: a killed call leaves neither, and two
calls at once wait for each other on the unique key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from attendance.models import IdempotencyKey
from attendance_portal.shared.errors import Conflict, Invalid

KEPT_FOR = timedelta(days=30)  # interfaces
LONGEST_KEY = 255


@dataclass(frozen=True)
class Answer:
    """An HTTP status and the JSON document that goes with it."""

    status: int
    document: dict[str, Any]


def answer_once(
    *, user: User, key: str, body_sha256: str, at: datetime, work: Callable[[], Answer]
) -> Answer:
    """Do the work and keep its answer under the client's key, or give the kept answer.

    Raises Invalid for a key too long, Conflict when the key came before with another body.
    """
    if len(key) > LONGEST_KEY:
        raise Invalid(
            f"An Idempotency-Key may have up to {LONGEST_KEY} characters.", code="bad_key"
        )
    with transaction.atomic():
        IdempotencyKey.objects.filter(user=user, key=key, created_at__lt=at - KEPT_FOR).delete()
        _, is_new = IdempotencyKey.objects.get_or_create(
            user=user, key=key, defaults={"body_sha256": body_sha256}
        )
        kept = IdempotencyKey.objects.select_for_update().get(user=user, key=key)
        if not is_new:
            return _kept_answer(kept, body_sha256)
        answer = work()
        kept.status, kept.answer = answer.status, answer.document
        kept.save(update_fields=["status", "answer"])
        return answer


def _kept_answer(kept: IdempotencyKey, body_sha256: str) -> Answer:
    if kept.body_sha256 != body_sha256:
        raise Conflict(
            "This Idempotency-Key was used before with another request. Use a new key.",
            code="idempotency_key_reused",
        )
    return Answer(kept.status or 200, kept.answer or {})


def forget_old_keys(*, at: datetime) -> int:
    """Drop keys older than thirty days; how many went."""
    count, _ = IdempotencyKey.objects.filter(created_at__lt=at - KEPT_FOR).delete()
    return count
