"""Figures for pages and the API: stored at the figures' date, else by the same statements."""

from attendance.read_models.absence import AbsenceRow, YearCount, absence_rows, year_counts
from attendance.read_models.totals import SchoolTotals, school_totals

__all__ = [
    "AbsenceRow",
    "SchoolTotals",
    "YearCount",
    "absence_rows",
    "school_totals",
    "year_counts",
]
