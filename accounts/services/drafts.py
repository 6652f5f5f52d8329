"""Drafts: long text that keeps itself on the server while it is being typed.

They are their owner's work in progress, read by nobody else, and no record of ours: the audit
trail has what is saved in the end. What nobody comes back to is forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.models import Draft, SentForm, User
from attendance_portal.shared.errors import Invalid

KEPT_FOR = timedelta(days=30)
LONGEST = 100_000  # characters of one form
LONGEST_ADDRESS = 300  # characters of the form's own
UNTITLED = "A form"


def save_draft(
    *,
    user: User,
    form: str,
    title: str,
    typed: Mapping[str, Sequence[str]],
    at: datetime,
    token: UUID | None = None,
) -> Draft | None:
    """Keep what stands in the form at this address; None, and no draft, when nothing does.

    `token` is the form's own: a draft that arrives after its form was saved is too late. Raises
    Invalid when it is longer than any form of ours.
    """
    values = {name: list(texts) for name, texts in typed.items() if any(texts)}
    if sum(len(text) for texts in values.values() for text in texts) > LONGEST:
        raise Invalid(f"A draft may have up to {LONGEST:,} characters.", code="draft_too_long")
    is_too_late = token and SentForm.objects.filter(user=user, token=token).exists()
    if is_too_late or not values:
        forget_draft(user=user, form=form)
        return None
    facts = {"title": title or UNTITLED, "typed": values, "saved_at": at}
    draft, _ = Draft.objects.update_or_create(user=user, form=form, defaults=facts)
    return draft


def draft_of(*, user: User, form: str) -> Draft | None:
    """What this person typed there and did not save."""
    return Draft.objects.filter(user=user, form=form).first()


def forget_draft(*, user: User, form: str) -> None:
    """It is saved, or no longer wanted."""
    Draft.objects.filter(user=user, form=form).delete()


def as_initial(draft: Draft | None) -> dict[str, Any]:
    """What a draft puts into a form's fields."""
    if draft is None:
        return {}
    return {name: values[0] if len(values) == 1 else values for name, values in draft.typed.items()}


def forget_old_drafts(*, at: datetime) -> int:
    """Drop what nobody came back to for thirty days; how many went."""
    count, _ = Draft.objects.filter(saved_at__lt=at - KEPT_FOR).delete()
    return count
