"""Saved views: a name of one's own for a list with its filters, and which rows one looked at."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.models import SavedView, User
from accounts.services.audit import record_audit
from attendance_portal.shared.errors import Conflict, Invalid

LONGEST_NAME = 60
LONGEST_PATH = 200
LONGEST_QUERY = 1000
MOST = 50
MOST_WORKLISTS = 10  # each is counted again on the first page of the day
LONGEST_WORKLIST = 5000  # rows: what one person can look at is far below it


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


@transaction.atomic
def make_worklist(*, view: SavedView, rows: Collection[int], by: User, at: datetime) -> SavedView:
    """Remember from now on which rows stand in the list; the numbers of those that stand today.

    Raises Conflict when it is one already, Invalid for too many worklists or too long a list.
    """
    view = SavedView.objects.select_for_update().get(pk=view.pk)
    if view.is_worklist:
        raise Conflict(f"{view.name} is a worklist already.")
    if SavedView.objects.filter(user=by, looked_at__isnull=False).count() >= MOST_WORKLISTS:
        raise Invalid(f"You have {MOST_WORKLISTS} worklists. Stop one of them first.")
    return _looked(view, rows, by=by, at=at, verb="worklist_made")


@transaction.atomic
def mark_looked_at(*, view: SavedView, rows: Collection[int], by: User, at: datetime) -> SavedView:
    """The owner has looked at these rows: what comes later is new.

    Raises Conflict when it is no worklist any more, Invalid for too long a list.
    """
    view = SavedView.objects.select_for_update().get(pk=view.pk)
    if not view.is_worklist:
        raise Conflict(f"{view.name} is no worklist any more.")
    return _looked(view, rows, by=by, at=at, verb="worklist_looked_at")


@transaction.atomic
def stop_worklist(*, view: SavedView, by: User, at: datetime) -> SavedView:
    """Forget which rows were looked at; the view stays. Without effect on one that is none."""
    view = SavedView.objects.select_for_update().get(pk=view.pk)
    if view.is_worklist:
        view.looked_at, view.seen = None, []
        view.save(update_fields=["looked_at", "seen"])
        _record(view, by=by, at=at, verb="worklist_stopped")
    return view


def _looked(
    view: SavedView, rows: Collection[int], *, by: User, at: datetime, verb: str
) -> SavedView:
    if len(rows) > LONGEST_WORKLIST:
        raise Invalid(
            f"A worklist may have up to {LONGEST_WORKLIST:,} rows, and this one has {len(rows):,}. "
            "Choose more filters."
        )
    view.looked_at, view.seen = at, sorted(rows)
    view.save(update_fields=["looked_at", "seen"])
    _record(view, by=by, at=at, verb=verb)
    return view


def _record(view: SavedView, *, by: User, at: datetime, verb: str) -> None:
    """The page alone: neither filters nor rows, which may tell of a child."""
    record_audit(
        by=by,
        verb=verb,
        object_kind="view",
        object_ref=str(view.pk),
        after={"page": view.path},
        at=at,
    )
