"""Which cases, contacts, plans and actions, in our words. Each inherits `visible_to`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db.models import Q

from cases.states import LIVE, ActionState
from schools.scoping import Access, ByCasework, SchoolScoped

if TYPE_CHECKING:
    from accounts.models import User


class CaseQuerySet(ByCasework):
    """Cases."""

    def live(self) -> Self:
        """Those that are being worked on, paused ones included."""
        return self.filter(status__in=LIVE)

    def led_by(self, user: User, on: date) -> Self:
        """Those this person leads, or covers on that day."""
        covers = Q(cover_until__isnull=True) | Q(cover_until__gte=on)
        return self.filter(Q(lead=user) | (Q(cover=user) & covers))

    def review_overdue(self, on: date) -> Self:
        """Those whose next review was due before that day."""
        return self.live().filter(next_review_on__lt=on)

    def unallocated(self) -> Self:
        """Those that nobody leads yet."""
        return self.live().filter(lead__isnull=True)


class CaseFactQuerySet(ByCasework):
    """Facts of a case: its flags, workers, stage changes, closures, offers, referrals."""

    pupil_path = "case__pupil"


class PupilFactQuerySet(ByCasework):
    """Casework that hangs on the child: holds, consents."""


class RestrictedOfACase(ByCasework):
    """Rows that may be restricted: then read by the writer, the case's lead, its cover while the
    cover lasts, and those who read every restricted note."""

    restricted_path = "is_restricted"
    entitled_paths = ("by", "case__lead")

    def _readable(self, user: User, access: Access) -> Q:
        readable = super()._readable(user, access)
        if not readable:  # every restricted note
            return readable
        in_force = Q(case__cover_until__isnull=True) | Q(case__cover_until__gte=access.on)
        return readable | (Q(case__cover=user.pk) & in_force)


class ContactQuerySet(RestrictedOfACase):
    """Contacts."""


class TimelineQuerySet(RestrictedOfACase):
    """Lines of the timeline, restricted like contacts."""


class SupervisionQuerySet(ByCasework):
    """Supervision notes: always restricted."""

    pupil_path = "case__pupil"
    restricted_path = "is_restricted"
    entitled_paths = ("by", "case__lead")


class PlanQuerySet(ByCasework):
    """Support plans."""


class PlanPartQuerySet(ByCasework):
    """Parts of a plan: versions, goals, small steps, adjustments, who agreed."""

    pupil_path = "plan__pupil"


class ActionQuerySet(ByCasework):
    """Actions: those about children in scope, about schools in scope, and one's own."""

    def scope(self, user: User, access: Access) -> Q:
        """An action about a whole school has no child. One's own promise stays one's own while it
        stands; once it has ended it is seen by whoever sees the child."""
        of_school = Q(pupil__isnull=True, school__in=access.urns)
        standing = Q(pupil__isnull=True) | Q(state=ActionState.OPEN)
        return super().scope(user, access) | of_school | (Q(owner=user) & standing)

    def open(self) -> Self:
        """Promises that still stand."""
        return self.filter(state=ActionState.OPEN)

    def overdue(self, on: date) -> Self:
        """Open, and due before that day."""
        return self.open().filter(due_on__lt=on)


class SchoolStepsQuerySet(SchoolScoped):
    """What schools do for every child."""
