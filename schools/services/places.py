"""Wards and trusts, made when a file names one that is not here yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from schools.models import Place, Trust
from schools.services.merging import merge, write


def ward_ids(codes: Iterable[str]) -> dict[str, int]:
    """The id of each place code; one that is not loaded is made and bears its code as its name."""
    wanted = {code for code in codes if code}
    known = set(Place.objects.filter(code__in=wanted).values_list("code", flat=True))
    Place.objects.bulk_create([Place(code=code, name=code) for code in sorted(wanted - known)])
    return dict(Place.objects.filter(code__in=wanted).values_list("code", "pk"))


def trust_ids(names: Mapping[str, str]) -> dict[str, int]:
    """The id of each trust UID. A name is stored when there is one; a new trust needs none."""
    stored = {trust.uid: trust for trust in Trust.objects.filter(uid__in=names)}
    rows = []
    for uid, name in sorted(names.items()):
        if name:
            rows.append((uid, {"uid": uid, "name": name}))
        elif uid not in stored:
            rows.append((uid, {"uid": uid, "name": uid}))
    write(Trust, merge(Trust, rows, stored))
    return dict(Trust.objects.filter(uid__in=names).values_list("uid", "pk"))
