"""The only place that turns a user into rows. Default is nothing.

Every model about schools or children names its path once (`ScopedQuerySet` subclasses) and
inherits `visible_to`. Access is about the present, so this module alone below the views asks the
clock (ADR 0005).

Who sees what (architecture, "Scoping"):

- A whole-LA membership shows every school, pupil and enrolment.
- A patch, trust or school membership shows those schools; the pupils with an enrolment there from
  the day it is recorded; while that enrolment is current, everything of the child; after its last
  day, to the end of that academic year, the school's own marks and figures.
- An enrolment that awaits confirmation shows the school its own marks only, and no record.
- A grant shows one child, to someone who holds a role that shows pupils at all. One that was
  taken away shows nothing from that very moment.
- Casework (cases, plans, contacts, actions) is for roles that see casework, for children now on a
  roll in scope or granted; nothing of it follows a child to a school they have left.
- Meetings are for roles that see casework, of the schools in scope; people who were asked to one
  from elsewhere see its times, people and agenda, and nothing of children or figures.
- Nobody else sees anything: not administrators, nor someone inactive or without a role today.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.roles import MACHINE_ROLE, ROLES, Permission, Role, permissions_of_roles
from attendance_portal.shared import clock
from attendance_portal.shared.once import once_a_reading
from schools.rules.calendar import academic_year, academic_year_start

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Access:
    """What one person's memberships show on a day: every school, or these URNs.

    `sees_pupils`: at least one role in force shows pupils at all; without one, grants are idle.
    """

    on: date
    everything: bool = False
    urns: tuple[int, ...] = ()
    sees_pupils: bool = False

    @property
    def leavers_from(self) -> date:
        """A leaver is still shown if the enrolment ended on or after this day."""
        return academic_year_start(academic_year(self.on))


def in_force(on: date, first: str = "from_on", last: str = "until_on") -> Q:
    """The condition that `on` lies between two date fields, both included, no end allowed."""
    return Q(**{f"{first}__lte": on}) & (Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": on}))


def membership_in_force(on: date, path: str = "") -> Q:
    """The condition that a membership, at the end of `path`, holds on a day and was not taken away.

    One that was taken away shows nothing from that very moment, whatever its last day.
    """
    dates = in_force(on, f"{path}from_on", f"{path}until_on")
    return dates & Q(**{f"{path}ended_at__isnull": True})


def grant_in_force(on: date, path: str = "") -> Q:
    """The condition that a grant on one child, at the end of `path`, holds on a day and was not
    taken away."""
    dates = in_force(on, f"{path}from_on", f"{path}until_on")
    return dates & Q(**{f"{path}ended_at__isnull": True})


def _shows_pupils(role: str) -> bool:
    return role == MACHINE_ROLE or (role in set(Role) and ROLES[Role(role)].sees_pupils)


def _shows_casework(role: str) -> bool:
    return role == MACHINE_ROLE or (role in set(Role) and ROLES[Role(role)].sees_casework)


def roles_of(user: User, on: date | None = None) -> frozenset[str]:
    """The roles that a person holds on a day (today), whatever their scope."""
    on = on or clock.today()
    if not getattr(user, "is_active", False):
        return frozenset()
    return frozenset(row[0] for row in _memberships(user, on))


@once_a_reading
def _memberships(user: User, on: date) -> list[tuple[Any, ...]]:
    """Role, scope and the schools of each membership in force; one line a school."""
    rows = user.memberships.filter(membership_in_force(on)).values_list(
        "role", "scope", "school_id", "trust__schools__urn", "patch__schools__urn"
    )
    return list(rows)


def access_of(user: User, on: date | None = None) -> Access:
    """One query: which schools a person's memberships show on a day (today)."""
    return _access(user, on or clock.today(), _shows_pupils)


def casework_access_of(user: User, on: date | None = None) -> Access:
    """The same for casework: only memberships whose role sees it count."""
    return _access(user, on or clock.today(), _shows_casework)


def _access(user: User, on: date, shows: Callable[[str], bool]) -> Access:
    if not getattr(user, "is_active", False):
        return Access(on=on)
    shown = [row for row in _memberships(user, on) if shows(row[0])]
    if any(scope == "la" for _, scope, *_ in shown):
        return Access(on=on, everything=True, sees_pupils=True)
    urns = {urn for row in shown for urn in row[2:] if urn is not None}
    return Access(on=on, urns=tuple(sorted(urns)), sees_pupils=bool(shown))


class ScopedQuerySet(models.QuerySet[Any]):
    """A queryset that knows which of its rows a person may see."""

    def visible_to(self, user: User) -> Self:
        """Only the rows this person may see today."""
        access = access_of(user)
        if not access.sees_pupils:
            return self.none()
        return self.all() if access.everything else self.filter(self.scope(user, access))

    def scope(self, user: User, access: Access) -> Q:
        """The condition for someone who does not see everything."""
        raise NotImplementedError(f"{self.model.__name__} declares no scope.")


class SchoolScoped(ScopedQuerySet):
    """Rows that belong to a school: the field that leads to it is `school_path`."""

    school_path = "school"

    def whose_feed_is_visible_to(self, user: User) -> Self:
        """Schools as senders of registers, no child of theirs: administrators see every one."""
        return self.all() if Role.ADMINISTRATOR in roles_of(user) else self.visible_to(user)

    def scope(self, user: User, access: Access) -> Q:
        """Rows of the schools in scope."""
        return Q(**{f"{self.school_path}__in": access.urns})


def _on_roll(access: Access, path: str = "") -> Q:
    return Q(**{f"{path}school_id__in": access.urns})


def _still_here(access: Access, path: str = "") -> Q:
    """The enrolment has not ended by today: while it lasts the school sees the whole child."""
    return Q(**{f"{path}ends_on__isnull": True}) | Q(**{f"{path}ends_on__gte": access.on})


def _this_year(access: Access, path: str = "") -> Q:
    """The enrolment has not ended before this academic year."""
    return Q(**{f"{path}ends_on__isnull": True}) | Q(**{f"{path}ends_on__gte": access.leavers_from})


def _granted(user: User, access: Access) -> models.QuerySet[Any]:
    return user.pupil_grants.filter(grant_in_force(access.on)).values("pupil_id")


def _in_casework(user: User, access: Access, pupils: Any, path: str) -> Q:
    """The condition that the child at the end of `path` is on a roll in scope now, or granted."""
    enrolments = pupils._meta.get_field("enrolments").related_model._base_manager
    here = enrolments.filter(_on_roll(access) & _still_here(access), awaiting_confirmation=False)
    return Q(**{f"{path}__in": here.values("pupil_id")}) | Q(
        **{f"{path}__in": _granted(user, access)}
    )


def _leads_to(model: Any, path: str) -> Any:
    """The model at the end of a path of fields."""
    for step in path.split("__"):
        model = model._meta.get_field(step).related_model
    return model


class PupilScoped(ScopedQuerySet):
    """Pupils: those on the rolls in scope, leavers to the end of the year, and those granted."""

    def scope(self, user: User, access: Access) -> Q:
        """Pupils whose record may be opened (perhaps only the school's own part of it)."""
        rolls = self.model._base_manager.filter(
            _on_roll(access, "enrolments__") & _this_year(access, "enrolments__"),
            enrolments__awaiting_confirmation=False,
        )
        return Q(pk__in=rolls.values("pk")) | Q(pk__in=_granted(user, access))

    def wholly_visible_to(self, user: User) -> Self:
        """Those of whom nothing is hidden from this person: every enrolment is in scope too.

        What a later school says of a leaver is not for the school the child has left.
        """
        if access_of(user).everything:
            return self.visible_to(user)
        enrolments = self.model._meta.get_field("enrolments").related_model.objects
        shown = enrolments.visible_to(user).values("pk")
        hidden = enrolments.filter(pupil=OuterRef("pk")).exclude(pk__in=shown)
        return self.visible_to(user).filter(~Exists(hidden))

    def worked_with_by(self, user: User) -> Self:
        """Those whose casework this person may see: the scope of `ByCasework`, for pupils."""
        access = casework_access_of(user)
        if not access.sees_pupils:
            return self.none()
        if access.everything:
            return self.all()
        return self.filter(_in_casework(user, access, self.model, "pk"))


class EnrolmentScoped(ScopedQuerySet):
    """Enrolments: the school's own, and every enrolment of a child it has now or was granted."""

    def scope(self, user: User, access: Access) -> Q:
        """Enrolments whose marks and figures may be seen."""
        here = self.model._base_manager.filter(
            _on_roll(access) & _still_here(access), awaiting_confirmation=False
        )
        return (
            (_on_roll(access) & _this_year(access))
            | Q(pupil_id__in=here.values("pupil_id"))
            | Q(pupil_id__in=_granted(user, access))
        )


class ByEnrolment(ScopedQuerySet):
    """Rows that belong to an enrolment, by the field `enrolment`."""

    def scope(self, user: User, access: Access) -> Q:
        """Rows of the enrolments in scope."""
        enrolments = self.model._meta.get_field("enrolment").related_model.objects.all()
        shown = enrolments.filter(enrolments.scope(user, access))
        return Q(enrolment__in=shown.values("pk"))


class ByPupil(ScopedQuerySet):
    """Rows that belong to a child; the field that leads there is `pupil_path`."""

    pupil_path = "pupil"

    def scope(self, user: User, access: Access) -> Q:
        """Rows of the pupils in scope."""
        pupils = _leads_to(self.model, self.pupil_path).objects.all()
        shown = pupils.filter(pupils.scope(user, access)).values("pk")
        rows = self.model._base_manager.filter(**{f"{self.pupil_path}__in": shown})
        return Q(pk__in=rows.values("pk"))  # once each, however many children lead to a row


class ByCasework(ScopedQuerySet):
    """Rows of casework with a child; the field that leads to the child is `pupil_path`.

    Shown to roles that see casework, for children who are on a roll in scope now or were granted.
    `restricted_path` names a yes-or-no field of rows that only some may read: whoever may read
    every restricted row (`SEE_RESTRICTED`), and those whom `entitled_paths` lead to.
    """

    pupil_path: ClassVar[str] = "pupil"
    restricted_path: ClassVar[str] = ""
    entitled_paths: ClassVar[tuple[str, ...]] = ()

    def visible_to(self, user: User) -> Self:
        """Only the rows this person may see today."""
        rows = self.known_to(user)
        if not self.restricted_path:
            return rows
        return rows.filter(self._readable(user, casework_access_of(user)))

    def known_to(self, user: User) -> Self:
        """The rows in scope, restricted ones that this person may not read included.

        For saying that there is one, by which role and when: never for its words.
        """
        access = casework_access_of(user)
        if not access.sees_pupils:
            return self.none()
        return self.all() if access.everything else self.filter(self.scope(user, access))

    def scope(self, user: User, access: Access) -> Q:
        """Rows of children on a roll in scope now, and of children granted."""
        return _in_casework(user, access, _leads_to(self.model, self.pupil_path), self.pupil_path)

    def _readable(self, user: User, access: Access) -> Q:
        """Not restricted, or this person is one of those who may read it."""
        held = permissions_of_roles(roles_of(user, access.on))
        if Permission.SEE_RESTRICTED in held:
            return Q()
        readable = Q(**{self.restricted_path: False})
        for path in self.entitled_paths:
            readable |= Q(**{path: user.pk})
        return readable


class ByMeeting(ScopedQuerySet):
    """Meetings with a school, and what belongs to them, for roles that see casework.

    `school_path` leads to the school: whoever has it in scope sees everything of the meeting.
    `meeting_path` leads to the meeting ("" for the meeting itself) where those who were asked to
    come from elsewhere, the council or a partner, see the row too: None where they do not, because
    it tells of children or figures. People of a school see by their school alone, so that nothing
    follows somebody who has left it. `pupil_path` leads to a child where a row is about one: then
    it is casework, and nothing of it follows a child to a school they have left.
    """

    school_path: ClassVar[str] = "meeting__school"
    meeting_path: ClassVar[str | None] = None
    pupil_path: ClassVar[str] = ""

    def visible_to(self, user: User) -> Self:
        """Only the rows this person may see today."""
        access = casework_access_of(user)
        if not access.sees_pupils:
            return self.none()
        return self.all() if access.everything else self.filter(self.scope(user, access))

    def scope(self, user: User, access: Access) -> Q:
        """Rows of the schools in scope, and of meetings to which this person was asked."""
        shown = Q(**{f"{self.school_path}__in": access.urns})
        if self.pupil_path:
            pupils = _leads_to(self.model, self.pupil_path)
            about_none = Q(**{f"{self.pupil_path}__isnull": True})
            shown &= about_none | _in_casework(user, access, pupils, self.pupil_path)
        if self.meeting_path is None:
            return shown
        asked = user.meeting_attendances.filter(is_expected=True).exclude(side="school")
        path = f"{self.meeting_path}__in" if self.meeting_path else "pk__in"
        return shown | Q(**{path: asked.values("meeting_id")})
