"""Whom the filter bar names, and what their figures add up to: one way for every page.

A `Slice` is a set of enrolments in scope, a period and a day. Sums, groups, bands, weeks and lists
of it come from the same rows, so that a figure equals the length of the list it opens.
"""

from dashboards.read_models.slices.slice import Slice
from dashboards.read_models.slices.sums import Sums, sums

__all__ = ["Slice", "Sums", "sums"]
