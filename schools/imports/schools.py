"""schools.csv."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from accounts.models import User
from attendance_portal.shared.rejects import Outcome
from schools import choices
from schools.imports import values
from schools.imports.checking import Check, Column, FileColumns, latest_words
from schools.imports.tables import Table
from schools.services.schools import save_schools

_LARGEST_TYPE: Final = 999

SCHOOLS: Final = FileColumns(
    "schools.csv",
    (
        Column("urn", values.urn, required=True),
        Column("name", values.text(200), required=True),
        Column("la_code", values.digits(3, of="An authority's number")),
        Column("estab", values.digits(4, of="An establishment number")),
        Column("phase", values.coded(choices.PHASE, of="school census phase")),
        Column("type", lambda raw: str(values.whole(1, _LARGEST_TYPE)(raw))),
        Column("trust_uid", values.text(20)),
        Column("trust_name", values.text(200)),
        Column("ward_code", values.capitals(20)),
        Column("postcode", values.capitals(10)),
        Column(
            "status", values.coded(choices.SCHOOL_STATUS, of="status", small=True), empty="open"
        ),
        Column("meeting_days", values.meeting_days, empty="12345"),
    ),
)


@transaction.atomic
def load_schools(table: Table, *, by: User | None = None) -> Outcome:
    """Store the schools of a table, their trusts and wards with them. No figure changes by it."""
    check = Check(table, SCHOOLS.columns)
    rows, repeats = check.singles(((row.facts["urn"], row) for row in check.rows()), "urn")
    rows.sort(key=lambda row: row.place)
    names, differing = latest_words(
        (row.facts["trust_uid"], {"name": row.facts.get("trust_name", "")})
        for row in rows
        if row.facts.get("trust_uid")
    )
    for row in rows:
        row.facts.pop("trust_name", None)
    fates = save_schools(
        [row.facts for row in rows],
        trust_names={str(uid): said["name"] for uid, said in names.items()},
    )
    outcome = check.outcome(fates, repeats=repeats)
    if differing:
        outcome.warnings.append(
            f"{table.file}: trusts with more than one name, the last of which was kept: "
            f"{', '.join(sorted(map(str, differing)))[:200]}."
        )
    return outcome
