"""The family copy of a plan: the parts that the page and the PDF print, and hints to its writer.

What people wrote is printed as they wrote it. Hints stand on the screen only: a word that families
do not use, a sentence that is hard at eleven, a number to ring that is missing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q

from attendance_portal.shared import wording
from attendance_portal.shared.banned_words import words_not_for_families
from cases.models import Action, Barrier, SupportPlan
from cases.rules import family_words as words
from cases.rules.family_words import Length, Part
from cases.rules.reading_age import hard_sentences
from cases.states import PlanState

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class CopyPart:
    """One part as it is printed: paragraphs, a list, or rows of who, what and by when."""

    key: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, str, str], ...] = ()

    @property
    def is_child(self) -> bool:
        """Whether these are the child's own words, which stand first and apart."""
        return self.key == Part.CHILD

    @property
    def text(self) -> str:
        """All of it, a line each."""
        return "\n".join([*self.paragraphs, *self.items, *(" ".join(row) for row in self.rows)])


@dataclass(frozen=True)
class Ring:
    """The last part: one name and one number."""

    heading: str
    name: str
    phone: str
    says: str

    @property
    def who(self) -> str:
        """'Sam Okoro, 01632 960123', or a line to write the number on."""
        bare = self.name.rstrip(".")
        return f"{bare}, {self.phone}" if self.phone else f"{bare}. {words.NO_NUMBER}"


@dataclass(frozen=True)
class Hint:
    """What its writer may want to change: in which part, what, and why."""

    part: Part
    heading: str
    text: str


@dataclass(frozen=True)
class FamilyCopy:
    """The copy, in words. `written`: what people wrote, by part, for hints and lengths."""

    title: str
    notice: str
    watermark: str
    parts: tuple[CopyPart, ...]
    ring: Ring
    columns: tuple[str, ...]
    written: dict[Part, str]
    hints: tuple[Hint, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """What the template of the PDF is given."""
        data = asdict(self)
        del data["written"], data["hints"]
        return {**data, "ring": {**data["ring"], "who": self.ring.who}}

    @property
    def lengths(self) -> list[Length]:
        """How long each part is that people wrote."""
        return [Length(part, len(text)) for part, text in self.written.items()]


def family_copy(plan: SupportPlan, user: User) -> FamilyCopy:
    """The copy of a plan this person may see; `plan` with its pupil and its case's lead."""
    forename = plan.pupil.forename
    promised = _promises(plan, user)
    kinds = _barriers(plan, user)
    hard = tuple(words.hard_things(kinds))
    rows = tuple(_row(action) for action in promised[: words.MOST_PROMISES])
    parts = (
        _part(Part.CHILD, forename, plan.child_view),
        _part(Part.FAMILY, forename, plan.family_view),
        _part(Part.HARD, forename, "", items=hard),
        _part(Part.PROMISES, forename, "", rows=rows),
        _part(Part.TRIES, forename, plan.child_will_try),
        _part(Part.MEET, forename, _meet(plan.next_review_on)),
    )
    written = {
        Part.CHILD: plan.child_view,
        Part.FAMILY: plan.family_view,
        Part.HARD: "\n".join(hard),
        Part.PROMISES: "\n".join(row[1] for row in rows),
        Part.TRIES: plan.child_will_try,
    }
    ring = _ring(plan, forename)
    return FamilyCopy(
        title=words.TITLE.format(forename=forename),
        notice=_notice(plan),
        watermark=_watermark(plan),
        parts=parts,
        ring=ring,
        columns=words.COLUMNS,
        written=written,
        hints=_hints(written, forename) + _left_out(forename, len(promised), kinds, ring),
    )


def _part(
    part: Part,
    forename: str,
    text: str,
    *,
    items: tuple[str, ...] = (),
    rows: tuple[tuple[str, str, str], ...] = (),
) -> CopyPart:
    paragraphs = tuple(line.strip() for line in text.splitlines() if line.strip())
    if not (paragraphs or items or rows):
        paragraphs = (words.empty_of(part, forename),)
    return CopyPart(part.value, words.heading_of(part, forename), paragraphs, items, rows)


def _promises(plan: SupportPlan, user: User) -> list[Action]:
    """What still stands and was chosen for the copy, soonest first."""
    of_plan = Q(plan=plan) | Q(plan__isnull=True, case=plan.case_id)
    chosen = Action.objects.visible_to(user).open().filter(of_plan, on_family_copy=True)
    return list(chosen.select_related("owner").order_by("due_on", "pk"))


def _row(action: Action) -> tuple[str, str, str]:
    who = str(action.owner) if action.owner else action.owner_name
    return who, action.text, wording.short_day(action.due_on)


def _barriers(plan: SupportPlan, user: User) -> list[str]:
    standing = Barrier.objects.visible_to(user).filter(case=plan.case_id, eased_on__isnull=True)
    return list(standing.order_by("pk").values_list("kind", flat=True))


def _meet(on: date | None) -> str:
    return f"{wording.long_day(on)}." if on else ""


def _ring(plan: SupportPlan, forename: str) -> Ring:
    """Whom the plan names; else the lead worker, on the number of the team."""
    lead = plan.case.lead
    return Ring(
        heading=words.heading_of(Part.RING, forename),
        name=plan.ring_name or (str(lead) if lead else words.empty_of(Part.RING, forename)),
        phone=plan.ring_phone or settings.SUPPORT_PHONE,
        says=words.ANY_TIME,
    )


def _notice(plan: SupportPlan) -> str:
    if plan.state == PlanState.ENDED:
        return words.ENDED_SAYS
    if plan.state == PlanState.AGREED and plan.agreed_on:
        return words.AGREED_SAYS.format(day=wording.long_day(plan.agreed_on))
    return words.DRAFT_SAYS


def _watermark(plan: SupportPlan) -> str:
    return {PlanState.DRAFT: words.DRAFT, PlanState.ENDED: words.ENDED}.get(
        PlanState(plan.state), ""
    )


def _hints(written: dict[Part, str], forename: str) -> tuple[Hint, ...]:
    """Words families do not use, and sentences that are hard. The child's own are the child's."""
    found = []
    for part, text in written.items():
        if part == Part.CHILD:
            continue
        heading = words.heading_of(part, forename)
        for word in dict.fromkeys(words_not_for_families(text)):
            found.append(Hint(part, heading, f"“{word}” is a word of ours, not of families."))
        for hard in hard_sentences(text):
            found.append(Hint(part, heading, f"“{hard.sentence}” {hard.why}."))
    return tuple(found)


def _left_out(forename: str, promised: int, kinds: list[str], ring: Ring) -> tuple[Hint, ...]:
    """What the copy does not print although the plan has it, and what it lacks."""
    found = []
    if promised > words.MOST_PROMISES:
        text = f"{promised} actions are marked for this copy. It prints the first 6: choose 6."
        found.append((Part.PROMISES, text))
    if words.NOT_ON_PAPER & set(kinds):
        text = "Safety at home is left out: everyone who comes in reads a paper on the wall."
        found.append((Part.HARD, text))
    if not ring.phone:
        found.append((Part.RING, "There is no number to ring. Write it on the paper by hand."))
    return tuple(Hint(part, words.heading_of(part, forename), text) for part, text in found)
