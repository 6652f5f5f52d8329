"""P8: the families someone works with, by household, and one of them on paper for a visit.

A family is the children granted to the reader and those whose live case the reader leads or
covers; brothers and sisters who are neither stay out of it. The number of queries is that of one
family, however many there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from accounts.roles import Permission
from attendance_portal.shared import wording
from cases.models import Action, Case, SupportPlan
from cases.read_models.contacts import Claim, LastContact, claims_of, last_contacts
from cases.rules.reviews import falls_due
from cases.states import PlanState
from dashboards.parts import ContextualDate, due_date
from dashboards.read_models.contact_page import (
    before_of,
    family_pupils,
    holds_of,
    rolls_of,
)
from schools.models import Pupil, PupilGrant, Responsibility
from schools.permissions import permissions_of
from schools.scoping import grant_in_force

if TYPE_CHECKING:
    from accounts.models import User

#: Actions shown on a card: late ones, and those of the next days.
SOON: Final = timedelta(days=14)
NOT_ON_ROLL: Final = "Not on a school's roll today"


@dataclass(frozen=True)
class FamilyChild:
    """One child: where on roll, until when this person may open the record, and the case."""

    public_id: UUID
    name: str
    on_roll: str
    until: str
    case: str


@dataclass(frozen=True)
class Promise:
    """An action that falls due: what, who does it, when. `href`: where the reader marks it done."""

    text: str
    who: str
    due: ContextualDate
    href: str


@dataclass(frozen=True)
class NextDate:
    """What falls due first in a family."""

    on: date
    what: str
    due: ContextualDate


@dataclass(frozen=True)
class Family:
    """Children of one household; a child whose household is not known stands alone.

    `last`: the day of the last contact by anyone, and a sentence about it; `warnings`: holds;
    `before`: what to know before a visit; `log_href`: where a contact is logged about the child
    who is seen next, empty for readers who log none.
    """

    name: str
    children: list[FamilyChild]
    last: tuple[str, str]
    next: NextDate | None
    actions: list[Promise]
    warnings: list[str]
    before: list[str]
    log_href: str = ""
    sheet_href: str = ""

    @property
    def order(self) -> tuple[date, str]:
        """What is late or due today comes first; families without a date last."""
        return (self.next.on if self.next else date.max, self.name)


def families(user: User, *, on: date, at: datetime) -> list[Family]:
    """Every family of this person, the one seen next first. `at`: now, for who rings."""
    facts = _Facts(family_pupils(user, on=on), user, on, at)
    found = [_family(children, facts) for children in facts.households]
    return sorted(found, key=lambda family: family.order)


@dataclass
class _Facts:
    """What is known of all the children, each thing asked for once."""

    pupils: Sequence[Pupil]
    user: User
    on: date
    at: datetime
    permissions: frozenset[Permission] = field(init=False)

    def __post_init__(self) -> None:
        self.permissions = permissions_of(self.user)

    @cached_property
    def households(self) -> list[list[Pupil]]:
        found: dict[tuple[str, int], list[Pupil]] = defaultdict(list)
        for pupil in self.pupils:
            key = ("home", pupil.household_id) if pupil.household_id else ("alone", pupil.pk)
            found[key].append(pupil)
        return list(found.values())

    @cached_property
    def rolls(self) -> dict[int, str]:
        return rolls_of(self.pupils, self.user, self.on)

    @cached_property
    def until(self) -> dict[int, date | None]:
        rows = PupilGrant.objects.filter(grant_in_force(self.on), user=self.user)
        return dict(rows.order_by("until_on").values_list("pupil_id", "until_on"))

    @cached_property
    def cases(self) -> dict[int, Case]:
        rows = Case.objects.visible_to(self.user).live().filter(pupil__in=self.pupils)
        return {case.pupil_id: case for case in rows}

    @cached_property
    def plans(self) -> dict[int, SupportPlan]:
        """Child's id to the agreed plan."""
        rows = SupportPlan.objects.visible_to(self.user).filter(
            pupil__in=self.pupils, state=PlanState.AGREED
        )
        return {plan.pupil_id: plan for plan in rows}

    @cached_property
    def actions(self) -> dict[int, list[Action]]:
        rows = (
            Action.objects.visible_to(self.user)
            .open()
            .filter(pupil__in=self.pupils, due_on__lte=self.on + SOON)
            .select_related("owner")
            .order_by("due_on", "pk")
        )
        found: dict[int, list[Action]] = defaultdict(list)
        for row in rows:
            found[row.pupil_id].append(row)
        return found

    @cached_property
    def last(self) -> dict[int, LastContact]:
        return last_contacts([pupil.pk for pupil in self.pupils], self.user)

    @cached_property
    def claims(self) -> dict[int, Claim]:
        return claims_of(self.pupils, self.at, self.user)

    @cached_property
    def holds(self) -> dict[int, str]:
        return holds_of(self.pupils, self.user)

    @cached_property
    def ties(self) -> dict[int, list[Responsibility]]:
        """Child's id to its parents; none for readers who do not see how to reach them."""
        found: dict[int, list[Responsibility]] = defaultdict(list)
        if Permission.SEE_CONTACTS in self.permissions:
            rows = Responsibility.objects.visible_to(self.user).filter(pupil__in=self.pupils)
            for row in rows.select_related("parent").order_by("parent__name", "pk"):
                found[row.pupil_id].append(row)
        return found


def _family(children: Sequence[Pupil], facts: _Facts) -> Family:
    logs = Permission.LOG_CONTACTS in facts.permissions
    first = min(children, key=lambda one: _first_date(one, facts))
    claims = [facts.claims[one.pk] for one in children if one.pk in facts.claims]
    cases = [facts.cases[one.pk] for one in children if one.pk in facts.cases]
    ties = [tie for one in children for tie in facts.ties.get(one.pk, ())]
    return Family(
        name=_name(children),
        children=[_child(one, facts) for one in children],
        last=_last(children, facts),
        next=_next(children, facts),
        actions=_promises(children, facts),
        warnings=warnings_of(children, facts.holds),
        before=[claim.sentence for claim in claims[:1]] + before_of(children, cases, ties),
        log_href=_log_href(first) if logs else "",
        sheet_href=reverse("visit_sheet", args=[first.public_id]) if logs else "",
    )


def _log_href(pupil: Pupil) -> str:
    query = urlencode({"pupil": str(pupil.public_id), "next": reverse("family_list")}, safe="/")
    return f"{reverse('contact_log')}?{query}"


def _name(children: Iterable[Pupil]) -> str:
    surnames = dict.fromkeys(child.surname for child in children)
    return f"{wording.listed(surnames)} family"


def _child(pupil: Pupil, facts: _Facts) -> FamilyChild:
    until, case = facts.until.get(pupil.pk), facts.cases.get(pupil.pk)
    return FamilyChild(
        public_id=pupil.public_id,
        name=str(pupil),
        on_roll=facts.rolls.get(pupil.pk, NOT_ON_ROLL),
        until=f"to {wording.day(until)}" if until else "",
        case=case.reference if case is not None else "",
    )


def _last(children: Iterable[Pupil], facts: _Facts) -> tuple[str, str]:
    known = [facts.last[one.pk] for one in children if one.pk in facts.last]
    if not known:
        return ("Last contact", "Nobody has logged a contact yet.")
    latest = max(known, key=lambda one: one.at)
    return (latest.short(facts.on), latest.sentence(facts.on))


def warnings_of(children: Sequence[Pupil], holds: Mapping[int, str]) -> list[str]:
    """The holds that stand, with the child's name where there is more than one child."""
    return [
        f"{one.forename}: {holds[one.pk]}" if len(children) > 1 else holds[one.pk]
        for one in children
        if one.pk in holds
    ]


def _next(children: Iterable[Pupil], facts: _Facts) -> NextDate | None:
    """The first day on which something is due: a review or an action."""
    dates = [found for child in children for found in _dates(child, facts)]
    if not dates:
        return None
    on, what = min(dates)
    return NextDate(on, what, due_date(on, today=facts.on))


def _dates(child: Pupil, facts: _Facts) -> list[tuple[date, str]]:
    """Every day on which something about a child is due, and what."""
    case, plan = facts.cases.get(child.pk), facts.plans.get(child.pk)
    dates = [(action.due_on, action.text) for action in facts.actions.get(child.pk, ())]
    if case is not None and case.next_review_on is not None:
        dates.append((case.next_review_on, f"Review with {child.forename}"))
    if plan is not None and plan.next_review_on is not None:
        paused_until = case.paused_until if case is not None else None
        due_on = falls_due(plan.next_review_on, paused_until=paused_until) or plan.next_review_on
        dates.append((due_on, f"Review of {child.forename}'s plan"))
    return dates


def _first_date(child: Pupil, facts: _Facts) -> date:
    return min((on for on, _ in _dates(child, facts)), default=date.max)


def _promises(children: Iterable[Pupil], facts: _Facts) -> list[Promise]:
    rows = [action for child in children for action in facts.actions.get(child.pk, ())]
    rows.sort(key=lambda action: (action.due_on, action.pk))
    return [promise_of(action, facts.user, facts.on) for action in rows]


def promise_of(action: Action, user: User, on: date) -> Promise:
    """One action as cards and sheets print it."""
    is_mine = action.owner_id == user.pk
    who = action.owner_name or str(action.owner)
    return Promise(
        text=action.text,
        who="Me" if is_mine else who,
        due=due_date(action.due_on, today=on),
        href=reverse("action_done", args=[action.pk]) if is_mine else "",
    )
