"""What is written down of places."""

from __future__ import annotations

from datetime import UTC, datetime

import factory

from interventions.models import PlaceEntry
from schools.models import Place
from tests.factories.users import UserFactory

WARD = "E05012442"  # there after every migrate


class PlaceEntryFactory(factory.django.DjangoModelFactory):
    """A strength of a ward of the map."""

    class Meta:
        model = PlaceEntry

    place = factory.LazyFunction(lambda: Place.objects.get(code=WARD))
    kind = "strength"
    title = "The rowing club on Saturdays"
    by = factory.SubFactory(UserFactory)
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
