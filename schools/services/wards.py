"""Loads the wards that the authority and its neighbours have, so that codes bear names."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from django.db import DEFAULT_DB_ALIAS
from django.db.models import F

from schools.models import Place

_TABLE: Final = Path(__file__).resolve().parent.parent / "data" / "wards.csv"


def load_wards(*, using: str = DEFAULT_DB_ALIAS) -> int:
    """Add missing wards, and name those that bear only their code; how many. Idempotent.

    A name that a person gave stays.
    """
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        names = {row["code"]: row["name"] for row in csv.DictReader(lines)}
    places = Place.objects.using(using)
    stored = set(places.filter(code__in=names).values_list("code", flat=True))
    missing = [Place(code=code, name=names[code]) for code in sorted(set(names) - stored)]
    places.bulk_create(missing)
    nameless = list(places.filter(code__in=names, name=F("code")))
    for place in nameless:
        place.name = names[place.code]
    places.bulk_update(nameless, ["name"])
    return len(missing) + len(nameless)
