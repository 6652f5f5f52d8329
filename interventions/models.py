"""What is known of a place besides its figures."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from interventions.choices import ENTRY_KINDS, EntryKind
from interventions.querysets import PlaceEntryQuerySet
from schools.models import Place


class PlaceEntry(models.Model):
    """One thing about a ward or locality: an offer, a strength, who works there, funding, a note or
    a decision of a pilot. It names no child. Ended, it stays to be read."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(
        max_length=10, choices=[(kind.value, facts.heading) for kind, facts in ENTRY_KINDS.items()]
    )
    title = models.CharField(max_length=150)
    text = models.TextField(blank=True)
    views = models.TextField(blank=True)
    from_on = models.DateField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    ended_on = models.DateField(null=True, blank=True)
    ended_why = models.CharField(max_length=300, blank=True)

    objects = PlaceEntryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="place_entry_says_something", condition=~Q(title="")),
            models.CheckConstraint(
                name="place_entry_decision_has_views",
                condition=~Q(kind=EntryKind.DECISION.value) | ~Q(views=""),
            ),
            models.CheckConstraint(
                name="place_entry_dates_in_order",
                condition=Q(from_on__isnull=True)
                | Q(until_on__isnull=True)
                | Q(until_on__gte=F("from_on")),
            ),
            models.CheckConstraint(
                name="place_entry_end_has_a_reason",
                condition=Q(ended_on__isnull=True, ended_why="")
                | (Q(ended_on__isnull=False) & ~Q(ended_why="")),
            ),
        ]

    def __str__(self) -> str:
        return self.title
