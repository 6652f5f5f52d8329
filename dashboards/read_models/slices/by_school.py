"""A slice by school, in the shape of the schools' own totals."""

from __future__ import annotations

from dataclasses import replace

from attendance.read_models import SchoolTotals, school_totals
from dashboards.read_models.slices.slice import Slice
from dashboards.read_models.slices.sums import Sums, grouped


def totals_of(asked: Slice) -> list[SchoolTotals]:
    """Every school of the slice in which it has a possible session, by URN.

    Whole schools are stored; a choice of children, or a part of the year, is added up.
    """
    whole = {row.urn: row for row in school_totals(asked.user, as_of=asked.as_of)}
    if asked.is_of_whole_schools:
        return [row for urn, row in sorted(whole.items()) if urn in set(asked.schools)]
    found = {int(urn): sums for urn, sums in grouped(asked, "school_id").items()}
    return [_row(whole[urn], sums) for urn, sums in sorted(found.items()) if urn in whole]


def _row(school: SchoolTotals, sums: Sums) -> SchoolTotals:
    return replace(
        school,
        enrolments=sums.enrolments,
        possible=sums.possible,
        attended=sums.possible - sums.absent,
        authorised=sums.authorised,
        unauthorised=sums.unauthorised,
        persistent=sums.persistent,
        severe=sums.severe,
    )
