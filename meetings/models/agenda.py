"""Agendas: the council's templates a theme, and the items of one meeting."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.choices import choices_of
from meetings.choices import BLOCKS, SIDES, THEMES, Block, Side
from meetings.models.meeting import Meeting
from meetings.querysets import AgendaItemQuerySet


class AgendaTemplateItem(models.Model):
    """One item of a theme's agenda, as the council wants it. `key` names what came built in."""

    theme = models.CharField(max_length=20, choices=choices_of(THEMES))
    key = models.CharField(max_length=40, blank=True)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=150)
    block = models.CharField(max_length=20, choices=choices_of(BLOCKS), default=Block.NOTHING.value)
    is_used = models.BooleanField(default=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["theme", "position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["theme", "key"], condition=~Q(key=""), name="agenda_template_key_once"
            ),
            models.CheckConstraint(name="agenda_template_has_a_title", condition=~Q(title="")),
        ]

    def __str__(self) -> str:
        return self.title


class AgendaItem(models.Model):
    """One thing that a meeting speaks about; `block` is the part of the pack it opens, `query` the
    filter bar's address of the group it is about, where it is about one that somebody explored."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agenda_items")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=150)
    block = models.CharField(max_length=20, choices=choices_of(BLOCKS), default=Block.NOTHING.value)
    query = models.CharField(max_length=500, blank=True)
    side = models.CharField(max_length=10, choices=choices_of(SIDES), default=Side.LA.value)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="agenda_item_has_a_title", condition=~Q(title="")),
        ]

    def __str__(self) -> str:
        return self.title
