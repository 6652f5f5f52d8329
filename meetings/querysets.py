"""Which meetings, actions and notes, in our words. Each inherits `visible_to`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.db.models import Exists, OuterRef, Q

from accounts.roles import Role
from attendance_portal.shared import clock
from cases.states import ActionState
from meetings.choices import Side
from meetings.states import AHEAD, STANDING, Acceptance, AssessmentState, MeetingState
from schools.scoping import Access, ByMeeting, SchoolScoped, casework_access_of, roles_of

if TYPE_CHECKING:
    from accounts.models import User


class MeetingQuerySet(ByMeeting):
    """Meetings."""

    school_path = "school"
    meeting_path = ""

    def with_figures_for(self, user: User) -> Self:
        """Those whose pack, pupils and actions this person sees: by school, not by being asked."""
        access = casework_access_of(user)
        if not access.sees_pupils:
            return self.none()
        return self.all() if access.everything else self.filter(school__in=access.urns)

    def of_term(self, academic_year: int, term: int) -> Self:
        """Those of one term (1 to 3) of an academic year."""
        return self.filter(academic_year=academic_year, term=term)

    def standing(self) -> Self:
        """Offered, booked or held: all but those that were not held."""
        return self.filter(state__in=STANDING)

    def ahead(self) -> Self:
        """Offered or booked, those going on included."""
        return self.filter(state__in=AHEAD)

    def held(self) -> Self:
        """Those that took place and were ended."""
        return self.filter(state=MeetingState.HELD)

    def upcoming(self, at: datetime) -> Self:
        """Booked, not ended, and on London's day of this moment or later; soonest first."""
        return self.filter(state=MeetingState.BOOKED, starts_at__gte=clock.day_begins(at)).order_by(
            "starts_at", "pk"
        )

    def to_record(self, at: datetime) -> Self:
        """Booked for a day that is over, and nobody said whether they were held; oldest first."""
        return self.filter(state=MeetingState.BOOKED, starts_at__lt=clock.day_begins(at)).order_by(
            "starts_at", "pk"
        )

    def with_decision_maker(self) -> Self:
        """With `has_decision_maker`: somebody of the school who can decide came."""
        people = self.model._meta.get_field("attendances").related_model._base_manager
        came = people.filter(
            meeting=OuterRef("pk"), side=Side.SCHOOL, is_decision_maker=True, came=True
        )
        return self.annotate(has_decision_maker=Exists(came))


class OfAMeeting(ByMeeting):
    """What everyone asked to a meeting sees: times, people, agenda."""

    meeting_path = "meeting"


class AgendaItemQuerySet(OfAMeeting):
    """Agenda items."""

    def standing(self) -> Self:
        """Those that were not taken off."""
        return self.filter(removed_at__isnull=True)


class InsideAMeeting(ByMeeting):
    """What tells of children or figures: for those who have the school in scope."""


class TakenOffQuerySet(InsideAMeeting):
    """Rows that may be taken off a list."""

    def standing(self) -> Self:
        """Those that were not taken off the list."""
        return self.filter(removed_at__isnull=True)


class DiscussedQuerySet(TakenOffQuerySet):
    """Pupils who are spoken about."""

    pupil_path = "pupil"


class DecisionQuerySet(InsideAMeeting):
    """Decisions, perhaps about a child."""

    pupil_path = "pupil"


class MeetingReferralQuerySet(InsideAMeeting):
    """Referrals that meetings made."""

    pupil_path = "referral__case__pupil"


class AssessmentQuerySet(ByMeeting):
    """Schools' own views, one a term: a draft is for the school's leads, a shared one for everyone
    who has the school in scope."""

    school_path = "school"
    state_path: ClassVar[str] = "state"

    def visible_to(self, user: User) -> Self:
        """Only the rows this person may see today."""
        rows = super().visible_to(user)
        if Role.SCHOOL_LEAD in roles_of(user):
            return rows
        return rows.filter(**{self.state_path: AssessmentState.SUBMITTED})


class ScoreQuerySet(AssessmentQuerySet):
    """The scores of schools' own views."""

    school_path = "assessment__school"
    state_path = "assessment__state"


class MeetingActionQuerySet(ByMeeting):
    """Actions that meetings made: those of schools in scope, and one's own."""

    pupil_path = "action__pupil"

    def scope(self, user: User, access: Access) -> Q:
        """One's own promise is seen wherever it was asked for, as casework shows it."""
        standing = Q(action__pupil__isnull=True) | Q(action__state=ActionState.OPEN)
        return super().scope(user, access) | (Q(action__owner=user) & standing)

    def waiting_for(self, user: User) -> Self:
        """Those this person was asked to accept and has not answered."""
        return self.filter(action__owner=user, acceptance=Acceptance.ASKED)


class ReflectionQuerySet(ByMeeting):
    """Private reflections: the writer's alone until shared with those who see the meeting."""

    meeting_path = "meeting"

    def visible_to(self, user: User) -> Self:
        """One's own, and those that were shared, of meetings this person sees."""
        rows = super().visible_to(user)
        return rows.filter(Q(by=user) | Q(shared_at__isnull=False))


class PracticeNoteQuerySet(ByMeeting):
    """What worked: the school's own, and for everyone once the school gave leave."""

    school_path = "school"

    def scope(self, user: User, access: Access) -> Q:
        """Notes of the schools in scope, and those given to the network."""
        return super().scope(user, access) | Q(leave_given_at__isnull=False)

    def for_the_network(self) -> Self:
        """Those that the school lets others read."""
        return self.filter(leave_given_at__isnull=False)


class FrequencyQuerySet(SchoolScoped):
    """How many meetings a year schools have."""
