"""parents.csv: one row for each parent and child."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from accounts.models import User
from attendance_portal.shared.rejects import Outcome, Reason
from schools.imports import values
from schools.imports.checking import Check, Column, FileColumns, Row, latest_words
from schools.imports.tables import Table
from schools.services.parents import TieWord, save_parents
from schools.services.pupils import pupil_ids

PARENTS: Final = FileColumns(
    "parents.csv",
    (
        Column("parent_ref", values.text(50), required=True),
        Column("upn", values.upn, required=True),
        Column("name", values.text(200), required=True),
        Column("relationship", values.text(50)),
        Column("parental_responsibility", values.boolean, empty=None),
        Column("lives_with", values.boolean, empty=None),
        Column("phone", values.text(50)),
        Column("email", values.text(200)),
        Column("address", values.text(1000)),
        Column("language", values.text(50)),
    ),
)
_OWN_FACTS: Final = ("name", "phone", "email", "address", "language")
_TIE_FACTS: Final = ("relationship", "parental_responsibility", "lives_with")


@transaction.atomic
def load_parents(table: Table, *, by: User | None = None) -> Outcome:
    """Store the parents of a table and their ties to children. No figure depends on them.

    A parent has a row for each child. Where those rows differ about the parent (a telephone
    number brought up to date for one child only), the last row that says anything is kept, with a
    warning: refusing both would lose the tie to the child.
    """
    check = Check(table, PARENTS.columns)
    ids = pupil_ids(row.facts["upn"] for row in check.rows())
    for row in check.rows():
        if row.facts["upn"] not in ids:
            check.refuse(row.place, Reason.UNKNOWN_UPN, "upn")
    tied, repeats = _one_for_each_tie(check, ids)
    said, differing = latest_words(
        (row.facts["parent_ref"], _some(row, _OWN_FACTS)) for row in tied
    )
    fates = save_parents(
        {str(ref): facts for ref, facts in said.items()},
        [
            TieWord(row.facts["parent_ref"], ids[row.facts["upn"]], _some(row, _TIE_FACTS))
            for row in tied
        ],
    )
    outcome = check.outcome(fates, repeats=repeats)
    if differing:
        outcome.warnings.append(
            f"{table.file}: rows that differ about one parent, the last of which was kept: "
            f"{', '.join(sorted(map(str, differing)))[:200]}."
        )
    return outcome


def _one_for_each_tie(check: Check, ids: dict[str, int]) -> tuple[list[Row], int]:
    keyed = [((row.facts["parent_ref"], ids[row.facts["upn"]]), row) for row in check.rows()]
    rows, repeats = check.singles(keyed, "parent_ref")
    return sorted(rows, key=lambda row: row.place), repeats


def _some(row: Row, names: tuple[str, ...]) -> dict[str, object]:
    return {name: row.facts[name] for name in names if name in row.facts}
