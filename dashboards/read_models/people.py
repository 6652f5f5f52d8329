"""People and their access: the list, what needs attention, and one person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import (
    CharField,
    Exists,
    F,
    Func,
    OrderBy,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Lower, NullIf
from django.urls import reverse

from accounts.models import ChainCheckRecord, User
from accounts.roles import DESCRIPTIONS, MACHINE_ROLE, ROLES, TEAM_ROLES, Permission, Role
from attendance.read_models.feeds import feeds
from attendance.selectors import figures_date
from attendance.states import FeedState
from attendance_portal.shared import wording
from dashboards.listing import Column
from dashboards.read_models.logs import chain_state
from dashboards.read_models.standing import run_problem
from schools.models import Membership, Patch, Pupil, School, Trust
from schools.permissions import permissions_of
from schools.scoping import access_of, membership_in_force
from schools.services.giving import refusals_to_end

DEFAULT_SORT = "name"
COLUMNS = (
    Column("Person", "name"),
    Column("Roles"),
    Column("For"),
    Column("From", "from"),
    Column("Until", "until"),
    Column("Last seen", "last_seen"),
)
_ORDERS = {"name": "surname", "from": "first_day", "until": "last_day", "last_seen": "last_login"}
NO_ACCESS = "No access today"
NO_END = "No last day"
NEVER = "Never signed in"


@dataclass(frozen=True)
class PersonRow:
    """One line of the list: a person and the access they hold today."""

    pk: int
    name: str
    email: str
    roles: tuple[str, ...]
    scopes: tuple[str, ...]
    from_on: str
    until_on: str
    last_seen: str


@dataclass(frozen=True)
class Attention:
    """Something an administrator or manager should look at; `count` 0 is not shown."""

    text: str
    href: str


@dataclass(frozen=True)
class MembershipRow:
    """One membership in words. `end_refused`: why this reader may not end it; empty if they may."""

    pk: int
    role: str
    scope: str
    from_on: str
    until_on: str
    state: str
    reason: str
    may_end: bool
    end_refused: str


@dataclass(frozen=True)
class PersonPage:
    """One person: who they are, what they can see and do, and the access they hold or held."""

    person: User
    facts: list[tuple[str, str]]
    sentence: str
    can: list[str]
    cannot: list[str]
    held: list[MembershipRow]
    ended: list[MembershipRow]


def memberships_of(person: str = "pk", *, on: date) -> QuerySet[Membership]:
    """The memberships in force of the person that a row stands for."""
    return Membership.objects.filter(membership_in_force(on), user=OuterRef(person))


def with_access(people: QuerySet[User], state: str, *, on: date) -> QuerySet[User]:
    """People whose access is so: see ACCESS. Unused: held that long, and not once signed in."""
    held = memberships_of(on=on)
    if state == "none":
        return people.filter(~Exists(held))
    if state == "ending":
        last = on + timedelta(days=settings.ACCESS_ENDING_DAYS)
        return people.filter(Exists(held.filter(until_on__lte=last)))
    if state == "unused":
        since = on - timedelta(days=settings.ACCESS_UNUSED_DAYS)
        unseen = Q(last_login__isnull=True) | Q(last_login__date__lte=since)
        return people.filter(unseen, Exists(held.filter(from_on__lte=since)))
    return people.filter(Exists(held))


def visible_people(by: User) -> QuerySet[User]:
    """The people this person looks after: an administrator everyone, a manager the team, that is
    whoever holds or held one of its roles for schools that the manager sees."""
    people = User.objects.filter(is_machine=False)
    may = permissions_of(by)
    if Permission.MANAGE_PEOPLE in may:
        return people
    if Permission.MANAGE_TEAM not in may:
        return people.none()
    team = Membership.objects.filter(user=OuterRef("pk"), role__in=TEAM_ROLES)
    return people.filter(Exists(team.filter(_within(by))))


def _within(by: User) -> Q:
    """Memberships of which every school is one that this person sees."""
    access = access_of(by)
    if access.everything:
        return Q()
    beyond = School.objects.exclude(pk__in=access.urns)
    return (
        Q(school__in=access.urns)
        | Q(trust__isnull=False) & ~Q(trust__in=beyond.values("trust"))
        | Q(patch__isnull=False) & ~Q(patch__schools__in=beyond)
    )


def schools_given_by(by: User) -> QuerySet[School]:
    """The schools for which this person may give access. No fact of a child is asked."""
    schools = School.objects.alphabetical()
    is_administrator = Permission.MANAGE_PEOPLE in permissions_of(by)
    return schools if is_administrator else schools.visible_to(by)


def trusts_given_by(by: User) -> list[Trust]:
    """The trusts all of whose schools this person may give access for."""
    beyond = School.objects.exclude(pk__in=schools_given_by(by).values("pk"))
    left_out = beyond.exclude(trust=None).values("trust")
    return list(Trust.objects.filter(schools__isnull=False).exclude(pk__in=left_out).distinct())


def patches_given_by(by: User) -> list[Patch]:
    """The patches all of whose schools this person may give access for."""
    beyond = School.objects.exclude(pk__in=schools_given_by(by).values("pk"))
    return list(Patch.objects.exclude(schools__in=beyond).order_by("name"))


def with_dates(people: QuerySet[User], *, on: date) -> QuerySet[User]:
    """With the surname, the first and the last day of today's access."""
    held = Membership.objects.filter(membership_in_force(on), user=OuterRef("pk"))
    last = held.order_by(F("until_on").asc(nulls_last=True)).values("until_on")[:1]
    called = Coalesce(NullIf("name", Value("")), "email", output_field=CharField())
    surname = Func(
        called,
        Value(r"^.*\s"),
        Value(""),
        function="regexp_replace",
        output_field=CharField(),
    )
    return people.annotate(
        first_day=Subquery(held.order_by("from_on").values("from_on")[:1]),
        last_day=Subquery(last),
        surname=Lower(surname),
    )


def ordered(people: QuerySet[Any], sort: str) -> QuerySet[Any]:
    """In the order asked for, then by surname; what is not known comes last."""
    key = _ORDERS[sort.removeprefix("-")]
    order = OrderBy(F(key), descending=sort.startswith("-"), nulls_last=True)
    return people.order_by(order, "surname", "name", "email")


def person_rows(people: Iterable[User], *, on: date) -> list[PersonRow]:
    """The lines of one page. `people` carry the annotations of `with_dates`."""
    shown = list(people)
    held = Membership.objects.filter(membership_in_force(on), user__in=shown)
    by_person: dict[int, list[Membership]] = {}
    for one in held.select_related("school", "trust", "patch").order_by("from_on", "pk"):
        by_person.setdefault(one.user_id, []).append(one)
    return [_row(person, by_person.get(person.pk, [])) for person in shown]


def _row(person: User, held: Sequence[Membership]) -> PersonRow:
    first, last = person.first_day, person.last_day  # type: ignore[attr-defined]
    return PersonRow(
        pk=person.pk,
        name=str(person),
        email=person.email if person.name else "",
        roles=tuple(dict.fromkeys(role_label(one.role) for one in held)) or (NO_ACCESS,),
        scopes=tuple(dict.fromkeys(scope_in_words(one) for one in held)),
        from_on=wording.day(first) if first else "",
        until_on=wording.day(last) if last else NO_END if held else "",
        last_seen=last_seen(person.last_login),
    )


def last_seen(at: datetime | None) -> str:
    """The last sign-in: a session ends after thirty idle minutes."""
    return wording.moment(at) if at else NEVER


def role_label(role: str) -> str:
    """What a role is called."""
    return "School system" if role == MACHINE_ROLE else ROLES[Role(role)].label


def scope_in_words(membership: Membership) -> str:
    """For which schools, in words."""
    if membership.school:
        return membership.school.name
    if membership.trust:
        return f"Schools of {membership.trust.name}"
    if membership.patch:
        return f"{membership.patch.name} (patch)"
    if membership.scope == Membership.Scope.LA:
        return "The whole local authority"
    sees_pupils = membership.role == MACHINE_ROLE or ROLES[Role(membership.role)].sees_pupils
    return "Only the children granted" if sees_pupils else "No school and no pupil"


def _membership_row(one: Membership, by: User, on: date) -> MembershipRow:
    is_over = one.ended_at is not None or (one.until_on is not None and one.until_on < on)
    refused = [] if is_over else refusals_to_end(by, one, None)
    return MembershipRow(
        pk=one.pk,
        role=role_label(one.role),
        scope=scope_in_words(one),
        from_on=wording.day(one.from_on),
        until_on=_until(one),
        state=_state(one, on),
        reason=(one.end_reason if is_over else one.reason) or "Not written down",
        may_end=not is_over and not refused,
        end_refused=" ".join(refused),
    )


def _until(one: Membership) -> str:
    if one.ended_at is not None:
        return wording.moment(one.ended_at)
    return wording.day(one.until_on) if one.until_on else NO_END


def _state(one: Membership, on: date) -> str:
    if one.ended_at is not None or (one.until_on is not None and one.until_on < on):
        return "Ended"
    return "In force" if one.from_on <= on else f"Starts {wording.day(one.from_on)}"


def person_page(person: User, *, by: User, on: date) -> PersonPage:
    """Everything about one person's access, as `by` may see and change it."""
    memberships = person.memberships.select_related("school", "trust", "patch", "user")
    rows = [_membership_row(one, by, on) for one in memberships.order_by("-from_on", "-pk")]
    may = permissions_of(person)
    return PersonPage(
        person=person,
        facts=_facts(person),
        sentence=sight_of(person),
        can=[text for one, text in DESCRIPTIONS.items() if one in may],
        cannot=[text for one, text in DESCRIPTIONS.items() if one not in may] if may else [],
        held=[row for row in rows if row.state != "Ended"],
        ended=[row for row in rows if row.state == "Ended"],
    )


def _facts(person: User) -> list[tuple[str, str]]:
    facts = [("Email", person.email), ("Last seen", last_seen(person.last_login))]
    if person.organisation:
        facts.insert(1, ("Organisation", person.organisation))
    return facts


def sight_of(person: User) -> str:
    """'Can see 12 schools and 3,410 pupils.', counted by scoping itself, today."""
    schools = School.objects.visible_to(person).count()
    pupils = Pupil.objects.visible_to(person).count()
    return f"Can see {_number(schools, 'school')} and {_number(pupils, 'pupil')}."


def _number(count: int, thing: str) -> str:
    return wording.counted(count, thing) if count else f"no {thing}"


def sees_every_school(user: User) -> bool:
    """Whether the person's own access is to the whole authority."""
    return access_of(user).everything


def attention(by: User, *, on: date) -> list[Attention]:
    """What needs a look, each with the list that shows it. People without any access, and the
    audit chain, are the administrator's: they are in nobody's team."""
    may = permissions_of(by)
    people = visible_people(by)
    questions = [(f"ends in the next {settings.ACCESS_ENDING_DAYS} days", "ending")]
    questions.append((f"has not been used for {settings.ACCESS_UNUSED_DAYS} days", "unused"))
    found = [
        Attention(f"{_whose(count)} access {words}", _filtered(state))
        for words, state in questions
        if (count := with_access(people, state, on=on).count())
    ]
    if Permission.MANAGE_PEOPLE in may and (count := with_access(people, "none", on=on).count()):
        has = "has" if count == 1 else "have"
        found.append(
            Attention(
                f"{wording.counted(count, 'person', 'people')} {has} no access at all today",
                _filtered("none"),
            )
        )
    if Permission.SEE_ACCESS_LOG in may:
        found.append(
            Attention(chain_state(ChainCheckRecord.objects.first()).text, reverse("audit"))
        )
        found += _feeds_and_runs(by)
    return found


def _feeds_and_runs(by: User) -> list[Attention]:
    """Schools whose registers have stopped, and a nightly run that did not finish."""
    page, found = reverse("feed_health"), []
    as_of = figures_date()
    schools = School.objects.whose_feed_is_visible_to(by).filter(status="open")
    stopped = (
        sum(feed.state == FeedState.STOPPED for feed in feeds(list(schools), as_of=as_of))
        if as_of
        else 0
    )
    if stopped:
        whose = "school's registers have" if stopped == 1 else "schools' registers have"
        found.append(Attention(f"{stopped:,} {whose} stopped", page))
    problem = run_problem(as_of)
    if problem:
        found.append(Attention(problem, page))
    return found


def _whose(count: int) -> str:
    return "1 person's" if count == 1 else f"{count:,} people's"


def _filtered(state: str) -> str:
    return f"{reverse('people')}?access={state}"
