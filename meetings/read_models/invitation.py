"""What the link of a mail shows without signing in: a school, times, a place; no child. And whom to
ask to a meeting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from accounts.models import User
from accounts.roles import ROLES, Role
from attendance_portal.shared import wording
from meetings.choices import Side
from meetings.models import Meeting
from meetings.states import MeetingState
from schools.models import Membership, School
from schools.scoping import membership_in_force


@dataclass(frozen=True)
class OpenSlot:
    """A time that can still be chosen."""

    slot_id: int
    words: str


@dataclass(frozen=True)
class Invitation:
    """A meeting as its link shows it. `slots` is empty where there is nothing left to choose."""

    meeting: Meeting
    school: str
    contact: str
    minutes: int
    place: str
    link: str
    booked_for: str
    slots: tuple[OpenSlot, ...]


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be asked: their side, what they are, and whether they decide (SUP-13)."""

    user: User
    side: Side
    what: str
    is_decision_maker: bool

    @property
    def label(self) -> str:
        """'Asha Khan, School lead'."""
        return f"{self.user}, {self.what}"


def invitation_of(token: str, at: datetime) -> Invitation | None:
    """The meeting that a link opens; None where no such link was ever sent."""
    rows = Meeting.objects.select_related("school", "la_contact")
    meeting = rows.filter(confirm_token=token).first() if token else None
    if meeting is None:
        return None
    is_open = meeting.state == MeetingState.OFFERED
    slots = meeting.slots.filter(withdrawn_at__isnull=True, starts_at__gt=at) if is_open else ()
    is_booked = meeting.state == MeetingState.BOOKED and meeting.starts_at is not None
    return Invitation(
        meeting=meeting,
        school=meeting.school.name,
        contact=str(meeting.la_contact),
        minutes=meeting.minutes,
        place=meeting.place,
        link=meeting.link,
        booked_for=wording.long_moment(meeting.starts_at) if is_booked else "",
        slots=tuple(OpenSlot(slot.pk, wording.long_moment(slot.starts_at)) for slot in slots),
    )


def people_to_ask(school: School, on: date) -> list[Candidate]:
    """Who may be asked to a meeting with a school: its champion first, its leads, the officers and
    managers who have it, then early help workers, each group by name."""
    covers = (
        Q(scope=Membership.Scope.LA)
        | Q(school=school)
        | Q(patch__schools=school)
        | Q(role=Role.EARLY_HELP_WORKER)
        | (Q(trust=school.trust_id) if school.trust_id else Q(pk__in=[]))
    )
    rows = Membership.objects.filter(
        membership_in_force(on),
        covers,
        role__in=_SIDES,
        user__is_active=True,
        user__is_machine=False,
    ).select_related("user")
    champion = school.attendance_champion_id
    found: dict[int, Candidate] = {}
    order = list(_SIDES)
    for row in sorted(rows, key=lambda one: (order.index(Role(one.role)), one.pk)):
        role = Role(row.role)
        is_champion = row.user_id == champion
        side = Side.SCHOOL if is_champion else _SIDES[role]
        what = "Senior attendance champion" if is_champion else ROLES[role].label
        decides = is_champion or role is Role.SCHOOL_LEAD
        found.setdefault(row.user_id, Candidate(row.user, side, what, decides))
    return sorted(
        found.values(),
        key=lambda one: (
            one.user.pk != champion,
            list(Side).index(one.side) if one.side is not Side.SCHOOL else -1,
            str(one.user).casefold(),
            one.user.pk,
        ),
    )


_SIDES = {
    Role.SCHOOL_LEAD: Side.SCHOOL,
    Role.ATTENDANCE_OFFICER: Side.LA,
    Role.TEAM_MANAGER: Side.LA,
    Role.EARLY_HELP_WORKER: Side.PARTNER,
}
