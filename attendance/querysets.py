"""Which register weeks, periods, flags and batches, in our words. Each inherits `visible_to`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db.models import Q

from schools.scoping import Access, ByEnrolment, SchoolScoped

if TYPE_CHECKING:
    from accounts.models import User


class RegisterWeekQuerySet(ByEnrolment):
    """Register weeks."""


class EnrolmentFactQuerySet(ByEnrolment):
    """Marks, corrections, notes and checks of enrolments."""


class PeriodQuerySet(ByEnrolment):
    """Stored periods of enrolments."""

    def year(self, academic_year: int) -> Self:
        """The year rows of one academic year."""
        return self.filter(academic_year=academic_year, kind=1)


class SchoolSummaryQuerySet(SchoolScoped):
    """Sums of whole schools: figures, not children."""


class FlagQuerySet(ByEnrolment):
    """Flags."""

    def open(self) -> Self:
        """Flags that stand."""
        return self.filter(closed_on__isnull=True)

    def opened_between(self, after: date, until: date) -> Self:
        """Flags that opened after one date and by another."""
        return self.filter(opened_on__gt=after, opened_on__lte=until)

    def closed_between(self, after: date, until: date) -> Self:
        """Flags that closed after one date and by another."""
        return self.filter(closed_on__gt=after, closed_on__lte=until)


class BatchQuerySet(SchoolScoped):
    """Receipts: those of the schools in scope, and one's own that name no school."""

    def scope(self, user: User, access: Access) -> Q:
        """Batches of one school in scope; of no single school, those this person sent."""
        return super().scope(user, access) | Q(by=user, school__isnull=True)
