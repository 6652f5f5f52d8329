"""Loads the dated code table into the database, so that SQL and the ORM can join it."""

from __future__ import annotations

from dataclasses import asdict

from django.db import DEFAULT_DB_ALIAS, transaction

from attendance import codes
from attendance.models import Code


def load_code_table(*, using: str = DEFAULT_DB_ALIAS) -> int:
    """Make the stored table equal the CSV, and return how many rows had to change. Idempotent."""
    wanted = {(row.code, row.valid_from): asdict(row) for row in codes.all_codes()}
    names = [field.name for field in Code._meta.concrete_fields if not field.primary_key]
    with transaction.atomic(using=using):
        stored = {
            (row["code"], row["valid_from"]): row
            for row in Code.objects.using(using).values("pk", *names)
        }
        differing = [
            key
            for key in stored.keys() | wanted.keys()
            if {name: stored.get(key, {}).get(name) for name in names}
            != {name: wanted.get(key, {}).get(name) for name in names}
        ]
        replaced = [stored[key]["pk"] for key in differing if key in stored]
        Code.objects.using(using).filter(pk__in=replaced).delete()
        Code.objects.using(using).bulk_create(
            Code(**wanted[key]) for key in differing if key in wanted
        )
    return len(differing)
