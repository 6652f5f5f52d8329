"""Rows of what is done in places."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Model, QuerySet

if TYPE_CHECKING:
    from schools.models import Place

M = TypeVar("M", bound=Model)


class PlaceEntryQuerySet(QuerySet[M]):
    """Entries tell of no child and no school, so they are scoped by the page: see_borough."""

    def of_places(self, places: Iterable[Place]) -> PlaceEntryQuerySet[M]:
        """Those of some places, the newest first."""
        return self.filter(place__in=places).order_by("-at", "-pk")
