"""Wards bear names: after a migrate, and when a file had named one by its code before."""

from __future__ import annotations

import pytest

from schools.models import Place
from schools.services.wards import load_wards

pytestmark = pytest.mark.django_db


def test_wards_are_there_after_migrating() -> None:
    assert Place.objects.get(code="E05012438").name == "Brotton"
    assert load_wards() == 0


def test_load_wards_adds_the_missing_and_names_the_nameless() -> None:
    Place.objects.filter(code="E05012438").delete()
    Place.objects.filter(code="E05012439").update(name="E05012439")
    assert load_wards() == 2
    names = Place.objects.filter(code__in=["E05012438", "E05012439"]).order_by("code")
    assert [place.name for place in names] == ["Brotton", "Coatham"]


def test_load_wards_keeps_a_name_that_a_person_gave() -> None:
    Place.objects.filter(code="E05012438").update(name="Brotton and Skinningrove")
    assert load_wards() == 0
    assert Place.objects.get(code="E05012438").name == "Brotton and Skinningrove"
