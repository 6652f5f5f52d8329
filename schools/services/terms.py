"""Stores the half-terms of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from schools.models import Enrolment, Term
from schools.services.merging import Fate, merge, one_import_at_a_time, write


def save_terms(rows: Sequence[Mapping[str, Any]]) -> tuple[list[Fate], set[int]]:
    """Lay rows over the stored half-terms; also the URNs whose figures may have changed."""
    one_import_at_a_time()
    stored = {(term.academic_year, term.half_term): term for term in Term.objects.all()}
    laid = merge(Term, [((row["academic_year"], row["half_term"]), row) for row in rows], stored)
    write(Term, laid)
    if not (laid.new or laid.changed):
        return laid.fates, set()
    return laid.fates, set(Enrolment.objects.values_list("school_id", flat=True).distinct())
