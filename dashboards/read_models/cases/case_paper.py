"""A case on paper: sections of ready words, for the people on the case or for the family.

Restricted notes are never on paper, whoever prints: they are counted. The family's paper names
nobody but the child (others by agency), has none of our own words for our own work, and leaves out
what staff wrote for staff. Free text is printed as it was written.

Our proposal, for a child's safety: the family's paper neither counts restricted notes nor quotes
what the child said in a talk. Whoever hands it over is told so on the screen; the child's view in
the plan, which was written to be shared, is printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from attendance_portal.shared import wording
from cases.models import (
    Action,
    Case,
    Contact,
    Offer,
    Referral,
    StageChange,
    StageOverride,
    SupervisionNote,
    SupportPlan,
)
from cases.read_models.plan_content import plan_content
from cases.states import PlanState
from dashboards.read_models.cases.case_page import CasePage, case_page
from dashboards.read_models.cases.ladder import Ladder, ladder_of
from dashboards.read_models.cases.timeline import CaseworkEntry, entries

if TYPE_CHECKING:
    from accounts.models import User


class PaperReader(StrEnum):
    """Who will read it."""

    PEOPLE = "people"
    FAMILY = "family"


READERS: Final = MappingProxyType(
    {
        PaperReader.PEOPLE: "People on the case",
        PaperReader.FAMILY: "The family",
    }
)
#: How much of contacts and of the timeline stands on paper, from the most to the least: the first
#: that fits four sheets is taken (P5).
LIMITS: Final = (
    (25, 60), (20, 45), (15, 30), (12, 20), (10, 15), (8, 12), (6, 8), (4, 6), (2, 3), (0, 0),
)  # fmt: skip


@dataclass(frozen=True)
class PaperSection:
    """One part of the paper: facts, paragraphs, or a table; `empty` where there is nothing."""

    heading: str
    facts: tuple[tuple[str, str], ...] = ()
    paragraphs: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    empty: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether only the sentence `empty` stands there."""
        return not (self.facts or self.paragraphs or self.rows)

    @property
    def cells(self) -> list[list[tuple[str, str]]]:
        """Each row as (column, words): on a phone a row is a card whose cells say what they are."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class CasePaper:
    """The whole paper. `left_out`: what is not on it, in words, printed on it; `to_know`: for
    whoever hands it over, on the screen only."""

    title: str
    intro: str
    sections: tuple[PaperSection, ...]
    left_out: tuple[str, ...]
    to_know: tuple[str, ...] = ()


@dataclass
class Gathered:
    """What both papers are made of, loaded once; nothing restricted is in it."""

    case: Case
    user: User
    on: date
    plan: dict[str, Any] | None
    contacts: list[Contact]
    lines: list[CaseworkEntry]
    restricted: int

    @cached_property
    def page(self) -> CasePage:
        """What the top of the case's page says."""
        return case_page(self.case, self.user, on=self.on)

    @cached_property
    def ladder(self) -> Ladder:
        """The six steps, as the case's page shows them."""
        return ladder_of(self.case, self.user, on=self.on)

    @cached_property
    def steps(self) -> list[StageChange]:
        """Each step that was taken, in order."""
        rows = StageChange.objects.visible_to(self.user).filter(case=self.case)
        return list(rows.order_by("pk"))

    @cached_property
    def overrides(self) -> list[StageOverride]:
        """Every override that was asked for, whatever was decided."""
        rows = StageOverride.objects.visible_to(self.user).filter(case=self.case)
        return list(rows.select_related("asked_by", "decided_by").order_by("pk"))

    @cached_property
    def actions(self) -> list[Action]:
        """Promises that still stand, soonest first."""
        rows = Action.objects.visible_to(self.user).open().filter(case=self.case)
        return list(rows.select_related("owner").order_by("due_on", "pk"))

    @cached_property
    def offers(self) -> list[Offer]:
        """Support that was offered, latest first."""
        return list(Offer.objects.visible_to(self.user).filter(case=self.case))

    @cached_property
    def referrals(self) -> list[Referral]:
        """Who else was asked to help, latest first."""
        return list(Referral.objects.visible_to(self.user).filter(case=self.case))


def gather(case: Case, user: User, *, on: date) -> Gathered:
    """Load what this person may see of the case, less what is restricted."""
    plans = SupportPlan.objects.visible_to(user).filter(case=case).exclude(state=PlanState.ENDED)
    plan = plans.first()
    contacts = Contact.objects.visible_to(user).filter(case=case, is_restricted=False)
    return Gathered(
        case=case,
        user=user,
        on=on,
        plan=plan_content(plan) if plan else None,
        contacts=list(contacts.order_by("-at", "-pk")),
        lines=[line for line in entries(case.pupil, user, redacted=True) if not line.is_restricted],
        restricted=_restricted(case, user),
    )


def _restricted(case: Case, user: User) -> int:
    """How many restricted notes the case has, whoever may read them."""
    notes = Contact.objects.known_to(user).filter(case=case, is_restricted=True).count()
    supervision: int = SupervisionNote.objects.known_to(user).filter(case=case).count()
    return notes + supervision


def iso_day(text: str) -> str:
    """'2026-03-02' as '2 Mar 2026'; nothing as nothing."""
    return wording.day(date.fromisoformat(text)) if text else ""


def restricted_words(count: int) -> str:
    """'2 restricted notes are not printed.'; nothing where there are none."""
    if not count:
        return ""
    verb = "is" if count == 1 else "are"
    return f"{wording.counted(count, 'restricted note')} {verb} not printed."


def earlier_words(contacts: int, lines: int) -> str:
    """How many earlier ones stand on the screen only; nothing where none do."""
    parts = []
    if contacts > 0:
        parts.append(wording.counted(contacts, "earlier contact"))
    if lines > 0:
        parts.append(wording.counted(lines, "earlier line") + " of the timeline")
    if not parts:
        return ""
    verb = "is" if contacts + lines == 1 else "are"
    return f"{wording.listed(parts)} {verb} not printed."
