"""Saved views: a name of one's own for a list with its filters."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import SavedView, User
from accounts.services.audit import record_audit
from attendance_portal.shared.errors import Conflict, Invalid

LONGEST_NAME = 60
LONGEST_PATH = 200
LONGEST_QUERY = 1000
MOST = 50


@transaction.atomic
def save_view(*, user: User, name: str, path: str, query: str, at: datetime) -> SavedView:
    """Keep an address under a name, for this person alone.

    Raises Invalid (no name, too long, too many), Conflict (they have one of that name). The audit
    trail gets the page and not the filters: a filter may be a child's name.
    """
    name = " ".join(name.split())
    _check(user, name, query)
    if SavedView.objects.filter(user=user, name__iexact=name).exists():
        raise Conflict(f"You have a saved view called {name}. Choose another name.")
    view = SavedView.objects.create(user=user, name=name, path=path, query=query, saved_at=at)
    record_audit(
        by=user,
        verb="saved",
        object_kind="view",
        object_ref=str(view.pk),
        after={"page": path},
        at=at,
    )
    return view


def _check(user: User, name: str, query: str) -> None:
    if not name:
        raise Invalid("Enter a name for this view.")
    if len(name) > LONGEST_NAME:
        raise Invalid(f"The name may have up to {LONGEST_NAME} characters.")
    if len(query) > LONGEST_QUERY:
        raise Invalid("These filters are too many to save. Take some of them off.")
    if SavedView.objects.filter(user=user).count() >= MOST:
        raise Invalid(f"You have {MOST} saved views. Delete one of them first.")


@transaction.atomic
def delete_view(*, view: SavedView, by: User, at: datetime) -> None:
    """Forget the name; the list itself stays where it is."""
    record_audit(
        by=by,
        verb="deleted",
        object_kind="view",
        object_ref=str(view.pk),
        before={"page": view.path},
        at=at,
    )
    view.delete()
