"""terms.csv: the half-terms that serve all schools."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from accounts.models import User
from attendance_portal.shared.rejects import Outcome, Reason
from schools.imports import values
from schools.imports.checking import Check, Column, FileColumns
from schools.imports.tables import Table
from schools.rules.calendar import HALF_TERMS_IN_A_YEAR, HalfTerm, half_term_problem
from schools.services.terms import save_terms

TERMS: Final = FileColumns(
    "terms.csv",
    (
        Column("academic_year", values.whole(2000, 2099), required=True),
        Column("half_term", values.whole(1, HALF_TERMS_IN_A_YEAR), required=True),
        Column("start", values.iso_date, required=True),
        Column("end", values.iso_date, required=True),
    ),
)


@transaction.atomic
def load_terms(table: Table, *, by: User | None = None) -> Outcome:
    """Store the half-terms of a table. All schools with a roll are touched if any date changed."""
    check = Check(table, TERMS.columns)
    for row in check.rows():
        facts = row.facts
        half_term = HalfTerm(
            facts["start"], facts["end"], facts["academic_year"], facts["half_term"]
        )
        problem = half_term_problem(half_term)
        if problem is not None:
            check.refuse(row.place, Reason.BAD_VALUE, "end", says=problem)
    keyed = (((row.facts["academic_year"], row.facts["half_term"]), row) for row in check.rows())
    rows, repeats = check.singles(keyed, "half_term")
    fates, touched = save_terms(
        [
            {
                "academic_year": row.facts["academic_year"],
                "half_term": row.facts["half_term"],
                "starts_on": row.facts["start"],
                "ends_on": row.facts["end"],
            }
            for row in rows
        ]
    )
    return check.outcome(fates, repeats=repeats, touched=touched)
