"""Stores what a file says of schools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from schools.models import School
from schools.rules.names import fold
from schools.services.merging import Fate, merge, one_import_at_a_time, write
from schools.services.places import trust_ids, ward_ids


def save_schools(
    rows: Sequence[Mapping[str, Any]], *, trust_names: Mapping[str, str]
) -> list[Fate]:
    """Lay rows (field to value, with `urn`, `trust_uid`, `ward_code`) over the stored schools."""
    one_import_at_a_time()
    wards = ward_ids(row.get("ward_code", "") for row in rows)
    trusts = trust_ids(trust_names)
    stored = School.objects.in_bulk([row["urn"] for row in rows])
    laid = merge(School, [(row["urn"], _facts(row, trusts, wards)) for row in rows], stored)
    write(School, laid)
    return laid.fates


def _facts(
    row: Mapping[str, Any], trusts: Mapping[str, int], wards: Mapping[str, int]
) -> dict[str, Any]:
    facts = dict(row)
    if "trust_uid" in facts:
        facts["trust_id"] = trusts.get(facts.pop("trust_uid"))
    if "ward_code" in facts:
        facts["ward_id"] = wards.get(facts.pop("ward_code"))
    facts["folded_name"] = fold(row["name"])[:200]
    return facts
