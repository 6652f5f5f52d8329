"""Which schools, pupils and enrolments, in our words. Each inherits `visible_to`."""

from __future__ import annotations

from datetime import date
from typing import Self

from schools.scoping import ByPupil, EnrolmentScoped, PupilScoped, SchoolScoped, in_force


class SchoolQuerySet(SchoolScoped):
    """Schools."""

    school_path = "pk"

    def alphabetical(self) -> Self:
        """A to Z by folded name, so that no order hangs on a server's collation."""
        return self.order_by("folded_name", "urn")


class PupilQuerySet(PupilScoped):
    """Pupils."""

    def alphabetical(self) -> Self:
        """By surname, then forename."""
        return self.order_by("folded_name", "pk")


class EnrolmentQuerySet(EnrolmentScoped):
    """Enrolments."""

    def on_roll(self, on: date) -> Self:
        """Enrolments that cover this day."""
        return self.filter(in_force(on, "starts_on", "ends_on"))

    def main(self) -> Self:
        """Single and main registrations."""
        return self.filter(status__in=["C", "M"])


class PupilFactQuerySet(ByPupil):
    """Facts of one child: former numbers, ties to parents."""


class ParentQuerySet(ByPupil):
    """Parents of children in scope."""

    pupil_path = "responsibilities__pupil"
