"""Lays facts over stored rows and writes only the rows that differ."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Generic, TypeVar

from django.db import connection, models

from attendance_portal.shared.locks import ROLL_IMPORTS

M = TypeVar("M", bound=models.Model)

_ROWS_AT_ONCE: Final = 2000


class Fate(Enum):
    """What became of one row that was not refused."""

    INSERTED = "inserted"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass
class Merge(Generic[M]):
    """New and changed objects, not yet written, and the fate of each row in its order.

    `differing` are the attributes in which any changed object differs: no other column is
    written, so that what a person corrects meanwhile is not lost.
    """

    new: list[M] = field(default_factory=list)
    changed: list[M] = field(default_factory=list)
    differing: set[str] = field(default_factory=set)
    fates: list[Fate] = field(default_factory=list)


def one_import_at_a_time() -> None:
    """Wait until no other import of these tables is under way, to the end of the transaction.

    Two systems may send the same new child in the same second.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", ROLL_IMPORTS)


def lay_over(thing: models.Model, facts: Mapping[str, Any]) -> set[str]:
    """Set the attributes that differ, and name them."""
    differing = {name: value for name, value in facts.items() if getattr(thing, name) != value}
    for name, value in differing.items():
        setattr(thing, name, value)
    return set(differing)


def merge(
    model: type[M],
    rows: Iterable[tuple[Hashable, Mapping[str, Any]]],
    stored: Mapping[Any, M],
) -> Merge[M]:
    """Lay each row's facts over the stored object of its key, or over a new one."""
    result: Merge[M] = Merge()
    for key, facts in rows:
        thing = stored.get(key)
        if thing is None:
            result.new.append(model(**facts))
            result.fates.append(Fate.INSERTED)
        else:
            result.fates.append(lay(thing, facts, result))
    return result


def lay(thing: M, facts: Mapping[str, Any], result: Merge[M]) -> Fate:
    """Lay facts over one stored object, and note it if it changed."""
    differing = lay_over(thing, facts)
    if not differing:
        return Fate.UNCHANGED
    result.changed.append(thing)
    result.differing |= differing
    return Fate.CHANGED


def write(model: type[M], result: Merge[M]) -> None:
    """Update the changed rows by primary key, then insert the new ones, a few statements each.

    Updating is an upsert that never inserts: far fewer statements than one a row.
    """
    fields = [
        column.name
        for column in model._meta.concrete_fields
        if {column.name, column.attname} & result.differing or getattr(column, "auto_now", False)
    ]
    if result.changed:
        model._default_manager.bulk_create(
            result.changed,
            batch_size=_ROWS_AT_ONCE,
            update_conflicts=True,
            unique_fields=[model._meta.pk.attname],
            update_fields=fields,
        )
    model._default_manager.bulk_create(result.new, batch_size=_ROWS_AT_ONCE)
