"""Which register weeks, periods, flags and batches, in our words. Each inherits `visible_to`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Exists, OuterRef, Q, QuerySet

from schools.scoping import Access, ByEnrolment, SchoolScoped, ScopedQuerySet

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

    def standing_on(self, on: date) -> Self:
        """Flags that stood on a day: opened by it, and not closed by it."""
        return self.filter(
            Q(closed_on__isnull=True) | Q(closed_on__gt=on),
            opened_on__lte=on,
        )

    def opened_between(self, after: date, until: date) -> Self:
        """Flags that opened after one date and by another."""
        return self.filter(opened_on__gt=after, opened_on__lte=until)

    def closed_between(self, after: date, until: date) -> Self:
        """Flags that closed after one date and by another."""
        return self.filter(closed_on__gt=after, closed_on__lte=until)

    def unanswered(self, today: date) -> Self:
        """Those that no answer holds for: none was given, or its day to look again has come."""
        return self.filter(~Exists(self._answers_that_hold(today)))

    def answered(self, today: date) -> Self:
        """Those that someone has answered, until a day that is still to come."""
        return self.filter(Exists(self._answers_that_hold(today)))

    def _answers_that_hold(self, today: date) -> QuerySet[Any]:
        answers = self.model._meta.get_field("answers").related_model.objects
        return answers.filter(flag=OuterRef("pk"), is_latest=True, look_again_on__gt=today)


class FlagAnswerQuerySet(ScopedQuerySet):
    """Answers to flags: whoever sees the flag sees what was decided about it."""

    def scope(self, user: User, access: Access) -> Q:
        """Answers to the flags in scope."""
        flags = self.model._meta.get_field("flag").related_model.objects.all()
        return Q(flag__in=flags.filter(flags.scope(user, access)).values("pk"))

    def of_open_flags(self) -> Self:
        """The latest answer of each flag that stands."""
        return self.filter(is_latest=True, flag__closed_on__isnull=True)


class BatchQuerySet(SchoolScoped):
    """Receipts: those of the schools in scope, and one's own that name no school."""

    def scope(self, user: User, access: Access) -> Q:
        """Batches of one school in scope; of no single school, those this person sent."""
        return super().scope(user, access) | Q(by=user, school__isnull=True)
