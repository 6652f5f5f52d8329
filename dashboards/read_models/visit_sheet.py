"""One family on one sheet of paper, for a visit: who, what was promised, who was last in touch.

The address is left out wherever somebody may be in danger: a safety hold, or a barrier that asks
for the steps of safeguarding. Restricted notes are never on it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from accounts.roles import Permission
from cases.choices import BARRIERS, HoldKind
from cases.models import Action, Barrier, Case, Contact, Hold
from dashboards.read_models.cases.contacts import ContactLine, line_of
from dashboards.read_models.contact_page import before_of, family_pupils, holds_of, rolls_of
from dashboards.read_models.families import Promise, promise_of, warnings_of
from schools.models import Pupil, Responsibility
from schools.permissions import has_permission

if TYPE_CHECKING:
    from accounts.models import User

#: What fits on one sheet beside a large family: the rest is on the timeline.
CONTACTS_SHOWN: Final = 2
ACTIONS_SHOWN: Final = 8
LONGEST_WORDS: Final = 150  # characters of each text
WITHHELD: Final = "Address withheld: ask the lead worker."


@dataclass(frozen=True)
class ParentLine:
    """A parent and how to reach them, as far as it may stand on paper."""

    name: str
    relationship: str
    phone: str
    address: str


@dataclass(frozen=True)
class VisitSheet:
    """The sheet. `children`: name, school and year; `withheld`: why there is no address; `more`:
    how many open actions found no room."""

    name: str
    pupils: list[Pupil]
    children: list[tuple[str, str]]
    parents: list[ParentLine]
    withheld: str
    warnings: list[str]
    before: list[str]
    actions: list[Promise]
    more: int
    contacts: list[ContactLine]


def visit_sheet(pupil: Pupil, user: User, *, on: date) -> VisitSheet:
    """The sheet of this child's household: the children of it that the reader works with."""
    pupils = _household(pupil, user, on)
    rolls = rolls_of(pupils, user, on)
    cases = list(Case.objects.visible_to(user).live().filter(pupil__in=pupils).order_by("pk"))
    ties = _ties(pupils, user)
    withheld = WITHHELD if ties and _may_be_in_danger(pupils, cases, user) else ""
    open_ = Action.objects.visible_to(user).open().filter(pupil__in=pupils)
    actions = list(open_.select_related("owner").order_by("due_on", "pk"))
    return VisitSheet(
        name=_listed(pupils),
        pupils=pupils,
        children=[(str(one), rolls.get(one.pk, "")) for one in pupils],
        parents=_parents(ties, is_withheld=bool(withheld)),
        withheld=withheld,
        warnings=warnings_of(pupils, holds_of(pupils, user)),
        before=before_of(pupils, cases, ties),
        actions=[promise_of(action, user, on) for action in actions[:ACTIONS_SHOWN]],
        more=max(len(actions) - ACTIONS_SHOWN, 0),
        contacts=_contacts(pupils, user, on),
    )


def _household(pupil: Pupil, user: User, on: date) -> list[Pupil]:
    if pupil.household_id is None:
        return [pupil]
    mine = [one for one in family_pupils(user, on=on) if one.household_id == pupil.household_id]
    return mine if pupil in mine else [pupil, *mine]


def _listed(pupils: Iterable[Pupil]) -> str:
    surnames = dict.fromkeys(one.surname for one in pupils)
    return f"{' and '.join(surnames)} family"


def _ties(pupils: Sequence[Pupil], user: User) -> list[Responsibility]:
    if not has_permission(user, Permission.SEE_CONTACTS):
        return []
    rows = Responsibility.objects.visible_to(user).filter(pupil__in=pupils)
    return list(rows.select_related("parent").order_by("parent__name", "pk"))


def _parents(ties: Iterable[Responsibility], *, is_withheld: bool) -> list[ParentLine]:
    """Each parent once; the address of those the child lives with."""
    found: dict[int, ParentLine] = {}
    for tie in sorted(ties, key=lambda one: not one.lives_with):
        address = tie.parent.address if tie.lives_with and not is_withheld else ""
        line = ParentLine(tie.parent.name, tie.relationship, tie.parent.phone, address)
        found.setdefault(tie.parent_id, line)
    return list(found.values())


def _may_be_in_danger(pupils: Sequence[Pupil], cases: Sequence[Case], user: User) -> bool:
    kinds = [key for key, one in BARRIERS.items() if one.asks_safeguarding]
    holds = Hold.objects.visible_to(user).filter(
        pupil__in=pupils, kind=HoldKind.SAFETY, ended_at__isnull=True
    )
    barriers = Barrier.objects.visible_to(user).filter(
        case__in=cases, kind__in=kinds, eased_on__isnull=True
    )
    return holds.exists() or barriers.exists()


def _contacts(pupils: Sequence[Pupil], user: User, on: date) -> list[ContactLine]:
    """The latest that the reader may read; restricted notes stay off paper. A contact about
    several children of the household stands once."""
    rows = Contact.objects.visible_to(user).filter(pupil__in=pupils, is_restricted=False)
    once: dict[object, Contact] = {}
    for row in rows.select_related("pupil")[: CONTACTS_SHOWN * max(len(pupils), 1)]:
        once.setdefault(row.together, row)
    return [_shortened(line_of(row, on)) for row in list(once.values())[:CONTACTS_SHOWN]]


def _shortened(line: ContactLine) -> ContactLine:
    return replace(
        line,
        child_words=_cut(line.child_words),
        family_words=_cut(line.family_words),
        said=_cut(line.said),
    )


def _cut(words: str) -> str:
    return textwrap.shorten(words, LONGEST_WORDS, placeholder=" ...")
